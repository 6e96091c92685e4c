//! The words of the mail that goes to where a person got mail until now. It does not say where mail goes
//! from now on: whoever reads here may be somebody else by now.

use rondo_domain::name::PersonName;

/// The subject. Nothing in it is what somebody wrote.
pub(super) const SUBJECT: &str = "Mail goes elsewhere from now on / メールの宛先が変更されました";

/// The text, in English and then in Japanese.
pub(super) fn body(person: &PersonName, url: &str) -> String {
    format!(
        "Hello {person},\n\nmail from {url} for your account does not come to this address any more: it was changed or\n\
         removed.\n\nIf that was neither you nor an administrator whom you asked, sign in, change your password, and tell\n\
         an administrator of the server.\n\n--\n\n{person} さん\n\n{url} のあなたのアカウント宛てのメールは、今後このアドレスには届きません。宛先が変更または削除\n\
         されました。\n\nあなたも、あなたが頼んだ管理者も変更していない場合は、サインインしてパスワードを変更し、サーバーの管理者に\n\
         連絡してください。\n"
    )
}
