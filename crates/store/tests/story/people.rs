//! The first half of the story: people, their sign-ins and links, organizations and roles, projects,
//! tokens, the audit log and the feed of changes.

use std::collections::HashSet;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::token::{Chosen, Holder, Preset, Reach, Scope, Token, Tombstone};
use rondo_domain::{
    LinkPurpose, Membership, Millis, PersonId, Project, ProjectId, Role, Session, SessionId, Vcs,
};
use rondo_store::{AuditQuery, AuditRow, Burial, Change, Error, Store};
use sqlx::Connection;

use crate::database::Database;
use crate::sample::{
    by, commit_noted, digest, entropy, organization, person, project, save, saved_project, token,
};

#[tokio::test]
async fn migrations_run_once_however_often_and_by_however_many_the_database_is_opened() {
    for database in Database::each().await {
        // Two at once on nothing, then a third.
        let (first, second) = tokio::join!(database.open(), database.open());
        let project = saved_project(&first, "web").await;
        let third = database.open().await;
        for store in [&first, &second, &third] {
            let projects = store.read().await.unwrap().projects().await.unwrap();
            assert_eq!(projects, std::slice::from_ref(&project));
        }
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        let applied = database.number("select count(*) from migration").await;
        assert_eq!(usize::try_from(applied).unwrap(), files.count());
        for store in [first, second, third] {
            store.close().await;
            assert!(store.read().await.is_err(), "a closed store answers");
        }
    }
}

#[tokio::test]
async fn whatever_version_made_a_file_its_rows_are_read_once_it_is_migrated() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts: Vec<_> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    for version in 1..=texts.len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rondo.db");
        let org = organization("acme");
        let web = project(&org, "web");
        let mut old = "create table migration (number bigint primary key);".to_owned();
        for (number, text) in (1..=version).zip(&texts) {
            old += &format!("{text};insert into migration (number) values ({number});");
            if number == 1 {
                old += &format!(
                    "insert into organization values ('{}', 'github', 'acme');
                     insert into project values ('{id}', '{}', 'gh', 'acme', 'web', '{}', 'main', 0, 0, 0, 2);
                     insert into token values ('AAAAAAAAAAA', null, '{id}', 'status', 'badge', 1, \
                     zeroblob(32), 5, 'console', null);",
                    org.id, web.org, web.git_url, id = web.id,
                );
            }
        }
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let mut bare = sqlx::AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(old)).execute(&mut bare).await.unwrap();
        bare.close().await.unwrap();

        let store = Store::open_file(&path).await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.projects().await.unwrap(), std::slice::from_ref(&web), "{version}");
        let tokens = tx.tokens_of_project(web.id).await.unwrap();
        assert_eq!(tokens[0].label.as_str(), "badge", "{version}");
        drop(tx);
        let read = save!(store, tx => tx.project(web.id).await?);
        assert_eq!(read.as_ref(), Some(&web), "{version}");
    }
}

#[tokio::test]
async fn a_file_is_opened_by_its_path_whatever_characters_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b?c#d%20 倉庫.db");
    let store = Store::open_file(&path).await.unwrap();
    let project = saved_project(&store, "web").await;
    store.close().await;
    assert!(path.exists());
    let again = Store::open_file(&path).await.unwrap();
    assert_eq!(again.read().await.unwrap().projects().await.unwrap(), [project]);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error_that_says_so() {
    for url in ["sqlite:///proc/no/such/folder/x.db?mode=rwc", "postgres://x@127.0.0.1:1/x"] {
        sqlx::any::install_default_drivers();
        let error = Store::open(url).await.err().expect("nothing is there");
        assert!(!error.to_string().is_empty());
    }
}

#[tokio::test]
async fn people_come_in_the_order_of_their_names_and_can_be_disabled() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, aiko) = (&person("mika"), &person("愛子"));
        let ren = &rondo_domain::Person { admin: true, ..person("ren") };
        save!(store, tx => {
            tx.insert_person(ren, "hash-ren").await?;
            tx.insert_person(mika, "hash-mika").await?;
            tx.insert_person(aiko, "hash-aiko").await?;
        });
        let taken = store
            .write(|mut tx| async move {
                tx.insert_person(&person("mika"), "other").await?;
                tx.commit_progress().await
            })
            .await;
        assert!(matches!(taken, Err(Error::Exists)), "{taken:?}");
        let taken = store
            .write(|mut tx| async move {
                tx.insert_person(&person("MIKA"), "other").await?;
                tx.commit_progress().await
            })
            .await;
        assert!(matches!(taken, Err(Error::Exists)), "a name is taken in every case: {taken:?}");

        save!(store, tx => {
            tx.set_disabled(mika.id, Some(Millis(5))).await?;
            tx.set_password(mika.id, "newer").await?;
        });
        let mut tx = store.read().await.unwrap();
        let disabled = rondo_domain::Person { disabled_at: Some(Millis(5)), ..mika.clone() };
        let people = tx.people().await.unwrap();
        assert_eq!(people, [disabled.clone(), ren.clone(), aiko.clone()]);
        assert_eq!(tx.person(mika.id).await.unwrap(), Some(disabled));
        assert_eq!(tx.person(PersonId::from_entropy(entropy())).await.unwrap(), None);
        assert_eq!(tx.person_named(&aiko.name).await.unwrap().as_ref(), Some(aiko));
        let shouted = tx.person_named(&"REN".parse().unwrap()).await.unwrap();
        assert_eq!(shouted.as_ref(), Some(ren));
        assert_eq!(tx.person_named(&"nobody".parse().unwrap()).await.unwrap(), None);
        assert_eq!(tx.password_hash(mika.id).await.unwrap().as_deref(), Some("newer"));
        assert_eq!(tx.password_hash(ren.id).await.unwrap().as_deref(), Some("hash-ren"));
        drop(tx);

        save!(store, tx => tx.set_disabled(mika.id, None).await?);
        let enabled = store.read().await.unwrap().person(mika.id).await.unwrap();
        assert_eq!(enabled.as_ref(), Some(mika));
    }
}

#[tokio::test]
async fn a_person_has_one_role_in_an_organization_or_none() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, acme) = (&person("mika"), &organization("acme"));
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_organization(acme).await?;
            tx.set_role(mika.id, acme.id, Some(Role::Viewer)).await?;
            tx.set_role(mika.id, acme.id, Some(Role::Admin)).await?;
        });
        let mut tx = store.read().await.unwrap();
        let found = tx.organization(Vcs::Github, "acme").await.unwrap();
        assert_eq!(found.as_ref(), Some(acme));
        assert_eq!(tx.organizations().await.unwrap(), std::slice::from_ref(acme));
        assert_eq!(tx.organization(Vcs::Bitbucket, "acme").await.unwrap(), None);
        let membership = Membership { person: mika.id, org: acme.id, role: Role::Admin };
        assert_eq!(tx.memberships().await.unwrap(), std::slice::from_ref(&membership));
        assert_eq!(tx.memberships_of(mika.id).await.unwrap(), [membership]);
        drop(tx);
        save!(store, tx => tx.set_role(mika.id, acme.id, None).await?);
        assert_eq!(store.read().await.unwrap().memberships().await.unwrap(), []);
    }
}

fn session(person: PersonId, seen_at: i64) -> Session {
    Session {
        id: SessionId::from_entropy(entropy()),
        person,
        created_at: Millis(10),
        signed_in_at: Millis(10),
        seen_at: Millis(seen_at),
        agent: "Firefox".to_owned(),
        address: "192.0.2.1".to_owned(),
    }
}

#[tokio::test]
async fn sessions_are_found_by_their_digest_and_end_one_by_one_or_all_but_one() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, ren) = (&person("mika"), &person("ren"));
        let (idle, phone, laptop) =
            (&session(mika.id, 10), &session(mika.id, 20), &session(mika.id, 30));
        let (keys, other) = (&[digest(), digest(), digest()], &session(ren.id, 40));
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_person(ren, "hash").await?;
            tx.insert_session(idle, &keys[0], Millis(0)).await?;
            tx.insert_session(phone, &keys[1], Millis(15)).await?;
            tx.insert_session(laptop, &keys[2], Millis(15)).await?;
            tx.insert_session(other, &digest(), Millis(15)).await?;
        });
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.session(&keys[0]).await.unwrap(), None, "an idle one is dropped");
        assert_eq!(tx.session(&keys[1]).await.unwrap().as_ref(), Some(phone));
        let both = [laptop.clone(), phone.clone()];
        assert_eq!(tx.sessions_of(mika.id).await.unwrap(), both);
        drop(tx);

        let ended = save!(store, tx => {
            tx.touch_session(phone.id, Millis(50)).await?;
            tx.touch_session(laptop.id, Millis(45)).await?;
            // Somebody else's session is not theirs to end.
            [tx.delete_session(mika.id, other.id).await?, tx.delete_session(ren.id, other.id).await?]
        });
        assert_eq!(ended, [false, true]);
        let phone = Session { seen_at: Millis(50), ..phone.clone() };
        let laptop = Session { seen_at: Millis(45), ..laptop.clone() };
        let both = [phone.clone(), laptop];
        assert_eq!(store.read().await.unwrap().sessions_of(mika.id).await.unwrap(), both);

        save!(store, tx => tx.delete_sessions_of(mika.id, Some(phone.id)).await?);
        assert_eq!(store.read().await.unwrap().sessions_of(mika.id).await.unwrap(), [phone]);
        save!(store, tx => tx.delete_sessions_of(mika.id, None).await?);
        assert_eq!(store.read().await.unwrap().sessions_of(mika.id).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_link_works_once_until_its_time_is_over() {
    for database in Database::each().await {
        let store = &database.open().await;
        let mika = &person("mika");
        let sign_in = LinkPurpose::SignIn(mika.id);
        let keys = &[digest(), digest(), digest()];
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_link(&keys[0], sign_in, Millis(10), Millis(20)).await?;
            tx.insert_link(&keys[1], LinkPurpose::Setup, Millis(10), Millis(90)).await?;
        });
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.link(&keys[0], Millis(19)).await.unwrap(), Some(sign_in));
        assert_eq!(tx.link(&keys[0], Millis(20)).await.unwrap(), None);
        assert_eq!(tx.link(&keys[1], Millis(20)).await.unwrap(), Some(LinkPurpose::Setup));
        assert_eq!(tx.link(&keys[2], Millis(20)).await.unwrap(), None);
        drop(tx);

        let taken = save!(store, tx => [
            tx.take_link(&keys[0], Millis(20)).await?,
            tx.take_link(&keys[0], Millis(19)).await?,
            tx.take_link(&keys[0], Millis(19)).await?,
        ]);
        assert_eq!(taken, [None, Some(sign_in), None]);
        save!(store, tx => {
            tx.insert_link(&keys[2], sign_in, Millis(30), Millis(40)).await?;
            tx.delete_setup_links().await?;
        });
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.link(&keys[1], Millis(30)).await.unwrap(), None);
        assert_eq!(tx.link(&keys[2], Millis(30)).await.unwrap(), Some(sign_in));
    }
}

#[tokio::test]
async fn projects_come_by_name_and_are_followed_and_made_public() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, acme) = (&person("mika"), &organization("acme"));
        let (web, api) = (&project(acme, "web"), &project(acme, "倉庫-api"));
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_organization(acme).await?;
            tx.insert_project(api).await?;
            tx.insert_project(web).await?;
        });
        let twin = store
            .write(|mut tx| async move {
                tx.insert_project(&project(acme, "web")).await?;
                tx.commit_progress().await
            })
            .await;
        assert!(matches!(twin, Err(Error::Exists)), "{twin:?}");

        let changed = save!(store, tx => {
            tx.update_project(&Project { public: true, ..web.clone() }).await?;
            let twice = (tx.set_follow(mika.id, api.id, true).await?,
                tx.set_follow(mika.id, api.id, true).await?);
            tx.set_follow(mika.id, web.id, true).await?;
            (twice, tx.set_follow(mika.id, web.id, false).await?)
        });
        assert_eq!(changed, ((true, false), true));
        let mut tx = store.read().await.unwrap();
        let web = &Project { public: true, ..web.clone() };
        assert_eq!(tx.projects().await.unwrap(), [web.clone(), api.clone()]);
        assert_eq!(tx.project(web.id).await.unwrap().as_ref(), Some(web));
        assert_eq!(tx.followed(mika.id).await.unwrap(), [api.id]);
        assert_eq!(tx.follows().await.unwrap(), [(mika.id, api.id)]);
        assert_eq!(tx.build_count(web.id).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn tokens_are_listed_by_owner_noted_when_used_and_gone_when_deleted() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, web) = (&person("mika"), &saved_project(store, "web").await);
        let (old, _) = &token(Holder::Person(mika.id), "古い鍵 🔑", 10);
        let (new, secret) = &token(Holder::Person(mika.id), "new", 20);
        let (badge, _) = &token(Holder::Project(web.id, Scope::Status), "badge", 30);
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            for row in [old, new, badge] {
                tx.insert_token(row, "console").await?;
            }
        });
        let twin = store
            .write(|mut tx| async move {
                tx.insert_token(new, "console").await?;
                tx.commit_progress().await
            })
            .await;
        assert!(matches!(twin, Err(Error::Exists)), "{twin:?}");

        save!(store, tx => {
            tx.note_use(new.token.id, Millis(60)).await?;
            tx.note_use(new.token.id, Millis(50)).await?;
        });
        let used = Token { last_used_at: Some(Millis(60)), ..new.token.clone() };
        let mut tx = store.read().await.unwrap();
        let own = tx.tokens_of_person(mika.id).await.unwrap();
        assert_eq!(own, [used.clone(), old.token.clone()]);
        assert_eq!(tx.tokens_of_project(web.id).await.unwrap(), std::slice::from_ref(&badge.token));
        let row = tx.token(new.token.id).await.unwrap().expect("it is there");
        assert!(row.digest.matches(&secret.digest(&crate::sample::pepper())));
        assert_eq!((row.token, row.pepper), (used.clone(), 1));
        drop(tx);

        let reason = Some("it leaked".parse().unwrap());
        let burial = &Burial { at: Millis(70), by: "console".to_owned(), reason: reason.clone() };
        let announced = store.read().await.unwrap().changes_after(0).await.unwrap().unwrap();
        for row in [old, new, badge] {
            let made = Change::Token(row.token.id.to_string());
            assert!(announced.iter().any(|(_, change)| *change == made), "nobody hears of it");
        }
        let gone = save!(store, tx => [
            tx.delete_token(new.token.id, burial).await?,
            tx.delete_token(new.token.id, burial).await?,
        ]);
        assert_eq!(gone, [Some(used), None]);
        let mut tx = store.read().await.unwrap();
        assert!(tx.token(new.token.id).await.unwrap().is_none());
        let (tombstone, digest) = tx.tombstone(new.token.id).await.unwrap().unwrap();
        let expected = Tombstone {
            id: new.token.id,
            holder: new.token.holder,
            label: new.token.label.clone(),
            created_at: new.token.created_at,
            last_used_at: Some(Millis(60)),
            deleted_at: Millis(70),
            deleted_by: "console".to_owned(),
            reason,
        };
        assert_eq!(tombstone, expected);
        assert!(digest.matches(&new.digest));
        assert_eq!(tx.token_ids().await.unwrap(), 3, "the dead one is among them");
        let page = tx.token_ids_after(None, 2).await.unwrap();
        let rest = tx.token_ids_after(page.last().copied(), 2).await.unwrap();
        let ids: HashSet<_> = page.iter().chain(&rest).copied().collect();
        assert_eq!(ids, [old, new, badge].map(|row| row.token.id).into());
        assert_eq!((page.len(), rest.len()), (2, 1));
        drop(tx);
        let forgotten = save!(store, tx => [
            tx.forget_tombstones(Millis(70)).await?,
            tx.forget_tombstones(Millis(71)).await?,
        ]);
        assert_eq!(forgotten, [0, 1]);
    }
}

#[tokio::test]
async fn what_a_token_is_narrowed_to_is_kept_as_it_was_and_only_its_stops_change() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, web) = (&person("mika"), &saved_project(store, "web").await);
        let (mut narrow, _) = token(Holder::Person(mika.id), "narrow", 20);
        narrow.token.reach = Reach {
            rights: Preset::TriggerBuilds.rights(),
            projects: Chosen::only(vec![web.id, ProjectId::from_entropy(entropy())]).unwrap(),
            networks: Chosen::only(
                ["10.0.0.0/8", "2001:db8::/32"].map(|text| text.parse().unwrap()).into(),
            )
            .unwrap(),
            expires_at: Some(Millis(7_000)),
        };
        let narrow = &narrow;
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_token(narrow, "console").await?;
        });
        let read = async || {
            store.read().await.unwrap().token(narrow.token.id).await.unwrap().unwrap().token
        };
        assert_eq!(read().await, narrow.token);
        let changed = save!(store, tx => [
            tx.set_token_disabled(narrow.token.id, Some(Millis(40))).await?,
            tx.set_token_disabled(narrow.token.id, Some(Millis(50))).await?,
        ]);
        assert_eq!(changed, [true, false]);
        let disabled = Token { disabled_at: Some(Millis(40)), ..narrow.token.clone() };
        assert_eq!(read().await, disabled);
        let changed = save!(store, tx => [
            tx.set_token_disabled(narrow.token.id, None).await?,
            tx.set_token_disabled(narrow.token.id, None).await?,
        ]);
        assert_eq!(changed, [true, false]);
        assert_eq!(read().await, narrow.token);
        let changed = save!(store, tx => [
            tx.shorten_token(narrow.token.id, Millis(7_001)).await?,
            tx.shorten_token(narrow.token.id, Millis(7_000)).await?,
            tx.shorten_token(narrow.token.id, Millis(6_000)).await?,
        ]);
        assert_eq!(changed, [false, false, true], "an end comes nearer, and never later");
        let reach = Reach { expires_at: Some(Millis(6_000)), ..narrow.token.reach.clone() };
        assert_eq!(read().await, Token { reach, ..narrow.token.clone() });
    }
}

#[tokio::test]
async fn the_audit_log_says_who_did_what_through_which_request() {
    for database in Database::each().await {
        let store = &database.open().await;
        for (at, event) in [(1, Event::PersonCreate), (2, Event::Trigger), (3, Event::Trigger)] {
            let entry = &Entry::new(event, format_args!("subject-{at}")).with("in detail");
            store.write(|tx| async move { tx.commit(&by(at), entry.clone()).await }).await.unwrap();
        }
        let mut tx = store.read().await.unwrap();
        let shape = |row: &AuditRow| (row.number, row.by.at.0, row.event.clone());
        let newest = tx.audit(AuditQuery::default(), 2).await.unwrap();
        let shapes: Vec<_> = newest.iter().map(shape).collect();
        let trigger = "build.trigger".to_owned();
        assert_eq!(shapes, [(3, 3, trigger.clone()), (2, 2, trigger)]);
        let row = &newest[0];
        let by = &row.by;
        assert_eq!((row.subject.as_str(), row.detail.as_str()), ("subject-3", "in detail"));
        assert_eq!((by.actor.as_str(), by.token.as_deref()), ("console", Some("AbCdEfGhIjK")));
        assert_eq!((by.address.as_str(), by.agent.as_str()), ("192.0.2.7", "tester/1"));
        assert_eq!(by.request, "r-1");
        let created = tx
            .audit(AuditQuery { event: Some(Event::PersonCreate), ..AuditQuery::default() }, 10)
            .await
            .unwrap();
        assert_eq!(
            created.iter().map(shape).collect::<Vec<_>>(),
            [(1, 1, "person.create".to_owned())]
        );
    }
}

#[tokio::test]
async fn every_change_is_announced_in_order_and_whoever_missed_too_many_is_told() {
    for database in Database::each().await {
        let store = &database.open().await;
        let word = |kind: &str| format!("{kind}-1");
        let all = &[
            Change::Token(word("token")),
            Change::Person(word("person")),
            Change::Project(word("project")),
            Change::Standing(word("standing")),
        ];
        assert_eq!(store.read().await.unwrap().newest_change().await.unwrap(), 0);
        for change in all {
            store
                .write(|mut tx| async move {
                    tx.announce(change).await?;
                    commit_noted(tx, 1).await
                })
                .await
                .unwrap();
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.newest_change().await.unwrap(), 4);
        let numbered: Vec<_> = (1..).zip(all.clone()).collect();
        assert_eq!(tx.changes_after(0).await.unwrap(), Some(numbered.clone()));
        assert_eq!(tx.changes_after(3).await.unwrap(), Some(numbered[3..].to_vec()));
        assert_eq!(tx.changes_after(4).await.unwrap(), Some(Vec::new()));
        drop(tx);
        database.tamper("delete from change where number < 3").await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.changes_after(1).await.unwrap(), None);
        assert_eq!(tx.changes_after(2).await.unwrap(), Some(numbered[2..].to_vec()));
        drop(tx);
        // What this database cannot have sent is no reason to guess.
        database.tamper("update change set kind = 'gift' where number = 4").await;
        let unread = store.read().await.unwrap().changes_after(3).await;
        assert!(matches!(unread, Err(Error::Corrupt("change"))), "{unread:?}");
    }
}

#[tokio::test]
async fn people_from_before_whose_names_differ_in_case_alone_keep_their_own_spelling() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (mika, other) = (&person("mika"), &person("other"));
        save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            tx.insert_person(other, "hash").await?;
        });
        assert_eq!(
            database.tamper("update person set name = 'MIKA' where name = 'other'").await,
            1
        );
        let mut tx = store.read().await.unwrap();
        for (name, found) in [("mika", Some(mika.id)), ("MIKA", Some(other.id)), ("Mika", None)] {
            let person = tx.person_named(&name.parse().unwrap()).await.unwrap();
            assert_eq!(person.map(|person| person.id), found, "{name}");
        }
    }
}
