//! `rondo admin`: people, projects, tokens and service accounts of a data folder, also beside a running server, which
//! hears of every change at once.

use std::time::Duration;

use anyhow::Context;
use rondo_app::{App, Ctx, NewProject, RoleChange};
use rondo_domain::limits::MEMORY_TRUST;
use rondo_domain::name::PersonName;
use rondo_domain::{Email, LinkPurpose, Vcs};
use rondo_store::Folder;

use crate::args::{
    AdminArgs, AdminCommand, AdminProjectCommand, AdminServiceCommand, AdminTokenCommand,
    UserCommand,
};
use crate::complaint::refusal;
use crate::language::words;
use crate::settings::Settings;
use crate::{admin_service, admin_token, audit, known_host, parts, print};

pub(crate) async fn admin(args: AdminArgs) -> anyhow::Result<()> {
    let settings = Settings::resolve(&args.flags)?;
    let beside = Folder::open(&settings.data)?.address();
    let url = settings.url.clone().or(beside);
    let url = url.unwrap_or_else(|| format!("http://{}", settings.listen));
    let (_, app) = parts::open(&settings, url).await?;
    let ctx = Ctx::console(app.world().now());
    let waits = must_be_heard(&args.command);
    let done = match args.command {
        AdminCommand::User(command) => user(&app, &ctx, command).await,
        AdminCommand::Token(command) => admin_token::token(&app, &ctx, command).await,
        AdminCommand::Service(command) => admin_service::run(&app, &ctx, command).await,
        AdminCommand::Project(command) => project(&app, &ctx, command).await,
        AdminCommand::KnownHost(command) => known_host::run(&app, &ctx, command).await,
        AdminCommand::Audit(command) => audit::audit(&app, &ctx, command).await,
    };
    if waits && done.is_ok() {
        tokio::time::sleep(Duration::from_millis(MEMORY_TRUST)).await;
    }
    app.close().await;
    done
}

/// Whether a server that runs beside this command must have heard of the change when the command
/// ends: it trusts its memory that long. Of new tokens and people it hears when it is asked.
fn must_be_heard(command: &AdminCommand) -> bool {
    use UserCommand::{Disable, Enable, Role};
    matches!(
        command,
        AdminCommand::Token(AdminTokenCommand::Revoke { count: Some(_), .. })
            | AdminCommand::User(Disable { .. } | Enable { .. } | Role { .. })
            | AdminCommand::Service(
                AdminServiceCommand::Disable { .. } | AdminServiceCommand::Enable { .. }
            )
            | AdminCommand::Project(AdminProjectCommand::Add { .. })
    )
}

async fn user(app: &App, ctx: &Ctx, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { name, admin, password_stdin: _ } => {
            let name: PersonName = name.parse()?;
            let password = first_line_of_input()?;
            let person = app.add_person(ctx, name, password, admin).await.map_err(refusal)?;
            print::result(person.name.as_str());
        }
        UserCommand::List { json } => {
            let people = app.people(ctx).await.map_err(refusal)?;
            if json {
                let mut all = Vec::new();
                for person in &people {
                    let email = app.mailbox(ctx, person.id).await.map_err(refusal)?;
                    all.push(serde_json::json!({
                        "id": person.id.to_string(), "name": person.name.as_str(),
                        "admin": person.admin, "disabled": person.disabled_at.is_some(),
                        "email": email.map(|email| email.to_string()),
                    }));
                }
                return print::json(&all);
            }
            let rows: Vec<_> = people
                .iter()
                .map(|person| {
                    let what = match (person.disabled_at, person.admin) {
                        (Some(_), _) => words!("disabled", "無効"),
                        (None, true) => words!("admin", "管理者"),
                        (None, false) => String::new(),
                    };
                    vec![person.name.to_string(), what]
                })
                .collect();
            print::table(&rows);
        }
        UserCommand::Disable { name } => {
            app.set_disabled(ctx, &name.parse()?, true).await.map_err(refusal)?;
        }
        UserCommand::Enable { name } => {
            app.set_disabled(ctx, &name.parse()?, false).await.map_err(refusal)?;
        }
        UserCommand::Role { name, organization, role } => {
            let (vcs, org) = organization.split_once('/').with_context(|| {
                words!(
                    "an organization is named vcs/name, such as gh/acme",
                    "組織は「vcs/組織」の形で指定してください（例: gh/acme）"
                )
            })?;
            let role = if role == "none" { None } else { Some(role.parse()?) };
            let change = RoleChange {
                person: name.parse()?,
                vcs: vcs.parse::<Vcs>()?,
                org: org.to_owned(),
                role,
            };
            app.set_role(ctx, &change).await.map_err(refusal)?;
        }
        UserCommand::Email { name, address } => {
            let address = match address.as_str() {
                "none" => None,
                address => Some(address.parse::<Email>()?),
            };
            app.set_mailbox(ctx, &name.parse()?, address.as_ref()).await.map_err(refusal)?;
        }
        UserCommand::Link { name } => {
            let person = app.person_named(ctx, &name.parse()?).await.map_err(refusal)?;
            let code = app.make_link(ctx, LinkPurpose::SignIn(person.id)).await.map_err(refusal)?;
            print::result(&format!("{}/enter/{code}", app.policy().url));
        }
    }
    Ok(())
}

fn first_line_of_input() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).with_context(print::no_input)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn project(app: &App, ctx: &Ctx, command: AdminProjectCommand) -> anyhow::Result<()> {
    match command {
        AdminProjectCommand::Add { slug, git, branch, public } => {
            let new = NewProject {
                slug: slug.parse()?,
                git_url: git.parse()?,
                default_branch: branch.parse()?,
                public,
            };
            let project = app.add_project(ctx, new).await.map_err(refusal)?;
            print::result(&project.slug.to_string());
            known_host::introduce(app, ctx, &project).await?;
        }
        AdminProjectCommand::List { json } => {
            let projects = app.projects(ctx).await.map_err(refusal)?;
            let shown = projects.iter().map(|summary| &summary.project);
            if json {
                let all: Vec<_> = shown
                    .map(|project| {
                        serde_json::json!({
                            "id": project.id.to_string(), "slug": project.slug.to_string(),
                            "git_url": project.git_url.as_str(), "public": project.public,
                            "default_branch": project.default_branch.as_str(),
                        })
                    })
                    .collect();
                return print::json(&all);
            }
            let rows: Vec<_> = shown
                .map(|project| {
                    let kind = match project.public {
                        true => words!("public", "公開"),
                        false => words!("private", "非公開"),
                    };
                    vec![project.slug.to_string(), kind, project.git_url.to_string()]
                })
                .collect();
            print::table(&rows);
        }
    }
    Ok(())
}
