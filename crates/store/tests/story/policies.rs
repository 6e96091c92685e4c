//! What organizations ask of tokens, and what their admins said of single ones, on both databases.

use rondo_domain::policy::Rules;
use rondo_domain::token::{Chosen, Holder, Overlap, Rotation};
use rondo_domain::{Millis, Role};
use rondo_store::{Approval, Burial, PolicyRow, TokenQuery};

use crate::database::Database;
use crate::sample::{organization, person, save, saved_project, token};

#[tokio::test]
async fn a_policy_is_set_by_who_knows_the_one_before() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (acme, other) = (&organization("acme"), &organization("other"));
        let rules = Rules {
            max_days: Some(90),
            no_unrestricted: true,
            networks: Chosen::only(vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()])
                .unwrap(),
            idle_days: Some(30),
            no_query: true,
            approval_since: Some(Millis(7)),
        };
        let of = |version, rules| PolicyRow { organization: acme.clone(), version, rules };
        let (first, second) = (&of(1, rules), &of(2, Rules::default()));
        save!(store, tx => {
            tx.insert_organization(acme).await?;
            tx.insert_organization(other).await?;
        });
        assert_eq!(store.read().await.unwrap().policy(acme.id).await.unwrap(), None);
        let set = save!(store, tx => [
            tx.set_policy(second).await?,
            tx.set_policy(first).await?,
            tx.set_policy(first).await?,
        ]);
        assert_eq!(set, [false, true, false]);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.policy(acme.id).await.unwrap().as_ref(), Some(first));
        assert_eq!(tx.policy(other.id).await.unwrap(), None);
        drop(tx);
        assert!(save!(store, tx => tx.set_policy(second).await?));
        let all = store.read().await.unwrap().policies().await.unwrap();
        assert_eq!(all, std::slice::from_ref(second));
    }
}

#[tokio::test]
async fn what_is_said_of_a_token_goes_to_its_successor_and_ends_with_it() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, root) =
            (&person("mika"), &rondo_domain::Person { admin: true, ..person("root") });
        let (web, lib) = (&saved_project(store, "web").await, &saved_project(store, "lib").await);
        let (old, _) = &token(Holder::Person(mika.id), "deploy", 10);
        let (new, _) = &token(Holder::Person(mika.id), "deploy", 20);
        let (of_root, _) = &token(Holder::Person(root.id), "root", 30);
        let said = |granted, reason: Option<&str>| Approval {
            granted,
            by: "person:ren".to_owned(),
            at: Millis(15),
            reason: reason.map(|reason| reason.parse().unwrap()),
        };
        let (yes, no) = (&said(true, None), &said(false, Some("用途が不明")));
        let rotation = &Rotation {
            predecessor: old.token.id,
            successor: new.token.id,
            begun_at: Millis(20),
            overlap: Overlap::default(),
            taken_up_at: None,
        };
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_person(root, "hash").await?;
            tx.set_role(mika.id, web.org, Some(Role::Admin)).await?;
            for row in [old, new, of_root] {
                tx.insert_token(row, "console").await?;
            }
            tx.insert_rotation(rotation, None).await?;
            tx.set_approval(web.org, old.token.id, yes).await?;
            tx.set_approval(web.org, old.token.id, no).await?;
        });
        let of = async |org| store.read().await.unwrap().approvals(org).await.unwrap();
        assert_eq!(of(web.org).await, [(old.token.id, no.clone())], "the newest word counts");

        // What was said goes on; where the old one was made before the rule, so does that.
        let mut policies = store.read().await.unwrap().organizations().await.unwrap();
        policies.retain(|organization| organization.id == lib.org);
        let rules = Rules { approval_since: Some(Millis(11)), ..Rules::default() };
        let policy = &PolicyRow { organization: policies.remove(0), version: 1, rules };
        let heirs = save!(store, tx => {
            tx.set_policy(policy).await?;
            tx.inherit_approvals(old.token.id, new.token.id, Millis(21)).await?
        });
        assert_eq!(heirs.len(), 2);
        assert!(of(web.org).await.contains(&(new.token.id, no.clone())));
        let own = Approval { by: "rotation".to_owned(), at: Millis(21), ..said(true, None) };
        assert_eq!(of(lib.org).await, [(new.token.id, own)]);

        let burial = &Burial { at: Millis(40), by: "console".to_owned(), reason: None };
        save!(store, tx => tx.delete_token(new.token.id, burial).await?);
        assert_eq!(of(web.org).await.len(), 1);
        assert_eq!(of(lib.org).await, []);

        // Who administers the server is an admin of every organization.
        let mut tx = store.read().await.unwrap();
        for (admins, count) in [(false, 1), (true, 2)] {
            let query = TokenQuery { admins, ..TokenQuery::default() };
            assert_eq!(tx.tokens_of_organization(web.org, query, 9).await.unwrap().len(), count);
        }
    }
}
