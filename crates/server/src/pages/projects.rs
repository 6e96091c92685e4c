//! All projects that a person may see, and adding one.

use axum::response::Response;
use rondo_app::{NewProject, ProjectSummary, Refusal};
use rondo_domain::{Permission, Slug, Vcs};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{problem, reply, standing};
use crate::web::form::Problem;
use crate::web::path::Project;
use crate::web::projects::{self, Last, Projects, Row};
use crate::web::text::Text;

/// `GET /`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let summaries = visit.app().projects(visit.ctx()).await?;
    let rows = summaries.iter().map(row).collect();
    let view = Projects { rows, may_add: visit.may(Permission::ManageServer) };
    Ok(reply::page(&visit.chrome, projects::list(&visit.chrome, &view)))
}

fn row(summary: &ProjectSummary) -> Row {
    let last = summary.newest.as_ref().map(|build| Last {
        number: build.job.number.unwrap_or_default(),
        state: standing::of_job(&build.job),
        branch: build.pipeline.git_ref.name().to_owned(),
        at: build.job.started_at.or(build.job.queued_at).unwrap_or(build.job.created_at).0,
    });
    Row { project: Project::from(&summary.project.slug), public: summary.project.public, last }
}

/// `GET /projects/add`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    let view = projects::NewProject {
        vcs: Vcs::Github,
        org: String::new(),
        repo: String::new(),
        git_url: String::new(),
        default_branch: "main".to_owned(),
        public: false,
        problems: Vec::new(),
    };
    Ok(reply::page(&visit.chrome, projects::add(&visit.chrome, &view)))
}

/// `POST /projects/add`
pub(super) async fn add(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let mut view = projects::NewProject {
        vcs: fields.take("vcs").parse()?,
        org: fields.take("org").trim().to_owned(),
        repo: fields.take("repo").trim().to_owned(),
        git_url: fields.take("git_url").trim().to_owned(),
        default_branch: fields.take("default_branch").trim().to_owned(),
        public: fields.take("visibility") == "public",
        problems: Vec::new(),
    };
    match read(visit.chrome.text(), &view)? {
        Ok(new) => match visit.app().add_project(visit.ctx(), new).await {
            Ok(project) => {
                let place = Project::from(&project.slug);
                // A repository on SSH waits for its key to be added where it is.
                let next = match project.git_url.is_ssh() {
                    true => place.ssh(),
                    false => place.builds(),
                };
                return Ok(reply::go_saying(&next, Done::ProjectAdded));
            }
            Err(refusal) => {
                let field = if let Refusal::Exists(..) = refusal { "repo" } else { "git_url" };
                view.problems.push(problem::at(visit.chrome.text(), field, refusal)?);
            }
        },
        Err(problems) => view.problems = problems,
    }
    Ok(reply::failed(&visit.chrome, projects::add(&visit.chrome, &view)))
}

/// The project that was typed, or all that is wrong with it at once.
fn read(
    text: &Text,
    view: &projects::NewProject,
) -> Result<Result<NewProject, Vec<Problem>>, Refusal> {
    let mut problems = Vec::new();
    let parts = [
        ("org", text.projects.organization, &view.org),
        ("repo", text.projects.repository, &view.repo),
    ];
    for (field, label, part) in parts {
        if part.is_empty() {
            problems.push(Problem { field, message: (text.problem.required)(label) });
        } else if let Err(error) = Slug::new(view.vcs, part, part) {
            problems.push(problem::at(text, field, error.into())?);
        }
    }
    let git_url = view.git_url.parse();
    if let Err(error) = &git_url {
        problems.push(problem::at(text, "git_url", Refusal::from(*error))?);
    }
    let default_branch = view.default_branch.parse();
    if let Err(error) = &default_branch {
        problems.push(problem::at(text, "default_branch", Refusal::from(*error))?);
    }
    let slug = Slug::new(view.vcs, &view.org, &view.repo);
    Ok(match (slug, git_url, default_branch) {
        (Ok(slug), Ok(git_url), Ok(default_branch)) => {
            Ok(NewProject { slug, git_url, default_branch, public: view.public })
        }
        _ => Err(problems),
    })
}
