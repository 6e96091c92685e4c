//! The audit log on its way out: one entry as JSON, for the page's export and for the command.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_app::{App, AuditRow};
use rondo_domain::{Actor, Millis, ProjectId};
use rondo_wire::audit::AuditEntry;

use crate::feed::time;

/// An entry with the names of today beside its ids.
pub fn audit_entry(app: &App, row: &AuditRow) -> AuditEntry {
    let project = row.project.as_ref().and_then(|id| id.parse::<ProjectId>().ok());
    let project = project.and_then(|id| app.memory().project_of(id));
    AuditEntry {
        number: row.number,
        time: time(row.by.at),
        event: row.event.clone(),
        actor: row.by.actor.clone(),
        person: actor_name(app, &row.by.actor),
        token: row.by.token.clone(),
        address: row.by.address.clone(),
        agent: row.by.agent.clone(),
        request: row.by.request.clone(),
        subject: row.subject.clone(),
        detail: row.detail.clone(),
        project_id: row.project.clone(),
        project: project.map(|project| project.slug.to_string()),
        seal: row.seal.map(|seal| seal.to_string()),
    }
}

fn actor_name(app: &App, actor: &str) -> Option<String> {
    let actor = match actor.split_once(':')? {
        ("person", id) => Actor::Person(id.parse().ok()?),
        ("service", id) => Actor::Service(id.parse().ok()?),
        _ => return None,
    };
    app.memory().name_of(actor)
}

/// The moment that a text names: RFC 3339, or a date, which begins at midnight in UTC.
pub fn moment(text: &str) -> Option<Millis> {
    let day = || Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let stamp = text.parse::<Timestamp>().ok().or_else(day)?;
    Some(Millis(stamp.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_with_its_offset_or_a_day_in_utc() {
        for (text, expected) in [
            ("2026-11-22T14:05:00Z", Some(1_795_356_300_000)),
            ("2026-11-22T23:05:00+09:00", Some(1_795_356_300_000)),
            ("2026-11-22", Some(1_795_305_600_000)),
            ("2026-11-31", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(moment(text), expected.map(Millis), "{text}");
        }
    }
}
