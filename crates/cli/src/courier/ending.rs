//! The words of the mail that tells a person which tokens end. Which language they read is not known,
//! so it is in both. It holds ids and labels, never a value.

use std::fmt::Write;

use rondo_app::Ending;
use rondo_domain::name::PersonName;

use super::{moment, whose_en, whose_ja};

/// Tokens that are named one by one; the others are a number.
const NAMED: usize = 100;

/// The subject. Nothing in it is what somebody wrote.
pub(super) fn subject(count: usize) -> String {
    let tokens = if count == 1 { "1 API token ends" } else { &format!("{count} API tokens end") };
    format!("{tokens} soon / {count} 個の API トークンがまもなく使えなくなります")
}

/// The text, in English and then in Japanese: the tokens that were made with their end, and those that are
/// deleted since nobody uses them.
pub(super) fn body(person: &PersonName, endings: &[Ending], url: &str) -> String {
    let (unused, ending): (Vec<&Ending>, Vec<&Ending>) =
        endings.iter().partition(|ending| ending.unused.is_some());
    let mut text = format!("Hello {person},\n");
    if !ending.is_empty() {
        let _ = write!(text, "\nThese API tokens on {url} end soon:\n\n");
        lines(&mut text, &ending, en, |rest| format!("and {rest} more"));
        text.push_str(
            "\nWhat uses one stops working when it ends. Make a new one in time, put it where the old one\n\
             is, and then delete the old one.\n",
        );
    }
    if !unused.is_empty() {
        let _ = write!(
            text,
            "\nThese API tokens on {url} are deleted soon, since nobody uses them:\n\n"
        );
        lines(&mut text, &unused, en, |rest| format!("and {rest} more"));
        text.push_str("\nWhoever uses one keeps it. Delete what is not needed any more.\n");
    }
    text.push_str("\nThey are here:\n\n");
    links(&mut text, endings, url);
    let _ = write!(text, "\n--\n\n{person} さん\n");
    if !ending.is_empty() {
        let _ = write!(text, "\n{url} の次の API トークンが、まもなく期限切れになります。\n\n");
        lines(&mut text, &ending, ja, |rest| format!("ほか {rest} 個"));
        text.push_str(
            "\n期限が切れると、そのトークンを使うものは動かなくなります。早めに新しいトークンを作成して\n\
             置き換え、古いものを削除してください。\n",
        );
    }
    if !unused.is_empty() {
        let _ = write!(
            text,
            "\n{url} の次の API トークンは、使われていないため、まもなく削除されます。\n\n"
        );
        lines(&mut text, &unused, ja, |rest| format!("ほか {rest} 個"));
        text.push_str("\n期日までに使えば、削除されません。不要なものは削除してください。\n");
    }
    text.push_str("\nトークンのページ:\n\n");
    links(&mut text, endings, url);
    text
}

fn lines(
    text: &mut String,
    endings: &[&Ending],
    says: fn(&Ending) -> String,
    more: fn(usize) -> String,
) {
    for ending in endings.iter().take(NAMED) {
        let label = super::line(&ending.label);
        let _ = writeln!(text, "  {label} ({}), {}", ending.id, says(ending));
    }
    if endings.len() > NAMED {
        let _ = writeln!(text, "  {}", more(endings.len() - NAMED));
    }
}

fn en(ending: &Ending) -> String {
    let left = match ending.days_left {
        0 => "less than a day left".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    };
    let why = ending.unused.as_ref().map(|why| {
        let days = if why.days == 1 { "1 day" } else { &format!("{} days", why.days) };
        format!(", policy of {} ({days})", super::line(&why.organization))
    });
    let (whose, end) = (whose_en(&ending.whose), moment(ending.end));
    format!("{whose}: {end}, {left}{}", why.unwrap_or_default())
}

fn ja(ending: &Ending) -> String {
    let left = match ending.days_left {
        0 => "残り 1 日未満".to_owned(),
        days => format!("残り {days} 日"),
    };
    let why = ending
        .unused
        .as_ref()
        .map(|why| format!(", {} のポリシー（{} 日）", super::line(&why.organization), why.days));
    let (whose, end) = (whose_ja(&ending.whose), moment(ending.end));
    format!("{whose}: {end}, {left}{}", why.unwrap_or_default())
}

/// The pages where they are.
fn links(text: &mut String, endings: &[Ending], url: &str) {
    let mut pages: Vec<_> = endings
        .iter()
        .filter_map(|ending| match (&ending.whose.project, &ending.whose.service) {
            (Some(project), _) => Some(format!("  {url}/settings/project/{project}/api\n")),
            (None, Some(service)) => {
                let home = service.home.as_ref()?;
                let kind = if home.matches('/').count() == 1 { "organization" } else { "project" };
                Some(format!("  {url}/settings/{kind}/{home}/services/{}\n", service.id))
            }
            (None, None) => Some(format!("  {url}/settings/user/tokens\n")),
        })
        .collect();
    pages.sort();
    pages.dedup();
    pages.iter().for_each(|page| text.push_str(page));
}
