//! `rondo project artifacts`: lists what a build kept, or downloads all of it, several files at once.
//! What was begun earlier is gone on with, and what is there already is not fetched again. The
//! server's word is trusted for nothing: not for where a file goes, nor that its bytes are right.

mod bar;
mod file;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use futures_util::{StreamExt, stream};
use rondo_wire::client::segment;
use rondo_wire::{Client, v1};

use crate::language::words;
use crate::{complaint, print};
use bar::Bar;
use file::Wanted;

/// How many files are downloaded at once.
const AT_ONCE: usize = 4;

/// Which build is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Number(u64),
    Latest,
}

impl std::str::FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "latest" => Ok(Self::Latest),
            number => number
                .parse()
                .map(Self::Number)
                .map_err(|_| "it is a build's number, or latest".to_owned()),
        }
    }
}

/// The artifacts of a build of a project, whose path in the API is `project`.
pub(crate) async fn list(
    client: &Client,
    project: &str,
    which: Which,
    branch: Option<&str>,
    filter: Option<&str>,
) -> anyhow::Result<Vec<v1::Artifact>> {
    let choices = [("branch", branch), ("filter", filter)];
    let query: Vec<_> = choices
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={}", segment(value))))
        .collect();
    let path = match which {
        Which::Latest => format!("{project}/latest/artifacts?{}", query.join("&")),
        Which::Number(_) if !query.is_empty() => {
            return Err(complaint::misuse(words!(
                "--branch and --filter choose among builds: they go with latest, not with a number",
                "--branch と --filter はビルドを選ぶためのものです。番号ではなく latest と一緒に指定してください"
            )));
        }
        Which::Number(number) => format!("{project}/{number}/artifacts"),
    };
    Ok(client.get(&path).await?)
}

/// Downloads artifacts into a folder, and prints where each one is. One that fails does not keep the
/// others from arriving.
pub(crate) async fn download(
    client: &Client,
    artifacts: &[v1::Artifact],
    folder: &Path,
) -> anyhow::Result<()> {
    let wanted = plan(client, artifacts, folder)?;
    std::fs::create_dir_all(folder).with_context(|| print::one_line(folder))?;
    let bar = &Bar::new(artifacts);
    let fetches = wanted.iter().map(|wanted| async move {
        let fetched = match wanted {
            Ok(wanted) => (&wanted.target, wanted.fetch(client, bar).await),
            Err((target, why)) => (target, Err(anyhow::anyhow!(why.clone()))),
        };
        let (target, fetched) = fetched;
        let name = print::one_line(target);
        let cannot = || words!("{name} cannot be downloaded", "{name} をダウンロードできません");
        fetched.with_context(cannot).map(|()| name)
    });
    let mut results = stream::iter(fetches).buffered(AT_ONCE);
    let mut failures = Vec::new();
    while let Some(result) = results.next().await {
        match result {
            Ok(name) => bar.aside(|| print::result(&name)),
            Err(failure) => failures.push(failure),
        }
    }
    bar.end();
    let (all, failed) = (wanted.len(), failures.len());
    if let Some(only) = failures.pop_if(|_| failed == 1) {
        return Err(only);
    }
    failures.iter().for_each(|failure| print::problem(&complaint::of(failure)));
    ensure!(
        failed == 0,
        words!(
            "{failed} of {all} artifacts could not be downloaded; run the command again to go on",
            "{all} 件のうち {failed} 件のアーティファクトをダウンロードできませんでした。もう一度実行すると続きから再開します"
        )
    );
    Ok(())
}

/// A file to download, or the place of one that cannot be, and why.
type Plan = Result<Wanted, (PathBuf, String)>;

/// Where each artifact goes. A server that names a place outside the folder is not asked for anything.
fn plan(client: &Client, artifacts: &[v1::Artifact], folder: &Path) -> anyhow::Result<Vec<Plan>> {
    let names: HashSet<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    let mut taken = HashSet::new();
    let mut wanted = Vec::with_capacity(artifacts.len());
    for artifact in artifacts {
        let target = folder.join(inside(&artifact.path)?);
        let path = client.path_of(&artifact.url).with_context(|| {
            words!(
                "{:?} is not on the server that was asked; set RONDO_URL to the server's own address",
                "{:?} は問い合わせたサーバーのものではありません。RONDO_URL にサーバー自身のアドレスを設定してください",
                artifact.url
            )
        })?;
        let folders = artifact.path.match_indices('/').map(|(at, _)| &artifact.path[..at]);
        let clash = folders.into_iter().find(|folder| names.contains(folder));
        wanted.push(if !taken.insert(artifact.path.as_str()) {
            let why = words!("the server names it twice", "サーバーが同じ名前を 2 回挙げています");
            Err((target, why))
        } else if let Some(clash) = clash {
            let clash = print::one_line(Path::new(clash));
            let why = words!(
                "{clash} is a file and cannot be its folder too",
                "{clash} はファイルなので、フォルダーにはできません"
            );
            Err((target, why))
        } else {
            Ok(Wanted::new(artifact, folder, target, path))
        });
    }
    Ok(wanted)
}

/// The server's word for a file is not trusted to stay in the folder.
fn inside(path: &str) -> anyhow::Result<PathBuf> {
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\0');
    if !path.split('/').all(plain) {
        bail!(words!(
            "the server names an artifact {path:?}, which leads out of the folder",
            "サーバーのアーティファクト名 {path:?} はフォルダーの外を指しています"
        ));
    }
    Ok(PathBuf::from(path))
}
