//! Keys for SSH: what of them is kept, which is preferred, and by what hosts are known.

use rondo_domain::{
    CheckoutKey, CheckoutKeyKind, HostKey, Millis, PublicHalf, SecretValue, SshHost, SshKey,
};
use rondo_store::{Error, SealKey};

use crate::database::Database;
use crate::sample::{entropy, save, saved_project};

fn half(name: &str) -> PublicHalf {
    PublicHalf {
        line: format!("ssh-ed25519 {name}"),
        sha256: format!("SHA256:{name}"),
        md5: format!("md5 of {name}"),
    }
}

fn checkout_key(name: &str, at: i64) -> CheckoutKey {
    CheckoutKey {
        kind: CheckoutKeyKind::Deploy,
        public: half(name),
        preferred: false,
        login: (name == "second").then(|| "mika".to_owned()),
        created_at: Millis(at),
    }
}

fn ssh_key(hostname: &str, name: &str) -> SshKey {
    SshKey { hostname: hostname.parse().unwrap(), public: half(name), created_at: Millis(1) }
}

fn secret(text: &str) -> SecretValue {
    SecretValue::new(text.to_owned())
}

#[tokio::test]
async fn the_oldest_checkout_key_is_preferred_and_another_takes_over_when_it_goes() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (web, api) = (&saved_project(store, "web").await, &saved_project(store, "api").await);
        let seal = &SealKey::new(&[3; 32]);
        let (first, second) = (&checkout_key("first", 1), &checkout_key("second", 2));
        let private = &secret("the private half");
        save!(store, tx => {
            tx.insert_checkout_key(web.id, second, private, (seal, entropy())).await?;
            tx.insert_checkout_key(web.id, first, private, (seal, entropy())).await?;
        });
        let mut tx = store.read().await.unwrap();
        let keys = tx.checkout_keys(web.id).await.unwrap();
        let expected = [CheckoutKey { preferred: true, ..first.clone() }, second.clone()];
        assert_eq!(keys, expected);
        let (public, opened) = tx.preferred_checkout_key(web.id, seal).await.unwrap().unwrap();
        assert_eq!((public, opened.expose()), (first.public.clone(), "the private half"));
        assert!(tx.preferred_checkout_key(api.id, seal).await.unwrap().is_none());
        let other = &SealKey::new(&[4; 32]);
        let refused = tx.preferred_checkout_key(web.id, other).await.err();
        assert!(matches!(refused, Some(Error::Corrupt("seal"))), "{refused:?}");
        drop(tx);
        let gone = save!(store, tx => [
            tx.delete_checkout_key(api.id, &first.public.sha256).await?,
            tx.delete_checkout_key(web.id, &first.public.sha256).await?,
            tx.delete_checkout_key(web.id, &first.public.sha256).await?,
        ]);
        assert_eq!(gone, [false, true, false]);
        let left = store.read().await.unwrap().checkout_keys(web.id).await.unwrap();
        assert_eq!(left, [CheckoutKey { preferred: true, ..second.clone() }]);
        let bytes = database.bytes().await;
        assert!(!bytes.windows(16).any(|window| window == b"the private half"));
    }
}

#[tokio::test]
async fn a_key_for_jobs_is_kept_once_for_each_host() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let seal = &SealKey::new(&[3; 32]);
        let (any, one) = (&ssh_key("", "a"), &ssh_key("deploy.example.com", "a"));
        let private = &secret("the private half");
        let new = save!(store, tx => [
            tx.add_ssh_key(web.id, any, private, (seal, entropy())).await?,
            tx.add_ssh_key(web.id, one, private, (seal, entropy())).await?,
            tx.add_ssh_key(web.id, one, private, (seal, entropy())).await?,
        ]);
        assert_eq!(new, [true, true, false]);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.ssh_keys(web.id).await.unwrap(), [any.clone(), one.clone()]);
        let values = tx.ssh_key_values(web.id, seal).await.unwrap();
        assert!(values.iter().all(|(_, private)| private.expose() == "the private half"));
        drop(tx);
        save!(store, tx => tx.delete_ssh_key(web.id, any).await?);
        let left = store.read().await.unwrap().ssh_keys(web.id).await.unwrap();
        assert_eq!(left, std::slice::from_ref(one));
    }
}

#[tokio::test]
async fn a_host_is_known_by_the_keys_that_were_set_last() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (host, other): (&SshHost, &SshHost) =
            (&"git.example.com:2222".parse().unwrap(), &"a.example.com".parse().unwrap());
        let key = |host: &SshHost, name: &str| HostKey {
            host: host.clone(),
            public: half(name),
            created_at: Millis(1),
        };
        let before = &[key(host, "old"), key(host, "older")];
        let (after, others) = (&[key(host, "new")], &[key(other, "new")]);
        save!(store, tx => {
            tx.set_known_host(host, before).await?;
            tx.set_known_host(other, others).await?;
            tx.set_known_host(host, after).await?;
        });
        let mut known = store.read().await.unwrap().known_hosts().await.unwrap();
        known.sort_by_key(|key| key.host.to_string());
        assert_eq!(known, [after[0].clone(), others[0].clone()]);
        let gone = save!(store, tx => [
            tx.delete_known_host(host).await?,
            tx.delete_known_host(host).await?,
        ]);
        assert_eq!(gone, [true, false]);
    }
}
