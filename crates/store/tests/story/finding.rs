//! Tokens that are found: what people are told of them, and the list of an organization's.

use rondo_domain::token::{Chosen, Holder, Notice, Reach, Scope, TokenKind};
use rondo_domain::{Millis, ProjectId, Role};
use rondo_store::TokenQuery;

use crate::database::Database;
use crate::sample::{person, save, saved_project, token};

#[tokio::test]
async fn a_person_is_told_of_a_found_token_until_they_dismiss_it() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, ren, aiko) = (&person("mika"), &person("ren"), &person("愛子"));
        let root = &rondo_domain::Person { admin: true, ..person("root") };
        let web = &saved_project(store, "web").await;
        let told = |project, at| Notice {
            token: token(Holder::Person(mika.id), "x", 1).0.token.id,
            label: "古い鍵".parse().unwrap(),
            project,
            service: None,
            at: Millis(at),
        };
        let (own, of_web) = (&told(None, 10), &told(Some(web.id), 20));
        save!(store, tx => {
            for person in [mika, ren, aiko, root] {
                tx.insert_person(person, "hash").await?;
            }
            tx.set_role(mika.id, web.org, Some(Role::Admin)).await?;
            tx.set_role(aiko.id, web.org, Some(Role::Contributor)).await?;
            tx.insert_notice(mika.id, own).await?;
            // Told twice is told once.
            tx.insert_notice(mika.id, own).await?;
            tx.insert_notice(mika.id, of_web).await?;
        });
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.notices_of(mika.id).await.unwrap(), [of_web.clone(), own.clone()]);
        assert_eq!(tx.notices_of(ren.id).await.unwrap(), []);
        let mut admins = tx.admins_of(web.org).await.unwrap();
        admins.sort_by_key(ToString::to_string);
        let mut expected = [mika.id, root.id];
        expected.sort_by_key(ToString::to_string);
        assert_eq!(admins, expected);
        drop(tx);
        let dismissed = save!(store, tx => [
            tx.delete_notice(ren.id, own.token).await?,
            tx.delete_notice(mika.id, own.token).await?,
            tx.delete_notice(mika.id, own.token).await?,
        ]);
        assert_eq!(dismissed, [false, true, false]);
        save!(store, tx => tx.set_disabled(mika.id, Some(Millis(30))).await?);
        let admins = store.read().await.unwrap().admins_of(web.org).await.unwrap();
        assert_eq!(admins, [root.id], "who is disabled is told nothing");
    }
}

#[tokio::test]
async fn the_tokens_of_an_organization_are_read_page_by_page() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, ren) = (&person("mika"), &person("ren"));
        let (web, other) =
            (&saved_project(store, "web").await, &saved_project(store, "other").await);
        assert_ne!(web.org, other.org);
        let row = |holder, label, at, reach: Option<Reach>| {
            let (mut row, _) = token(holder, label, at);
            row.token.reach = reach.unwrap_or(Reach::WHOLE);
            row
        };
        let only = |ids: &[ProjectId]| Chosen::only(ids.to_vec()).unwrap();
        let of = |projects| Some(Reach { projects, ..Reach::WHOLE });
        let own = Holder::Person(mika.id);
        let ends = Reach { expires_at: Some(Millis(900)), ..Reach::WHOLE };
        let rows = &[
            row(own, "whole", 10, None),
            row(own, "other", 20, of(only(&[other.id]))),
            row(own, "both", 30, of(only(&[other.id, web.id]))),
            row(own, "100% 終", 40, Some(ends)),
            row(Holder::Project(web.id, Scope::All), "badge", 50, None),
            row(Holder::Project(other.id, Scope::All), "badge", 60, None),
            row(Holder::Person(ren.id), "no member", 70, None),
        ];
        save!(store, tx => {
            for person in [mika, ren] {
                tx.insert_person(person, "hash").await?;
            }
            tx.set_role(mika.id, web.org, Some(Role::Viewer)).await?;
            for row in rows {
                tx.insert_token(row, "console").await?;
            }
            tx.note_use(rows[0].token.id, Millis(500)).await?;
        });
        let list = async |query: TokenQuery<'_>, most| {
            let mut tx = store.read().await.unwrap();
            let found = tx.tokens_of_organization(web.org, query, most).await.unwrap();
            found.into_iter().map(|token| token.created_at.0).collect::<Vec<_>>()
        };
        let all = TokenQuery::default();
        assert_eq!(list(all, 9).await, [50, 40, 30, 10]);
        assert_eq!(list(all, 2).await, [50, 40]);
        let before = Some((Millis(40), rows[3].token.id));
        assert_eq!(list(TokenQuery { before, ..all }, 9).await, [30, 10]);
        for (query, expected) in [
            (TokenQuery { kind: Some(TokenKind::Project), ..all }, &[50][..]),
            (TokenQuery { kind: Some(TokenKind::Personal), ..all }, &[40, 30, 10]),
            (TokenQuery { person: Some(mika.id), ..all }, &[40, 30, 10]),
            (TokenQuery { person: Some(ren.id), ..all }, &[]),
            (TokenQuery { project: Some(web.id), ..all }, &[50]),
            (TokenQuery { never_used: true, ..all }, &[50, 40, 30]),
            (TokenQuery { idle_since: Some(Millis(45)), ..all }, &[40, 30]),
            (TokenQuery { idle_since: Some(Millis(501)), ..all }, &[50, 40, 30, 10]),
            (TokenQuery { unrestricted: true, ..all }, &[10]),
            (TokenQuery { ends_by: Some(Millis(900)), ..all }, &[40]),
            (TokenQuery { ends_by: Some(Millis(899)), ..all }, &[]),
            (TokenQuery { text: Some("%"), ..all }, &[40]),
            (TokenQuery { text: Some("BADGE"), ..all }, &[50]),
            (TokenQuery { text: Some(rows[0].token.id.as_str()), ..all }, &[10]),
        ] {
            assert_eq!(list(query, 9).await, expected, "{query:?}");
        }
    }
}
