//! `rondo project`: a client for projects, their builds, variables and artifacts.

use std::fs::Permissions;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rondo_wire::{Client, v1};
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;

use crate::args::{EnvvarCommand, ProjectArgs, ProjectCommand};
use crate::language::words;
use crate::token::project_path;
use crate::{print, settings};

pub(crate) async fn project(args: ProjectArgs) -> anyhow::Result<()> {
    let client = settings::client(&args.flags)?;
    match args.command {
        ProjectCommand::List { json } => {
            let projects: Vec<v1::Project> = client.get("/api/v1.1/projects").await?;
            if json {
                return print::json(&projects);
            }
            for project in projects {
                print::result(&format!(
                    "{}/{}/{}",
                    project.vcs_type, project.username, project.reponame
                ));
            }
            Ok(())
        }
        ProjectCommand::Follow { slug } => {
            let path = format!("{}/follow", project_path(&slug)?);
            let _: v1::Follow = client.post(&path, &json!({})).await?;
            Ok(())
        }
        ProjectCommand::Trigger { slug, branch, job, env, json } => {
            trigger(&client, &slug, branch, job, &env, json).await
        }
        ProjectCommand::Envvar(command) => envvar(&client, command).await,
        ProjectCommand::Artifacts { slug, number, output, json } => {
            let path = format!("{}/{number}/artifacts", project_path(&slug)?);
            let artifacts: Vec<v1::Artifact> = client.get(&path).await?;
            match output {
                Some(folder) => download(&client, &artifacts, &folder).await,
                None if json => print::json(&artifacts),
                None => {
                    let names =
                        artifacts.iter().map(|artifact| print::one_line(Path::new(&artifact.path)));
                    names.for_each(|name| print::result(&name));
                    Ok(())
                }
            }
        }
    }
}

async fn trigger(
    client: &Client,
    slug: &str,
    branch: Option<String>,
    job: Option<String>,
    env: &[String],
    json: bool,
) -> anyhow::Result<()> {
    let project = project_path(slug)?;
    let Some(job) = job else {
        let body = branch.map_or(json!({}), |branch| json!({ "branch": branch }));
        let made: v1::PipelineCreated = client.post(&format!("{project}/build"), &body).await?;
        print::result(&made.body);
        return Ok(());
    };
    let mut parameters = Map::new();
    for pair in env {
        let (name, value) = pair.split_once('=').with_context(|| {
            words!("--env takes KEY=VALUE", "--env は KEY=VALUE の形で指定してください")
        })?;
        parameters.insert(name.to_owned(), Value::from(value));
    }
    parameters.insert("CIRCLE_JOB".to_owned(), Value::from(job));
    let path = match branch {
        Some(branch) => format!("{project}/tree/{}", rondo_wire::client::segment(&branch)),
        None => project,
    };
    let build: v1::Build = client.post(&path, &json!({ "build_parameters": parameters })).await?;
    if json {
        return print::json(&build);
    }
    print::result(&format!("{} {}", build.status().build_num, build.status().build_url));
    Ok(())
}

async fn envvar(client: &Client, command: EnvvarCommand) -> anyhow::Result<()> {
    match command {
        EnvvarCommand::List { slug, json } => {
            let path = format!("{}/envvar", project_path(&slug)?);
            let variables: Vec<v1::EnvVar> = client.get(&path).await?;
            if json {
                return print::json(&variables);
            }
            let rows: Vec<_> = variables.into_iter().map(|v| vec![v.name, v.value]).collect();
            print::table(&rows);
        }
        EnvvarCommand::Set { slug, name } => {
            let mut value = String::new();
            std::io::stdin().read_to_string(&mut value).with_context(print::no_input)?;
            let value = value.strip_suffix('\n').map(str::to_owned).unwrap_or(value);
            let path = format!("{}/envvar", project_path(&slug)?);
            let _: v1::EnvVar = client.post(&path, &v1::EnvVar { name, value }).await?;
        }
        EnvvarCommand::Delete { slug, name } => {
            let name = rondo_wire::client::segment(&name);
            let path = format!("{}/envvar/{name}", project_path(&slug)?);
            let _: v1::Message = client.delete(&path).await?;
        }
    }
    Ok(())
}

async fn download(
    client: &Client,
    artifacts: &[v1::Artifact],
    folder: &Path,
) -> anyhow::Result<()> {
    for artifact in artifacts {
        let target = folder.join(inside(&artifact.path)?);
        let path = client.path_of(&artifact.url).with_context(|| {
            words!(
                "{:?} is not on the server that was asked; set RONDO_URL to the server's own address",
                "{:?} は問い合わせたサーバーのものではありません。RONDO_URL にサーバー自身のアドレスを設定してください",
                artifact.url
            )
        })?;
        fetch(client, &path, &target).await.with_context(|| {
            let name = print::one_line(&target);
            words!("{name} cannot be downloaded", "{name} をダウンロードできません")
        })?;
        print::result(&print::one_line(&target));
    }
    Ok(())
}

/// Downloads one file under another name first, so that a file that is there is whole.
async fn fetch(client: &Client, path: &str, target: &Path) -> anyhow::Result<()> {
    let parent = target.parent().context("an artifact has a folder")?;
    std::fs::create_dir_all(parent)?;
    // As any new file: what the umask leaves of it.
    let permissions = Permissions::from_mode(0o666);
    let partial = tempfile::Builder::new().permissions(permissions).tempfile_in(parent)?;
    let mut file = tokio::fs::File::from_std(partial.reopen()?);
    let mut answer = client.download(path).await?;
    while let Some(chunk) = answer
        .chunk()
        .await
        .with_context(|| words!("the download broke off", "ダウンロードが途切れました"))?
    {
        file.write_all(&chunk).await?;
    }
    file.sync_all().await?;
    partial.persist(target)?;
    Ok(())
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
