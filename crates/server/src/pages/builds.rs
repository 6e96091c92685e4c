//! A project's builds, and running one.

use axum::response::Response;
use rondo_app::{BuildPage, BuildQuery, Refusal, Trigger};
use rondo_domain::Permission;
use rondo_domain::limits::PAGE_DEFAULT;
use rondo_domain::run::{Build, GitRef};
use rondo_domain::variable::{BuildParameters, VariableName};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{problem, reply, standing};
use crate::web::builds::{self, Builds, Row, Run};
use crate::web::form::Problem;
use crate::web::text::Text;

/// The parameter that names the one job of a build (api-v1.1, 6.1).
const JOB: &str = "CIRCLE_JOB";

/// Builds on a page of the list.
const PAGE_SIZE: u64 = PAGE_DEFAULT as u64;

/// `GET /pipelines/{vcs}/{org}/{repo}`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let page = visit.asked("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    let query = BuildQuery {
        project: visit.project().id,
        branch: visit.asked("branch"),
        filter: None,
        // One more than is shown, to know whether there are more.
        limit: PAGE_DEFAULT + 1,
        offset: (page - 1_u64).saturating_mul(PAGE_SIZE).min(i64::MAX.unsigned_abs()),
    };
    let found = visit.app().builds(visit.ctx(), &query).await?;
    if found.builds.is_empty() && page > 1 {
        return Ok(reply::go(&visit.place().builds_page(visit.asked("branch"), 1)));
    }
    let view = view(&visit, page, &found);
    Ok(reply::page(&visit.chrome, builds::list(&visit.chrome, &view)))
}

fn view(visit: &Visit, page: u64, found: &BuildPage) -> Builds {
    let branch = visit.asked("branch").map(str::to_owned);
    Builds {
        project: visit.place(),
        // The number of all is known for the project, not for each branch.
        total: branch.is_none().then(|| u64::try_from(found.total).unwrap_or_default()),
        more: found.builds.len() as u64 > PAGE_SIZE,
        page,
        page_size: PAGE_SIZE,
        branch,
        branches: branches(visit, found),
        rows: found
            .builds
            .iter()
            .take(PAGE_DEFAULT as usize)
            .map(|build| row(visit, build))
            .collect(),
        run: (visit.may(Permission::TriggerBuilds) && visit.project().enabled)
            .then(|| blank(visit)),
        paused: !visit.project().enabled,
        may_configure: visit.may(Permission::ReadSettings),
    }
}

/// Branches to offer: the default one and those on the page.
fn branches(visit: &Visit, found: &BuildPage) -> Vec<String> {
    let mut branches = vec![visit.project().default_branch.to_string()];
    for branch in found.builds.iter().filter_map(|build| build.pipeline.git_ref.branch()) {
        if !branches.iter().any(|known| known == branch) {
            branches.push(branch.to_owned());
        }
    }
    branches
}

fn row(visit: &Visit, build: &Build) -> Row {
    Row {
        number: build.job.number.unwrap_or_default(),
        state: standing::of_job(&build.job),
        branch: build.pipeline.git_ref.name().to_owned(),
        revision: standing::revision(build),
        subject: standing::subject(build),
        workflow: Some(build.job.workflow_name.clone()),
        job: build.job.name.clone(),
        who: visit.doer(build.pipeline.actor, build.actor_name.as_deref()),
        why: standing::why(build),
        started: build.job.started_at.map(|at| at.0),
        ended: build.job.stopped_at.map(|at| at.0),
    }
}

fn blank(visit: &Visit) -> Run {
    let branch = visit.project().default_branch.to_string();
    Run { branches: vec![branch.clone()], branch, ..Run::default() }
}

/// `GET /pipelines/{vcs}/{org}/{repo}/run`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    let page = builds::run(&visit.chrome, &visit.place(), &blank(&visit));
    Ok(reply::page(&visit.chrome, page))
}

/// `POST /pipelines/{vcs}/{org}/{repo}/run`
pub(super) async fn run(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let mut form = Run {
        branch: fields.take("branch").trim().to_owned(),
        job: fields.take("job").trim().to_owned(),
        parameters: fields.take_lines("parameters"),
        ..blank(&visit)
    };
    let place = visit.place();
    match read(visit.chrome.text(), &form)? {
        Ok(trigger) => {
            let (_, build) = visit.app().trigger(visit.ctx(), visit.project(), trigger).await?;
            let number = build.and_then(|build| build.job.number);
            Ok(match number {
                Some(number) => reply::go(&place.build(number)),
                None => reply::go_saying(&place.builds(), Done::Triggered),
            })
        }
        Err(problems) => {
            form.problems = problems;
            Ok(reply::failed(&visit.chrome, builds::run(&visit.chrome, &place, &form)))
        }
    }
}

/// What was typed, or all that is wrong with it at once.
fn read(text: &Text, form: &Run) -> Result<Result<Trigger, Vec<Problem>>, Refusal> {
    let mut problems: Vec<Problem> = problem::job(text, &form.job).into_iter().collect();
    let branch = form.branch.parse();
    if let Err(error) = &branch {
        problems.push(problem::at(text, "branch", Refusal::from(*error))?);
    }
    let mut pairs = match lines(&form.parameters) {
        Ok(pairs) => pairs,
        Err(line) => {
            let message = (text.problem.bad_parameter)(line);
            problems.push(Problem { field: "parameters", message });
            Vec::new()
        }
    };
    if !form.job.is_empty() {
        pairs.push((JOB.to_owned(), form.job.clone()));
    }
    let parameters = BuildParameters::new(pairs);
    if let Err(error) = &parameters {
        problems.push(problem::at(text, "parameters", Refusal::from(error.clone()))?);
    }
    Ok(match (branch, parameters) {
        (Ok(branch), Ok(parameters)) if problems.is_empty() => Ok(Trigger {
            git_ref: Some(GitRef::Branch(branch)),
            revision: None,
            only_job: (!form.job.is_empty()).then(|| form.job.clone()),
            parameters,
        }),
        _ => Err(problems),
    })
}

/// `KEY=VALUE` lines, or the number of the first line that is none.
fn lines(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut pairs = Vec::new();
    for (line, number) in text.lines().zip(1_usize..) {
        if line.trim().is_empty() {
            continue;
        }
        let (name, value) = line.split_once('=').ok_or(number)?;
        let name: VariableName = name.trim().parse().map_err(|_| number)?;
        pairs.push((name.to_string(), value.to_owned()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::lines;

    fn check(text: &str, expected: Result<&[(&str, &str)], usize>) {
        let pairs = lines(text);
        let pairs = pairs.as_ref().map(|pairs| {
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>()
        });
        assert_eq!(pairs.map_err(|line| *line), expected.map(<[_]>::to_vec), "{text:?}");
    }

    #[test]
    fn parameters_are_lines_of_name_and_value() {
        check("", Ok(&[]));
        check("A=1\n\n B = x=y \n", Ok(&[("A", "1"), ("B", " x=y ")]));
        check("A=\nÜ=1", Err(2));
        check("A=1\nB", Err(2));
        check("1A=1", Err(1));
        check("=x", Err(1));
    }
}
