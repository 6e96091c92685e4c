//! Projects: the followed ones, those that could be, and following.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use rondo_app::Refusal;
use rondo_domain::slug::BY_ID;
use rondo_domain::{Project, Slug, Vcs};
use rondo_wire::v1;

use super::body::{ListQuery, PageQuery};
use super::branch::branches;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<Vec<v1::Project>>> {
    let shallow = ListQuery::read(query.as_deref())?.shallow;
    let dashboard = server.app.dashboard(&granted.ctx, !shallow).await?;
    let shaped = dashboard.projects.iter().map(|followed| v1::Project {
        branches: (!shallow).then(|| branches(followed, &dashboard.workflows)),
        ..shaped(&followed.project, true)
    });
    Ok(Json(shaped.collect()))
}

/// What projects of configurations before 2.0 had: commands, which are empty, …
const COMMANDS: [&str; 6] =
    ["setup", "dependencies", "post_dependencies", "compile", "test", "extra"];

/// … and services that were told of builds, which are none.
const SERVICES: [&str; 23] = [
    "campfire_notify_prefs",
    "campfire_room",
    "campfire_subdomain",
    "campfire_token",
    "flowdock_api_token",
    "heroku_deploy_user",
    "hipchat_api_token",
    "hipchat_notify",
    "hipchat_notify_prefs",
    "hipchat_room",
    "irc_channel",
    "irc_keyword",
    "irc_notify_prefs",
    "irc_password",
    "irc_server",
    "irc_username",
    "jira",
    "slack_api_token",
    "slack_channel",
    "slack_channel_override",
    "slack_notify_prefs",
    "slack_subdomain",
    "slack_webhook_url",
];

/// A project without its branches.
pub(super) fn shaped(project: &Project, following: bool) -> v1::Project {
    let commands = COMMANDS.into_iter().map(|name| (name.to_owned(), Some(String::new())));
    let services = SERVICES.into_iter().map(|name| (name.to_owned(), None));
    v1::Project {
        id: project.id.to_string(),
        organization_id: project.org.to_string(),
        slug_by_id: format!("{BY_ID}/{}/{}", project.org.short(), project.id.short()),
        vcs_url: project.slug.vcs_url(),
        vcs_type: project.slug.vcs.long().to_owned(),
        username: project.slug.org().to_owned(),
        reponame: project.slug.repo().to_owned(),
        default_branch: project.default_branch.to_string(),
        oss: project.public,
        following,
        followed: following,
        language: None,
        parallel: 1,
        has_usable_key: true,
        feature_flags: v1::FeatureFlags {
            oss: project.public,
            drop_all_build_requests: !project.enabled,
            junit: true,
            api_trigger_with_config: true,
            builds_service: true,
            ..v1::FeatureFlags::default()
        },
        ssh_keys: Vec::new(),
        aws: v1::Aws::default(),
        before_2_0: commands.chain(services).collect(),
        branches: None,
    }
}

/// The organizations of the projects that the person may see.
pub(crate) async fn organizations(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<Vec<v1::Organization>>> {
    let mut organizations: Vec<v1::Organization> = Vec::new();
    for summary in server.app.visible(&granted.ctx).await? {
        let id = summary.project.org.to_string();
        match organizations.iter_mut().find(|known| known.id == id) {
            Some(known) => known.num_projects += 1,
            None => organizations.push(v1::Organization {
                id,
                login: summary.project.slug.org().to_owned(),
                name: summary.project.slug.org().to_owned(),
                vcs_type: summary.project.slug.vcs.long().to_owned(),
                avatar_url: None,
                org: true,
                num_projects: 1,
            }),
        }
    }
    Ok(Json(organizations))
}

/// The projects that the person may see, as repositories; all, or those of one host.
pub(crate) async fn repositories(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<Vec<v1::Repository>>> {
    let page = PageQuery::read(query.as_deref())?;
    let vcs: Option<Vcs> = granted.names.get("vcs").map(|vcs| vcs.parse()).transpose()?;
    let visible = server.app.visible(&granted.ctx).await?.into_iter();
    let wanted = visible.filter(|one| vcs.is_none_or(|vcs| one.project.slug.vcs == vcs));
    let shaped = wanted.skip(page.offset()).take(page.length).map(|one| v1::Repository {
        name: one.project.slug.repo().to_owned(),
        username: one.project.slug.org().to_owned(),
        vcs_url: one.project.slug.vcs_url(),
        vcs_type: one.project.slug.vcs.long().to_owned(),
        private: !one.project.public,
        following: one.followed,
    });
    Ok(Json(shaped.collect()))
}

/// The project that a path names, which need not be there yet: in API v1 a GitHub one.
async fn slug(server: &Server, granted: &Granted) -> Result<Slug, Refusal> {
    let (app, vcs) = (&server.app, granted.names.get("vcs"));
    let (org, repo) = (granted.name("org"), granted.name("repo"));
    let known = match vcs {
        Some(vcs) => app.project_at(vcs, org, repo).await?,
        None => app.github_project_at(org, repo).await?,
    };
    if let Some(project) = known {
        return Ok(project.slug.clone());
    }
    let vcs = vcs.map_or(Ok(Vcs::Github), |vcs| vcs.parse()).map_err(|_| Refusal::Hidden)?;
    Slug::new(vcs, org, repo).map_err(|_| Refusal::Hidden)
}

pub(crate) async fn follow(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Follow>> {
    server.app.follow(&granted.ctx, &slug(&server, &granted).await?).await?;
    Ok(Json(v1::Follow { following: true, first_build: Some(None), workflow: Some(false) }))
}

pub(crate) async fn unfollow(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Follow>> {
    server.app.unfollow(&granted.ctx, &slug(&server, &granted).await?).await?;
    Ok(Json(v1::Follow { following: false, first_build: None, workflow: None }))
}
