//! Throttling of sign-ins and of what else is tried by guessing. After some failures each further one
//! doubles the wait. What several people share takes more of them, and a name that is tried from many
//! addresses is slowed down only: else anybody could keep its owner out.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use rondo_domain::{Millis, PersonId};

use crate::refusal::Refusal;

/// The longest wait, in milliseconds.
const LONGEST: i64 = 15 * 60 * 1000;
/// The same for a name that is tried from anywhere.
const LONGEST_ANYWHERE: i64 = 10 * 1000;
/// How many keys are remembered; the oldest are forgotten first.
const KEYS: usize = 20_000;

/// What tries are counted by.
pub(crate) struct Key {
    name: String,
    /// So many failures cost no wait.
    free: u32,
    longest: i64,
    /// Others fail here too: one who passes takes back their own try, not theirs.
    shared: bool,
}

impl Key {
    /// One subject of one asker, such as a name from an address.
    pub(crate) fn own(name: String) -> Self {
        Self { name, free: 5, longest: LONGEST, shared: false }
    }

    /// An address, behind which there may be many people.
    pub(crate) fn address(source: impl fmt::Display) -> Self {
        let name = format!("address:{source}");
        Self { name, free: 30, longest: LONGEST, shared: true }
    }

    /// A name, from wherever it is tried.
    pub(crate) fn anywhere(name: &str) -> Self {
        let name = format!("name:{name}");
        Self { name, free: 30, longest: LONGEST_ANYWHERE, shared: true }
    }

    /// A person's password once more, from an address.
    pub(crate) fn again(person: PersonId, source: impl fmt::Display) -> [Self; 2] {
        [Self::own(format!("again:{person}")), Self::address(source)]
    }

    fn wait(&self, failures: Failures) -> i64 {
        match failures.count.checked_sub(self.free) {
            Some(over) => (1000_i64 << over.min(20)).min(self.longest),
            None => 0,
        }
    }
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Millis,
}

#[derive(Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

impl Throttle {
    /// That all of `keys` may try now. The try counts as failed until [`Self::passed`].
    pub(crate) fn attempt(&self, keys: &[Key], now: Millis) -> Result<(), Refusal> {
        let mut failures = self.failures.lock().expect("no holder of this lock panics");
        for key in keys {
            let Some(known) = failures.get(&key.name) else { continue };
            let left = key.wait(*known) - now.since(known.last);
            if left > 0 {
                return Err(Refusal::Throttled((left as u64).div_ceil(1000)));
            }
        }
        if failures.len() > KEYS {
            failures.retain(|_, known| now.since(known.last) < LONGEST);
            if failures.len() > KEYS {
                failures.clear();
            }
        }
        for key in keys {
            let known =
                failures.entry(key.name.clone()).or_insert(Failures { count: 0, last: now });
            if now.since(known.last) > 2 * LONGEST {
                known.count = 0;
            }
            *known = Failures { count: known.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The try went well: it does not count, and what is only one's own begins anew.
    pub(crate) fn passed(&self, keys: &[Key]) {
        let mut failures = self.failures.lock().expect("no holder of this lock panics");
        for key in keys {
            match failures.get_mut(&key.name) {
                Some(known) if key.shared => known.count = known.count.saturating_sub(1),
                _ => drop(failures.remove(&key.name)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries until one has to wait; how long, in seconds.
    fn until_told_to_wait(throttle: &Throttle, keys: &[Key], now: Millis) -> (u32, u64) {
        let mut tries = 0;
        loop {
            match throttle.attempt(keys, now) {
                Ok(()) => tries += 1,
                Err(Refusal::Throttled(seconds)) => return (tries, seconds),
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_sixth_failure_waits_a_second_and_each_further_one_twice_as_long() {
        let throttle = Throttle::default();
        let keys = [Key::own("name:mika".to_owned())];
        let mut now = Millis(0);
        assert_eq!(until_told_to_wait(&throttle, &keys, now), (5, 1));
        for seconds in [1, 2, 4, 8] {
            assert!(
                matches!(throttle.attempt(&keys, now), Err(Refusal::Throttled(s)) if s == seconds)
            );
            now = now.plus(i64::try_from(seconds).unwrap() * 1000);
            assert!(throttle.attempt(&keys, now).is_ok());
        }
        throttle.passed(&keys);
        assert!(throttle.attempt(&keys, now).is_ok());
    }

    #[test]
    fn whoever_passes_takes_nothing_from_what_others_failed() {
        let throttle = Throttle::default();
        let (shared, now) = ([Key::address("192.0.2.1")], Millis(0));
        for _ in 0..29 {
            throttle.attempt(&shared, now).unwrap();
        }
        for _ in 0..3 {
            throttle.attempt(&shared, now).unwrap();
            throttle.passed(&shared);
        }
        assert_eq!(until_told_to_wait(&throttle, &shared, now), (1, 1));
    }

    #[test]
    fn a_name_that_is_tried_from_everywhere_waits_ten_seconds_at_most() {
        let throttle = Throttle::default();
        let (name, mut now) = ([Key::anywhere("mika")], Millis(0));
        assert_eq!(until_told_to_wait(&throttle, &name, now), (30, 1));
        for _ in 0..20 {
            now = now.plus(LONGEST_ANYWHERE);
            throttle.attempt(&name, now).unwrap();
        }
        assert_eq!(until_told_to_wait(&throttle, &name, now), (0, 10));
    }
}
