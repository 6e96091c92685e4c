//! Refused uses on their way into the audit log. The first few of a principal in a minute are written
//! down at once; what comes on top of them is counted, and the count is written down when the minute is
//! over. So a flood of refusals is a row and a number, and never grows the log by the request.

use std::collections::HashMap;
use std::sync::Mutex;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::token::{BadToken, TokenId};
use rondo_domain::{Millis, ProjectId};
use rondo_store::By;

use crate::refusal::Refusal;
use crate::{App, Ctx};

/// Refusals of one principal that are written down one by one in a minute.
const FREE: u32 = 5;
/// Milliseconds.
const MINUTE: i64 = 60_000;
/// How many principals are counted apart; those on top share one count.
const KEYS: usize = 4096;

/// Refusals that were only counted.
#[derive(Debug, Clone)]
struct Flood {
    began: Millis,
    seen: u32,
    /// The newest one that was only counted, and how many there are.
    counted: Option<(By, u64)>,
}

#[derive(Default)]
pub(crate) struct Refusals {
    floods: Mutex<HashMap<String, Flood>>,
}

impl Refusals {
    /// Whether this one is to be written down now. If not, it is counted.
    fn admit(&self, by: &By) -> bool {
        let own = source(by);
        let mut floods = self.floods.lock().expect("no holder of this lock panics");
        let key = if floods.len() >= KEYS && !floods.contains_key(own) { "" } else { own };
        let fresh = Flood { began: by.at, seen: 0, counted: None };
        let flood = floods.entry(key.to_owned()).or_insert(fresh);
        flood.seen = flood.seen.saturating_add(1);
        if flood.seen <= FREE && !key.is_empty() {
            return true;
        }
        let counted = flood.counted.take().map_or(0, |(_, counted)| counted);
        flood.counted = Some((by.clone(), counted + 1));
        false
    }

    /// The counts of the minutes that are over at `now`.
    fn take(&self, now: Option<Millis>) -> Vec<(By, u64)> {
        let mut floods = self.floods.lock().expect("no holder of this lock panics");
        let over =
            |flood: &Flood| now.is_none_or(|now| !(0..MINUTE).contains(&now.since(flood.began)));
        let done = floods.extract_if(|_, flood| over(flood));
        done.filter_map(|(_, flood)| flood.counted).collect()
    }

    /// Counts again what could not be written down.
    fn put_back(&self, counts: Vec<(By, u64)>) {
        let mut floods = self.floods.lock().expect("no holder of this lock panics");
        for (by, lost) in counts {
            let own = source(&by).to_owned();
            let fresh = Flood { began: by.at, seen: FREE, counted: None };
            let flood = floods.entry(own).or_insert(fresh);
            let counted = flood.counted.take().map_or(0, |(_, counted)| counted);
            flood.counted = Some((by, counted + lost));
        }
    }
}

/// Whose refusals are counted together: a token's, a person's, an address's.
fn source(by: &By) -> &str {
    match &by.token {
        Some(token) => token,
        None if by.actor == Ctx::ANYONE => &by.address,
        None => &by.actor,
    }
}

/// The entry of a refused use at a route, and of the project that the path named.
fn refused((route, project): (&str, Option<ProjectId>), why: &str) -> Entry {
    Entry { project, ..Entry::new(Event::Refuse, route).with(why) }
}

impl App {
    /// Writes down that a known principal was refused at a route.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn note_refused(
        &self,
        ctx: &Ctx,
        at: (&str, Option<ProjectId>),
        refusal: &Refusal,
    ) -> Result<(), Refusal> {
        let why = match refusal {
            Refusal::Lacks(permission) => permission.word(),
            Refusal::Policy(_, breach) => breach.word(),
            _ => "hidden",
        };
        self.note_bounded(ctx.by(), &refused(at, why)).await
    }

    /// Writes down that a token was shown at a route which opens nothing now. Its value was right.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn note_stopped(
        &self,
        ctx: &Ctx,
        token: TokenId,
        at: (&str, Option<ProjectId>),
        bad: BadToken,
    ) -> Result<(), Refusal> {
        // Nobody acts, but whose token it is was proved.
        let whose = self.memory.holder(token).and_then(|holder| self.acting(token, holder));
        let ctx = Ctx { who: whose.unwrap_or(ctx.who), ..ctx.clone() };
        let by = By { token: Some(token.to_string()), ..ctx.by() };
        self.note_bounded(by, &refused(at, bad.word())).await
    }

    /// Writes an entry of what anybody can cause without end: beyond a few in a minute it is counted.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn note_bounded(&self, by: By, entry: &Entry) -> Result<(), Refusal> {
        let by = &by;
        if !self.refusals.admit(by) {
            return Ok(());
        }
        self.store
            .write(|tx| async move { tx.commit(by, entry.clone()).await })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }

    /// Writes down how many refusals were only counted: those of minutes that are over, or all of them
    /// when the server ends.
    ///
    /// # Errors
    /// If the database is away; then they stay counted.
    pub async fn write_refusals(&self, all: bool) -> Result<(), Refusal> {
        let now = (!all).then(|| self.world.now());
        let mut counts = self.refusals.take(now);
        while let Some((by, count)) = counts.pop() {
            let entry = &Entry::new(Event::RefuseMany, count);
            let written = self.store.write(|tx| {
                let by = by.clone();
                async move { tx.commit(&by, entry.clone()).await }
            });
            if let Err(error) = written.await {
                let error: rondo_store::Error = error;
                counts.push((by, count));
                self.refusals.put_back(counts);
                return Err(error.into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(actor: &str, at: i64) -> By {
        By {
            at: Millis(at),
            actor: actor.to_owned(),
            token: None,
            address: String::new(),
            agent: String::new(),
            request: String::new(),
        }
    }

    #[test]
    fn a_flood_is_five_entries_and_a_count_a_minute() {
        let refusals = Refusals::default();
        let admitted = (0..1000).filter(|at| refusals.admit(&by("eve", *at))).count();
        assert_eq!(admitted, 5);
        assert!(refusals.admit(&by("ren", 0)), "others are not counted with them");
        assert!(refusals.take(Some(Millis(MINUTE - 1))).is_empty());
        let counts = refusals.take(Some(Millis(MINUTE)));
        assert_eq!(
            counts.iter().map(|(by, n)| (by.actor.as_str(), *n)).collect::<Vec<_>>(),
            [("eve", 995)]
        );
        assert!(refusals.admit(&by("eve", MINUTE)), "a new minute begins");
    }

    #[test]
    fn however_many_principals_there_are_memory_is_bounded_and_nothing_is_lost() {
        let refusals = Refusals::default();
        let many = KEYS + 1000;
        let admitted = (0..many).filter(|n| refusals.admit(&by(&format!("p{n}"), 0))).count();
        assert_eq!(admitted, KEYS);
        assert!(refusals.floods.lock().unwrap().len() <= KEYS + 1);
        let counted: u64 = refusals.take(None).iter().map(|(_, n)| n).sum();
        assert_eq!(counted, 1000);
    }

    #[test]
    fn what_could_not_be_written_down_stays_counted() {
        let refusals = Refusals::default();
        assert_eq!((0..8).filter(|at| refusals.admit(&by("eve", *at))).count(), 5);
        refusals.put_back(refusals.take(None));
        assert!(!refusals.admit(&by("eve", 9)));
        assert_eq!(refusals.take(None)[0].1, 4);
    }
}
