//! Counts against a clock that is moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rondo_domain::Millis;

use super::*;

const MOST: usize = 1000;

struct Place {
    rates: Rates,
    now: Arc<AtomicU64>,
}

impl Place {
    fn new() -> Self {
        let now = Arc::new(AtomicU64::new(0));
        let ticks = Arc::clone(&now);
        let world = World::new(|| Millis(0), |buffer| buffer.fill(7))
            .ticking(move || Duration::from_millis(ticks.load(Ordering::Relaxed)));
        let limits = RateLimits {
            token: "10:20".parse().ok(),
            address: "2:5".parse().ok(),
            wrong_tokens: NonZeroU32::new(30),
        };
        Self { rates: Rates::bounded(limits, MOST, &world), now }
    }

    fn pass(&self, milliseconds: u64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// How many requests of a key are taken in a row.
    fn taken(&self, known: Known) -> usize {
        (0..1000).take_while(|_| self.rates.spend(known).is_ok()).count()
    }
}

fn token(text: &str) -> Known {
    Known::Token(text.parse().unwrap())
}

fn from(address: &str) -> Source {
    Source::of(Some(address.parse().unwrap()))
}

#[test]
fn a_burst_is_taken_and_then_the_rate() {
    let place = Place::new();
    let busy = token("AAAAAAAAAAA");
    assert_eq!(
        place.rates.spend(busy),
        Ok(Some(Standing { limit: 20, remaining: 19, reset: 1 })),
        "a tenth of a second is rounded up"
    );
    assert_eq!(place.taken(busy), 19);
    let over = Over { standing: Standing { limit: 20, remaining: 0, reset: 2 }, wait: 1 };
    assert_eq!(place.rates.spend(busy), Err(over));
    place.pass(99);
    assert_eq!(place.taken(busy), 0, "what was refused costs nothing, and nothing came back yet");
    place.pass(1);
    assert_eq!(place.taken(busy), 1);
    place.pass(1000);
    assert_eq!(place.taken(busy), 10);
    place.pass(3600 * 1000);
    assert_eq!(place.taken(busy), 20, "no rest is worth more than the burst");
}

#[test]
fn whoever_is_busy_takes_from_nobody_else() {
    let place = Place::new();
    let (busy, quiet) = (token("AAAAAAAAAAA"), token("BBBBBBBBBBB"));
    let browser = Known::Session(SessionId::from_entropy([1; 16]));
    place.taken(busy);
    let here = from("192.0.2.1");
    while place.rates.spend_from(here).is_ok() {}
    for _ in 0..10 {
        assert!(place.rates.spend(busy).is_err());
        assert!(place.rates.spend_from(here).is_err());
        assert!(place.rates.spend(quiet).is_ok());
        assert!(place.rates.spend(browser).is_ok());
    }
    assert!(place.rates.spend_from(from("192.0.2.2")).is_ok());
}

#[test]
fn an_address_is_one_of_ipv4_or_a_network_of_ipv6() {
    assert_eq!(from("192.0.2.1"), from("::ffff:192.0.2.1"));
    assert_ne!(from("192.0.2.1"), from("192.0.2.2"));
    assert_eq!(from("2001:db8:1:2::1"), from("2001:db8:1:2:ffff::9"));
    assert_ne!(from("2001:db8:1:2::1"), from("2001:db8:1:3::1"));
    assert_ne!(Source::of(None), from("192.0.2.1"));
}

#[test]
fn wrong_tokens_are_looked_up_until_there_were_too_many() {
    let place = Place::new();
    let here = from("192.0.2.1");
    for _ in 0..30 {
        assert_eq!(place.rates.may_look(here), Ok(()));
        assert_eq!(place.rates.may_look(here), Ok(()), "looking costs nothing");
        assert_eq!(place.rates.note_wrong(here), Ok(()));
    }
    let over = Over { standing: Standing { limit: 30, remaining: 0, reset: 60 }, wait: 2 };
    assert_eq!(place.rates.may_look(here), Err(over));
    assert_eq!(place.rates.note_wrong(here), Err(over));
    assert_eq!(place.rates.may_look(from("192.0.2.2")), Ok(()));
    place.pass(2000);
    assert_eq!(place.rates.may_look(here), Ok(()));
    assert_eq!(place.rates.note_wrong(here), Ok(()));
    assert!(place.rates.may_look(here).is_err());
}

#[test]
fn however_many_addresses_show_wrong_tokens_others_are_looked_up() {
    let place = Place::new();
    for number in 0..2 * MOST as u32 {
        let address = std::net::Ipv4Addr::from_bits(number);
        let _ = place.rates.note_wrong(Source::of(Some(address.into())));
    }
    let late = from("192.0.2.1");
    assert!(place.rates.note_wrong(late).is_err(), "wrong ones share what is left");
    assert_eq!(place.rates.may_look(late), Ok(()));
}

#[test]
fn what_is_held_is_bounded_and_forgotten_after_a_rest() {
    let place = Place::new();
    for number in 0..MOST as u32 {
        let address = std::net::Ipv4Addr::from_bits(number);
        assert!(place.rates.spend_from(Source::of(Some(address.into()))).is_ok());
    }
    assert_eq!(place.rates.held(), MOST);
    // Those that come on top share what one has.
    let late = (0..100_u128).map(|number| Source(number << 64 | 1 << 120));
    assert_eq!(late.filter(|source| place.rates.spend_from(*source).is_ok()).count(), 5);
    assert_eq!(place.rates.held(), MOST);
    place.pass(499);
    place.rates.clean();
    assert_eq!(place.rates.held(), MOST);
    place.pass(1);
    place.rates.clean();
    assert_eq!(place.rates.held(), 0);
}

#[test]
fn many_threads_never_get_more_than_the_burst() {
    let place = Place::new();
    let busy = token("AAAAAAAAAAA");
    let taken = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| place.taken(busy))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert_eq!(taken, 20);
}
