//! One token replaces another, on both databases.

use rondo_domain::Millis;
use rondo_domain::token::{Holder, Overlap, Rotation};
use rondo_store::{Burial, Error, Promise};

use crate::database::Database;
use crate::sample::{person, save, token};

#[tokio::test]
async fn a_rotation_stands_beside_both_tokens_until_the_predecessor_is_gone() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let (old, _) = &token(Holder::Person(mika.id), "deploy", 10);
        let (new, _) = &token(Holder::Person(mika.id), "deploy", 20);
        let (other, secret) = &token(Holder::Person(mika.id), "other", 30);
        let rotation = &Rotation {
            predecessor: old.token.id,
            successor: new.token.id,
            begun_at: Millis(100),
            overlap: Overlap::new(60_000, 120_000).unwrap(),
            taken_up_at: None,
        };
        let key = secret.digest(&crate::sample::pepper());
        let promise = &Promise { key, nonce: [7; 32] };
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            for row in [old, new, other] {
                tx.insert_token(row, "console").await?;
            }
            tx.insert_rotation(rotation, Some(promise)).await?;
        });
        let twin = store
            .write(|mut tx| async move {
                tx.insert_rotation(rotation, None).await?;
                tx.commit_progress().await
            })
            .await;
        assert!(matches!(twin, Err(Error::Exists)), "{twin:?}");

        let mut tx = store.read().await.unwrap();
        for id in [old.token.id, new.token.id] {
            assert_eq!(tx.rotation_of(id).await.unwrap(), Some(*rotation));
            assert_eq!(tx.token(id).await.unwrap().unwrap().token.rotation, Some(*rotation));
        }
        assert_eq!(tx.token(other.token.id).await.unwrap().unwrap().token.rotation, None);
        let listed = tx.tokens_of_person(mika.id).await.unwrap();
        let turns: Vec<_> = listed.iter().map(|token| token.rotation.is_some()).collect();
        assert_eq!(turns, [false, true, true], "each token once, the newest first");
        assert_eq!(tx.rotations().await.unwrap(), [*rotation]);
        let kept = tx.promise(old.token.id).await.unwrap().unwrap();
        assert!(kept.key.matches(&key) && kept.nonce == [7; 32]);
        assert!(!tx.has_promises(Millis(100)).await.unwrap());
        assert!(tx.has_promises(Millis(101)).await.unwrap());
        drop(tx);

        let noted = save!(store, tx => (
            tx.take_up(new.token.id, Millis(200)).await?,
            tx.take_up(new.token.id, Millis(300)).await?,
            tx.forget_promises(Millis(101)).await?,
        ));
        assert_eq!(noted, (true, false, 1));
        let mut tx = store.read().await.unwrap();
        let taken_up = Rotation { taken_up_at: Some(Millis(200)), ..*rotation };
        assert_eq!(tx.rotation_of(new.token.id).await.unwrap(), Some(taken_up));
        assert!(tx.promise(old.token.id).await.unwrap().is_none());
        drop(tx);

        let burial = &Burial { at: Millis(400), by: "console".to_owned(), reason: None };
        save!(store, tx => tx.delete_token(new.token.id, burial).await?);
        let left = store.read().await.unwrap().rotations().await.unwrap();
        assert_eq!(left, [taken_up], "whose end has begun ends without its successor too");
        save!(store, tx => tx.delete_rotation(new.token.id).await?);
        assert_eq!(store.read().await.unwrap().rotations().await.unwrap().len(), 1);
        save!(store, tx => tx.delete_token(old.token.id, burial).await?);
        assert_eq!(store.read().await.unwrap().rotations().await.unwrap(), []);
    }
}
