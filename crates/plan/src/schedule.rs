//! `triggers` of a workflow: times at which it runs by itself, and for which branches.

use std::rc::Rc;

use crate::code::Code;
use crate::compiled::Schedule;
use crate::compiler::Compiler;
use crate::filter;
use crate::keys::Keys;
use crate::node::{Entry, Map, Node};
use crate::problem::{Problem, quote};
use crate::scalar;

const TRIGGER: Keys = Keys { of: "a trigger", known: &["schedule"] };
const SCHEDULE: Keys = Keys { of: "`schedule`", known: &["cron", "filters"] };
const FILTERS: Keys = Keys { of: "the filters of a schedule", known: &["branches"] };

/// The fields of a cron line: what each counts, and its smallest and largest number.
const FIELDS: [(&str, u32, u32); 5] = [
    ("the minute", 0, 59),
    ("the hour", 0, 23),
    ("the day of the month", 1, 31),
    ("the month", 1, 12),
    ("the day of the week", 0, 7),
];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Reads the value of `triggers`. What is wrong is reported and left out.
pub(crate) fn read(entry: &Entry, compiler: &mut Compiler<'_>) -> Vec<Schedule> {
    let help = "trigger the pipeline through the API from a scheduler of your own";
    compiler.problems.add(Problem::not_built(entry.mark, "`triggers`", help));
    let scope = compiler.scope(entry.mark);
    let Some(node) = compiler.render(&entry.value, &scope) else { return Vec::new() };
    let Some(items) = scalar::list(&node, "`triggers`", compiler.problems) else {
        return Vec::new();
    };
    items.iter().filter_map(|item| read_trigger(item, compiler)).collect()
}

fn read_trigger(item: &Rc<Node>, compiler: &mut Compiler<'_>) -> Option<Schedule> {
    let map = scalar::map(item, "an item of `triggers`", compiler.problems)?;
    TRIGGER.check(map, compiler.problems);
    let Some(entry) = map.entry("schedule") else {
        return missing(item, "a trigger needs `schedule`", compiler);
    };
    let map = scalar::map(&entry.value, "`schedule`", compiler.problems)?;
    SCHEDULE.check(map, compiler.problems);
    let branches = read_branches(map, &entry.value, compiler);
    let cron = read_cron(map, &entry.value, compiler)?;
    let (only, ignore) = branches?;
    Some(Schedule { cron, only, ignore })
}

fn read_cron(schedule: &Map, at: &Node, compiler: &mut Compiler<'_>) -> Option<String> {
    let Some(node) = schedule.given("cron") else {
        return missing(at, "`schedule` needs `cron`", compiler);
    };
    let cron = scalar::filled(node, "`cron`", compiler.problems)?;
    let refuse = |reason| {
        let problem = Problem::error(node.mark, format!("the schedule {} {reason}", quote(&cron)));
        compiler.problems.add(problem);
    };
    check_cron(&cron).map_err(refuse).ok()?;
    Some(cron)
}

fn missing<T>(node: &Node, message: &str, compiler: &mut Compiler<'_>) -> Option<T> {
    compiler.problems.add(Problem::error(node.mark, message).code(Code::MissingKey));
    None
}

/// `only` and `ignore`, as written; their expressions are looked at for mistakes.
fn read_branches(
    schedule: &Map,
    at: &Node,
    compiler: &mut Compiler<'_>,
) -> Option<(Vec<String>, Vec<String>)> {
    let Some(filters) = schedule.given("filters") else {
        return missing(at, "`schedule` needs `filters` with `branches`", compiler);
    };
    let filters = scalar::map(filters, "`filters`", compiler.problems)?;
    FILTERS.check(filters, compiler.problems);
    let Some(node) = filters.given("branches") else {
        return missing(at, "the filters of a schedule need `branches`", compiler);
    };
    filter::read_rule("branches", node, compiler)?;
    let map = node.as_map()?;
    let names = |key: &str| -> Vec<String> {
        let listed = map.get(key).map(scalar::one_or_more).unwrap_or_default();
        listed.iter().filter_map(|node| Some(node.as_scalar()?.text.to_string())).collect()
    };
    Some((names("only"), names("ignore")))
}

/// Five fields of numbers, names, ranges and lists. Steps, ranges in lists and ranges of names are
/// not part of the language. The error is the rest of a sentence that begins with the line.
fn check_cron(cron: &str) -> Result<(), String> {
    let fields: Vec<&str> = cron.split_ascii_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("needs 5 fields, but has {}", fields.len()));
    }
    for (field, (what, least, most)) in fields.into_iter().zip(FIELDS) {
        let wrong = |reason: &str| Err(format!("{reason} in {what} ({field})"));
        if field.contains('/') {
            return wrong("has a step, which is not supported,");
        }
        if field == "*" {
            continue;
        }
        let list: Vec<&str> = field.split(',').collect();
        for part in &list {
            let ends: Vec<&str> = part.split('-').collect();
            if ends.len() > 1 && list.len() > 1 {
                return wrong("has a range inside a list, which is not supported,");
            }
            let numbers: Option<Vec<u32>> =
                ends.iter().map(|end| number(end, what, ends.len() == 1)).collect();
            match numbers.as_deref() {
                Some([one]) if (least..=most).contains(one) => {}
                Some([from, to]) if least <= *from && from <= to && *to <= most => {}
                _ => return wrong(&format!("needs numbers from {least} to {most}")),
            }
        }
    }
    Ok(())
}

fn number(text: &str, what: &str, names_allowed: bool) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let place = |names: &[&str], first: u32| {
        let at = names.iter().position(|name| name.eq_ignore_ascii_case(text))?;
        Some(u32::try_from(at).ok()? + first)
    };
    match what {
        _ if !names_allowed => None,
        "the month" => place(&MONTHS, 1),
        "the day of the week" => place(&DAYS, 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cron: &str, expected: Result<(), &str>) {
        match (check_cron(cron), expected) {
            (Ok(()), Ok(())) => {}
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{cron}: {reason}"),
            (found, _) => panic!("{cron}: {found:?}"),
        }
    }

    #[test]
    fn five_fields_of_numbers_names_ranges_and_lists_are_a_schedule() {
        check("0 0 * * *", Ok(()));
        check("59 23 31 12 7", Ok(()));
        check("0,30 9-17 1,15 JAN,jul mon", Ok(()));
    }

    #[test]
    fn other_schedules_are_refused() {
        check("0 0 * *", Err("needs 5 fields, but has 4"));
        check("", Err("needs 5 fields, but has 0"));
        check("*/5 * * * *", Err("a step, which is not supported, in the minute"));
        check("0 0 * * mon-fri", Err("from 0 to 7 in the day of the week"));
        check("0 1-3,5 * * *", Err("a range inside a list"));
        check("60 0 * * *", Err("from 0 to 59"));
        check("0 24 * * *", Err("from 0 to 23"));
        check("0 0 0 * *", Err("from 1 to 31"));
        check("0 0 * 13 *", Err("from 1 to 12"));
        check("0 5-3 * * *", Err("from 0 to 23"));
        check("0 , * * *", Err("from 0 to 23"));
        check("mon 0 * * *", Err("from 0 to 59"));
        check("0 0 * * 1-2-3", Err("from 0 to 7"));
    }
}
