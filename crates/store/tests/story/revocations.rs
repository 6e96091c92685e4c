//! Many tokens that are deleted by what is true of them, on both databases.

use std::sync::atomic::{AtomicUsize, Ordering};

use rondo_domain::token::{
    Holder, Network, Predicate, Preset, Scope, Suspect, Token, UseClient, UseCount,
};
use rondo_domain::{Millis, Person, Project};
use rondo_store::{Burial, Error, Revocation, Store, TokenRow};

use crate::database::Database;
use crate::sample::{person, save, saved_project, token};

/// A use from an address.
fn seen(address: &str) -> UseClient {
    UseClient {
        address: address.to_owned(),
        agent: "curl/8".to_owned(),
        first_at: Millis(60),
        last_at: Millis(60),
        route: "/me".to_owned(),
        status: 200,
        uses: 1,
    }
}

/// Three tokens of a person and one of a project; the first, the third and the last were seen.
async fn suspects(store: &Store) -> (Person, Project, Vec<TokenRow>) {
    let (mika, web) = (person("mika"), saved_project(store, "web").await);
    let old = token(Holder::Person(mika.id), "old", 10).0;
    let mut narrow = token(Holder::Person(mika.id), "narrow", 15).0;
    narrow.token.reach.rights = Preset::ReadOnly.rights();
    let used = token(Holder::Person(mika.id), "used", 20).0;
    let badge = token(Holder::Project(web.id, Scope::Status), "badge", 30).0;
    let (person, all) = (&mika, &vec![old, narrow, used, badge]);
    // Of the last one only the count is left.
    let counted = &UseCount {
        day: 1,
        route: "/me".to_owned(),
        network: "10.0.0.0/24".to_owned(),
        accepted: 0,
        refused: 1,
    };
    save!(store, tx => {
        tx.insert_person(person, "hash").await?;
        for row in all {
            tx.insert_token(row, "console").await?;
        }
        tx.note_use(all[2].token.id, Millis(60)).await?;
        tx.add_client(all[0].token.id, &seen("10.0.0.7")).await?;
        tx.add_client(all[2].token.id, &seen("2001:db8::7")).await?;
        tx.add_client(all[2].token.id, &seen("")).await?;
        tx.add_uses(all[3].token.id, counted).await?;
    });
    (person.clone(), web, all.clone())
}

/// The labels of those that a predicate hits, which are the same in memory and in SQL.
async fn hit(store: &Store, all: &[TokenRow], predicate: Predicate) -> String {
    let (count, tokens) = store.read().await.unwrap().hit_by(&predicate).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), tokens.len());
    let network = predicate.seen_from.unwrap_or("0.0.0.0/0".parse().unwrap());
    let seen = store.read().await.unwrap().seen_from(&network).await.unwrap();
    for row in all {
        let Token { id, holder, reach, created_at, .. } = &row.token;
        let hit = predicate.hits(&Suspect {
            id: *id,
            holder,
            reach,
            created_at: *created_at,
            used: row.token.label.as_str() == "used",
            seen: seen.contains(id),
        });
        assert_eq!(hit, tokens.iter().any(|token| token.id == *id), "{predicate:?}");
    }
    tokens.iter().map(|token| token.label.to_string()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_predicate_hits_the_same_tokens_in_memory_and_in_the_database() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, web, all) = suspects(store).await;
        let every = Predicate::made_by(Millis(100));
        for (predicate, hits) in [
            (every.clone(), "old narrow used badge"),
            (Predicate::made_by(Millis(15)), "old narrow"),
            (Predicate { person: Some(mika.id), ..every.clone() }, "old narrow used"),
            (Predicate { projects: Some(vec![web.id]), ..every.clone() }, "badge"),
            (Predicate { projects: Some(Vec::new()), ..every.clone() }, ""),
            (Predicate { never_used: true, ..every.clone() }, "old narrow badge"),
            (Predicate { unrestricted: true, ..every.clone() }, "old used"),
            (Predicate { token: Some(all[1].token.id), ..every.clone() }, "narrow"),
        ] {
            assert_eq!(hit(store, &all, predicate.clone()).await, hits, "{predicate:?}");
        }
        for (network, hits) in [
            ("10.0.0.7", "old"),
            ("10.0.0.0/25", "old"),
            ("10.0.0.0/24", "old badge"),
            ("0.0.0.0/0", "old badge"),
            ("2001:db8::/32", "used"),
            ("::/0", "used"),
            ("10.0.1.0/24", ""),
        ] {
            let seen_from = Some(network.parse().unwrap());
            let by_network = Predicate { seen_from, ..every.clone() };
            assert_eq!(hit(store, &all, by_network.clone()).await, hits, "{network}");
            let of_mika = Predicate { person: Some(mika.id), ..by_network };
            assert_eq!(hit(store, &all, of_mika).await, hits.replace(" badge", ""), "{network}");
        }
    }
}

#[tokio::test]
async fn a_revocation_moves_just_the_tokens_that_its_predicate_is_true_of() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (_, _, all) = suspects(store).await;
        let every = Predicate::made_by(Millis(100));
        let unrestricted = &Predicate { unrestricted: true, ..every.clone() };
        let burial = &Burial { at: Millis(90), by: "console".to_owned(), reason: None };
        let number = save!(store, tx => tx.insert_revocation((unrestricted, None), burial).await?);
        let open = &store.read().await.unwrap().revocations().await.unwrap()[0];
        let predicate = unrestricted.clone();
        let expected = Revocation { number, at: Millis(90), predicate, seen: None };
        assert_eq!(*open, expected);
        let swept = save!(store, tx => [
            tx.sweep(open, 1).await?,
            tx.sweep(open, 1).await?,
            tx.sweep(open, 1).await?,
        ]);
        assert_eq!(swept, [1, 1, 0]);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.revocations().await.unwrap(), []);
        assert_eq!(tx.revocation(number).await.unwrap(), Some((expected, true)));
        assert_eq!(tx.hit_by(&every).await.unwrap().0, 2);
        let dead = tx.tombstone(all[0].token.id).await.unwrap().unwrap().0;
        assert_eq!((dead.deleted_at, dead.deleted_by.as_str()), (Millis(90), "console"));
    }
}

#[tokio::test]
async fn of_two_servers_that_move_the_same_tokens_neither_fails() {
    // SQLite lets nothing come between.
    for database in Database::each().await.into_iter().filter(Database::is_postgres) {
        let stores = [&database.open().await, &database.open().await];
        suspects(stores[0]).await;
        let every = &Predicate::made_by(Millis(100));
        let burial = &Burial { at: Millis(90), by: "console".to_owned(), reason: None };
        save!(stores[0], tx => tx.insert_revocation((every, None), burial).await?);
        let open = &stores[0].read().await.unwrap().revocations().await.unwrap()[0];
        let tries = &AtomicUsize::new(0);
        let swept = stores[0].write(|mut tx| async move {
            // From here on it sees what was before the other one's move.
            assert!(tries.fetch_add(1, Ordering::Relaxed) > 0 || tx.hit_by(every).await?.0 == 4);
            save!(stores[1], other => other.sweep(open, 9).await?);
            let swept = tx.sweep(open, 9).await?;
            tx.commit_progress().await?;
            Ok::<_, Error>(swept)
        });
        assert_eq!((swept.await.unwrap(), tries.load(Ordering::Relaxed)), (0, 2));
    }
}

#[tokio::test]
async fn where_tokens_were_seen_is_settled_with_the_order_and_a_later_use_changes_nothing() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (_, _, all) = suspects(store).await;
        let [old, narrow, badge] = [0, 1, 3].map(|at: usize| all[at].token.id);
        let network: Network = "10.0.0.0/24".parse().unwrap();
        let young = Predicate::made_by(Millis(30));
        let by_network = &Predicate { seen_from: Some(network), ..young };
        let burial = &Burial { at: Millis(90), by: "console".to_owned(), reason: None };
        let mut tx = store.read().await.unwrap();
        let seen_there = tx.seen_from(&network).await.unwrap();
        let ids = &tx.hit_among(by_network, &seen_there).await.unwrap();
        drop(tx);
        assert!(ids.len() == 2 && ids.contains(&old) && ids.contains(&badge), "{ids:?}");
        let number = save!(store, tx => {
            let number = tx.insert_revocation((by_network, Some(ids)), burial).await?;
            tx.add_client(narrow, &seen("10.0.0.9")).await?;
            number
        });
        let open = &store.read().await.unwrap().revocations().await.unwrap()[0];
        assert_eq!((&open.predicate, open.seen.as_ref()), (by_network, Some(ids)));
        let swept = save!(store, tx => [tx.sweep(open, 9).await?, tx.sweep(open, 9).await?]);
        assert_eq!(swept, [2, 0]);
        let mut tx = store.read().await.unwrap();
        assert!(tx.tombstone(badge).await.unwrap().is_some());
        assert!(tx.token(narrow).await.unwrap().is_some());
        let (done, is_swept) = tx.revocation(number).await.unwrap().unwrap();
        assert!(is_swept && done.seen.is_some_and(|seen| seen.is_empty()));
    }
}
