//! How orbs are brought from other machines. Here nothing opens a connection and nothing starts a
//! process: whoever builds the server says how, and a server that was told of no way has none.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use rondo_store::OrbCache;

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;
type Kept = dyn Fn(&str) -> Option<PathBuf> + Send + Sync;
type Tree = dyn Fn(&str) -> Answer<PathBuf> + Send + Sync;
type Text = dyn Fn(&str, &str) -> Answer<Option<String>> + Send + Sync;

/// The places of orbs that an operator named.
#[derive(Debug, Clone, Default)]
pub struct OrbPlaces {
    /// Folders of this machine, the first before the next.
    pub folders: Vec<PathBuf>,
    /// Git repositories that are laid out as such a folder.
    pub repositories: Vec<OrbRepository>,
    /// Addresses below which orbs may be fetched; each begins with `https://` and ends with a slash.
    pub urls: Vec<String>,
}

/// A git repository of orbs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrbRepository {
    /// As the operator wrote it.
    pub address: String,
    /// As people may see it.
    pub shown: String,
}

/// The ways to other machines.
#[derive(Clone)]
pub struct Carrier {
    cache: OrbCache,
    kept: Arc<Kept>,
    tree: Arc<Tree>,
    text: Arc<Text>,
}

impl Carrier {
    /// `kept` knows the files that were brought last from a repository; `tree` brings its newest;
    /// `text` fetches below an address what is at another, or `None` if nothing is. `cache` keeps
    /// what never changes.
    pub fn new<T, X>(
        cache: OrbCache,
        kept: impl Fn(&str) -> Option<PathBuf> + Send + Sync + 'static,
        tree: impl Fn(&str) -> T + Send + Sync + 'static,
        text: impl Fn(&str, &str) -> X + Send + Sync + 'static,
    ) -> Self
    where
        T: Future<Output = Result<PathBuf, String>> + Send + 'static,
        X: Future<Output = Result<Option<String>, String>> + Send + 'static,
    {
        let tree = move |address: &str| -> Answer<PathBuf> { Box::pin(tree(address)) };
        let text = move |below: &str, address: &str| -> Answer<Option<String>> {
            Box::pin(text(below, address))
        };
        Self { cache, kept: Arc::new(kept), tree: Arc::new(tree), text: Arc::new(text) }
    }

    /// The files that were brought last, without asking anybody.
    pub(crate) fn kept(&self, repository: &OrbRepository) -> Option<PathBuf> {
        (self.kept)(&repository.address)
    }

    pub(crate) async fn tree(&self, repository: &OrbRepository) -> Result<PathBuf, String> {
        (self.tree)(&repository.address).await
    }

    pub(crate) async fn text(&self, below: &str, address: &str) -> Result<Option<String>, String> {
        (self.text)(below, address).await
    }

    pub(crate) fn cache(&self) -> &OrbCache {
        &self.cache
    }
}
