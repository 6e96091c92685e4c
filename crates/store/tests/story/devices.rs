//! Commands that wait to be signed in: one answer each, in time, and forgotten afterwards.

use rondo_domain::device::{DeviceAnswer, DeviceLogin, UserCode};
use rondo_domain::{Millis, SessionId};
use rondo_store::Error;

use crate::database::Database;
use crate::sample::{digest, entropy, person, save};

fn waits(at: i64) -> DeviceLogin {
    DeviceLogin {
        code: UserCode::from_entropy(entropy()),
        label: "rondo login on 机".parse().unwrap(),
        address: "192.0.2.7".to_owned(),
        created_at: Millis(at),
        expires_at: Millis(at + 100),
        answer: DeviceAnswer::None,
    }
}

#[tokio::test]
async fn a_command_waits_under_its_code_until_it_is_answered_once() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, session) = (&person("mika"), SessionId::from_entropy(entropy()));
        let (login, own) = (&waits(1_000), &digest());
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_device_login(login, own, Millis(0)).await?;
        });
        let mut tx = store.read().await.unwrap();
        assert_eq!(
            tx.device_login(&login.code, Millis(1_050)).await.unwrap().as_ref(),
            Some(login)
        );
        assert_eq!(tx.device_login(&login.code, Millis(1_100)).await.unwrap(), None, "over");
        assert_eq!(tx.device_logins(Millis(1_050)).await.unwrap(), 1);
        drop(tx);
        let asked = save!(store, tx => tx.poll_device_login(own, Millis(1_010)).await?);
        assert_eq!(asked, Some((login.clone(), None)));

        let allowed = DeviceAnswer::Allowed(mika.id, session);
        let answered = save!(store, tx => (
            tx.answer_device_login(&login.code, Millis(1_100), allowed).await?,
            tx.answer_device_login(&login.code, Millis(1_050), DeviceAnswer::None).await?,
            tx.answer_device_login(&login.code, Millis(1_050), allowed).await?,
            tx.answer_device_login(&login.code, Millis(1_051), DeviceAnswer::Denied).await?,
        ));
        assert_eq!(answered, (false, false, true, false));
        let (told, before) =
            save!(store, tx => tx.poll_device_login(own, Millis(1_060)).await?).unwrap();
        assert_eq!((told.answer, before), (allowed, Some(Millis(1_010))));
        save!(store, tx => tx.delete_device_login(own).await?);
        assert_eq!(save!(store, tx => tx.poll_device_login(own, Millis(1_070)).await?), None);
    }
}

#[tokio::test]
async fn a_code_that_is_taken_is_refused_and_old_ones_are_forgotten() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (login, own, other) = (&waits(1_000), &digest(), &digest());
        save!(store, tx => tx.insert_device_login(login, own, Millis(0)).await?);
        let taken = store
            .write(|mut tx| async move {
                tx.insert_device_login(login, other, Millis(0)).await?;
                tx.commit_progress().await
            })
            .await;
        assert!(matches!(taken, Err(Error::Exists)), "{taken:?}");
        let later = &waits(5_000);
        save!(store, tx => tx.insert_device_login(later, other, Millis(4_000)).await?);
        assert_eq!(save!(store, tx => tx.poll_device_login(own, Millis(5_000)).await?), None);
        let denied = save!(store, tx =>
            tx.answer_device_login(&later.code, Millis(5_001), DeviceAnswer::Denied).await?);
        let told = save!(store, tx => tx.poll_device_login(other, Millis(5_002)).await?);
        assert_eq!((denied, told.unwrap().0.answer), (true, DeviceAnswer::Denied));
    }
}
