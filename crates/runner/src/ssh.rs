//! What ssh is given in a room: the keys of this piece of work, the hosts that the server knows, and
//! how git calls it. Files are written by a process inside, since a job may have put a link in their
//! place. A host's key is always checked; no agent and no key of the machine's own users is used.

use rondo_wire::runner::{HostKey, Ssh, SshKey, StepStatus};

use crate::action::{Action, Verdict};
use crate::executor::{Room, View};
use crate::frame::{Exit, Program};
use crate::git::Address;
use crate::job::Shift;
use crate::link::Gone;

/// Below the home of a room.
const FOLDER: &str = ".ssh/rondo";

/// The most bytes that the script below says.
const SAID: usize = 64 << 10;

/// Texts come in as variables, places as arguments; nothing of either is text of the script.
const SCRIPT: &str = r#"
set -eu
umask 077
ssh=$1; shift
mkdir -p -- "$ssh/rondo"
chmod 700 "$ssh" "$ssh/rondo"
number=0
for place do
    eval "text=\$RONDO_FILE_$number"
    rm -f -- "$place"
    printf '%s' "$text" > "$place"
    number=$((number + 1))
done
line="Include \"$ssh/rondo/*.conf\""
if [ ! -f "$ssh/config" ] || ! grep -qxF -- "$line" "$ssh/config"; then
    { printf '%s\n' "$line"; [ ! -f "$ssh/config" ] || cat -- "$ssh/config"; } > "$ssh/config.rondo"
    mv -f -- "$ssh/config.rondo" "$ssh/config"
fi
"#;

fn place(view: &View, name: &str) -> String {
    format!("{}/{FOLDER}/{name}", view.home)
}

/// A file's name and its text.
type File = (String, String);

fn key_file(key: &SshKey) -> String {
    key.fingerprints[1].replace(':', "")
}

/// A key that ssh tries by itself when it is asked for this host.
fn entry(view: &View, host: &str, file: &str) -> String {
    format!("Host {host}\n    IdentityFile \"{}\"\n", place(view, file))
}

/// What all calls of ssh inside share: the known hosts, and that no other is spoken to unless the
/// job itself says that it knows it.
fn hosts(view: &View, ssh: &Ssh) -> [File; 2] {
    let known = ssh.hosts.iter().map(|key| format!("{} {}\n", key.host, key.public_key));
    let (ours, own) = (place(view, "known_hosts"), format!("{}/.ssh/known_hosts", view.home));
    let config = format!(
        "Host *\n    StrictHostKeyChecking yes\n    UserKnownHostsFile \"{ours}\" \"{own}\"\n"
    );
    [("known_hosts".to_owned(), known.collect()), ("30-hosts.conf".to_owned(), config)]
}

/// Writes what the checkout key's host is reached with.
///
/// # Errors
/// In words for people, if the room's home cannot be written to.
pub(crate) async fn install_checkout(room: &Room, ssh: &Ssh) -> Result<(), String> {
    let view = &room.view;
    let mut files = Vec::from(hosts(view, ssh));
    if let Some(key) = &ssh.checkout {
        files.push(("checkout".to_owned(), key.private_key.clone()));
        files.push(("checkout.pub".to_owned(), format!("{}\n", key.public_key)));
        files.push(("20-checkout.conf".to_owned(), entry(view, &key.hostname, "checkout")));
    }
    write(room, &files).await
}

async fn write(room: &Room, files: &[File]) -> Result<(), String> {
    let view = &room.view;
    let ssh = format!("{}/.ssh", view.home);
    let mut words: Vec<String> = ["/bin/sh", "-c", SCRIPT, "ssh", &ssh].map(str::to_owned).into();
    words.extend(files.iter().map(|(name, _)| place(view, name)));
    let texts = files.iter().enumerate();
    let texts = texts.map(|(number, (_, text))| (format!("RONDO_FILE_{number}"), text.clone()));
    let environment = view.environment.iter().cloned().chain(texts).collect();
    let program = Program { words, environment, folder: view.home.clone(), apart: false };
    match room.link.run(program, SAID).await {
        Ok(Some(answer)) if answer.exit == Exit::Code(0) => Ok(()),
        Ok(answer) => {
            let said = answer.map(|answer| answer.printed).unwrap_or_default();
            let said = String::from_utf8_lossy(&said).trim().to_owned();
            Err(format!("{ssh} cannot be written to: {said}"))
        }
        Err(Gone) => Err("the job ended".to_owned()),
    }
}

/// The step that gives a job keys of its project.
pub(crate) async fn add_keys(
    shift: &Shift,
    action: &mut Action,
    fingerprints: &[String],
) -> Verdict {
    let nothing = Ssh::default();
    let ssh = shift.job.ssh.as_deref().unwrap_or(&nothing);
    let missing = fingerprints.iter().filter(|name| !ssh.keys.iter().any(|key| named(key, name)));
    let missing: Vec<_> = missing.map(String::as_str).collect();
    if !missing.is_empty() {
        return Verdict::new(
            StepStatus::Failed,
            format!(
                "This project has no additional SSH key with the fingerprint {}.\n\
                 Project Settings > SSH Keys lists those that it has, and adds others.\n",
                missing.join(", ")
            ),
        );
    }
    let wanted =
        |key: &&SshKey| fingerprints.is_empty() || fingerprints.iter().any(|name| named(key, name));
    let keys: Vec<_> = ssh.keys.iter().filter(wanted).collect();
    let view = &shift.room.view;
    let mut files = Vec::from(hosts(view, ssh));
    for key in &keys {
        let host = if key.hostname.is_empty() { "*" } else { &key.hostname };
        let (file, words) = (key_file(key), format!("{} for {host}\n", key.fingerprints[0]));
        files.push((format!("{file}.pub"), format!("{}\n", key.public_key)));
        files.push((
            format!("10-{file}-{}.conf", host.replace('*', "any")),
            entry(view, host, &file),
        ));
        files.push((file, key.private_key.clone()));
        action.log.write(format!("Installing the key {words}").as_bytes()).await;
        action.log.write(stranger(ssh, host).as_bytes()).await;
    }
    if keys.is_empty() {
        let words =
            "This project has no additional SSH keys: Project Settings > SSH Keys adds them.\n";
        return Verdict::new(StepStatus::Success, words);
    }
    match write(&shift.room, &files).await {
        Ok(()) => Verdict::new(StepStatus::Success, ""),
        Err(why) => Verdict::new(StepStatus::Failed, format!("\n{why}\n")),
    }
}

/// What to know of a host that the server does not.
fn stranger(ssh: &Ssh, host: &str) -> String {
    let known = |key: &HostKey| key.host == host || key.host.starts_with(&format!("[{host}]:"));
    match host == "*" || ssh.hosts.iter().any(known) {
        true => String::new(),
        false => format!(
            "The server does not know the host {host}, so ssh will refuse it. An administrator adds it \
             with: rondo admin known-host add {host}; or the job writes its key to ~/.ssh/known_hosts.\n"
        ),
    }
}

fn named(key: &SshKey, fingerprint: &str) -> bool {
    key.fingerprints[0] == fingerprint
}

/// How git calls ssh for the project's own repository.
pub(crate) fn command(view: &View, ssh: Option<&Ssh>) -> String {
    let quoted = |name: &str, value: &str| {
        let option = format!("{name}=\"{value}\"");
        format!(" -o '{}'", option.replace('\'', r"'\''"))
    };
    let mut command =
        "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
                       -o IdentitiesOnly=yes -o IdentityAgent=none -o ForwardAgent=no \
                       -o ClearAllForwardings=yes -o ConnectTimeout=30"
            .to_owned();
    command.push_str(&quoted("UserKnownHostsFile", &place(view, "known_hosts")));
    match ssh.and_then(|ssh| ssh.checkout.as_ref()) {
        Some(_) => command.push_str(&quoted("IdentityFile", &place(view, "checkout"))),
        None => command.push_str(" -o IdentityFile=none"),
    }
    command
}

/// What a failure of git's means where ssh is the reason, with the way out.
pub(crate) fn explain(address: &Address, ssh: Option<&Ssh>, said: &str) -> Option<String> {
    let host = address.host()?;
    let key = ssh.and_then(|ssh| ssh.checkout.as_ref());
    let hosts: &[HostKey] = ssh.map_or(&[], |ssh| &ssh.hosts);
    let known = hosts.iter().filter(|key| key.host == host);
    let known: Vec<_> = known.map(|key| key.fingerprint.as_str()).collect();
    let renew = format!(
        "rondo admin known-host remove '{host}' and then rondo admin known-host add '{host}'"
    );
    if said.contains("Host key verification failed") {
        return Some(match known.is_empty() {
            true => format!(
                "the host {host} is not known to this server, so nothing is fetched from it. An \
                 administrator compares its fingerprint with what its operator publishes and adds it: \
                 Project Settings > SSH Keys, or rondo admin known-host add '{host}'"
            ),
            false => format!(
                "the host {host} shows another key than the one that this server knows. Somebody may \
                 stand in between, so nothing is fetched.\n\
                 It shows: {}\nKnown are: {}\n\
                 If its operator says that the key has changed, an administrator runs: {renew}",
                offered(said).unwrap_or("a key of another kind"),
                known.join(", ")
            ),
        });
    }
    if said.contains("Permission denied") {
        return Some(match key {
            Some(key) => format!(
                "the host {host} does not take this project's checkout key {}. Add its public half \
                 there, to the repository as a deploy key, and build again:\n{}\n\
                 Project Settings > SSH Keys shows it too.\nssh said: {}",
                key.fingerprints[0],
                key.public_key,
                last_line(said)
            ),
            None => format!("the host {host} asks for a key, and this project has none"),
        });
    }
    let no_ssh = ["ssh: not found", "ssh: No such file", "cannot run ssh"];
    no_ssh.iter().any(|words| said.contains(words)).then(|| {
        "there is no ssh on the runner's machine (Debian, Ubuntu: the package openssh-client)"
            .to_owned()
    })
}

/// The fingerprint that ssh names of the key that it did not expect.
fn offered(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("sent by the remote host is")?;
    let word = rest.split_ascii_whitespace().next()?;
    Some(word.trim_end_matches('.'))
}

/// Of what ssh and git say, the line with ssh's reason.
fn last_line(said: &str) -> &str {
    said.lines().find(|line| line.contains("Permission denied")).unwrap_or(said).trim()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const CHANGED: &str = "@@@@\r\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\nThe fingerprint for the ED25519 key sent by the remote host is\nSHA256:new.\nPlease contact your system administrator.\r\nHost key verification failed.";

    #[test]
    fn a_failure_of_ssh_is_told_with_its_way_out() {
        let key = SshKey {
            hostname: "git.example.com".to_owned(),
            fingerprints: ["SHA256:mine".to_owned(), "aa:bb".to_owned()],
            public_key: "ssh-ed25519 AAAA rondo".to_owned(),
            private_key: String::new(),
        };
        let host = HostKey {
            host: "[git.example.com]:2222".to_owned(),
            public_key: "ssh-ed25519 BBBB".to_owned(),
            fingerprint: "SHA256:old".to_owned(),
        };
        let with = |hosts: &[HostKey]| Ssh {
            checkout: Some(key.clone()),
            keys: Vec::new(),
            hosts: hosts.to_vec(),
        };
        let url = "ssh://git@git.example.com:2222/a";
        let address = Address::parse(url, &[], Path::new("/nowhere")).unwrap();
        let check = |ssh: &Ssh, said: &str, expected: &[&str]| {
            let told = explain(&address, Some(ssh), said).unwrap_or_default();
            assert!(expected.iter().all(|words| told.contains(words)), "{told}");
            assert_eq!(told.is_empty(), expected.is_empty(), "{told}");
        };
        check(
            &with(std::slice::from_ref(&host)),
            CHANGED,
            &["shows: SHA256:new\n", "Known are: SHA256:old\n", "remove '[git.example.com]:2222'"],
        );
        check(&with(&[]), CHANGED, &["is not known", "known-host add '[git.example.com]:2222'"]);
        let denied = "git@git.example.com: Permission denied (publickey).\r\nfatal: x";
        check(&with(&[]), denied, &["SHA256:mine", "ssh-ed25519 AAAA rondo", "(publickey)."]);
        check(&with(&[]), "fatal: couldn't find remote ref", &[]);
    }
}
