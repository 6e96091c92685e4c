//! Which ids tokens have, or had, in few bits: it can say of an id that surely no token of it is stored, and so
//! what somebody made up costs no read. An id that passes may be anybody's, about one made-up id in seven hundred among them.
//!
//! It is filled behind what the server does, page by page, and says nothing before it is whole. Whatever is
//! announced meanwhile goes in as well, so that none is missing at the end. No id is ever taken out; a sieve that has become
//! too full is replaced by a new one of the ids that there are then.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use rondo_domain::token::TokenId;
use rondo_store::{Error, Store};
use tokio::sync::Notify;

use super::{Memory, TRUST};

/// Bits of the smallest: 16 kB.
const SMALLEST: usize = 1 << 17;
/// Bits for each id, at least, when it is made.
const BITS: usize = 12;
/// Where there are fewer, it is too full: of made-up ids, one in 45 passes.
const FEWEST: usize = 8;
/// How many bits an id sets.
const MARKS: u64 = 5;

/// How many microseconds are between two looks, at least, that are there for ids that nobody seems to have.
const PACE: u64 = 10_000;
/// How many ids are read at a time.
const PAGE: usize = 2_000;

/// So many bits, and the ids that went in.
pub(super) struct Filter {
    words: Box<[AtomicU64]>,
    /// Ids that came in and were not in it, as far as it can tell.
    ids: AtomicUsize,
    /// Strangers choose what is asked about: what they try must not tell them what passes.
    hasher: RandomState,
}

impl Filter {
    fn with_room_for(ids: usize) -> Self {
        let bits = ids.saturating_mul(BITS).next_power_of_two().max(SMALLEST);
        Self {
            words: (0..bits / 64).map(|_| AtomicU64::new(0)).collect(),
            ids: AtomicUsize::new(0),
            hasher: RandomState::new(),
        }
    }

    /// The words and the bit in each that stand for an id.
    fn marks(&self, id: TokenId) -> impl Iterator<Item = (&AtomicU64, u64)> {
        let hash = self.hasher.hash_one(id);
        let (first, step) = (hash, (hash >> 32) | 1);
        (0..MARKS).map(move |number| {
            let place = first.wrapping_add(step.wrapping_mul(number));
            // There is a power of two of them.
            let word = (place >> 6) as usize & (self.words.len() - 1);
            (&self.words[word], 1 << (place & 63))
        })
    }

    pub(super) fn add(&self, id: TokenId) {
        let set = |(word, bit): (&AtomicU64, u64)| word.fetch_or(bit, Ordering::AcqRel) & bit == 0;
        // Every mark is set, whether or not an earlier one was new.
        if self.marks(id).map(set).fold(false, |new, set| new | set) {
            self.ids.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn passes(&self, id: TokenId) -> bool {
        self.marks(id).all(|(word, bit)| word.load(Ordering::Acquire) & bit != 0)
    }

    fn is_full(&self) -> bool {
        self.ids.load(Ordering::Relaxed) > self.words.len() * 64 / FEWEST
    }
}

/// The filter that is asked, and the one that is being filled.
#[derive(Default)]
struct Filters {
    whole: Option<Arc<Filter>>,
    filling: Option<Arc<Filter>>,
}

pub(super) struct Sieve {
    filters: RwLock<Filters>,
    /// That there should be a new one.
    wanted: Notify,
}

impl Default for Sieve {
    fn default() -> Self {
        let sieve = Self { filters: RwLock::default(), wanted: Notify::new() };
        sieve.want();
        sieve
    }
}

impl Sieve {
    /// Whether a token of this id may be stored.
    pub(super) fn passes(&self, id: TokenId) -> bool {
        let filters = self.filters.read().expect("no holder of this lock panics");
        filters.whole.as_ref().is_none_or(|filter| filter.passes(id))
    }

    /// A token of this id is stored now.
    pub(super) fn add(&self, id: TokenId) {
        let filters = self.filters.read().expect("no holder of this lock panics");
        filters.filling.iter().chain(&filters.whole).for_each(|filter| filter.add(id));
        if filters.filling.is_none() && filters.whole.as_ref().is_some_and(|f| f.is_full()) {
            self.want();
        }
    }

    /// Tokens may be stored that nobody added.
    pub(super) fn forget(&self) {
        *self.filters.write().expect("no holder of this lock panics") = Filters::default();
        self.want();
    }

    /// Lets a new filter be wanted, unless there is one that will do.
    pub(super) fn want(&self) {
        self.wanted.notify_one();
    }

    /// Waits until a new filter is wanted.
    pub(super) async fn wanted(&self) {
        loop {
            self.wanted.notified().await;
            let filters = self.filters.read().expect("no holder of this lock panics");
            if filters.whole.as_ref().is_none_or(|filter| filter.is_full()) {
                return;
            }
        }
    }

    /// A filter to be filled with all ids that are stored from now on; about so many.
    pub(super) fn begin(&self, ids: usize) -> Arc<Filter> {
        let filter = Arc::new(Filter::with_room_for(ids));
        let mut filters = self.filters.write().expect("no holder of this lock panics");
        filters.filling = Some(Arc::clone(&filter));
        filter
    }

    /// All ids are in the filter: from here on it is asked, unless what it holds was forgotten meanwhile.
    pub(super) fn finish(&self, filter: &Arc<Filter>) {
        let mut filters = self.filters.write().expect("no holder of this lock panics");
        if let Some(filled) = filters.filling.take_if(|own| Arc::ptr_eq(own, filter)) {
            filters.whole = Some(filled);
        }
    }
}

impl Memory {
    /// Whether surely no token of this id is stored, nor was: no server has made one that was answered before
    /// this call. Made-up ids cost no read of their own.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(super) async fn is_nobodys(&self, store: &Store, id: TokenId) -> Result<bool, Error> {
        if self.sieve.passes(id) {
            return Ok(false);
        }
        self.hear(store).await?;
        Ok(!self.sieve.passes(id))
    }

    /// Makes sure that memory knows of every change that was committed before this call, for somebody who can
    /// wait a moment. However many can, they share their looks, and few of these begin in a second.
    ///
    /// # Errors
    /// If the database does not answer.
    async fn hear(&self, store: &Store) -> Result<(), Error> {
        let arrived = self.elapsed();
        loop {
            let trusted = self.trusted_until.load(Ordering::Acquire);
            // The look that this comes from began after the call.
            if trusted >= arrived + TRUST {
                return Ok(());
            }
            let next = trusted.saturating_sub(TRUST) + PACE;
            let early = next.saturating_sub(self.elapsed());
            if early > 0 {
                tokio::time::sleep(Duration::from_micros(early)).await;
                continue;
            }
            let mut known = self.known.lock().await;
            if self.trusted_until.load(Ordering::Acquire) == trusted {
                return self.try_look(store, &mut known, arrived).await;
            }
        }
    }

    /// Waits until the sieve should be filled anew, and fills it.
    ///
    /// # Errors
    /// If the database does not answer; then it is filled by the next call.
    pub(crate) async fn fill_sieve(&self, store: &Store) -> Result<(), Error> {
        self.sieve.wanted().await;
        let filled = self.fill(store).await;
        if filled.is_err() {
            self.sieve.want();
        }
        filled
    }

    async fn fill(&self, store: &Store) -> Result<(), Error> {
        let ids = store.read().await?.token_ids().await?;
        // What is announced from here on goes in by itself, and what was committed before is on a page.
        let filter = self.sieve.begin(ids);
        let mut last = None;
        loop {
            let page = store.read().await?.token_ids_after(last, PAGE as i64).await?;
            page.iter().for_each(|id| filter.add(*id));
            last = page.last().copied();
            if page.len() < PAGE {
                break;
            }
        }
        self.sieve.finish(&filter);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn id(number: usize) -> TokenId {
        format!("{number:011}").parse().unwrap()
    }

    fn made_up(sieve: &Sieve) -> usize {
        (0..100_000).filter(|number| sieve.passes(id(90_000_000 + number))).count()
    }

    #[test]
    fn nothing_that_is_stored_is_held_back_and_nearly_all_that_is_made_up_is() {
        let sieve = Sieve::default();
        let filter = sieve.begin(1_000_000);
        assert_eq!(filter.words.len() * 8, 2 << 20, "2 MB for a million");
        assert!(sieve.passes(id(1)), "who knows nothing yet holds nothing back");
        for number in (0..1_000_000).step_by(2) {
            filter.add(id(number));
            sieve.add(id(number + 1));
        }
        assert!(sieve.passes(id(90_000_000)), "not before it is whole");
        sieve.finish(&filter);
        assert!((0..1_000_000).all(|number| sieve.passes(id(number))));
        let passed = made_up(&sieve);
        assert!(passed < 300, "{passed} of 100,000");
    }

    #[tokio::test]
    async fn one_that_is_full_goes_on_until_there_is_a_larger_one() {
        let sieve = Sieve::default();
        sieve.wanted().await;
        let filter = sieve.begin(10);
        sieve.finish(&filter);
        let added = (0..SMALLEST).take_while(|number| {
            sieve.add(id(*number));
            !filter.is_full()
        });
        // Some seemed to be in it before they came.
        assert!((SMALLEST / FEWEST..SMALLEST / FEWEST * 11 / 10).contains(&added.count()));
        sieve.wanted().await;
        let passed = made_up(&sieve);
        assert!((1..5000).contains(&passed), "{passed} of 100,000");
        let larger = sieve.begin(SMALLEST / FEWEST);
        sieve.add(id(1));
        assert!(larger.passes(id(1)), "what comes meanwhile is in both");
        assert!(sieve.passes(id(2)) && !larger.passes(id(2)));
        sieve.finish(&larger);
        assert!(!sieve.passes(id(2)), "the larger one is asked now");
    }

    #[tokio::test]
    async fn however_many_made_up_ids_are_shown_they_share_few_looks() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("rondo.db")).await.unwrap();
        let memory = Arc::new(Memory::load(&store).await.unwrap());
        memory.fill_sieve(&store).await.unwrap();
        let begun = memory.elapsed();
        let mut strangers = tokio::task::JoinSet::new();
        for stranger in 0..200 {
            let (memory, store) = (Arc::clone(&memory), store.clone());
            strangers.spawn(async move {
                let mut looks = Vec::new();
                for number in 0..10 {
                    let shown = memory.elapsed();
                    assert!(memory.is_nobodys(&store, id(stranger * 10 + number)).await.unwrap());
                    let heard = memory.trusted_until.load(Ordering::Acquire);
                    assert!(heard >= shown + TRUST, "what was announced by then is known");
                    looks.push(heard);
                }
                looks
            });
        }
        let looks: BTreeSet<_> = strangers.join_all().await.into_iter().flatten().collect();
        let most = 1 + (memory.elapsed() - begun) / PACE;
        assert!(looks.len() as u64 <= most, "{} looks, {most} at most", looks.len());
    }

    #[tokio::test]
    async fn what_was_forgotten_while_it_was_filled_is_never_asked() {
        let sieve = Sieve::default();
        sieve.wanted().await;
        let early = sieve.begin(10);
        sieve.forget();
        sieve.wanted().await;
        sieve.finish(&early);
        assert!(sieve.passes(id(7)));
        let late = sieve.begin(10);
        sieve.finish(&late);
        assert!(!sieve.passes(id(7)));
    }
}
