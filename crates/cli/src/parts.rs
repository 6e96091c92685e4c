//! Puts a server's parts together: the data folder, its keys, the store, the use-cases.

use std::sync::Arc;

use anyhow::Context;
use rondo_app::{App, Carrier, Policy, World};
use rondo_domain::limits::CONFIG_BYTES;
use rondo_domain::{GitUrl, Millis};
use rondo_runner::OrbRepository;
use rondo_store::{Folder, OrbCache, Store};

use crate::courier::courier;
use crate::language::words;
use crate::settings::{self, Settings};

/// The clock and the entropy of this machine, and the hosts that it reaches.
pub(crate) fn world() -> World {
    World::new(
        || Millis(jiff::Timestamp::now().as_millisecond()),
        |buffer| {
            // Without entropy no secret can be made, so nothing may go on.
            getrandom::fill(buffer).expect("the operating system's generator works");
        },
    )
    .asking_hosts(|host| {
        let (name, port) = (host.name().to_owned(), host.port());
        async move { rondo_runner::host_keys(&name, port).await }
    })
}

/// The ways to orbs on other machines. Git runs in a sandbox of the runner's.
pub(crate) fn carrier(cache: OrbCache) -> Carrier {
    let (kept, own) = (cache.clone(), cache.clone());
    Carrier::new(
        cache,
        move |address| rondo_runner::kept_tree(&kept.repository(address)),
        move |address| {
            let (repository, folder) = (OrbRepository::parse(address), own.repository(address));
            async move {
                let authority = settings::authority();
                rondo_runner::bring_tree(&repository?, &folder, authority.as_deref()).await
            }
        },
        |below, address| {
            let (below, address) = (below.to_owned(), address.to_owned());
            async move { rondo_wire::outgoing::text_below(&below, &address, CONFIG_BYTES).await }
        },
    )
}

/// Opens the data folder and what is in it. `url` is the server's address.
///
/// # Errors
/// If the folder, its keys or the database cannot be used.
pub(crate) async fn open(settings: &Settings, url: String) -> anyhow::Result<(Folder, Arc<App>)> {
    let folder = Folder::open(&settings.data)?;
    let allowed = settings.local_repositories.clone();
    let asking = move |url: &GitUrl| {
        let (url, allowed) = (url.to_string(), allowed.clone());
        async move { rondo_runner::default_branch(&url, &allowed).await }
    };
    let world = world().asking_repositories(asking).carrying_orbs(carrier(folder.orbs()));
    let store = match &settings.database {
        Some(address) => Store::open(address)
            .await
            .with_context(|| words!("the database cannot be opened", "データベースを開けません"))?,
        None => {
            let path = folder.database();
            Store::open_file(&path).await.with_context(|| {
                let path = path.display();
                words!("the database {path} cannot be opened", "データベース {path} を開けません")
            })?
        }
    };
    let key = match settings.notices.webhook {
        Some(_) => Some(folder.webhook_key(world.entropy())?),
        None => None,
    };
    let world = world.telling_people(courier(&settings.notices, &url, key));
    let pepper = folder.pepper(settings.pepper_file.as_deref(), world.entropy())?;
    let seal = folder.seal_key(world.entropy())?;
    let policy = Policy {
        url,
        local_repositories: settings.local_repositories.clone(),
        url_templates: settings.url_templates.clone(),
        orbs: settings.orbs.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        tombstone_days: settings.tombstone_days,
        rates: settings.rates,
        idle: settings.idle,
        runner: format!("embedded-{}", folder.name(world.entropy())?),
    };
    let app = App::new(store, folder.blobs(), (pepper, seal), world, policy)
        .await
        .with_context(|| words!("the database cannot be read", "データベースを読めません"))?;
    Ok((folder, app))
}
