//! A project's keys for SSH. A private key goes in and never comes back to a page.

use axum::response::Response;
use rondo_app::{Invalid, Refusal};
use rondo_domain::ssh::SshError;
use rondo_domain::{
    CheckoutKey, CheckoutKeyKind, HostKey, KeyHost, Permission, Project, SecretValue, Slug, SshKey,
    Vcs,
};

use super::done::Done;
use super::fields::Fields;
use super::visit::Visit;
use super::{problem, reply};
use crate::web::form::Problem;
use crate::web::{path, ssh};

/// `GET …/ssh`
pub(super) async fn list(visit: Visit) -> Result<Response, Refusal> {
    let (app, ctx, project) = (visit.app(), visit.ctx(), visit.project());
    let host = match project.git_url.ssh_host() {
        Some(host) => {
            let keys = app.host_keys(&host).await?;
            Some(ssh::Host { name: host.to_string(), keys: keys.iter().map(host_key).collect() })
        }
        None => None,
    };
    let view = ssh::Keys {
        project: visit.place(),
        checkout: app.checkout_keys(ctx, project).await?.iter().map(checkout_key).collect(),
        kinds: kinds(project),
        host,
        additional: app.ssh_keys(ctx, project).await?.iter().map(additional_key).collect(),
        may_change: visit.may(Permission::WriteSettings),
        may_meet: visit.chrome.person.as_ref().is_some_and(|person| person.admin),
        problems: match visit.asked("silent") {
            Some(_) => vec![silent(&visit)],
            None => Vec::new(),
        },
    };
    Ok(reply::page(&visit.chrome, ssh::list(&visit.chrome, &view)))
}

fn silent(visit: &Visit) -> Problem {
    Problem { field: "", message: visit.chrome.text().problem.host_is_silent.to_owned() }
}

fn kinds(project: &Project) -> Vec<CheckoutKeyKind> {
    let user = match project.slug.vcs {
        Vcs::Github => Some(CheckoutKeyKind::GithubUser),
        Vcs::Bitbucket => Some(CheckoutKeyKind::BitbucketUser),
        Vcs::Git => None,
    };
    [CheckoutKeyKind::Deploy].into_iter().chain(user).collect()
}

fn host_key(key: &HostKey) -> (String, String) {
    let kind = key.public.line.split(' ').next().unwrap_or_default();
    (kind.to_owned(), key.public.sha256.clone())
}

fn checkout_key(key: &CheckoutKey) -> ssh::CheckoutKey {
    ssh::CheckoutKey {
        kind: key.kind,
        name: key.public.md5.clone(),
        fingerprint: key.public.sha256.clone(),
        public: key.public.line.clone(),
        preferred: key.preferred,
        login: key.login.clone(),
        created: key.created_at.0,
    }
}

fn additional_key(key: &SshKey) -> ssh::AdditionalKey {
    ssh::AdditionalKey {
        hostname: key.hostname.as_str().to_owned(),
        name: key.public.md5.clone(),
        fingerprint: key.public.sha256.clone(),
        created: key.created_at.0,
    }
}

/// `POST …/ssh/checkout-key`
pub(super) async fn create_checkout_key(
    visit: Visit,
    mut fields: Fields,
) -> Result<Response, Refusal> {
    let kind = fields.take("type").parse()?;
    visit.app().create_checkout_key(visit.ctx(), visit.project(), kind).await?;
    Ok(reply::go_saying(&visit.place().ssh(), Done::CheckoutKeyMade))
}

/// `GET …/ssh/checkout-key/{fingerprint}/delete`
pub(super) async fn ask_checkout_key(visit: Visit) -> Result<Response, Refusal> {
    let name = visit.name("fingerprint");
    let key = visit.app().checkout_key(visit.ctx(), visit.project(), name).await?.public;
    let place = visit.place();
    let action = place.delete_checkout_key(&key.md5);
    Ok(reply::page(&visit.chrome, ssh::delete(&visit.chrome, &place, &key.sha256, action)))
}

/// `POST …/ssh/checkout-key/{fingerprint}/delete`
pub(super) async fn delete_checkout_key(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let name = visit.name("fingerprint");
    visit.app().delete_checkout_key(visit.ctx(), visit.project(), name).await?;
    Ok(reply::go_saying(&visit.place().ssh(), Done::SshKeyRemoved))
}

/// `POST …/ssh/known-host`: the project's host becomes known, which is a matter of the whole server.
pub(super) async fn meet_host(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let vcs = visit.name("vcs").parse().map_err(|_| Refusal::Hidden)?;
    let slug =
        Slug::new(vcs, visit.name("org"), visit.name("repo")).map_err(|_| Refusal::Hidden)?;
    let project = visit.app().project(&slug).await?.ok_or(Refusal::Hidden)?;
    let place = path::Project::from(&project.slug);
    let host = project.git_url.ssh_host();
    let host = host.ok_or_else(|| Refusal::Missing("known host", String::new()))?;
    match visit.app().meet_host(visit.ctx(), &host).await {
        Ok(_) | Err(Refusal::Exists(..)) => Ok(reply::go_saying(&place.ssh(), Done::HostMet)),
        Err(Refusal::Silent(_)) => Ok(reply::go(&place.ssh_of_silent_host())),
        Err(other) => Err(other),
    }
}

/// `GET …/ssh/new`
pub(super) async fn show_form(visit: Visit) -> Result<Response, Refusal> {
    let page = ssh::new(&visit.chrome, &visit.place(), &ssh::NewKey::default());
    Ok(reply::page(&visit.chrome, page))
}

/// `POST …/ssh`
pub(super) async fn add(visit: Visit, mut fields: Fields) -> Result<Response, Refusal> {
    let hostname = fields.take("hostname").trim().to_owned();
    let private = SecretValue::new(fields.take_lines("private_key"));
    let added = match hostname.parse::<KeyHost>() {
        Ok(host) => visit.app().add_ssh_key(visit.ctx(), visit.project(), host, &private).await,
        Err(error) => Err(error.into()),
    };
    let place = visit.place();
    match added {
        Ok(_) => Ok(reply::go_saying(&place.ssh(), Done::SshKeyAdded)),
        Err(refusal) => {
            let field = match &refusal {
                Refusal::Invalid(Invalid::Ssh(SshError::Host)) => "hostname",
                _ => "private_key",
            };
            let problems = vec![problem::at(visit.chrome.text(), field, refusal)?];
            let page = ssh::new(&visit.chrome, &place, &ssh::NewKey { hostname, problems });
            Ok(reply::failed(&visit.chrome, page))
        }
    }
}

/// `GET …/ssh/additional/{fingerprint}/{hostname}/delete`
pub(super) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let (name, hostname) = named(&visit)?;
    let keys = visit.app().ssh_keys(visit.ctx(), visit.project()).await?;
    let mut keys = keys.into_iter();
    let found = keys.find(|key| key.public.is_named(name) && key.hostname == hostname);
    let key = found.ok_or_else(|| Refusal::Missing("ssh key", name.to_owned()))?.public;
    let place = visit.place();
    let action = place.delete_ssh_key(&key.md5, hostname.as_str());
    Ok(reply::page(&visit.chrome, ssh::delete(&visit.chrome, &place, &key.sha256, action)))
}

fn named(visit: &Visit) -> Result<(&str, KeyHost), Refusal> {
    Ok((visit.name("fingerprint"), visit.id("hostname", "ssh key")?))
}

/// `POST …/ssh/additional/{fingerprint}/{hostname}/delete`
pub(super) async fn delete(visit: Visit, _: Fields) -> Result<Response, Refusal> {
    let (name, hostname) = named(&visit)?;
    visit.app().delete_ssh_key(visit.ctx(), visit.project(), name, Some(&hostname)).await?;
    Ok(reply::go_saying(&visit.place().ssh(), Done::SshKeyRemoved))
}
