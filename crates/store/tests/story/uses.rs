//! The ledger of uses, on both databases.

use rondo_domain::Millis;
use rondo_domain::token::{Days, Holder, Predicate, Rehearsal, UseClient, UseCount};

use crate::database::Database;
use crate::sample::{person, save, token};

const DAY: i64 = 24 * 3600 * 1000;

fn count(day: i64, route: &str, accepted: i64) -> UseCount {
    let (route, network) = (route.to_owned(), "10.0.0.0/24".to_owned());
    UseCount { day, route, network, accepted, refused: 1 }
}

fn client(agent: &str, first: i64, last: i64) -> UseClient {
    UseClient {
        address: "10.0.0.7".to_owned(),
        agent: agent.to_owned(),
        first_at: Millis(first),
        last_at: Millis(last),
        route: format!("/at/{last}"),
        status: 200,
        uses: 2,
    }
}

#[tokio::test]
async fn uses_add_up_by_day_route_and_network_and_by_client() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let (row, _) = &token(Holder::Person(mika.id), "deploy", 10);
        let id = row.token.id;
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_token(row, "console").await?;
            tx.add_uses(id, &count(3, "/a", 5)).await?;
            tx.add_uses(id, &count(3, "/a", 2)).await?;
            tx.add_uses(id, &count(4, "/b", 1)).await?;
            tx.add_client(id, &client("curl", 20, 50)).await?;
            // A batch that was put back comes late.
            tx.add_client(id, &client("curl", 20, 40)).await?;
            tx.add_client(id, &client("wget", 60, 60)).await?;
            tx.note_first_use(id, Millis(20)).await?;
            tx.note_first_use(id, Millis(60)).await?;
        });
        let mut tx = store.read().await.unwrap();
        let usage = tx.usage(id).await.unwrap();
        assert_eq!(usage.first_at, Some(Millis(20)));
        let both = UseCount { refused: 2, ..count(3, "/a", 7) };
        assert_eq!(usage.counts, [count(4, "/b", 1), both]);
        let curl = UseClient { uses: 4, ..client("curl", 20, 50) };
        assert_eq!(usage.clients, [client("wget", 60, 60), curl]);
        assert_eq!(tx.last_client(id, Millis(60)).await.unwrap(), Some(client("wget", 60, 60)));
        assert_eq!(tx.last_client(id, Millis(61)).await.unwrap(), None);
        drop(tx);

        save!(store, tx => tx.forget_uses(Millis(4 * DAY)).await?);
        let left = store.read().await.unwrap().usage(id).await.unwrap();
        assert_eq!((left.counts.len(), left.clients.len()), (1, 0));
    }
}

#[tokio::test]
async fn a_token_that_is_used_for_everything_from_everywhere_fills_no_disk() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let (row, _) = &token(Holder::Person(mika.id), "deploy", 10);
        let id = row.token.id;
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_token(row, "console").await?;
            for number in 0..300 {
                tx.add_uses(id, &count(3, &format!("/{number}"), 1)).await?;
                tx.add_client(id, &client(&format!("program {number}"), number, number)).await?;
            }
            tx.add_uses(id, &count(3, "/0", 1)).await?;
        });
        let usage = store.read().await.unwrap().usage(id).await.unwrap();
        assert_eq!((usage.counts.len(), usage.clients.len()), (200, 50));
        let other: Vec<_> = usage.counts.iter().filter(|count| count.route == "other").collect();
        assert_eq!((other.len(), other[0].accepted, other[0].network.as_str()), (1, 101, ""));
        assert_eq!(usage.counts.iter().map(|count| count.accepted).sum::<i64>(), 301);
        assert_eq!(usage.clients.last().unwrap().agent, "program 250");
        save!(store, tx => {
            for number in 0..60 {
                tx.add_client(id, &client(&format!("at once {number}"), 400, 400)).await?;
            }
        });
        let usage = store.read().await.unwrap().usage(id).await.unwrap();
        assert_eq!(usage.clients.len(), 50, "of one moment no more are kept either");
    }
}

#[tokio::test]
async fn who_would_have_been_refused_is_whoever_was_let_in_on_these_days() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let rows =
            &["busy", "quiet", "young"].map(|label| token(Holder::Person(mika.id), label, 10).0);
        let ids = &[0, 1, 2].map(|at: usize| rows[at].token.id);
        let [busy, quiet, young] = *ids;
        let at = |day: i64| day * DAY + 1;
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            for row in rows {
                tx.insert_token(row, "console").await?;
            }
            for (id, day, route, accepted) in [
                (busy, 3, "/a", 5), (busy, 4, "/a", 2), (busy, 4, "/b", 1), (busy, 6, "/a", 9),
                (quiet, 4, "/a", 3), (young, 4, "/a", 0),
            ] {
                tx.add_uses(id, &count(day, route, accepted)).await?;
            }
            tx.add_client(busy, &client("curl", at(1), at(4))).await?;
            tx.add_client(busy, &client("early", at(1), at(2))).await?;
            tx.add_client(busy, &client("late", at(6), at(6))).await?;
        });
        let every = Predicate::made_by(Millis(50));
        let mut tx = store.read().await.unwrap();
        let days = Days { from: 3, until: 5 };
        let found = tx.rehearse(&every, days).await.unwrap();
        assert_eq!((found.tokens, found.uses), (2, 11), "what was refused anyhow is not missed");
        let [first, second] = &found.first[..] else { panic!("two: {found:?}") };
        assert_eq!((first.token.id, first.uses, second.token.id), (busy, 8, quiet));
        let agents: Vec<_> = first.clients.iter().map(|client| client.agent.as_str()).collect();
        assert_eq!(agents, ["curl"]);
        let counts: Vec<_> =
            first.counts.iter().map(|c| (c.route.as_str(), c.day, c.accepted)).collect();
        assert_eq!(counts, [("/a", 4, 7), ("/b", 4, 1)]);
        let one = Predicate { token: Some(quiet), ..every.clone() };
        assert_eq!(tx.rehearse(&one, days).await.unwrap().uses, 3);
        let seen_from = Some("10.0.0.0/24".parse().unwrap());
        let seen = Predicate { seen_from, ..every };
        assert_eq!(tx.rehearse(&seen, days).await.unwrap().uses, 11);
        assert_eq!(
            tx.rehearse(&seen, Days { from: 7, until: 9 }).await.unwrap(),
            Rehearsal::default()
        );
    }
}
