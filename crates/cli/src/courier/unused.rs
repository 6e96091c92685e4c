//! The words of the mail that tells a person which of their tokens a policy deleted since nobody used them.
//! Which language they read is not known, so it is in both. It holds ids and labels, never a value.

use std::fmt::Write;

use rondo_app::{Revoked, Unused};
use rondo_domain::name::PersonName;

use super::revoked::tokens;
use super::{line, moment, whose_en, whose_ja};

/// The subject. Nothing in it is what somebody wrote.
pub(super) fn subject(count: i64) -> String {
    let tokens = match count {
        1 => "1 unused API token was",
        _ => &format!("{count} unused API tokens were"),
    };
    format!("{tokens} deleted / 使われていない {count} 個の API トークンが削除されました")
}

/// The text, in English and then in Japanese.
pub(super) fn body(person: &PersonName, told: &Revoked, why: &Unused, url: &str) -> String {
    let (at, organization, days) = (moment(told.at), line(&why.organization), why.days);
    let days_en = if days == 1 { "a day" } else { &format!("{days} days") };
    let mut text = format!(
        "Hello {person},\n\nnobody used these API tokens on {url} for {days_en}. So they were deleted at {at},\n\
         as the policy of {organization} asks. They open nothing any more:\n\n"
    );
    tokens(&mut text, told, whose_en, |rest| format!("and {rest} more"));
    let _ = write!(
        text,
        "\nWhat needs one nevertheless takes a new one.\n\n--\n\n{person} さん\n\n{url} の次の API トークンは、{days} 日間使われなかったため、\
         {organization} のポリシーにより\n{at} に削除されました。これらのトークンはもう使えません。\n\n"
    );
    tokens(&mut text, told, whose_ja, |rest| format!("ほか {rest} 個"));
    text.push_str("\nまだ必要な場合は、新しいトークンを作成してください。\n");
    text
}
