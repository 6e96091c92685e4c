//! The policy of an organization: the form, what it would mean, the approvals that it asks for; and what
//! forms and lists of tokens say of policies.

use maud::{Markup, html};
use rondo_domain::policy::{Breach, Rules};

use super::{
    chrome::Chrome,
    confirm::{self, Confirm},
    form::{self, Field, Kind, Problem},
    locale::Locale,
    moment,
    narrowing::Standing,
    organization_tokens::Place,
    settings::{Organization, of_organization},
    table,
    tokens::last_used,
};

/// The form, as it was filled. Fields have these names.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The version that was seen.
    pub version: i64,
    /// Days.
    pub max_days: String,
    /// A checkbox.
    pub no_unrestricted: bool,
    /// Networks, one a line.
    pub networks: String,
    /// Days.
    pub idle_days: String,
    /// A checkbox.
    pub no_query: bool,
    /// A checkbox.
    pub approval: bool,
}

/// What a policy would mean. Field: `sure`.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whose.
    pub place: Place,
    /// What was filled in.
    pub draft: Draft,
    /// The tokens of the organization.
    pub tokens: u64,
    /// Those that would open nothing.
    pub stopped: u64,
    /// Those that would be deleted.
    pub idle: u64,
    /// One's own address, if it lies outside of the networks.
    pub outside: Option<String>,
}

/// The form.
pub fn page(chrome: &Chrome, place: &Place, draft: &Draft, problems: &[Problem]) -> Markup {
    let words = &chrome.text().policy;
    let line = |kind, name, label, value, hint| {
        Field::new(chrome, kind, name, label).hint(hint).value(value).problems(problems).optional()
    };
    let fields = html! {
        input type="hidden" name="version" value=(draft.version);
        (line(Kind::Code, "max_days", words.max_days, &draft.max_days, words.max_days_hint))
        (form::tick("no_unrestricted", words.no_unrestricted, draft.no_unrestricted))
        (line(Kind::Lines, "networks", words.networks, &draft.networks, words.networks_hint))
        (line(Kind::Code, "idle_days", words.idle_days, &draft.idle_days, words.idle_days_hint))
        (form::tick("no_query", words.no_query, draft.no_query))
        (form::tick("approval", words.approval, draft.approval))
        div.buttons { button.button.primary type="submit" { (words.preview) } }
    };
    of_organization(
        chrome,
        place,
        Organization::Policy,
        words.title,
        &html! {
            h1 { ((words.heading)(&place.shown())) }
            p.intro { (words.intro) }
            section.card {
                (form::summary(chrome, problems))
                (form::post(chrome, &place.policy(), &fields))
            }
        },
    )
}

/// What it would mean, and the form that puts it into effect.
pub fn preview(chrome: &Chrome, view: &Preview) -> Markup {
    let words = &chrome.text().policy;
    let Draft { max_days, networks, idle_days, .. } = &view.draft;
    let yes = |set: bool| if set { "yes" } else { "" };
    let version = view.draft.version.to_string();
    let hidden = [
        ("version", version.as_str()),
        ("max_days", max_days),
        ("no_unrestricted", yes(view.draft.no_unrestricted)),
        ("networks", networks),
        ("idle_days", idle_days),
        ("no_query", yes(view.draft.no_query)),
        ("approval", yes(view.draft.approval)),
        ("sure", "yes"),
    ];
    let fields = html! {
        @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
        div.buttons {
            button.button.primary type="submit" { (words.save) }
            a.button.plain href=(view.place.policy()) { (words.again) }
        }
    };
    of_organization(
        chrome,
        &view.place,
        Organization::Policy,
        words.preview_title,
        &html! {
            h1 { (words.preview_title) }
            section.card {
                p { ((words.stops)(view.stopped, view.tokens)) }
                @if view.idle > 0 { p { ((words.ends)(view.idle)) } }
                p.hint { (words.uncounted) }
                @if let Some(peer) = &view.outside {
                    p.problem role="alert" { ((words.outside)(peer)) }
                }
                (form::post(chrome, &view.place.policy(), &fields))
            }
        },
    )
}

/// A token that takes an approval.
#[derive(Clone, Debug)]
pub struct Approvable {
    /// Its public handle.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Who owns it.
    pub owner: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
    /// What it is narrowed to.
    pub standing: Standing,
    /// What was said of it.
    pub said: Option<Said>,
    /// It is the reader's own.
    pub own: bool,
}

/// What was said of a token.
#[derive(Clone, Debug)]
pub struct Said {
    /// It was approved.
    pub granted: bool,
    /// By whom.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Why.
    pub reason: Option<String>,
}

/// The tokens that take an approval.
pub fn approvals(chrome: &Chrome, place: &Place, rows: &[Approvable]) -> Markup {
    let words = &chrome.text().policy;
    of_organization(
        chrome,
        place,
        Organization::Approvals,
        words.approvals,
        &html! {
            h1 { (words.approvals) }
            p.intro { (words.approvals_intro) }
            @if rows.is_empty() {
                section.empty { h2 { (words.approvals_empty) } p { (words.approvals_empty_body) } }
            } @else { (list(chrome, place, rows)) }
        },
    )
}

fn list(chrome: &Chrome, place: &Place, rows: &[Approvable]) -> Markup {
    let (words, text) = (&chrome.text().policy, chrome.text());
    let headings = [
        text.tokens.label,
        text.finding.owner,
        text.tokens.created,
        text.tokens.last_used,
        words.state,
        words.answer,
    ];
    html! {
        table.rows.tokens {
            caption.unseen { (words.approvals_caption) }
            (table::head(&headings))
            tbody { @for row in rows { (approvable(chrome, place, row)) } }
        }
    }
}

fn approvable(chrome: &Chrome, place: &Place, row: &Approvable) -> Markup {
    let (words, text) = (&chrome.text().policy, chrome.text());
    html! {
        tr {
            th scope="row" {
                span.main { (row.label) }
                (row.standing.under(chrome))
                span.under { code.id { (row.id) } }
            }
            td data-label=(text.finding.owner) { (row.owner) }
            td data-label=(text.tokens.created) { (moment::ago(chrome, row.created)) }
            td data-label=(text.tokens.last_used) { (last_used(chrome, row.last_used)) }
            td data-label=(words.state) { (state(chrome, row.said.as_ref())) }
            td data-label=(words.answer) { div.answers { (answer(chrome, place, row)) } }
        }
    }
}

fn state(chrome: &Chrome, said: Option<&Said>) -> Markup {
    let words = &chrome.text().policy;
    html! {
        @match said {
            None => span.tag { (words.waiting) },
            Some(Said { granted, by, at, reason }) => {
                @let by = if by == "rotation" { words.by_rotation } else { by };
                @let when = moment::to_the_second(chrome.locale, *at);
                @if *granted { ((words.approved)(by, &when)) } @else { ((words.refused)(by, &when)) }
                @if let Some(reason) = reason { span.under { (reason) } }
            }
        }
    }
}

fn answer(chrome: &Chrome, place: &Place, row: &Approvable) -> Markup {
    let words = &chrome.text().policy;
    let approved = row.said.as_ref().is_some_and(|said| said.granted);
    let refused = row.said.as_ref().is_some_and(|said| !said.granted);
    let approve = html! {
        button.button.small type="submit" aria-label=((words.approve_named)(&row.label)) {
            (words.approve)
        }
    };
    html! {
        @if !approved {
            @if row.own { span.quiet { (words.own) } }
            @else { (form::post(chrome, &place.approve(&row.id), &approve)) }
        }
        @if !refused {
            a.button.small.plain href=(place.refuse(&row.id)) aria-label=((words.refuse_named)(&row.label)) {
                (words.refuse)
            }
        }
    }
}

/// The question before one is refused.
pub fn refuse(
    chrome: &Chrome,
    place: &Place,
    (id, label): (&str, &str),
    problems: &[Problem],
) -> Markup {
    let words = &chrome.text().policy;
    confirm::page(
        chrome,
        &Confirm {
            question: (words.refuse_question)(label),
            effect: words.refuse_effect,
            button: words.refuse,
            action: place.refuse(id),
            back: place.approvals(),
            why: Some(problems.to_vec()),
        },
    )
}

/// A policy that governs a token which is to be made.
#[derive(Clone, Debug)]
pub struct Law {
    /// Whose, as people write it.
    pub organization: String,
    /// What it asks.
    pub rules: Rules,
}

/// What policies ask of a token, above the form that makes one.
pub(super) fn laws(chrome: &Chrome, laws: &[Law]) -> Markup {
    let words = &chrome.text().policy;
    html! {
        @for law in laws {
            section.law {
                p { strong { ((words.governs)(&law.organization)) } }
                ul { @for rule in rules(chrome.locale, &law.rules) { li { (rule) } } }
            }
        }
    }
}

/// The rules of a policy as sentences.
fn rules(locale: Locale, rules: &Rules) -> Vec<String> {
    let words = &locale.text().policy;
    let mut said = Vec::new();
    said.extend(rules.max_days.map(words.rule_max_days));
    said.extend(rules.no_unrestricted.then(|| words.rule_no_unrestricted.to_owned()));
    said.extend(rules.networks.listed().map(|list| {
        let list: Vec<_> = list.iter().map(ToString::to_string).collect();
        (words.rule_networks)(&list.join(locale.text().narrowing.comma))
    }));
    said.extend(rules.idle_days.map(words.rule_idle_days));
    said.extend(rules.no_query.then(|| words.rule_no_query.to_owned()));
    said.extend(rules.approval_since.map(|_| words.rule_approval.to_owned()));
    said
}

/// What a policy means for a token, in one sentence. `refused` is the reason for which an admin refused it,
/// if one did.
pub fn stop(
    locale: Locale,
    organization: &str,
    breach: Breach,
    refused: Option<Option<&str>>,
) -> String {
    let words = &locale.text().policy;
    match (breach, refused) {
        (Breach::Approval, None) => (words.waits)(organization),
        (Breach::Approval, Some(reason)) => (words.only_reads)(organization, reason),
        (breach, _) => (words.stopped)(organization, &(words.breach)(breach)),
    }
}
