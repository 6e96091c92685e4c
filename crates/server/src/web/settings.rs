//! The frame of settings pages: a side list beside one column of cards.

use maud::{Markup, html};

use super::{
    chrome::{Chrome, Crumb, Page, Width, frame},
    organization_tokens::Place,
    path::{self, Project},
    services,
    text::Text,
};

/// A page of a person's own settings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Tokens,
    Sessions,
    Email,
    Password,
}

/// A page of the server's settings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    Audit,
    LookUp,
    Revoke,
}

/// A page of an organization's settings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Organization {
    Tokens,
    Services,
    Policy,
    Approvals,
}

/// A page of a project's settings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Overview,
    Tokens,
    Services,
    Variables,
    Ssh,
    Badges,
}

struct Entry<'a> {
    /// What this entry and the ones after it are about.
    group: Option<&'static str>,
    words: &'a str,
    href: String,
    current: bool,
}

/// A page of the person's own settings; `body` is what stands beside the list.
pub(super) fn own(chrome: &Chrome, current: Own, title: &str, body: &Markup) -> Markup {
    let words = &chrome.text().frame;
    let entries = [
        (Own::Tokens, words.personal_tokens, path::TOKENS),
        (Own::Sessions, words.sessions, path::SESSIONS),
        (Own::Email, chrome.text().account.email, path::EMAIL),
        (Own::Password, words.password, path::PASSWORD),
    ]
    .map(|(page, words, href)| Entry {
        group: None,
        words,
        href: href.to_owned(),
        current: page == current,
    });
    framed(chrome, title.to_owned(), Vec::new(), words.user_settings, &entries, body)
}

/// A page of the server's settings; `body` is what stands beside the list.
pub(super) fn of_server(chrome: &Chrome, current: Server, title: &str, body: &Markup) -> Markup {
    let words = &chrome.text().frame;
    let more = &chrome.text().finding;
    let entries = [
        (Server::Audit, words.audit, path::AUDIT),
        (Server::LookUp, more.look_up_title, path::LOOK_UP),
        (Server::Revoke, more.revoke_title, path::REVOKE),
    ]
    .map(|(page, words, href)| Entry {
        group: None,
        words,
        href: href.to_owned(),
        current: page == current,
    });
    framed(chrome, title.to_owned(), Vec::new(), words.server_settings, &entries, body)
}

/// A page of an organization's settings; `body` is what stands beside the list.
pub(super) fn of_organization(
    chrome: &Chrome,
    place: &Place,
    current: Organization,
    title: &str,
    body: &Markup,
) -> Markup {
    let (text, rights) = (chrome.text(), chrome.rights);
    let services = services::Home::Organization(place.clone()).services();
    let entries: Vec<_> = [
        (Organization::Tokens, text.finding.title, place.tokens(), rights.manage_tokens),
        (Organization::Services, text.service.title, services, rights.manage_services),
        (Organization::Policy, text.policy.title, place.policy(), rights.manage_tokens),
        (Organization::Approvals, text.policy.approvals, place.approvals(), rights.manage_tokens),
    ]
    .into_iter()
    .filter(|(.., may)| *may)
    .map(|(page, words, href, _)| Entry { group: None, words, href, current: page == current })
    .collect();
    let heading = place.shown();
    framed(chrome, format!("{title} · {heading}"), Vec::new(), &heading, &entries, body)
}

/// A page of a project's settings; `body` is what stands beside the list.
pub(super) fn of_project(
    chrome: &Chrome,
    project: &Project,
    current: Of,
    title: &str,
    body: &Markup,
) -> Markup {
    let words = &chrome.text().frame;
    let rights = chrome.rights;
    let entries: Vec<_> = [
        (Of::Overview, chrome.text().overview.title, project.settings(), rights.read_settings),
        (Of::Variables, words.variables, project.variables(), rights.read_settings),
        (Of::Ssh, chrome.text().ssh.title, project.ssh(), rights.read_settings),
        (Of::Badges, words.badges, project.badges(), true),
        (Of::Tokens, words.api_permissions, project.tokens(), rights.manage_tokens),
        (Of::Services, chrome.text().service.title, project.services(), rights.manage_services),
    ]
    .into_iter()
    .filter(|(.., may)| *may)
    .map(|(page, entry, href, _)| Entry {
        group: (page == Of::Tokens).then_some(words.permissions),
        words: entry,
        href,
        current: page == current,
    })
    .collect();
    let title = format!("{title} · {project}");
    framed(
        chrome,
        title,
        project_trail(chrome.text(), project),
        words.project_settings,
        &entries,
        body,
    )
}

/// The pages above a project's page: all projects, its builds.
pub(super) fn project_trail(text: &Text, project: &Project) -> Vec<Crumb> {
    vec![
        Crumb { words: text.frame.projects.to_owned(), href: path::HOME.to_owned() },
        Crumb { words: project.to_string(), href: project.builds() },
    ]
}

fn framed(
    chrome: &Chrome,
    title: String,
    trail: Vec<Crumb>,
    heading: &str,
    entries: &[Entry<'_>],
    body: &Markup,
) -> Markup {
    let body = html! {
        div.settings {
            nav.side aria-label=(heading) {
                p.side-heading { (heading) }
                ul {
                    @for entry in entries {
                        li {
                            @if let Some(group) = entry.group {
                                span.side-group { (group) }
                            }
                            a href=(entry.href) aria-current=[entry.current.then_some("page")] {
                                (entry.words)
                            }
                        }
                    }
                }
            }
            div.column { (body) }
        }
    };
    frame(chrome, &Page { title, state: None, trail, width: Width::Normal, body })
}
