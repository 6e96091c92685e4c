//! What is made of a project's builds and asked for again and again: how branches stand, and whole
//! answers. It is true until the builds change, and then all of it is forgotten at once.
//!
//! Whoever makes something takes the [`Derived`] first and looks at the store then. If a change comes
//! between the look and the note, the note lands in a `Derived` that memory has forgotten, where nobody
//! finds it: so nothing here is ever older than the newest change that memory knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use papaya::HashMap;
use rondo_domain::Project;
use rondo_domain::run::Standing;

use crate::App;
use crate::refusal::Refusal;

/// How many branches of one project are kept: those that do not exist can be asked for without end.
const BRANCHES: usize = 1000;
/// How many answers of one project are kept.
const ANSWERS: usize = 200;
/// Bytes of all answers of all projects together.
const ROOM: usize = 64 * 1024 * 1024;

/// What there are few of, by names that anybody may make up.
type Kept<T> = HashMap<Box<str>, T, foldhash::quality::RandomState>;

/// What is made of a project's builds.
pub struct Derived {
    branches: Kept<Standing>,
    answers: Kept<Bytes>,
    /// Bytes of the answers here, and of all of them everywhere.
    size: AtomicUsize,
    taken: Arc<AtomicUsize>,
}

impl Derived {
    pub(crate) fn new(taken: Arc<AtomicUsize>) -> Self {
        let (branches, answers) = (Kept::default(), Kept::default());
        Self { branches, answers, size: AtomicUsize::new(0), taken }
    }

    pub(crate) fn standing(&self, branch: &str) -> Option<Standing> {
        self.branches.pin().get(branch).copied()
    }

    pub(crate) fn note_standing(&self, branch: &str, standing: Standing) {
        if self.branches.len() < BRANCHES {
            self.branches.pin().insert(branch.into(), standing);
        }
    }

    /// The answer that was kept under this name.
    pub fn answer(&self, name: &str) -> Option<Bytes> {
        self.answers.pin().get(name).cloned()
    }

    /// Keeps an answer, if there is room. It must follow from the project's ended builds alone, and
    /// its name must say everything that it depends on besides.
    pub fn keep_answer(&self, name: &str, answer: Bytes) {
        let size = answer.len();
        if self.answers.len() >= ANSWERS || self.taken.load(Ordering::Relaxed) + size > ROOM {
            return;
        }
        if self.answers.pin().insert(name.into(), answer).is_none() {
            self.size.fetch_add(size, Ordering::Relaxed);
            self.taken.fetch_add(size, Ordering::Relaxed);
        }
    }
}

impl Drop for Derived {
    fn drop(&mut self) {
        self.taken.fetch_sub(*self.size.get_mut(), Ordering::Relaxed);
    }
}

impl App {
    /// What is made of a project's builds, to be taken before the store is looked at.
    ///
    /// # Errors
    /// If memory cannot be trusted and the database is away.
    pub async fn derived(&self, project: &Project) -> Result<Arc<Derived>, Refusal> {
        self.memory.trust(&self.store).await?;
        Ok(self.memory.derived(project.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_while_there_is_room_and_give_it_back() {
        let taken = Arc::new(AtomicUsize::new(ROOM - 10));
        let derived = Derived::new(Arc::clone(&taken));
        derived.keep_answer("small", Bytes::from_static(b"1234567890"));
        derived.keep_answer("small", Bytes::from_static(b"0987654321"));
        derived.keep_answer("one more", Bytes::from_static(b"x"));
        assert_eq!(derived.answer("small").unwrap(), "1234567890");
        assert_eq!(derived.answer("one more"), None);
        drop(derived);
        assert_eq!(taken.load(Ordering::Relaxed), ROOM - 10);
    }
}
