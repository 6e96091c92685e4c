//! Throttling of sign-ins: by name and by address. After five failures each further one doubles the
//! wait, up to a quarter of an hour.

use std::collections::HashMap;
use std::sync::Mutex;

use rondo_domain::Millis;

use crate::refusal::Refusal;

const FREE: u32 = 5;
const LONGEST: i64 = 15 * 60 * 1000;
/// How many keys are remembered; the oldest are forgotten first.
const KEYS: usize = 20_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Millis,
}

impl Failures {
    fn wait(self) -> i64 {
        match self.count.checked_sub(FREE) {
            Some(over) => (1000_i64 << over.min(20)).min(LONGEST),
            None => 0,
        }
    }
}

#[derive(Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

impl Throttle {
    /// That all of `keys` may try now. The try counts as failed until [`Self::forget`].
    pub(crate) fn attempt(&self, keys: &[String], now: Millis) -> Result<(), Refusal> {
        let mut failures = self.failures.lock().expect("no holder of this lock panics");
        for key in keys {
            let Some(known) = failures.get(key) else { continue };
            let left = known.wait() - now.since(known.last);
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
            let known = failures.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            if now.since(known.last) > 2 * LONGEST {
                known.count = 0;
            }
            *known = Failures { count: known.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The try went well: these begin anew.
    pub(crate) fn forget(&self, keys: &[String]) {
        let mut failures = self.failures.lock().expect("no holder of this lock panics");
        for key in keys {
            failures.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_failure_waits_a_second_and_each_further_one_twice_as_long() {
        let throttle = Throttle::default();
        let keys = [String::from("name:mika")];
        let mut now = Millis(0);
        for _ in 0..5 {
            assert!(throttle.attempt(&keys, now).is_ok());
        }
        for seconds in [1, 2, 4, 8] {
            assert!(
                matches!(throttle.attempt(&keys, now), Err(Refusal::Throttled(s)) if s == seconds)
            );
            now = now.plus(i64::try_from(seconds).unwrap() * 1000);
            assert!(throttle.attempt(&keys, now).is_ok());
        }
        throttle.forget(&keys);
        assert!(throttle.attempt(&keys, now).is_ok());
    }
}
