//! `rondo project`: a client for projects, their builds, variables and artifacts.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use rondo_wire::{Client, v1};
use serde_json::{Map, Value, json};

use crate::args::{EnvvarCommand, ProjectArgs, ProjectCommand};
use crate::language::words;
use crate::token::project_path;
use crate::{artifacts, checkout_key, print, settings};

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
        ProjectCommand::CheckoutKey(command) => checkout_key::run(&client, command).await,
        ProjectCommand::Artifacts { slug, number, branch, filter, output, json } => {
            let (branch, filter) = (branch.as_deref(), filter.as_deref());
            let project = project_path(&slug)?;
            let artifacts = artifacts::list(&client, &project, number, branch, filter).await?;
            match output {
                Some(folder) => artifacts::download(&client, &artifacts, &folder).await,
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
