//! A project's keys for SSH: those of its checkouts with their public halves, the keys of the host
//! that its repository is on, and those that jobs ask for. No view here can hold a private key.

use maud::{Markup, html};
use rondo_domain::CheckoutKeyKind;

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    icon, moment,
    once::copy,
    path::Project,
    settings::{Of, of_project},
    text::Text,
};

/// The page. The form for a checkout key has the field `type`, with CircleCI's words.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Whose they are.
    pub project: Project,
    /// Checkout keys, the preferred one first.
    pub checkout: Vec<CheckoutKey>,
    /// What kinds of them the project can have.
    pub kinds: Vec<CheckoutKeyKind>,
    /// The host, if the repository is reached over SSH.
    pub host: Option<Host>,
    /// The keys that jobs ask for, by host.
    pub additional: Vec<AdditionalKey>,
    /// Whether the person may add and remove keys.
    pub may_change: bool,
    /// Whether the person may make hosts known.
    pub may_meet: bool,
    /// What was wrong with asking the host.
    pub problems: Vec<Problem>,
}

/// One checkout key.
#[derive(Clone, Debug)]
pub struct CheckoutKey {
    /// Its kind.
    pub kind: CheckoutKeyKind,
    /// As an address names it: MD5.
    pub name: String,
    /// As people compare it: SHA-256.
    pub fingerprint: String,
    /// Its public half.
    pub public: String,
    /// It is the one that is used.
    pub preferred: bool,
    /// Whose account it is for.
    pub login: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// The repository's host.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name, with its port if that is not the usual one.
    pub name: String,
    /// Each key by which it is known: kind and fingerprint.
    pub keys: Vec<(String, String)>,
}

/// One key for jobs.
#[derive(Clone, Debug)]
pub struct AdditionalKey {
    /// Its host; empty for every host.
    pub hostname: String,
    /// As an address names it: MD5.
    pub name: String,
    /// As people compare it: SHA-256.
    pub fingerprint: String,
    /// When it was added, in milliseconds since 1970.
    pub created: i64,
}

/// The form, with the host that was typed before; a private key is never sent back. Fields:
/// `hostname`, `private_key`.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// The host.
    pub hostname: String,
    /// What was wrong with the attempt before.
    pub problems: Vec<Problem>,
}

const DIALOG: &str = "new-ssh-key";

/// The page.
pub fn list(chrome: &Chrome, view: &Keys) -> Markup {
    let words = &chrome.text().ssh;
    of_project(
        chrome,
        &view.project,
        Of::Ssh,
        words.title,
        &html! {
            h1 { (words.title) }
            (form::summary(chrome, &view.problems))
            (checkout(chrome, view))
            @if let Some(host) = &view.host { (host_card(chrome, view, host)) }
            (additional(chrome, view))
            @if view.may_change {
                dialog #(DIALOG) aria-labelledby="new-ssh-key-title" {
                    h2 #new-ssh-key-title { (words.add) }
                    (key_form(chrome, &view.project, &NewKey::default()))
                }
                (confirm::dialog(chrome, words.remove_effect, words.remove, &view.project.ssh()))
            }
        },
    )
}

fn checkout(chrome: &Chrome, view: &Keys) -> Markup {
    let words = &chrome.text().ssh;
    html! {
        section.card {
            h2 { (words.checkout) }
            @if view.host.is_none() { p { (words.checkout_unneeded) } }
            @else { p { (words.checkout_intro) } }
            @if !view.checkout.is_empty() {
                (checkout_table(chrome, view))
                @for (index, key) in view.checkout.iter().enumerate() {
                    (public_half(chrome, key, index))
                }
            } @else if view.host.is_some() { p.quiet { (words.checkout_empty) } }
            @if view.may_change { (checkout_form(chrome, view)) }
        }
    }
}

fn checkout_table(chrome: &Chrome, view: &Keys) -> Markup {
    let words = &chrome.text().ssh;
    html! {
        table.rows {
            caption.unseen { (words.checkout_caption) }
            thead {
                tr {
                    th scope="col" { (words.kind) }
                    th scope="col" { (words.fingerprint) }
                    th scope="col" { (words.created) }
                    @if view.may_change { th.act scope="col" { (words.remove) } }
                }
            }
            tbody {
                @for key in &view.checkout {
                    tr {
                        th scope="row" {
                            span.main { (kind_of(chrome, key)) }
                            @if key.preferred { span.tag { (words.preferred) } }
                        }
                        td data-label=(words.fingerprint) { code.fingerprint { (key.fingerprint) } }
                        td data-label=(words.created) { (moment::ago(chrome, key.created)) }
                        @if view.may_change {
                            td.act { (opener(chrome, &view.project.delete_checkout_key(&key.name), &key.fingerprint)) }
                        }
                    }
                }
            }
        }
    }
}

fn kind_of(chrome: &Chrome, key: &CheckoutKey) -> String {
    let kind = kind(chrome.text(), key.kind);
    key.login.as_ref().map_or(kind.to_owned(), |login| format!("{kind} · {login}"))
}

fn public_half(chrome: &Chrome, key: &CheckoutKey, index: usize) -> Markup {
    let words = &chrome.text().ssh;
    let (id, title) = (format!("public-key-{index}"), format!("public-key-{index}-title"));
    html! {
        h3 #(title) { ((words.public_half)(&kind_of(chrome, key))) }
        div.copying {
            pre #(id) tabindex="0" aria-labelledby=(title) { (key.public) }
            (copy(chrome, &id))
        }
    }
}

fn checkout_form(chrome: &Chrome, view: &Keys) -> Markup {
    let words = &chrome.text().ssh;
    let user_keys = view.kinds.len() > 1;
    let fields = html! {
        div.field {
            label for="type" { (words.kind) }
            @if user_keys { p.hint #type-hint { (words.user_hint) } }
            select #type name="type" aria-describedby=[user_keys.then_some("type-hint")] {
                @for of in &view.kinds { option value=(of.word()) { (kind(chrome.text(), *of)) } }
            }
        }
        div.buttons { button.button type="submit" { (icon::plus()) (words.make) } }
    };
    form::post(chrome, &view.project.checkout_keys(), &fields)
}

/// The words for a kind.
fn kind(text: &Text, kind: CheckoutKeyKind) -> &'static str {
    match kind {
        CheckoutKeyKind::Deploy => text.ssh.deploy,
        CheckoutKeyKind::GithubUser => text.ssh.github_user,
        CheckoutKeyKind::BitbucketUser => text.ssh.bitbucket_user,
    }
}

fn host_card(chrome: &Chrome, view: &Keys, host: &Host) -> Markup {
    let words = &chrome.text().ssh;
    let ask = html! {
        div.buttons { button.button.primary type="submit" { (words.ask_host) } }
    };
    html! {
        section.card {
            h2 { ((words.host)(&host.name)) }
            @if !host.keys.is_empty() {
                p { (words.host_known) }
                dl.facts {
                    @for (kind, fingerprint) in &host.keys {
                        div { dt { (kind) } dd { code.fingerprint { (fingerprint) } } }
                    }
                }
            } @else if view.may_meet {
                p.notice.care { (words.host_unknown) }
                (form::post(chrome, &view.project.known_host(), &ask))
            } @else { p.notice.care { (words.host_unknown_guest) } }
        }
    }
}

fn additional(chrome: &Chrome, view: &Keys) -> Markup {
    let words = &chrome.text().ssh;
    html! {
        section.card {
            div.head {
                h2 { (words.additional) }
                span.gap {}
                @if view.may_change {
                    a.button href=(view.project.new_ssh_key()) data-dialog=(DIALOG) { (icon::plus()) (words.add) }
                }
            }
            p { (words.additional_intro) }
            @if view.additional.is_empty() { p.quiet { (words.additional_empty) } }
            @else { (additional_table(chrome, view)) }
        }
    }
}

fn additional_table(chrome: &Chrome, view: &Keys) -> Markup {
    let words = &chrome.text().ssh;
    html! {
        table.rows {
            caption.unseen { (words.additional_caption) }
            thead {
                tr {
                    th scope="col" { (words.hostname) }
                    th scope="col" { (words.fingerprint) }
                    th scope="col" { (words.created) }
                    @if view.may_change { th.act scope="col" { (words.remove) } }
                }
            }
            tbody {
                @for key in &view.additional {
                    tr {
                        th scope="row" {
                            @if key.hostname.is_empty() { span.main { (words.every_host) } }
                            @else { code.main { (key.hostname) } }
                        }
                        td data-label=(words.fingerprint) { code.fingerprint { (key.fingerprint) } }
                        td data-label=(words.created) { (moment::ago(chrome, key.created)) }
                        @if view.may_change {
                            td.act {
                                (opener(chrome, &view.project.delete_ssh_key(&key.name, &key.hostname),
                                    &key.fingerprint))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn opener(chrome: &Chrome, href: &str, fingerprint: &str) -> Markup {
    let words = &chrome.text().ssh;
    confirm::opener(href, &(words.remove_named)(fingerprint), &(words.remove_question)(fingerprint))
}

/// The form as a page of its own.
pub fn new(chrome: &Chrome, project: &Project, view: &NewKey) -> Markup {
    let words = &chrome.text().ssh;
    of_project(
        chrome,
        project,
        Of::Ssh,
        words.add,
        &html! {
            section.card {
                h1 { (words.add) }
                (key_form(chrome, project, view))
            }
        },
    )
}

fn key_form(chrome: &Chrome, project: &Project, view: &NewKey) -> Markup {
    let words = &chrome.text().ssh;
    let fields = html! {
        (Field::new(chrome, Kind::Code, "hostname", words.hostname).hint(words.hostname_hint)
            .value(&view.hostname).problems(&view.problems).optional().focused())
        (Field::new(chrome, Kind::Lines, "private_key", words.private_key)
            .hint(words.private_key_hint).problems(&view.problems))
        (form::buttons(chrome, words.add, "primary", &project.ssh()))
    };
    html! {
        (form::summary(chrome, &view.problems))
        (form::post(chrome, &project.ssh(), &fields))
    }
}

/// The question before a key is deleted, as a page of its own; `action` is where the answer posts.
pub fn delete(chrome: &Chrome, project: &Project, fingerprint: &str, action: String) -> Markup {
    let words = &chrome.text().ssh;
    confirm::page(
        chrome,
        &Confirm {
            question: (words.remove_question)(fingerprint),
            effect: words.remove_effect,
            button: words.remove,
            action,
            back: project.ssh(),
            why: None,
        },
    )
}
