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
    format!("{tokens} soon / {count} 個の API トークンがまもなく期限切れになります")
}

/// The text, in English and then in Japanese.
pub(super) fn body(person: &PersonName, endings: &[Ending], url: &str) -> String {
    let named = &endings[..endings.len().min(NAMED)];
    let rest = endings.len() - named.len();
    let mut text = format!("Hello {person},\n\nthese API tokens on {url} end soon:\n\n");
    for ending in named {
        line(&mut text, ending, &whose_en(&ending.whose), &left_en(ending.days_left));
    }
    if rest > 0 {
        let _ = writeln!(text, "  and {rest} more");
    }
    text.push_str(
        "\nWhat uses one stops working when it ends. Make a new one in time, put it where the old one\n\
         is, and then delete the old one:\n\n",
    );
    links(&mut text, endings, url);
    let _ = write!(
        text,
        "\n--\n\n{person} さん\n\n{url} の次の API トークンが、まもなく期限切れになります。\n\n"
    );
    for ending in named {
        line(&mut text, ending, &whose_ja(&ending.whose), &left_ja(ending.days_left));
    }
    if rest > 0 {
        let _ = writeln!(text, "  ほか {rest} 個");
    }
    text.push_str(
        "\n期限が切れると、そのトークンを使うものは動かなくなります。早めに新しいトークンを作成して\n\
         置き換え、古いものを削除してください。\n\n",
    );
    links(&mut text, endings, url);
    text
}

fn line(text: &mut String, ending: &Ending, whose: &str, left: &str) {
    let label = super::line(&ending.label);
    let _ = writeln!(text, "  {label} ({}), {whose}: {}, {left}", ending.id, moment(ending.end));
}

fn left_en(days: i64) -> String {
    match days {
        0 => "less than a day left".to_owned(),
        1 => "1 day left".to_owned(),
        _ => format!("{days} days left"),
    }
}

fn left_ja(days: i64) -> String {
    if days == 0 { "残り 1 日未満".to_owned() } else { format!("残り {days} 日") }
}

/// The pages where new ones are made.
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
