//! Where the text of an orb comes from while a config is compiled: the operator's folders, what was
//! imported, the operator's git repositories, and last what lies below the addresses that the operator
//! allows. Other machines are asked only for what is not here, or may have become newer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rondo_plan::{OrbMissing, OrbReference, OrbVersion, Severity};
use rondo_store::{OrbCache, Store, orbs_in_folder, read_orb};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::App;
use crate::carrier::{Carrier, OrbPlaces, OrbRepository};

/// How long all orbs of one config may take that come from other machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the texts of orbs come from while one config is compiled. It waits for the database and for
/// other machines, so it is used on threads that may wait.
#[derive(Clone)]
pub struct Shelf {
    places: OrbPlaces,
    store: Option<Store>,
    carrier: Option<Carrier>,
    /// What came of asking a repository: it is asked once.
    trees: Arc<Mutex<BTreeMap<String, Result<PathBuf, String>>>>,
    until: Instant,
    runtime: Handle,
}

/// Where one version of an orb is.
enum Place {
    Folder(PathBuf),
    Store,
}

/// The versions of one orb that are known. One that is in several places is taken from the first.
#[derive(Default)]
struct Known {
    versions: Vec<OrbVersion>,
    places: Vec<Place>,
    /// A source without a version.
    bare: Option<PathBuf>,
}

impl Known {
    fn put(&mut self, version: OrbVersion, place: Place) {
        self.versions.push(version);
        self.places.push(place);
    }

    fn put_folder(&mut self, folder: &Path, orb: &Orb<'_>) -> Result<(), String> {
        for found in orbs_in_folder(folder, orb.namespace, orb.name).map_err(said)? {
            match found.version {
                Some(version) => self.put(version, Place::Folder(found.path)),
                None => self.bare = self.bare.take().or(Some(found.path)),
            }
        }
        Ok(())
    }

    /// Whether it is exactly this version that is asked for, and it is known: nothing newer counts.
    fn settles(&self, asked: &OrbVersion) -> bool {
        matches!(asked, OrbVersion::Exact(..) | OrbVersion::Dev(_)) && self.choose(asked).is_some()
    }

    fn choose(&self, asked: &OrbVersion) -> Option<(&OrbVersion, &Place)> {
        let version = asked.choose(&self.versions)?;
        let at = self.versions.iter().position(|own| own == version)?;
        Some((version, &self.places[at]))
    }
}

/// An orb of the registry's kind.
struct Orb<'a> {
    namespace: &'a str,
    name: &'a str,
    asked: &'a OrbVersion,
}

fn said(error: impl std::error::Error) -> String {
    error.to_string()
}

impl Shelf {
    /// Of these places alone.
    ///
    /// # Panics
    /// Outside a runtime.
    pub fn of(places: OrbPlaces, carrier: Option<Carrier>) -> Self {
        let trees = Arc::default();
        let until = Instant::now() + PATIENCE;
        Self { places, store: None, carrier, trees, until, runtime: Handle::current() }
    }

    /// The same, with these places before its own.
    #[must_use]
    pub fn behind(mut self, first: OrbPlaces) -> Self {
        fn before<T>(own: &mut Vec<T>, first: Vec<T>) {
            own.splice(0..0, first);
        }
        before(&mut self.places.folders, first.folders);
        before(&mut self.places.repositories, first.repositories);
        before(&mut self.places.urls, first.urls);
        self
    }

    /// The text of the orb that a config names.
    ///
    /// # Errors
    /// If there is none, or none that can be read; with the way out.
    pub fn source(&self, reference: &OrbReference) -> Result<String, OrbMissing> {
        let unreadable = |message| OrbMissing { message, help: None };
        let found = match reference {
            OrbReference::Registry { namespace, name, version } => {
                let found = self.runtime.block_on(self.find(namespace, name, version));
                found.map_err(unreadable)?.map(|(_, source)| source)
            }
            OrbReference::Url(address) => {
                let mut places = self.places.urls.iter();
                let Some(below) = places.find(|below| address.starts_with(below.as_str())) else {
                    return Err(self.not_allowed(address));
                };
                let found = self.runtime.block_on(self.fetch(below, address));
                found.map_err(unreadable)?
            }
        };
        found.ok_or_else(|| self.missing(reference))
    }

    /// The version that is meant, if there is one, and its text.
    pub(crate) async fn find(
        &self,
        namespace: &str,
        name: &str,
        asked: &OrbVersion,
    ) -> Result<Option<(OrbVersion, String)>, String> {
        let orb = Orb { namespace, name, asked };
        let mut known = self.here(&orb).await?;
        for repository in &self.places.repositories {
            if known.settles(asked) {
                break;
            }
            let tree = self.tree(repository, &orb).await?;
            known.put_folder(&tree, &orb)?;
        }
        if let Some((version, place)) = known.choose(asked) {
            let source = self.read(&orb, version, place).await?;
            return Ok(source.map(|source| (version.clone(), source)));
        }
        let open = matches!(asked, OrbVersion::Volatile | OrbVersion::Dev(_));
        if let Some(path) = known.bare.filter(|_| open) {
            return Ok(Some((asked.clone(), read_orb(&path).map_err(said)?)));
        }
        for below in &self.places.urls {
            if let Some(source) = self.below(below, &orb).await? {
                return Ok(Some((asked.clone(), source)));
            }
        }
        Ok(None)
    }

    /// What this machine and the database have of it.
    async fn here(&self, orb: &Orb<'_>) -> Result<Known, String> {
        let mut known = Known::default();
        for folder in &self.places.folders {
            known.put_folder(folder, orb)?;
        }
        if let Some(store) = &self.store {
            let mut tx = store.read().await.map_err(said)?;
            for version in tx.orb_versions(orb.namespace, orb.name).await.map_err(said)? {
                known.put(version, Place::Store);
            }
        }
        Ok(known)
    }

    async fn read(
        &self,
        orb: &Orb<'_>,
        version: &OrbVersion,
        place: &Place,
    ) -> Result<Option<String>, String> {
        match (place, &self.store) {
            (Place::Folder(path), _) => read_orb(path).map(Some).map_err(said),
            (Place::Store, Some(store)) => {
                let mut tx = store.read().await.map_err(said)?;
                tx.orb_source(orb.namespace, orb.name, version).await.map_err(said)
            }
            (Place::Store, None) => Ok(None),
        }
    }

    fn carrier(&self) -> Result<&Carrier, String> {
        self.carrier.as_ref().ok_or_else(|| "nothing here brings orbs from other machines".into())
    }

    /// Waits for another machine, as long as there is patience left.
    async fn within<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, String>>,
    ) -> Result<T, String> {
        timeout_at(self.until, work).await.unwrap_or_else(|_| {
            let patience = PATIENCE.as_secs();
            Err(format!("{what} was not reached: orbs of one config may take {patience} s"))
        })
    }

    /// A repository's files: those that are kept if the very version is among them, else the newest.
    async fn tree(&self, repository: &OrbRepository, orb: &Orb<'_>) -> Result<PathBuf, String> {
        let carrier = self.carrier()?;
        let mut trees = self.trees.lock().await;
        if let Some(tree) = trees.get(&repository.address) {
            return tree.clone();
        }
        if let (OrbVersion::Exact(..), Some(tree)) = (orb.asked, carrier.kept(repository)) {
            let mut known = Known::default();
            known.put_folder(&tree, orb)?;
            if known.settles(orb.asked) {
                return Ok(tree);
            }
        }
        let tree = self.within(&repository.shown, carrier.tree(repository)).await;
        trees.insert(repository.address.clone(), tree.clone());
        tree
    }

    /// The orb below an address: a file with the ending `.yml`, or without one. A version that never
    /// changes is kept.
    async fn below(&self, below: &str, orb: &Orb<'_>) -> Result<Option<String>, String> {
        let Orb { namespace, name, asked } = orb;
        let plain = format!("{below}{namespace}/{name}@{asked}");
        let address = format!("{plain}.yml");
        let exact = matches!(asked, OrbVersion::Exact(..));
        if let Some(kept) = self.carrier()?.cache().text(&address).filter(|_| exact) {
            return Ok(Some(kept));
        }
        let found = match self.fetch(below, &address).await? {
            Some(text) => Some(text),
            None => self.fetch(below, &plain).await?,
        };
        if let Some(text) = found.as_ref().filter(|_| exact) {
            keep(self.carrier()?.cache(), &address, text);
        }
        Ok(found)
    }

    async fn fetch(&self, below: &str, address: &str) -> Result<Option<String>, String> {
        self.within(address, self.carrier()?.text(below, address)).await
    }

    fn missing(&self, reference: &OrbReference) -> OrbMissing {
        let message = format!("Cannot find the orb `{reference}`");
        let OrbReference::Registry { .. } = reference else {
            return OrbMissing { message, help: Some("there is nothing at this address".into()) };
        };
        let import = format!("import it: rondo orb import FILE {}", importable(reference));
        let places = self.looked_at();
        let help = match places.is_empty() {
            true => format!("{import}; no place of orbs was named"),
            false => format!("{import}; it is not in {}", places.join(", ")),
        };
        OrbMissing { message, help: Some(help) }
    }

    /// The places of orbs, as people may see them.
    fn looked_at(&self) -> Vec<String> {
        let folders = self.places.folders.iter().map(|folder| folder.display().to_string());
        let imported = self.store.iter().map(|_| "the imported orbs".to_owned());
        let repositories = self.places.repositories.iter().map(|own| own.shown.clone());
        let urls = self.places.urls.iter().cloned();
        folders.chain(imported).chain(repositories).chain(urls).collect()
    }

    fn not_allowed(&self, address: &str) -> OrbMissing {
        let urls = &self.places.urls;
        let allowed = match urls.is_empty() {
            true => "no address is allowed".to_owned(),
            false => format!("allowed is what begins with {}", urls.join(", ")),
        };
        OrbMissing {
            message: format!("Cannot find the orb `{address}`: {allowed}"),
            help: Some(
                "let the setting orb_urls allow it, or fetch its file, and: \
                 rondo orb import FILE namespace/name@1.0.0"
                    .to_owned(),
            ),
        }
    }
}

/// Keeps a version that never changes, if it is an orb at all: what a host says by mistake is not kept.
fn keep(cache: &OrbCache, address: &str, text: &str) {
    let orbs = |_: &OrbReference| Ok("version: 2.1\n".to_owned());
    let problems = rondo_plan::check_orb(text, &orbs);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return;
    }
    if let Err(error) = cache.keep_text(address, text) {
        tracing::warn!(%error, "an orb that was fetched cannot be kept, and will be fetched again");
    }
}

/// The reference with a version that can be imported: `1.2` is one that `1.2.0` fits.
fn importable(reference: &OrbReference) -> String {
    let OrbReference::Registry { namespace, name, version } = reference else {
        return reference.to_string();
    };
    let version = match version {
        OrbVersion::Major(major) => OrbVersion::Exact(*major, 0, 0),
        OrbVersion::Minor(major, minor) => OrbVersion::Exact(*major, *minor, 0),
        OrbVersion::Volatile => OrbVersion::Exact(1, 0, 0),
        exact => exact.clone(),
    };
    format!("{namespace}/{name}@{version}")
}

impl App {
    /// Where the texts of orbs come from on this server, for one config.
    pub fn shelf(&self) -> Shelf {
        let carrier = self.world.carrier().cloned();
        let places = self.policy.orbs.clone();
        Shelf { store: Some(self.store.clone()), ..Shelf::of(places, carrier) }
    }
}
