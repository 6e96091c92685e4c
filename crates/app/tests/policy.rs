//! Policies of organizations against a clock that is moved by hand: tokens that nobody uses are deleted where
//! one says so, and a use wins; and that no policy, whatever it is, ever gives anybody more.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod place;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rondo_app::{App, Ctx, NewProject, NewToken, PolicyWish, RoleChange, Source, TokenList};
use rondo_domain::policy::Rules;
use rondo_domain::principal::Credential;
use rondo_domain::token::{Presented, Scope, Wish};
use rondo_domain::{Millis, Organization, Permission, Person, Principal, Role, Vcs};

const START: i64 = 1_700_000_000_000;
const DAY: i64 = 24 * 3600 * 1000;

struct Place {
    app: Arc<App>,
    clock: Arc<AtomicI64>,
    acme: Organization,
    mika: Person,
    ren: Person,
    root: Person,
    _folder: tempfile::TempDir,
}

impl Place {
    /// mika belongs to `gh/acme` alone, ren to `gh/other` too, root administers the server.
    async fn make() -> Self {
        let (app, clock, temporary) = place::open(START, 900).await;
        let console = Ctx::console(Millis(START));
        let add = async |name: &str, admin| {
            let password = "correct horse battery".to_owned();
            app.add_person(&console, name.parse().unwrap(), password, admin).await.unwrap()
        };
        let (mika, ren) = (add("mika", false).await, add("ren", false).await);
        let root = add("root", true).await;
        for slug in ["gh/acme/web", "gh/acme/lib", "gh/other/thing"] {
            let new = NewProject {
                slug: slug.parse().unwrap(),
                git_url: "https://git.example.com/acme.git".parse().unwrap(),
                default_branch: "main".parse().unwrap(),
                public: false,
            };
            app.add_project(&console, new).await.unwrap();
        }
        for (person, org) in [(&mika, "acme"), (&ren, "acme"), (&ren, "other")] {
            let change = RoleChange {
                person: person.name.clone(),
                vcs: Vcs::Github,
                org: org.to_owned(),
                role: Some(Role::Admin),
            };
            app.set_role(&console, &change).await.unwrap();
        }
        let acme = app.organization_at("gh", "acme").await.unwrap().unwrap();
        Self { app, clock, acme, mika, ren, root, _folder: temporary }
    }

    fn now(&self) -> Millis {
        Millis(self.clock.load(Ordering::Relaxed))
    }

    fn pass(&self, time: i64) {
        self.clock.fetch_add(time, Ordering::Relaxed);
    }

    fn console(&self) -> Ctx {
        Ctx::console(self.now())
    }

    async fn set(&self, rules: Rules, approval: bool) {
        let who = self.console().who;
        let access = self.app.access_to_organization(&who, self.acme.id);
        let ctx = Ctx { access, ..self.console() };
        let (version, _) = self.app.organization_policy(&ctx, &self.acme).await.unwrap();
        let wish = PolicyWish { version, rules, approval, confirmed: true };
        self.app.set_policy(&ctx, &self.acme, wish).await.unwrap();
    }

    async fn personal(&self, person: &Person, projects: &[&str]) -> NewToken {
        let who = Principal::Person { id: person.id, admin: person.admin, by: Credential::Console };
        let ctx = Ctx { who, access: self.app.access(&who, None), ..self.console() };
        let slugs: Vec<_> = projects.iter().map(|slug| slug.parse().unwrap()).collect();
        let wish = Wish { projects: (!slugs.is_empty()).then_some(slugs), ..Wish::default() };
        let made = self.app.create_personal_token(&ctx, "token".parse().unwrap(), wish).await;
        made.ok().unwrap()
    }

    async fn of_project(&self, slug: &str) -> NewToken {
        let project = self.app.project(&slug.parse().unwrap()).await.unwrap().unwrap();
        let console = self.console();
        let ctx = Ctx { access: self.app.access(&console.who, Some(&project)), ..console };
        let kind = (Scope::All, "token".parse().unwrap());
        let made = self.app.create_project_token(&ctx, &project, kind, Wish::default()).await;
        made.ok().unwrap()
    }

    /// Who a token is, if it still is anybody. That is a use of it.
    async fn used(&self, new: &NewToken) -> Option<Principal> {
        let shown = Presented::parse(new.secret.expose()).unwrap();
        let here = Some("127.0.0.1".parse().unwrap());
        let known = self.app.identify(&shown, here, Source::of(here), self.now()).await;
        known.unwrap().ok()
    }

    /// Whether it is there; not a use.
    async fn lives(&self, new: &NewToken) -> bool {
        let ctx = self.console();
        let found = self.app.look_up(&ctx, new.token.id.as_str()).await.ok().unwrap().found;
        matches!(found, rondo_app::Found::Alive(_))
    }
}

#[tokio::test]
async fn a_token_that_nobody_uses_and_that_opens_nothing_elsewhere_is_deleted() {
    let place = Place::make().await;
    let doomed = [
        place.personal(&place.mika, &[]).await,
        place.personal(&place.ren, &["gh/acme/web", "gh/acme/lib"]).await,
        place.of_project("gh/acme/web").await,
    ];
    let safe = [
        place.personal(&place.ren, &[]).await,
        place.personal(&place.ren, &["gh/acme/web", "gh/other/thing"]).await,
        place.personal(&place.root, &[]).await,
        place.of_project("gh/other/thing").await,
    ];
    let used = [place.personal(&place.mika, &[]).await, place.of_project("gh/acme/lib").await];
    let rules = Rules { idle_days: Some(30), ..Rules::default() };
    place.set(rules.clone(), false).await;
    place.pass(30 * DAY - 1);
    place.app.end_idle_tokens().await.unwrap();
    for new in doomed.iter().chain(&safe).chain(&used) {
        assert!(place.lives(new).await, "{} has a moment left", new.token.id);
    }
    // A use that is only in memory yet wins.
    for new in &used {
        assert!(place.used(new).await.is_some());
    }
    place.pass(1);
    let late = place.of_project("gh/acme/web").await;
    place.app.end_idle_tokens().await.unwrap();
    for new in safe.iter().chain(&used).chain([&late]) {
        assert!(place.lives(new).await, "{} is deleted", new.token.id);
    }
    for new in &doomed {
        assert!(place.used(new).await.is_none(), "{} opens something", new.token.id);
        let looked = place.app.look_up(&place.console(), new.token.id.as_str()).await.ok().unwrap();
        let rondo_app::Found::Dead(tombstone) = looked.found else { panic!("it is there") };
        let reason = tombstone.reason.unwrap().to_string();
        assert_eq!(reason, "not used for 30 days: policy of gh/acme");
        assert_eq!((tombstone.deleted_by.as_str(), tombstone.deleted_at), ("policy", place.now()));
    }
    // Without the rule nothing more is deleted, however long it lies there.
    place.set(Rules::default(), false).await;
    place.pass(400 * DAY);
    place.app.end_idle_tokens().await.unwrap();
    for new in safe.iter().chain(&used) {
        assert!(place.lives(new).await);
    }
    // With it again, those go that nobody used since.
    assert!(place.used(&used[0]).await.is_some());
    place.set(rules, false).await;
    place.app.end_idle_tokens().await.unwrap();
    assert_eq!([place.lives(&used[0]).await, place.lives(&used[1]).await], [true, false]);
}

/// A generator that gives every run the same calls.
struct Chance(u64);

impl Chance {
    fn yes(&mut self) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11).is_multiple_of(2)
    }
}

#[tokio::test]
async fn whatever_a_policy_is_and_however_it_changes_it_gives_no_token_more() {
    let place = Place::make().await;
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let before = [
        place.personal(&place.mika, &[]).await,
        place.personal(&place.ren, &["gh/acme/web", "gh/other/thing"]).await,
        place.personal(&place.root, &[]).await,
        place.of_project("gh/acme/web").await,
    ];
    let slugs = ["gh/acme/web", "gh/acme/lib", "gh/other/thing"];
    let mut projects = Vec::new();
    for slug in slugs {
        projects.push(place.app.project(&slug.parse().unwrap()).await.unwrap().unwrap());
    }
    let held = async |new: &NewToken| {
        let who = place.used(new).await.unwrap();
        let on = projects.iter().map(|project| place.app.access(&who, Some(project)).granted);
        let mut held: Vec<_> = on.collect();
        held.push(place.app.access_to_organization(&who, place.acme.id).granted);
        held.push(place.app.access(&who, None).granted);
        held
    };
    let mut free = Vec::new();
    for new in &before {
        free.push(held(new).await);
    }
    let (mut taken, mut same) = (0, 0);
    for _ in 0..60 {
        let rules = Rules {
            max_days: chance.yes().then_some(30),
            no_unrestricted: chance.yes(),
            no_query: chance.yes(),
            ..Rules::default()
        };
        place.set(rules, chance.yes()).await;
        for (new, free) in before.iter().zip(&free) {
            for (now, free) in held(new).await.into_iter().zip(free) {
                assert_eq!(now.beyond(*free), None, "a policy gave something");
                if now == *free { same += 1 } else { taken += 1 }
            }
        }
    }
    assert!(taken > 100 && same > 100, "{taken} taken, {same} the same");
    place.set(Rules::default(), false).await;
    for (new, free) in before.iter().zip(&free) {
        assert_eq!(&held(new).await, free, "without a policy all is as before");
    }
    let list = place.app.tokens(&Ctx::console(place.now()), TokenList::Own).await;
    assert!(list.is_ok() && free[2][4].has(Permission::ManageServer));
}
