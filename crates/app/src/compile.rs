//! Compiling configs: those of pipelines, and those that somebody only wants checked or expanded. Off
//! the threads that answer requests, and few at a time: a hostile config may take a while.

use rondo_plan::{Compiled, Processed, Trigger};
use tokio::sync::Semaphore;

use crate::refusal::Refusal;
use crate::shelf::Shelf;
use crate::{App, Ctx};

/// Turns at compiling.
pub(crate) struct Compilers {
    turns: Semaphore,
}

impl Default for Compilers {
    fn default() -> Self {
        Self { turns: Semaphore::new(2) }
    }
}

impl App {
    /// Expands a config for somebody who wants it checked, with this server's orbs.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn process_config(
        &self,
        ctx: &Ctx,
        source: String,
        trigger: Trigger,
    ) -> Result<Processed, Refusal> {
        ctx.person()?;
        let work = move |shelf: &Shelf| {
            rondo_plan::process(&source, &trigger, &|reference| shelf.source(reference))
        };
        self.compiling(work).await
    }

    /// Compiles a pipeline's config, with this server's orbs.
    pub(crate) async fn compile_config(
        &self,
        source: String,
        trigger: Trigger,
    ) -> Result<Compiled, Refusal> {
        let work = move |shelf: &Shelf| {
            rondo_plan::compile_with(&source, &trigger, &|reference| shelf.source(reference))
        };
        self.compiling(work).await
    }

    /// Does work of the compiler in its turn.
    pub(crate) async fn compiling<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shelf) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let fault = |error: &dyn std::error::Error| Refusal::Fault(error.to_string());
        let _turn = self.compilers.turns.acquire().await.map_err(|error| fault(&error))?;
        let shelf = self.shelf();
        tokio::task::spawn_blocking(move || work(&shelf)).await.map_err(|error| fault(&error))
    }
}
