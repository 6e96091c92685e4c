//! Who is told that tokens end: once for each, by one of several servers, and again after a failure.

use rondo_domain::token::{Holder, Overlap, Reach, Rotation, Scope, Token, TokenId};
use rondo_domain::{Email, JobId, Millis};
use rondo_store::{DigestId, Error, Store, TokenRow};

use crate::database::Database;
use crate::sample::{by, person, save, saved_project, token};

fn digest(recipient: &str, slot: i64) -> DigestId {
    DigestId { recipient: recipient.to_owned(), slot }
}

async fn take(store: &Store, digest: &DigestId, wanted: &[(TokenId, i64)]) -> Vec<(TokenId, i64)> {
    save!(store, tx => tx.take_digest(digest, wanted, Millis(100)).await?)
}

#[tokio::test]
async fn a_person_has_one_mailbox_or_none() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let address: &Email = &"mika@example.com".parse().unwrap();
        save!(store, tx => tx.insert_person(mika, "hash").await?);
        assert_eq!(store.read().await.unwrap().mailbox(mika.id).await.unwrap(), None);
        save!(store, tx => {
            tx.set_mailbox(mika.id, Some(&"old@example.com".parse().unwrap())).await?;
            tx.set_mailbox(mika.id, Some(address)).await?;
        });
        let kept = store.read().await.unwrap().mailbox(mika.id).await.unwrap();
        assert_eq!(kept.as_ref(), Some(address));
        save!(store, tx => tx.set_mailbox(mika.id, None).await?);
        assert_eq!(store.read().await.unwrap().mailbox(mika.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn tokens_that_end_come_in_the_order_of_their_ends_page_by_page() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        save!(store, tx => tx.insert_person(mika, "hash").await?);
        let web = &saved_project(store, "web").await;
        let mut ids = Vec::new();
        // The last but one is disabled, the last one replaced.
        for end in
            [None, Some(100), Some(200), Some(200), Some(300), Some(400), Some(250), Some(250)]
        {
            let holder = Holder::Person(mika.id);
            let (mut row, _) = token(holder, "ends", 1);
            row.token.reach.expires_at = end.map(Millis);
            ids.push(row.token.id);
            let row = &row;
            save!(store, tx => tx.insert_token(row, "console").await?);
        }
        let of_job = &token(Holder::Project(web.id, Scope::Job), "job", 1).0;
        let of_job = &TokenRow {
            token: Token {
                reach: Reach { expires_at: Some(Millis(250)), ..Reach::WHOLE },
                ..of_job.token.clone()
            },
            ..of_job.clone()
        };
        let rotation = &Rotation {
            predecessor: ids[7],
            successor: ids[0],
            begun_at: Millis(1),
            overlap: Overlap::new(60_000, 120_000).unwrap(),
            taken_up_at: None,
        };
        save!(store, tx => {
            tx.insert_job_token(of_job, JobId::from_entropy(crate::sample::entropy())).await?;
            tx.insert_rotation(rotation, None).await?;
        });
        let disabled = ids[6];
        save!(store, tx => tx.set_token_disabled(disabled, Some(Millis(5))).await?);
        let mut tx = store.read().await.unwrap();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = tx.ending_tokens((Millis(100), Millis(300)), after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.reach.expires_at.map(|end| (end, last.id));
            found.extend(page.iter().map(|token| token.id));
        }
        let mut expected = [ids[2], ids[3]];
        expected.sort_by_key(ToString::to_string);
        assert_eq!(found, [expected[0], expected[1], ids[4]]);
    }
}

#[tokio::test]
async fn a_recipient_is_told_of_a_token_once_for_each_threshold_and_once_in_a_slot() {
    for database in Database::each().await {
        let store = &database.open().await;
        let [one, two]: [TokenId; 2] = ["AAAAAAAAAAA", "BBBBBBBBBBB"].map(|id| id.parse().unwrap());
        assert_eq!(take(store, &digest("mika", 1), &[]).await, []);
        assert_eq!(take(store, &digest("mika", 1), &[(one, 30)]).await, [(one, 30)]);
        assert_eq!(take(store, &digest("mika", 1), &[(two, 30)]).await, [], "one a slot");
        assert_eq!(take(store, &digest("mika", 2), &[(one, 30)]).await, [], "never twice");
        let both = [(one, 30), (one, 15), (two, 30)];
        assert_eq!(take(store, &digest("mika", 2), &both).await, [(one, 15), (two, 30)]);
        assert_eq!(take(store, &digest("ren", 1), &[(one, 30)]).await, [(one, 30)]);

        // What could not be sent is told again, and of others nothing.
        save!(store, tx => tx.give_back_digest(&digest("mika", 2)).await?);
        assert_eq!(take(store, &digest("mika", 2), &both).await, [(one, 15), (two, 30)]);
        save!(store, tx => tx.settle_digest(&digest("mika", 2), Millis(101)).await?);
        let back = save!(store, tx => tx.give_back_digests(Millis(100)).await?);
        assert_eq!(back, 0, "they are not old yet");
        let back = save!(store, tx => tx.give_back_digests(Millis(101)).await?);
        assert_eq!(back, 2, "mika's first and ren's, and not what was settled");
        assert_eq!(take(store, &digest("mika", 3), &both).await, [(one, 30)]);
        save!(store, tx => tx.forget_digests(Millis(101)).await?);
        assert_eq!(take(store, &digest("mika", 2), &both).await, both);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_servers_one_takes_a_digest() {
    for database in Database::each().await {
        let stores = [database.open().await, database.open().await];
        for round in 0..20 {
            let token: TokenId = format!("AAAAAAAAA{round:02}").parse().unwrap();
            let takers = (0..6).map(|taker: usize| {
                let store = stores[taker % 2].clone();
                tokio::spawn(async move {
                    let wanted = &[(token, 7)];
                    // Some by the day, some by a moment of their own.
                    let id = &digest("mika", if taker < 3 { round } else { 1000 + round });
                    let taken: Result<_, Error> = store
                        .write(|mut tx| async move {
                            let taken = tx.take_digest(id, wanted, Millis(1)).await?;
                            tx.commit(
                                &by(1),
                                rondo_domain::audit::Entry::new(
                                    rondo_domain::audit::Event::Refuse,
                                    "test",
                                ),
                            )
                            .await?;
                            Ok(taken)
                        })
                        .await;
                    taken.unwrap().len()
                })
            });
            let mut taken = 0;
            for taker in takers.collect::<Vec<_>>() {
                taken += taker.await.unwrap();
            }
            assert_eq!(taken, 1, "round {round}");
        }
    }
}
