//! What somebody chose behind *More options*: out of a form or an address, and into a wish.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rondo_app::Refusal;
use rondo_domain::policy::Breach;
use rondo_domain::token::{Holder, Preset, Reach, ReachError, Token, UseClient, Wish};
use rondo_domain::{Millis, Slug};

use super::problem;
use super::visit::Visit;
use crate::web::form::Problem;
use crate::web::narrowing::{self, Life, Narrowing, Standing, Turn};
use crate::web::policy;

const DAY: i64 = 24 * 3600 * 1000;
/// After so long without a use a token is marked as idle, in milliseconds.
const IDLE: i64 = 90 * DAY;

/// What was chosen; `field` takes a field by its name. A choice that does not exist is as none.
pub(super) fn read(mut field: impl FnMut(&str) -> String) -> Narrowing {
    Narrowing {
        preset: Preset::from_word(&field("rights")).unwrap_or(Preset::Everything),
        projects: field("projects"),
        life: Life::from_word(&field("expires")).unwrap_or(Life::Until),
        end: field("end"),
        networks: field("networks"),
    }
}

/// The wish that was expressed.
///
/// # Errors
/// What cannot be understood, at its field.
pub(super) fn wish(visit: &Visit, narrowing: &Narrowing) -> Result<Wish, Vec<Problem>> {
    let mut problems = Vec::new();
    let projects = lines(&narrowing.projects, |name| {
        name.parse::<Slug>().map_err(|_| ReachError::Name(name.chars().take(80).collect()))
    });
    let networks = lines(&narrowing.networks, |text| text.parse().map_err(ReachError::Network));
    let expires_at = match narrowing.life {
        Life::Endless => Ok(None),
        Life::Days(days) => Ok(Some(visit.ctx().at.plus(days * DAY))),
        Life::Until => moment(&narrowing.end).map(Some),
    };
    problems.extend(two_ends(visit, narrowing));
    let mut kept = |error: ReachError| problems.extend(at_field(visit, error.into()).ok());
    let wish = Wish {
        rights: (narrowing.preset != Preset::Everything).then(|| narrowing.preset.rights()),
        projects: projects.map_err(&mut kept).unwrap_or_default(),
        networks: networks.map_err(&mut kept).unwrap_or_default(),
        expires_at: expires_at.map_err(&mut kept).unwrap_or_default(),
        key: None,
    };
    if problems.is_empty() { Ok(wish) } else { Err(problems) }
}

/// What is wrong where a date stands beside another choice than that of a date: either may be meant,
/// and a token that lives longer than its maker meant is not made by a guess.
fn two_ends(visit: &Visit, narrowing: &Narrowing) -> Option<Problem> {
    let words = &visit.chrome.text().narrowing;
    let two = narrowing.life != Life::Until && !narrowing.end.trim().is_empty();
    two.then(|| Problem {
        field: "end",
        message: (words.two_ends)(&narrowing.life.label(visit.chrome.locale)),
    })
}

/// The lines of a field that are not blank; none if there are none.
pub(super) fn lines<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, ReachError>,
) -> Result<Option<Vec<T>>, ReachError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read: Vec<T> = lines.map(read).collect::<Result<_, _>>()?;
    Ok((!read.is_empty()).then_some(read))
}

/// A day and time as browsers write them, in UTC, to the second.
pub(super) fn moment(text: &str) -> Result<Millis, ReachError> {
    let time: DateTime = text.trim().parse().map_err(|_| ReachError::Moment)?;
    let zoned = time.to_zoned(TimeZone::UTC).map_err(|_| ReachError::Moment)?;
    Ok(Millis(zoned.timestamp().as_second().saturating_mul(1000)))
}

/// A refusal of what was chosen, at the field where it was.
///
/// # Errors
/// Any other refusal, as it came.
pub(super) fn at_field(visit: &Visit, refusal: Refusal) -> Result<Problem, Refusal> {
    use rondo_app::Invalid;
    let text = visit.chrome.text();
    let field = match &refusal {
        Refusal::Invalid(Invalid::Reach(error)) => match error.field() {
            "permissions" => "rights",
            "expires_at" => "end",
            field => field,
        },
        Refusal::Policy(organization, breach) => {
            let organization = organization.as_deref().unwrap_or_default();
            let message = policy::stop(visit.chrome.locale, organization, *breach, None);
            let field = match breach {
                Breach::Lifetime(_) => "end",
                Breach::Network(_) => "networks",
                Breach::Unrestricted | Breach::Query | Breach::Approval => "rights",
            };
            return Ok(Problem { field, message });
        }
        Refusal::Lacks(right) => {
            let message = (text.problem.lacks_right)(text.narrowing.right(*right));
            return Ok(Problem { field: "rights", message });
        }
        _ => return Err(refusal),
    };
    problem::at(text, field, refusal)
}

/// What a personal token of this reach can do, in words.
pub(super) fn sentence(visit: &Visit, reach: &Reach) -> String {
    let words = &visit.chrome.text().narrowing;
    said(visit, reach, (words.everything, words.everywhere))
}

/// The same to others than its owner.
fn sentence_of_other(visit: &Visit, reach: &Reach) -> String {
    let words = &visit.chrome.text().narrowing;
    said(visit, reach, (words.everything_of_owner, words.everywhere_of_owner))
}

/// The same of a service account's.
pub(super) fn sentence_of_service(visit: &Visit, reach: &Reach) -> String {
    let text = visit.chrome.text();
    said(visit, reach, (text.narrowing.everything_of_owner, text.service.everywhere))
}

fn said(visit: &Visit, reach: &Reach, unnarrowed: (&str, &str)) -> String {
    let memory = visit.app().memory();
    let projects = reach.projects.listed().unwrap_or_default().iter();
    let names: Vec<_> = projects
        .map(|id| memory.project_of(*id).map_or_else(|| id.to_string(), |p| p.slug.to_string()))
        .collect();
    narrowing::sentence(visit.chrome.locale, reach, &names, unnarrowed)
}

/// What a list says of a token beyond its name. `still` is who uses it although its successor is there.
pub(super) fn standing(visit: &Visit, token: &Token, still: Option<&UseClient>) -> Standing {
    let reach = &token.reach;
    let says = match token.holder {
        Holder::Person(_) if *reach == Reach::WHOLE => None,
        Holder::Person(owner) if visit.ctx().who.person() == Some(owner) => {
            Some(sentence(visit, reach))
        }
        Holder::Person(_) => Some(sentence_of_other(visit, reach)),
        Holder::Service(_) => Some(sentence_of_service(visit, reach)),
        Holder::Project(..) => narrowing::from(visit.chrome.locale, reach.networks.listed()),
    };
    let used = token.last_used_at.unwrap_or(token.created_at);
    Standing {
        says,
        expires: reach.expires_at.map(|end| end.0),
        disabled: token.disabled_at.is_some(),
        idle: visit.ctx().at.since(used) > IDLE,
        turn: turn(token, still),
        stops: super::policy::stops(visit, token),
    }
}

/// A token's part in a rotation.
fn turn(token: &Token, still: Option<&UseClient>) -> Option<Turn> {
    if let Some(rotation) = token.leaving() {
        return Some(Turn::Leaving {
            successor: rotation.successor.to_string(),
            end: rotation.end().0,
            taken_up: rotation.taken_up_at.is_some(),
            still: still.map(|client| (client.agent.clone(), client.address.clone())),
        });
    }
    let rotation = token.coming()?;
    Some(Turn::Coming { predecessor: rotation.predecessor.to_string(), end: rotation.end().0 })
}
