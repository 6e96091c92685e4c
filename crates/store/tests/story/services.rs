//! Service accounts: what is kept of one, and that its tokens go with it.

use rondo_domain::token::{Holder, Predicate, Suspect, Token, TokenKind};
use rondo_domain::{
    Actor, Ceiling, Home, Millis, OrgId, Permission, Permissions, PersonId, ProjectId,
    ServiceAccount, ServiceId,
};
use rondo_store::{Burial, Change, Error, TokenQuery};

use crate::database::Database;
use crate::sample::{entropy, person, pipeline, save, saved_project, token};

pub(crate) fn account(name: &str, home: Home, contacts: Vec<PersonId>) -> ServiceAccount {
    ServiceAccount {
        id: ServiceId::from_entropy(entropy()),
        name: name.parse().unwrap(),
        home,
        ceiling: Ceiling::new(Permissions::of(&[Permission::ReadBuilds])).unwrap(),
        contacts,
        created_at: Millis(5),
        disabled_at: None,
        deleted_at: None,
    }
}

#[tokio::test]
async fn a_service_account_is_kept_as_it_was_made_and_changed() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, ren) = (&person("mika"), &person("ren"));
        let web = &saved_project(store, "web").await;
        let own = &account("deploy-bot", Home::Organization(web.org), vec![mika.id]);
        let home = Home::Project { project: web.id, org: web.org };
        let of_web = &account("夜間", home, vec![mika.id]);
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_person(ren, "hash").await?;
            tx.insert_service(own, "console").await?;
            tx.insert_service(of_web, "console").await?;
            tx.announce(&Change::Service(own.id.to_string())).await?;
        });
        let read = async |id| store.read().await.unwrap().service(id).await.unwrap();
        assert_eq!(read(own.id).await.as_ref(), Some(own));
        assert_eq!(read(of_web.id).await.as_ref(), Some(of_web));
        assert_eq!(read(ServiceId::from_entropy(entropy())).await, None);
        let changes = store.read().await.unwrap().changes_after(0).await.unwrap().unwrap();
        assert_eq!(changes.last().unwrap().1, Change::Service(own.id.to_string()));

        let again = &account("deploy-bot", home, vec![mika.id]);
        let taken = store.write(|mut tx| async move { tx.insert_service(again, "x").await }).await;
        assert!(matches!(taken, Err(Error::Exists)), "{taken:?}");

        let (free, held) = (&"deployer".parse().unwrap(), &of_web.name);
        let set = |id, name| {
            store.write(move |mut tx| async move {
                tx.set_service_name(id, name).await?;
                tx.commit_progress().await
            })
        };
        set(own.id, free).await.unwrap();
        assert_eq!(read(own.id).await.unwrap().name, *free);
        assert!(
            matches!(set(own.id, held).await, Err(Error::Exists)),
            "one of the organization has it"
        );
        set(own.id, &own.name).await.unwrap();

        let mut contacts = vec![mika.id, ren.id];
        contacts.sort();
        let (ceiling, both) = (Ceiling::MOST, &contacts);
        save!(store, tx => {
            tx.set_service_ceiling(own.id, ceiling).await?;
            tx.set_service_contacts(own.id, both).await?;
            tx.set_service_disabled(own.id, Some(Millis(9))).await?;
        });
        let disabled_at = Some(Millis(9));
        let changed = ServiceAccount { ceiling, contacts, disabled_at, ..own.clone() };
        assert_eq!(read(own.id).await.unwrap(), changed);
        save!(store, tx => tx.set_service_disabled(own.id, None).await?);
        let mut all = store.read().await.unwrap().services().await.unwrap();
        all.sort_by_key(|account| account.name.clone());
        let enabled = ServiceAccount { disabled_at: None, ..changed };
        assert_eq!(all, [enabled, of_web.clone()]);
    }
}

#[tokio::test]
async fn an_account_that_is_deleted_takes_its_tokens_and_leaves_its_name() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, web) = (&person("mika"), &saved_project(store, "web").await);
        let home = Home::Organization(web.org);
        let (own, other) =
            (&account("bot", home, vec![mika.id]), &account("other", home, vec![mika.id]));
        let tokens = &[
            token(Holder::Service(own.id), "one", 10).0,
            token(Holder::Service(own.id), "two", 20).0,
            token(Holder::Service(other.id), "three", 30).0,
        ];
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            for account in [own, other] {
                tx.insert_service(account, "console").await?;
            }
            for row in tokens {
                tx.insert_token(row, "console").await?;
            }
        });
        let list = async |id| {
            let mut tx = store.read().await.unwrap();
            let tokens: Vec<Token> = tx.tokens_of_service(id).await.unwrap();
            tokens.into_iter().map(|token| token.label.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(list(own.id).await, ["two", "one"]);
        let maker = store.read().await.unwrap().token_maker(tokens[0].token.id).await.unwrap();
        assert_eq!(maker.as_deref(), Some("console"));
        let mut new = pipeline(web, 40);
        new.actor = Some(Actor::Service(own.id));
        let (id, new) = (new.id, &new);
        assert_eq!(save!(store, tx => tx.insert_pipeline(new).await?), 1);

        let reason = Some("moved".parse().unwrap());
        let burial = &Burial { at: Millis(50), by: "console".to_owned(), reason };
        assert_eq!(save!(store, tx => tx.delete_service(own.id, burial).await?), 2);
        assert_eq!(list(own.id).await, [""; 0]);
        assert_eq!(list(other.id).await, ["three"]);
        let mut tx = store.read().await.unwrap();
        let gone = tx.service(own.id).await.unwrap().unwrap();
        assert_eq!((gone.name.as_str(), gone.deleted_at), ("bot", Some(Millis(50))));
        let (tombstone, digest) = tx.tombstone(tokens[0].token.id).await.unwrap().unwrap();
        assert_eq!(tombstone.holder, Holder::Service(own.id));
        assert_eq!(tombstone.reason, burial.reason);
        assert!(digest.matches(&tokens[0].digest));
        assert!(tx.tombstone(tokens[2].token.id).await.unwrap().is_none());
        let pipeline = tx.pipeline(id).await.unwrap().unwrap();
        assert_eq!(pipeline.actor, Some(Actor::Service(own.id)));
        drop(tx);
        // Another one may be called the same.
        let again = &account("bot", home, vec![mika.id]);
        save!(store, tx => tx.insert_service(again, "console").await?);
    }
}

#[tokio::test]
async fn the_tokens_of_accounts_are_found_by_where_these_belong() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let (web, other) =
            (&saved_project(store, "web").await, &saved_project(store, "other").await);
        let of_project = Home::Project { project: web.id, org: web.org };
        let accounts = &[
            account("whole", Home::Organization(web.org), vec![mika.id]),
            account("part", of_project, vec![mika.id]),
            account("foreign", Home::Organization(other.org), vec![mika.id]),
        ];
        let row = |at: usize| {
            let mut row = token(Holder::Service(accounts[at].id), "t", 10 * (at as i64 + 1)).0;
            row.token.reach.rights = Ceiling::MOST.rights();
            row
        };
        let rows = &[row(0), row(1), row(2)];
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            for (account, row) in accounts.iter().zip(rows) {
                tx.insert_service(account, "console").await?;
                tx.insert_token(row, "console").await?;
            }
        });
        let list = async |org: OrgId, query: TokenQuery<'_>| {
            let mut tx = store.read().await.unwrap();
            let found = tx.tokens_of_organization(org, query, 9).await.unwrap();
            found.into_iter().map(|token| token.created_at.0).collect::<Vec<_>>()
        };
        let all = TokenQuery::default();
        assert_eq!(list(web.org, all).await, [20, 10]);
        assert_eq!(list(other.org, all).await, [30]);
        for (query, expected) in [
            (TokenQuery { kind: Some(TokenKind::Service), ..all }, &[20, 10][..]),
            (TokenQuery { kind: Some(TokenKind::Project), ..all }, &[]),
            (TokenQuery { kind: Some(TokenKind::Personal), ..all }, &[]),
            (TokenQuery { project: Some(web.id), ..all }, &[20]),
            (TokenQuery { unrestricted: true, ..all }, &[]),
        ] {
            assert_eq!(list(web.org, query).await, expected, "{query:?}");
        }
        let hit = async |projects: Option<Vec<ProjectId>>, services: &[ServiceId]| {
            let services = services.to_vec();
            let predicate = &Predicate { projects, services, ..Predicate::made_by(Millis(100)) };
            let (_, tokens) = store.read().await.unwrap().hit_by(predicate).await.unwrap();
            for row in rows {
                let Token { id, holder, reach, created_at, .. } = &row.token;
                let hit = predicate.hits(&Suspect {
                    id: *id,
                    holder,
                    reach,
                    created_at: *created_at,
                    used: false,
                    seen: false,
                });
                assert_eq!(hit, tokens.iter().any(|token| token.id == row.token.id));
            }
            // What is kept of it is what it was.
            let burial = &Burial { at: Millis(90), by: "console".to_owned(), reason: None };
            let number = save!(store, tx => tx.insert_revocation((predicate, None), burial).await?);
            let kept = store.read().await.unwrap().revocation(number).await.unwrap().unwrap().0;
            assert_eq!(kept.predicate, *predicate);
            tokens.into_iter().map(|token| token.created_at.0).collect::<Vec<_>>()
        };
        let [whole, part, _] = accounts.each_ref().map(|account| account.id);
        assert_eq!(hit(None, &[]).await, [10, 20, 30]);
        assert_eq!(hit(Some(vec![web.id]), &[part]).await, [20]);
        assert_eq!(hit(Some(vec![web.id]), &[whole, part]).await, [10, 20]);
        assert_eq!(hit(Some(Vec::new()), &[whole]).await, [10]);
        assert_eq!(hit(Some(Vec::new()), &[]).await, [0; 0]);
    }
}
