//! A config that was compiled on this machine: with the orbs of the places and the data folder that the
//! command names, and with no others.

use std::path::Path;

use rondo_app::Shelf;
use rondo_plan::{Processed, Severity, Trigger, process};
use rondo_store::OrbCache;

use super::finding::{self, Paint};
use super::source::Source;
use super::values;
use crate::args::CompileFlags;
use crate::settings::{self, ServerFlags, Settings};
use crate::{parts, print};

/// A config, and what it came to.
pub(crate) struct Compiled {
    pub(crate) source: Source,
    pub(crate) processed: Processed,
}

impl Compiled {
    /// # Errors
    /// If it cannot be read, or a flag cannot be understood. What is wrong with the config itself is
    /// no error here.
    pub(crate) async fn of(file: &Path, flags: &CompileFlags) -> anyhow::Result<Self> {
        let trigger = values::trigger(flags)?;
        let source = Source::read(file)?;
        let places = flags.places();
        let processed = match &flags.data {
            None => {
                let afar = !places.repositories.is_empty() || !places.urls.is_empty();
                let cache = if afar { Some(OrbCache::new(settings::cache()?)) } else { None };
                let carrier = cache.map(parts::carrier);
                expand(&source, trigger, Shelf::of(places, carrier)).await?
            }
            Some(data) => {
                let data = Some(data.to_string_lossy().into_owned());
                let settings = Settings::resolve(&ServerFlags { data, ..ServerFlags::default() })?;
                let (_, app) = parts::open(&settings, String::new()).await?;
                let shelf = app.shelf().behind(places);
                let processed = expand(&source, trigger, shelf).await;
                app.close().await;
                processed?
            }
        };
        Ok(Self { source, processed })
    }

    pub(crate) fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.processed.problems.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Shows the problems on standard error.
    pub(crate) fn tell_problems(&self) {
        let Source { name, text } = &self.source;
        for problem in &self.processed.problems {
            print::remark(&finding::shown(name, text, problem, Paint::plain()));
        }
    }
}

/// Compiles on a thread that may wait for the database and for other machines.
async fn expand(source: &Source, trigger: Trigger, shelf: Shelf) -> anyhow::Result<Processed> {
    let text = source.text.clone();
    let work = move || process(&text, &trigger, &|reference| shelf.source(reference));
    Ok(tokio::task::spawn_blocking(work).await?)
}
