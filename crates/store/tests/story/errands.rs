//! What is told once after something was done, on both databases.

use rondo_domain::token::{Holder, Predicate, Scope};
use rondo_domain::{Email, Millis};
use rondo_store::{Bereaved, Burial, Due, Errand, Error, Matter, Store};

use crate::database::Database;
use crate::sample::{person, save, saved_project, token};

const EVERY: Due = Due { since: Millis(0), lost: Millis(0), people: true, webhook: true };

async fn due(store: &Store, due: Due) -> Vec<(i64, String, Matter)> {
    let errands = store.read().await.unwrap().errands(due, 9).await.unwrap();
    errands.into_iter().map(|errand| (errand.number, errand.recipient, errand.matter)).collect()
}

#[tokio::test]
async fn what_a_revocation_deleted_is_known_by_whose_it_was() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, ren) = (&person("mika"), &person("ren"));
        let web = &saved_project(store, "web").await;
        let rows = &[
            token(Holder::Person(mika.id), "first", 10).0,
            token(Holder::Person(mika.id), "second", 20).0,
            token(Holder::Person(ren.id), "other", 30).0,
            token(Holder::Project(web.id, Scope::All), "badge", 40).0,
            token(Holder::Person(ren.id), "later", 90).0,
        ];
        let burial = &Burial { at: Millis(100), by: "console".to_owned(), reason: None };
        let all = &Predicate::made_by(Millis(50));
        let number = save!(store, tx => {
            for person in [mika, ren] {
                tx.insert_person(person, "hash").await?;
            }
            for row in rows {
                tx.insert_token(row, "console").await?;
            }
            tx.insert_revocation((all, None), burial).await?
        });
        let unaddressed = async |since| {
            store.read().await.unwrap().unaddressed(Millis(since), Millis(200)).await.unwrap()
        };
        assert!(unaddressed(0).await.is_empty(), "its tokens are not moved yet");
        let open = &store.read().await.unwrap().revocations().await.unwrap()[0];
        save!(store, tx => while tx.sweep(open, 9).await? > 0 {});
        assert_eq!((unaddressed(100).await, unaddressed(101).await), (vec![number], Vec::new()));

        let mut tx = store.read().await.unwrap();
        let mut bereaved = tx.bereaved(number).await.unwrap();
        bereaved.people.sort_by_key(ToString::to_string);
        let mut people = vec![mika.id, ren.id];
        people.sort_by_key(ToString::to_string);
        assert_eq!(bereaved, Bereaved { people, projects: vec![web.id], ..Bereaved::default() });
        for (people, projects, labels, count) in [
            (vec![mika.id], Vec::new(), "first second", 2),
            (vec![ren.id], vec![web.id], "other badge", 2),
            (Vec::new(), Vec::new(), "", 0),
            (bereaved.people, bereaved.projects, "first second other", 4),
        ] {
            let whose = Bereaved { people, projects, ..Bereaved::default() };
            let (number, dead) = tx.deleted_by(number, &whose, 3).await.unwrap();
            let dead: Vec<_> = dead.iter().map(|dead| dead.label.as_str()).collect();
            assert_eq!((number, dead.join(" ").as_str()), (count, labels));
        }
        drop(tx);

        // Whoever settles it second changes nothing.
        let recipients = [mika.id.to_string(), Errand::WEBHOOK.to_owned()];
        for recipients in [&recipients[..], &recipients[..1]] {
            save!(store, tx => tx.address_revocation(number, recipients).await?);
        }
        assert!(unaddressed(0).await.is_empty());
        let [mika, webhook] = recipients;
        let matter = Matter::Revocation(number);
        let both = [(1, mika.clone(), matter.clone()), (2, webhook.clone(), matter.clone())];
        assert_eq!(due(store, EVERY).await, both);
        let no_mail = Due { people: false, ..EVERY };
        assert_eq!(due(store, no_mail).await, [(2, webhook, matter.clone())]);
        let no_webhook = Due { webhook: false, ..EVERY };
        assert_eq!(due(store, no_webhook).await, [(1, mika, matter)]);
        assert_eq!(due(store, Due { since: Millis(101), ..EVERY }).await, [], "that is old");
    }
}

#[tokio::test]
async fn unused_tokens_are_held_together_and_told_of_when_the_last_is_deleted() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let rows = &[
            token(Holder::Project(web.id, Scope::All), "first", 10).0,
            token(Holder::Project(web.id, Scope::All), "second", 20).0,
            token(Holder::Project(web.id, Scope::All), "used", 30).0,
        ];
        let reason = Some("not used for 9 days".parse().unwrap());
        let burial = &Burial { at: Millis(100), by: "policy".to_owned(), reason };
        let begin = (web.org, 9);
        let (number, gone) = save!(store, tx => {
            for row in rows {
                tx.insert_token(row, "console").await?;
            }
            let number = tx.begin_unused(begin, burial, Millis(150)).await?;
            let gone = tx.delete_unused(number, rows[0].token.id, burial).await?;
            assert!(tx.delete_unused(number, rows[0].token.id, burial).await?.is_none());
            (number, gone)
        });
        assert_eq!(gone.map(|gone| gone.id), Some(rows[0].token.id));
        let unaddressed = async |now| {
            store.read().await.unwrap().unaddressed(Millis(100), Millis(now)).await.unwrap()
        };
        assert!(unaddressed(149).await.is_empty(), "more may come");
        assert_eq!(unaddressed(150).await, [number], "whoever deleted them died");
        save!(store, tx => {
            tx.delete_unused(number, rows[1].token.id, burial).await?;
            tx.end_unused(number).await?;
        });
        assert_eq!(unaddressed(101).await, [number]);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.revocations().await.unwrap(), [], "it counts as no order");
        assert!(tx.token(rows[2].token.id).await.unwrap().is_some());
        let of_web = tx.bereaved(number).await.unwrap();
        assert_eq!(of_web, Bereaved { projects: vec![web.id], ..Bereaved::default() });
        let (count, dead) = tx.deleted_by(number, &of_web, 9).await.unwrap();
        let dead: Vec<_> = dead.iter().map(|dead| dead.label.as_str()).collect();
        assert_eq!((count, dead.join(" ").as_str()), (2, "first second"));
        let why = tx.unused(number).await.unwrap().unwrap();
        assert_eq!((why.organization.id, why.days), (web.org, 9));
        let all = &Predicate::made_by(Millis(5));
        let order = save!(store, tx => tx.insert_revocation((all, None), burial).await?);
        assert_eq!(store.read().await.unwrap().unused(order).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_errand_is_taken_once_and_again_only_where_it_was_lost() {
    for database in Database::each().await {
        let store = &database.open().await;
        let address: Email = "old@example.com".parse().unwrap();
        let matter = &Matter::Mailbox(address);
        save!(store, tx => tx.insert_errand("mika", matter, Millis(10)).await?);
        let (number, recipient, told) = due(store, EVERY).await.remove(0);
        assert_eq!((recipient.as_str(), &told), ("mika", matter));
        let taken = save!(store, tx => [
            tx.take_errand(number, Millis(20), Millis(5)).await?,
            tx.take_errand(number, Millis(21), Millis(5)).await?,
            tx.take_errand(number, Millis(30), Millis(21)).await?,
        ]);
        assert_eq!(taken, [true, false, true]);
        assert_eq!(due(store, Due { lost: Millis(30), ..EVERY }).await, []);
        assert_eq!(due(store, Due { lost: Millis(31), ..EVERY }).await.len(), 1);
        save!(store, tx => tx.settle_errand(number, Millis(31)).await?);
        assert_eq!(due(store, Due { lost: Millis(99), ..EVERY }).await, []);
        let taken = save!(store, tx => tx.take_errand(number, Millis(99), Millis(99)).await?);
        assert!(!taken, "what is done is done");
        save!(store, tx => {
            tx.insert_errand("ren", matter, Millis(40)).await?;
            tx.forget_errands(Millis(40)).await?;
        });
        assert_eq!(due(store, EVERY).await.len(), 1);
        save!(store, tx => tx.forget_errands(Millis(41)).await?);
        assert_eq!(due(store, EVERY).await, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_servers_one_takes_an_errand() {
    for database in Database::each().await {
        let stores = [database.open().await, database.open().await];
        for round in 0..20_i64 {
            let matter = &Matter::Mailbox("old@example.com".parse().unwrap());
            save!(stores[0], tx => tx.insert_errand("mika", matter, Millis(round)).await?);
            let takers = (0..6).map(|taker: usize| {
                let store = stores[taker % 2].clone();
                tokio::spawn(async move {
                    let taken: Result<_, Error> = store
                        .write(|mut tx| async move {
                            let taken = tx.take_errand(round + 1, Millis(1), Millis(0)).await?;
                            tx.commit_progress().await?;
                            Ok(taken)
                        })
                        .await;
                    taken.unwrap()
                })
            });
            let mut taken = 0;
            for taker in takers.collect::<Vec<_>>() {
                taken += u32::from(taker.await.unwrap());
            }
            assert_eq!(taken, 1, "round {round}");
        }
    }
}
