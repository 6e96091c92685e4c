//! What must be read back is sealed, opens only where it belongs, and no secret's text lies in any
//! byte that the database keeps.

use rondo_domain::token::{Digest, Holder, Scope, Secret, TokenKind};
use rondo_domain::variable::VariableName;
use rondo_domain::{LinkPurpose, Millis, SecretValue};
use rondo_store::{Error, SealKey};

use crate::database::Database;
use crate::sample::{entropy, pepper, person, save, saved_project, token};

const VALUE: &str = "s3cr3t-値-of-the-deploy-key-4711";

fn name(text: &str) -> VariableName {
    text.parse().unwrap()
}

fn key() -> SealKey {
    SealKey::new(&[3; 32])
}

#[tokio::test]
async fn variables_are_shown_masked_replaced_by_name_and_deleted() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let (first, second, key) = (&name("DEPLOY_KEY"), &name("API_URL"), &key());
        let (long, empty) = (&SecretValue::new(VALUE.to_owned()), &SecretValue::new(String::new()));
        save!(store, tx => {
            tx.set_variable(web.id, first, empty, (key, entropy()), Millis(1)).await?;
            tx.set_variable(web.id, first, long, (key, entropy()), Millis(2)).await?;
            tx.set_variable(web.id, second, empty, (key, entropy()), Millis(3)).await?;
        });
        let mut tx = store.read().await.unwrap();
        let shown = |v: rondo_domain::MaskedVariable| (v.name, v.mask, v.created_at.0);
        let all: Vec<_> = tx.variables(web.id).await.unwrap().into_iter().map(shown).collect();
        let of = |name: &str, mask: &str, at| (name.to_owned(), mask.to_owned(), at);
        assert_eq!(all, [of("API_URL", "xxxx", 3), of("DEPLOY_KEY", "xxxx4711", 2)]);
        let one = tx.variable(web.id, first).await.unwrap().map(shown);
        assert_eq!(one, Some(of("DEPLOY_KEY", "xxxx4711", 2)));
        let values = tx.variable_values(web.id, key).await.unwrap();
        let values: Vec<_> = values.iter().map(|(n, v)| (n.as_str(), v.expose())).collect();
        assert_eq!(values, [("API_URL", ""), ("DEPLOY_KEY", VALUE)]);
        drop(tx);
        let gone = save!(store, tx => [
            tx.delete_variable(web.id, first).await?,
            tx.delete_variable(web.id, first).await?,
        ]);
        assert_eq!(gone, [true, false]);
        assert_eq!(store.read().await.unwrap().variable(web.id, first).await.unwrap(), None);
    }
}

/// Seals a variable, changes its row past the store, and reads it.
async fn after(database: &Database, sql: &'static str, key: &SealKey) -> Result<String, Error> {
    let store = &database.open().await;
    let count = database.number("select count(*) from project").await;
    let (web, api) = (
        &saved_project(store, &format!("web-{count}")).await,
        &saved_project(store, &format!("api-{count}")).await,
    );
    let (value, sealing) = (&SecretValue::new(VALUE.to_owned()), &self::key());
    save!(store, tx => {
        tx.set_variable(web.id, &name("KEY"), value, (sealing, entropy()), Millis(1)).await?;
    });
    let mut changed = 1;
    if sql.contains("$1") {
        let statement = sqlx::query(sql).bind(api.id.to_string()).bind(web.id.to_string());
        changed = statement.execute(&mut database.bare().await).await.unwrap().rows_affected();
    }
    assert_eq!(changed, 1, "{sql}");
    let mut tx = store.read().await.unwrap();
    let mut values = tx.variable_values(web.id, key).await?;
    values.extend(tx.variable_values(api.id, key).await?);
    Ok(values[0].1.expose().to_owned())
}

#[tokio::test]
async fn a_sealed_value_opens_only_in_its_own_row_and_under_its_own_key() {
    for database in Database::each().await {
        let opened = after(&database, "nothing is changed", &key()).await;
        assert_eq!(opened.ok().as_deref(), Some(VALUE));
        for sql in [
            "update variable set project_id = $1 where project_id = $2",
            "update variable set name = 'OTHER' where project_id <> $1 and project_id = $2",
            "update variable set sealed = mask_bytes() where project_id <> $1 and project_id = $2",
        ] {
            // The two databases spell bytes differently; five of them are shorter than a nonce.
            let bytes =
                if database.is_postgres() { "'\\x0102030405'::bytea" } else { "x'0102030405'" };
            let sql = sql.replace("mask_bytes()", bytes).leak();
            let opened = after(&database, sql, &key()).await;
            assert!(matches!(opened, Err(Error::Corrupt("seal"))), "{sql}: {opened:?}");
        }
        let opened = after(&database, "nothing is changed", &SealKey::new(&[4; 32])).await;
        assert!(matches!(opened, Err(Error::Corrupt("seal"))), "{opened:?}");
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A text as it could lie in a file or stand in a dump.
fn spellings(text: &str) -> [Vec<u8>; 2] {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text.as_bytes().to_vec(), hex.into_bytes()]
}

#[tokio::test]
async fn the_bytes_of_the_database_hold_no_secret() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, web) = (&person("mika"), &saved_project(store, "web").await);
        let (personal, personal_secret) = &token(Holder::Person(mika.id), "visible-label", 1);
        let (badge, badge_secret) = &token(Holder::Project(web.id, Scope::All), "badge", 1);
        let link = Secret::mint(TokenKind::Personal, &entropy());
        let (value, digest) = (&SecretValue::new(VALUE.to_owned()), &link.digest(&pepper()));
        let session = &rondo_domain::Session {
            id: rondo_domain::SessionId::from_entropy(entropy()),
            person: mika.id,
            created_at: Millis(1),
            signed_in_at: Millis(1),
            seen_at: Millis(1),
            agent: "Firefox".to_owned(),
            address: "192.0.2.1".to_owned(),
        };
        save!(store, tx => {
            tx.insert_person(mika, "$argon2id$only-a-hash").await?;
            tx.insert_token(personal, "console").await?;
            tx.insert_token(badge, "console").await?;
            tx.insert_link(digest, LinkPurpose::Setup, Millis(1), Millis(9)).await?;
            tx.insert_session(session, &Digest::from_stored(entropy()), Millis(0)).await?;
            tx.set_variable(web.id, &name("KEY"), value, (&key(), entropy()), Millis(1)).await?;
        });
        let bytes = database.bytes().await;
        // The search finds what is there.
        assert!(contains(&bytes, b"visible-label"));
        assert!(contains(&bytes, b"only-a-hash"));
        let secrets = [personal_secret.expose(), badge_secret.expose(), link.expose()];
        // A token's id is public; the 43 characters after it are not.
        let bodies = secrets.map(|secret| secret.rsplit_once('_').unwrap().1);
        for secret in bodies.into_iter().chain([VALUE, &VALUE[..16]]) {
            for spelling in spellings(secret) {
                assert!(!contains(&bytes, &spelling), "a secret lies in the database");
            }
        }
    }
}
