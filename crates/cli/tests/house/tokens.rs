//! Tokens are immutable by construction: what the store's SQL may change of one, column by column. A
//! statement that could give a token another owner, project or right is found here.

use crate::source::Source;
use crate::{check_findings, hold, tree};

/// The columns of `token` that a statement may set, to what, and where: each lessens what the token opens, or
/// gives back what was there, or says when it was used.
const SET: &[(&str, &str)] = &[
    ("last_used_at = $2", "a note of its last use"),
    ("job_id = $2", "a new token's job, in the transaction that makes it"),
    ("first_used_at = $2", "a note of its first use"),
    ("disabled_at = $2", "stopped for a while; the rest of the row is as it was"),
    (
        "expires_at = $2 where id = $1 and (expires_at is null or expires_at > $2)",
        "an end that comes nearer",
    ),
];

/// What follows `update token set` in each statement of a text. Where the condition matters it stands in
/// the list above; else only what comes before it.
fn assignments(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (_, token) in source.product() {
        // A line that is continued stands as a backslash, a line break and blanks.
        let text = token.text.replace("\\\n", " ").to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (at, _) in text.match_indices("update token ") {
            let rest = &text[at + "update token ".len()..];
            let rest = rest.trim_start_matches("set ").trim_matches('"').trim();
            let known = SET.iter().any(|(allowed, _)| *allowed == rest);
            let set = rest.split(" where ").next().filter(|_| !known).unwrap_or(rest);
            found.push(set.trim_matches('"').trim().to_owned());
        }
    }
    found
}

fn widening(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("crates/store/src/")) {
        for set in assignments(source) {
            if !SET.iter().any(|(allowed, _)| *allowed == set) {
                findings.push(format!("{}: a statement sets {set:?} of a token", source.path));
            }
        }
    }
    findings
}

#[test]
fn no_statement_gives_a_token_more_than_it_was_made_with() {
    let sources = tree::sources();
    hold(&widening(&sources));
    let all: Vec<_> = sources.iter().flat_map(assignments).collect();
    for (set, why) in SET {
        assert!(all.iter().any(|found| found == set), "no statement sets {set}: {why}");
    }
}

#[test]
fn a_statement_that_widens_a_token_is_found() {
    let check = |sql: &str, expected: &[&str]| {
        let text = format!("fn a() {{ let sql = \"{sql}\"; }}");
        check_findings(&widening(&[Source::parse("crates/store/src/a.rs", &text)]), expected);
    };
    check("update token set last_used_at = $2 where id = $1", &[]);
    check("update token set rights = $2 where id = $1", &["sets \"rights = $2\""]);
    check("update token set person_id = $2", &["sets \"person_id = $2\""]);
    check("update token set disabled_at = $2, scope = $3 where id = $1", &["scope = $3"]);
    check("update token set expires_at = $2 where id = $1", &["sets \"expires_at = $2\""]);
    let longer = "update token set expires_at = $2 where id = $1 and (expires_at is null or 1 = 1)";
    check(longer, &["sets \"expires_at = $2\""]);
    check("select 1 from token where id = $1", &[]);
}
