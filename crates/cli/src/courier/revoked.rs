//! The words of the mail that tells a person which of their tokens were deleted, many at once. Which
//! language they read is not known, so it is in both. It holds ids and labels, never a value.

use std::fmt::Write;

use rondo_app::{Revoked, Whose};
use rondo_domain::name::PersonName;

use super::{line, moment, whose_en, whose_ja};

/// The subject. Nothing in it is what somebody wrote.
pub(super) fn subject(count: i64) -> String {
    let tokens = if count == 1 { "1 API token was" } else { &format!("{count} API tokens were") };
    format!("{tokens} deleted / {count} 個の API トークンが削除されました")
}

/// The text, in English and then in Japanese.
pub(super) fn body(person: &PersonName, told: &Revoked, url: &str) -> String {
    let (at, by) = (moment(told.at), line(&told.by));
    let mut text = format!(
        "Hello {person},\n\nthese API tokens on {url} were deleted at {at} by {by}, as an administrator of the\n\
         server does when something leaked. They open nothing any more:\n\n"
    );
    tokens(&mut text, told, whose_en, |rest| format!("and {rest} more"));
    if let Some(reason) = &told.reason {
        let _ = writeln!(text, "\nThe reason: {}", line(reason));
    }
    let _ = write!(
        text,
        "\nWhat used one does not work now. Ask the administrator whether its secrets are safe before you\n\
         make a new one.\n\n--\n\n{person} さん\n\n{url} の次の API トークンが、{at} に {by} により削除されました。漏えいの\n\
         ときにサーバーの管理者が行う操作で、これらのトークンはもう使えません。\n\n"
    );
    tokens(&mut text, told, whose_ja, |rest| format!("ほか {rest} 個"));
    if let Some(reason) = &told.reason {
        let _ = writeln!(text, "\n理由: {}", line(reason));
    }
    text.push_str(
        "\nこれらを使っていたものは動かなくなっています。新しいトークンを作成する前に、シークレットが安全かどうかを\n\
         管理者に確認してください。\n",
    );
    text
}

/// Each that is named, with whose it was, and how many more they are.
pub(super) fn tokens(
    text: &mut String,
    told: &Revoked,
    whose: fn(&Whose) -> String,
    more: fn(i64) -> String,
) {
    for gone in &told.tokens {
        let _ = writeln!(text, "  {} ({}), {}", line(&gone.label), gone.id, whose(&gone.whose));
    }
    let rest = told.count - i64::try_from(told.tokens.len()).unwrap_or(i64::MAX);
    if rest > 0 {
        let _ = writeln!(text, "  {}", more(rest));
    }
}
