//! The ledger of uses: which token was used when, for what, by whom and from where. A request leaves a
//! note in a queue and goes on: it takes no lock and writes nothing. A loop sums the notes up, and
//! writes the sums in batches; whoever reads the ledger has it brought up to date first.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::mem;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crossbeam_queue::ArrayQueue;
use rondo_domain::Millis;
use rondo_domain::token::{Presented, Token, TokenId, Usage, UseClient, UseCount, network_of};

use crate::refusal::Refusal;
use crate::tokens::TokenList;
use crate::{App, Ctx};

/// Notes that wait to be summed up: most.
const NOTES: usize = 32_768;
/// Programs that are told apart by their words for themselves: most.
const AGENTS: usize = 4_096;
/// Characters of such a word.
const AGENT_CHARACTERS: usize = 200;
/// Sums that one transaction writes.
const BATCH: usize = 500;
const DAY: i64 = 24 * 3600 * 1000;
/// How long uses are kept, in milliseconds: 90 days.
const KEPT: i64 = 90 * DAY;

/// Who uses a token, known before the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UseMark {
    token: TokenId,
    peer: Option<IpAddr>,
    agent: u64,
    /// It was let in as far as the token goes: else it was shown, and not used.
    opened: bool,
}

/// One use.
struct Note {
    mark: UseMark,
    at: Millis,
    route: &'static str,
    status: u16,
}

/// Uses that came one after the other and are alike but for their moments and answers: whoever uses a token a lot is
/// summed up without a look into any table.
struct Run {
    newest: Note,
    first_at: Millis,
    accepted: i64,
    refused: i64,
}

impl Run {
    fn of(note: Note) -> Self {
        let refused = i64::from(note.status >= 400);
        Self { first_at: note.at, accepted: 1 - refused, refused, newest: note }
    }

    /// Takes a note in, or gives back what is another run's.
    fn take(&mut self, note: Note) -> Result<(), Note> {
        let Note { mark, at, route, status } = note;
        let (own, first) = (&mut self.newest, self.first_at);
        if (mark, route, day(at)) != (own.mark, own.route, day(first)) {
            return Err(note);
        }
        match status < 400 {
            true => self.accepted += 1,
            false => self.refused += 1,
        }
        if at >= own.at {
            (own.at, own.status) = (at, status);
        }
        Ok(())
    }
}

/// The number of the day since 1970.
fn day(at: Millis) -> i64 {
    at.0.div_euclid(DAY)
}

/// Each of these keys begins with the id of a token that was shown with its whole value.
type QuickHash = foldhash::fast::RandomState;
type CountKey = (TokenId, i64, &'static str, Option<IpAddr>);
type ClientKey = (TokenId, Option<IpAddr>, u64);

/// What a program did with a token.
struct Client {
    agent: String,
    first_at: Millis,
    /// When the token opened something for it first.
    opened_at: Option<Millis>,
    last_at: Millis,
    route: &'static str,
    status: u16,
    uses: i64,
}

/// What is not written yet.
#[derive(Default)]
struct Sums {
    counts: HashMap<CountKey, (i64, i64), QuickHash>,
    clients: HashMap<ClientKey, Client, QuickHash>,
}

pub(crate) struct Ledger {
    notes: ArrayQueue<Note>,
    /// Notes that found no room.
    missed: AtomicU64,
    /// By a hash that nobody outside can choose.
    agents: papaya::HashMap<u64, Arc<str>, QuickHash>,
    hasher: foldhash::quality::RandomState,
    sums: Mutex<Sums>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            notes: ArrayQueue::new(NOTES),
            missed: AtomicU64::new(0),
            agents: papaya::HashMap::default(),
            hasher: foldhash::quality::RandomState::default(),
            sums: Mutex::default(),
        }
    }
}

/// A program's word for itself as it may be kept: short, and without a token's value.
pub fn clean_agent(agent: &str) -> String {
    if Presented::is_within(agent) {
        return "(a token's value)".to_owned();
    }
    // Nearly all are so: nothing is left out of them.
    if agent.len() <= AGENT_CHARACTERS && agent.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return agent.to_owned();
    }
    agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARACTERS).collect()
}

impl Ledger {
    fn agent(&self, text: &str) -> u64 {
        let key = self.hasher.hash_one(text);
        let agents = self.agents.pin();
        if !agents.contains_key(&key) && agents.len() < AGENTS {
            agents.insert(key, text.into());
        }
        key
    }

    /// Sums up the notes that wait.
    pub(crate) fn sum_up(&self) {
        let mut sums = self.sums.lock().expect("no holder of this lock panics");
        let agent = |agent| {
            let agents = self.agents.pin();
            agents.get(&agent).map_or_else(|| UseCount::OTHER.to_owned(), |text| text.to_string())
        };
        let Some(mut run) = self.notes.pop().map(Run::of) else { return };
        while let Some(note) = self.notes.pop() {
            if let Err(other) = run.take(note) {
                sums.add(mem::replace(&mut run, Run::of(other)), agent);
            }
        }
        sums.add(run, agent);
    }

    fn take(&self) -> Sums {
        self.sum_up();
        let agents = self.agents.pin();
        if agents.len() >= AGENTS {
            // Whoever comes up with ever new words must not take the room of all others for good.
            agents.clear();
        }
        let missed = self.missed.swap(0, Ordering::Relaxed);
        if missed > 0 {
            tracing::warn!(missed, "uses of tokens came faster than they could be noted");
        }
        mem::take(&mut *self.sums.lock().expect("no holder of this lock panics"))
    }

    /// What could not be written waits on.
    fn put_back(&self, lost: Sums) {
        let mut sums = self.sums.lock().expect("no holder of this lock panics");
        for (key, (accepted, refused)) in lost.counts {
            let sum = sums.counts.entry(key).or_default();
            *sum = (sum.0 + accepted, sum.1 + refused);
        }
        for (key, client) in lost.clients {
            match sums.clients.entry(key) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(client);
                }
                std::collections::hash_map::Entry::Occupied(mut newer) => {
                    let newer = newer.get_mut();
                    newer.uses += client.uses;
                    newer.first_at = client.first_at;
                    newer.opened_at = client.opened_at.or(newer.opened_at);
                }
            }
        }
    }
}

impl Client {
    /// As it is kept.
    fn kept(&self, peer: Option<IpAddr>) -> UseClient {
        UseClient {
            address: peer.map_or_else(String::new, |peer| peer.to_string()),
            agent: self.agent.clone(),
            first_at: self.first_at,
            last_at: self.last_at,
            route: self.route.to_owned(),
            status: i64::from(self.status),
            uses: self.uses,
        }
    }
}

impl Sums {
    fn add(&mut self, run: Run, agent: impl Fn(u64) -> String) {
        let Run { newest: note, first_at, accepted, refused } = run;
        let UseMark { token, peer, agent: program, opened } = note.mark;
        let key = (token, day(first_at), note.route, peer);
        let sum = self.counts.entry(key).or_default();
        *sum = (sum.0 + accepted, sum.1 + refused);
        let client = self.clients.entry((token, peer, program)).or_insert_with(|| Client {
            agent: agent(program),
            first_at,
            opened_at: None,
            last_at: note.at,
            route: note.route,
            status: note.status,
            uses: 0,
        });
        client.uses += accepted + refused;
        if opened {
            client.opened_at.get_or_insert(first_at);
        }
        if note.at >= client.last_at {
            client.last_at = note.at;
            (client.route, client.status) = (note.route, note.status);
        }
    }

    /// Takes out as much as one transaction writes.
    fn split(&mut self) -> Self {
        let counts: Vec<_> = self.counts.keys().take(BATCH).cloned().collect();
        let clients: Vec<_> = self.clients.keys().take(BATCH).copied().collect();
        Self {
            counts: counts.into_iter().filter_map(|key| self.counts.remove_entry(&key)).collect(),
            clients: clients
                .into_iter()
                .filter_map(|key| self.clients.remove_entry(&key))
                .collect(),
        }
    }
}

impl App {
    /// Who uses a token: from an address, if that is known for sure, with its [clean](clean_agent) word
    /// for itself.
    pub fn mark_use(
        &self,
        (token, opened): (TokenId, bool),
        peer: Option<IpAddr>,
        agent: &str,
    ) -> UseMark {
        UseMark { token, peer, agent: self.ledger.agent(agent), opened }
    }

    /// Notes a use and how it was answered. Where notes come faster than they are summed up, some are
    /// missing from the counts, and the log says how many.
    pub fn note_use(&self, mark: UseMark, at: Millis, route: &'static str, status: u16) {
        if self.ledger.notes.push(Note { mark, at, route, status }).is_err() {
            self.ledger.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes down what is summed up.
    ///
    /// # Errors
    /// If the database is away; then it waits on.
    pub async fn write_uses(&self) -> Result<(), Refusal> {
        let mut sums = self.ledger.take();
        while !sums.counts.is_empty() || !sums.clients.is_empty() {
            let batch = sums.split();
            if let Err(error) = self.write_batch(&batch).await {
                self.ledger.put_back(batch);
                self.ledger.put_back(sums);
                return Err(error.into());
            }
        }
        Ok(())
    }

    async fn write_batch(&self, batch: &Sums) -> Result<(), rondo_store::Error> {
        self.store
            .write(|mut tx| async move {
                for ((token, day, route, peer), (accepted, refused)) in &batch.counts {
                    let count = UseCount {
                        day: *day,
                        route: (*route).to_owned(),
                        network: network_of(*peer),
                        accepted: *accepted,
                        refused: *refused,
                    };
                    tx.add_uses(*token, &count).await?;
                }
                for ((token, peer, _), client) in &batch.clients {
                    tx.add_client(*token, &client.kept(*peer)).await?;
                    if let Some(at) = client.opened_at {
                        tx.note_first_use(*token, at).await?;
                    }
                }
                tx.commit_progress().await
            })
            .await
    }

    /// A token, and all that is kept of its uses.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these.
    pub async fn usage(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
    ) -> Result<(Token, Usage), Refusal> {
        let token = self.one_token(ctx, whose, id).await?;
        self.write_uses().await?;
        Ok((token, self.store.read().await?.usage(id).await?))
    }

    /// Who still uses the old value of each of these tokens that is on its way out.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn still_used(
        &self,
        tokens: &[Token],
    ) -> Result<HashMap<TokenId, UseClient>, Refusal> {
        let mut found = HashMap::new();
        let mut leaving = tokens.iter().filter_map(Token::leaving).peekable();
        if leaving.peek().is_none() {
            return Ok(found);
        }
        self.write_uses().await?;
        let mut tx = self.store.read().await?;
        for rotation in leaving {
            if let Some(client) = tx.last_client(rotation.predecessor, rotation.begun_at).await? {
                found.insert(rotation.predecessor, client);
            }
        }
        Ok(found)
    }

    /// Forgets uses that are long ago.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn forget_uses(&self) -> Result<(), Refusal> {
        let before = self.world.now().plus(-KEPT);
        self.store
            .write(|mut tx| async move {
                tx.forget_uses(before).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> TokenId {
        "0123456789A".parse().unwrap()
    }

    #[test]
    fn notes_are_summed_up_by_day_route_and_network_and_by_client() {
        let ledger = Ledger::default();
        let peer = Some("10.0.0.7".parse().unwrap());
        let note = |at: i64, route, status, agent: &str| {
            let mark = UseMark { token: token(), peer, agent: ledger.agent(agent), opened: true };
            assert!(ledger.notes.push(Note { mark, at: Millis(at), route, status }).is_ok());
        };
        note(1, "/a", 200, "curl/8");
        note(2, "/a", 304, "curl/8");
        note(3, "/a", 403, "wget");
        note(DAY, "/b", 200, "curl/8");
        let sums = ledger.take();
        let count = |day, route| sums.counts[&(token(), day, route, peer)];
        assert_eq!((count(0, "/a"), count(1, "/b"), sums.counts.len()), ((2, 1), (1, 0), 2));
        let curl = &sums.clients[&(token(), peer, ledger.agent("curl/8"))];
        assert_eq!((curl.uses, curl.first_at, curl.last_at), (3, Millis(1), Millis(DAY)));
        assert_eq!((curl.route, curl.status, curl.agent.as_str()), ("/b", 200, "curl/8"));
        assert!(ledger.take().counts.is_empty(), "what was taken is gone");
        ledger.put_back(sums);
        assert_eq!(ledger.take().clients.len(), 2, "what could not be written waits on");
    }

    #[test]
    fn a_clients_word_for_itself_is_short_and_holds_no_value() {
        let secret =
            rondo_domain::token::Secret::mint(rondo_domain::token::TokenKind::Personal, &[7; 48]);
        let told = format!("deploy.sh ({})", secret.expose());
        assert_eq!(clean_agent(&told), "(a token's value)");
        assert_eq!(clean_agent("curl/8\u{7}"), "curl/8");
        assert_eq!(clean_agent("curl/8 (x86_64; ~)"), "curl/8 (x86_64; ~)");
        assert_eq!(clean_agent("ビルド\u{7f}係"), "ビルド係");
        assert_eq!(clean_agent(&"x".repeat(1000)).len(), AGENT_CHARACTERS);
    }

    #[test]
    fn however_many_programs_there_are_few_are_told_apart() {
        let ledger = Ledger::default();
        for number in 0..AGENTS + 100 {
            ledger.agent(&format!("program {number}"));
        }
        assert_eq!(ledger.agents.pin().len(), AGENTS);
    }
}
