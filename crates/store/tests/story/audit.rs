//! The chain of the audit log: every entry fits, whoever tampers with one is found, many writers on
//! two servers keep one chain, and what is older than the chain stays readable.

use rondo_domain::audit::chain::{Break, Followed, Seal};
use rondo_domain::audit::{Entry, Event};
use rondo_domain::token::TokenId;
use rondo_domain::{Home, Millis, PersonId, ProjectId};
use rondo_store::{AuditQuery, By, Error, Store};

use crate::database::Database;
use crate::sample::{by, entropy, save, saved_project};
use crate::services::account;

async fn write(store: &Store, by: &By, entry: &Entry) {
    store.write(|tx| async move { tx.commit(by, entry.clone()).await }).await.unwrap();
}

/// Ten entries, one of them about a project.
async fn ten(store: &Store) {
    for at in 1..=10 {
        let entry = Entry::new(Event::ProjectChange, format_args!("subject-{at}")).with("detail");
        let entry = if at == 4 { entry.of(ProjectId::from_entropy(entropy())) } else { entry };
        write(store, &by(at), &entry).await;
    }
}

/// Follows the whole chain, and compares its end with what the writers meet at.
async fn follow(store: &Store) -> Result<Followed, Break> {
    let mut tx = store.read().await.unwrap();
    let mut followed = Followed::NOTHING;
    while let rows @ [_, ..] = &*tx.audit_after(followed.number, 3).await.unwrap() {
        for row in rows {
            row.follow(&mut followed)?;
        }
    }
    let (number, seal) = tx.audit_newest().await.unwrap();
    match (number, seal.unwrap_or(Seal::BEGIN)) == (followed.number, followed.seal) {
        true => Ok(followed),
        false => Err(Break::CutAfter(followed.number)),
    }
}

#[tokio::test]
async fn whoever_tampers_with_an_entry_is_found_at_that_entry() {
    let change = "update audit set detail = 'other' where number = 5";
    for (tampering, expected) in [
        (&[][..], Ok(10)),
        (&[change], Err(Break::Altered(5))),
        (&["update audit set at = at + 1 where number = 10"], Err(Break::Altered(10))),
        (&["update audit set token = null where number = 1"], Err(Break::Altered(1))),
        (&["update audit set project = null where number = 4"], Err(Break::Altered(4))),
        (&["update audit set seal = null where number < 3"], Err(Break::Altered(3))),
        (&["update audit set seal = null where number = 3"], Err(Break::Altered(3))),
        (&["delete from audit where number = 1"], Err(Break::Missing(1))),
        (&["delete from audit where number = 7"], Err(Break::Missing(7))),
        (&["delete from audit where number > 8"], Err(Break::CutAfter(8))),
        (
            &[
                "delete from audit where number = 5",
                "update audit set number = number - 1 where number > 5",
            ],
            Err(Break::Altered(5)),
        ),
        (
            &[
                "update audit set number = 0 where number = 6",
                "update audit set number = 6 where number = 7",
                "update audit set number = 7 where number = 0",
            ],
            Err(Break::Altered(6)),
        ),
    ] {
        for database in Database::each().await {
            let store = database.open().await;
            ten(&store).await;
            for statement in tampering {
                assert!(database.tamper(statement).await > 0, "{statement}");
            }
            let found = follow(&store).await;
            assert_eq!(found.map(|followed| followed.number), expected, "{tampering:?}");
        }
    }
}

#[tokio::test]
async fn entries_from_before_the_chain_are_readable_and_the_chain_begins_after_them() {
    for database in Database::each().await {
        let store = database.open().await;
        for at in 1..=3 {
            write(&store, &by(at), &Entry::new(Event::Follow, at)).await;
        }
        // As a version without a chain would have left them.
        database.tamper("update audit set seal = null").await;
        database.tamper("update counter set seal = null").await;
        let followed = follow(&store).await.unwrap();
        assert_eq!((followed.number, followed.first), (3, None));
        write(&store, &by(4), &Entry::new(Event::Follow, 4)).await;
        let followed = follow(&store).await.unwrap();
        assert_eq!((followed.number, followed.first), (4, Some(4)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_on_two_servers_keep_one_chain() {
    for database in Database::each().await {
        let stores = [database.open().await, database.open().await];
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = stores[writer % 2].clone();
                tokio::spawn(async move {
                    for at in 0..15 {
                        write(&store, &by(at), &Entry::new(Event::Follow, writer)).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(follow(&stores[0]).await.unwrap().number, 8 * 15);
    }
}

#[tokio::test]
async fn a_write_that_is_not_committed_leaves_the_chain_as_it_was() {
    for database in Database::each().await {
        let store = database.open().await;
        ten(&store).await;
        let twin = store.write(|mut tx| async move {
            tx.delete_setup_links().await?;
            Err::<(), _>(Error::Exists)
        });
        assert!(twin.await.is_err());
        write(&store, &by(11), &Entry::new(Event::Follow, "after")).await;
        assert_eq!(follow(&store).await.unwrap().number, 11);
    }
}

#[tokio::test]
async fn the_log_is_narrowed_by_event_person_token_service_project_time_and_text() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, web) = (PersonId::from_entropy(entropy()), ProjectId::from_entropy(entropy()));
        let token: TokenId = "AbCdEfGhIjK".parse().unwrap();
        let console = By { token: None, ..by(10) };
        let as_mika = By { at: Millis(20), actor: format!("person:{mika}"), ..by(20) };
        write(store, &console, &Entry::new(Event::PersonCreate, mika)).await;
        write(store, &as_mika, &Entry::new(Event::VariableSet, "x").with("50%_done!").of(web))
            .await;
        write(store, &console, &Entry::new(Event::PersonalTokenCreate, token)).await;
        let home = Home::Organization(saved_project(store, "web").await.org);
        let (bot, other) = (&account("bot", home, Vec::new()), &account("other", home, Vec::new()));
        let renamed = &"deployer".parse().unwrap();
        save!(store, tx => {
            tx.insert_service(bot, "console").await?;
            tx.insert_service(other, "console").await?;
            tx.set_service_name(bot.id, renamed).await?;
        });
        let id = bot.id.to_string();
        let as_bot = By { at: Millis(30), actor: format!("service:{id}"), token: None, ..by(30) };
        write(store, &as_bot, &Entry::new(Event::Trigger, "gh/acme/web")).await;
        write(store, &console, &Entry::new(Event::ServiceRename, bot.id)).await;
        let made = Entry::new(Event::ServiceTokenCreate, "AAAAAAAAAAA").with(bot.id);
        write(store, &console, &made).await;
        write(store, &console, &Entry::new(Event::ServiceCreate, other.id)).await;
        let all = AuditQuery::default();
        for (query, expected) in [
            (all, vec![7, 6, 5, 4, 3, 2, 1]),
            (AuditQuery { service: Some("deployer"), ..all }, vec![6, 5, 4]),
            (AuditQuery { service: Some(&id), ..all }, vec![6, 5, 4]),
            (AuditQuery { service: Some("other"), ..all }, vec![7]),
            (AuditQuery { service: Some("bot"), ..all }, vec![]),
            (AuditQuery { before: Some(3), ..all }, vec![2, 1]),
            (AuditQuery { event: Some(Event::VariableSet), ..all }, vec![2]),
            (AuditQuery { event: Some(Event::Cancel), ..all }, vec![]),
            (AuditQuery { person: Some(mika), ..all }, vec![2, 1]),
            (AuditQuery { token: Some(token), ..all }, vec![3, 2]),
            (AuditQuery { project: Some(web), ..all }, vec![2]),
            (AuditQuery { since: Some(Millis(20)), ..all }, vec![4, 2]),
            (AuditQuery { until: Some(Millis(20)), ..all }, vec![7, 6, 5, 3, 1]),
            (AuditQuery { text: Some("50%_DONE!"), ..all }, vec![2]),
            (AuditQuery { text: Some("5_%"), ..all }, vec![]),
            (AuditQuery { text: Some("TESTER/1"), person: Some(mika), ..all }, vec![2, 1]),
        ] {
            let rows = store.read().await.unwrap().audit(query, 10).await.unwrap();
            let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, expected, "{query:?}");
        }
    }
}
