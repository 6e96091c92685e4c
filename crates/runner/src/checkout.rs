//! The checkout step: brings the job's commit into a folder, with git inside of the job's room. It
//! leaves submodules and large-file storage to the job's own commands.

use rondo_wire::runner::StepStatus;

use crate::action::{Action, Verdict};
use crate::frame::Program;
use crate::git::{Reference, Wanted};
use crate::job::Shift;
use crate::{ssh, step};

/// A large repository may be long in coming without a word.
const SILENCE_MS: u64 = 3_600_000;

/// Every value comes in as an argument, never as text of the script.
const SCRIPT: &str = r#"
set -eu
url=$1 folder=$2 revision=$3 kind=$4 name=$5 shown=$6
cd -- "$folder"
if [ -e .git ]; then
    echo "Using the git repository that is in $folder already"
    git remote set-url origin "$url" 2>/dev/null || git remote add origin "$url"
elif [ -n "$(ls -A)" ]; then
    echo "The folder $folder is not empty and is no git repository, so nothing is checked out." >&2
    echo "Give this checkout another path, or let it run before what fills the folder." >&2
    exit 1
else
    echo "Cloning $shown into $folder"
    git init --quiet --template=
    git remote add origin "$url"
fi
git config gc.auto 0
case $kind in
branch) wanted="+refs/heads/$name:refs/remotes/origin/$name" ;;
tag) wanted="+refs/tags/$name:refs/tags/$name" ;;
esac
if ! git fetch --quiet --update-head-ok origin "$wanted"; then
    echo "The $kind $name cannot be fetched; asking for the commit $revision alone"
    git fetch --quiet origin "$revision"
elif ! git cat-file -e "$revision^{commit}" 2>/dev/null; then
    echo "The commit $revision is no longer on the $kind $name; asking for it alone"
    git fetch --quiet origin "$revision"
fi
case $kind in
branch) git checkout --quiet --force -B "$name" "$revision" ;;
tag) git checkout --quiet --force --detach "$revision" ;;
esac
git --no-pager log -1 --no-show-signature --format="HEAD is now at %h %s"
"#;

/// Checks the job's commit out into `path`, or else the job's directory.
pub(crate) async fn run(shift: &Shift, action: &mut Action, path: Option<&str>) -> Verdict {
    let folder = shift.place(path);
    let keys = shift.job.ssh.as_deref();
    if let Some(keys) = keys.filter(|keys| keys.checkout.is_some())
        && let Err(why) = ssh::install_checkout(&shift.room, keys).await
    {
        return Verdict::new(StepStatus::Failed, format!("Nothing can be checked out: {why}\n"));
    }
    match program(shift, folder) {
        Ok(program) => step::run_program(shift, action, program, SILENCE_MS).await,
        Err(why) => {
            let why = format!("Nothing can be checked out: {why}\n");
            Verdict::new(StepStatus::Failed, why)
        }
    }
}

fn program(shift: &Shift, folder: String) -> Result<Program, String> {
    let address = shift.address.as_ref().map_err(Clone::clone)?;
    let wanted = Wanted::parse(&shift.job.source)?;
    let revision = wanted.revision.ok_or("the job names no commit")?;
    let (kind, name) = match wanted.reference {
        Reference::Branch(name) => ("branch", name),
        Reference::Tag(name) => ("tag", name),
    };
    let (url, shown) = (address.url(), address.shown());
    let words =
        ["/bin/sh", "-c", SCRIPT, "checkout", &url, &folder, &revision, kind, &name, &shown];
    Ok(Program {
        words: words.map(str::to_owned).into(),
        environment: step::environment(
            shift,
            &address.environment(&shift.room.view, shift.job.ssh.as_deref()),
        ),
        folder,
        apart: false,
    })
}
