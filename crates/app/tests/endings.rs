//! People and the webhook are told that tokens end or were deleted, against a clock that is moved by hand: each
//! threshold once, one digest a person and day, by one of two servers, and again after a failure.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "place/server.rs"]
mod server;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use rondo_app::{
    App, Call, Courier, Ctx, Letter, NewProject, NewToken, News, PolicyWish, RoleChange, Source,
    Unused,
};
use rondo_domain::policy::Rules;
use rondo_domain::token::{Predicate, Presented, Scope, TokenId, Wish};
use rondo_domain::{Millis, Principal, Role, Vcs};

const HOUR: i64 = 3600 * 1000;
const DAY: i64 = 24 * HOUR;
/// A midnight, so that days of the test are days of the calendar.
const START: i64 = 20_000 * DAY;
const PASSWORD: &str = "correct horse battery";

/// What was told: to whom, of which token, at which threshold.
type Told = Arc<Mutex<Vec<(String, TokenId, i64)>>>;

struct Place {
    apps: [Arc<App>; 2],
    clock: Arc<AtomicI64>,
    mails: Told,
    calls: Told,
    /// What else was told: to an address, or the webhook.
    news: Arc<Mutex<Vec<(String, News)>>>,
    /// Sending fails.
    down: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

impl Place {
    /// Two servers on one database.
    async fn make() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(START));
        let down = Arc::new(AtomicBool::new(false));
        let (mails, calls) = (Told::default(), Told::default());
        let news = Arc::default();
        let mut apps = Vec::new();
        for seed in [1, 1_000_000] {
            let world = server::world(&clock, seed);
            let world = world.telling_people(courier((&mails, &calls), &news, &down));
            apps.push(server::open(temporary.path(), world, 90).await);
        }
        let place = Self {
            apps: apps.try_into().ok().unwrap(),
            clock,
            mails,
            calls,
            news,
            down,
            _folder: temporary,
        };
        place.add_people().await;
        place
    }

    /// mika and ren with mailboxes, aiko without; ren administers `gh/acme/web`.
    async fn add_people(&self) {
        let (app, console) = (&self.apps[0], self.console());
        for name in ["mika", "ren", "aiko"] {
            let name = name.parse().unwrap();
            app.add_person(&console, name, PASSWORD.to_owned(), false).await.unwrap();
        }
        for name in ["mika", "ren"] {
            let address = format!("{name}@example.com").parse().unwrap();
            app.set_mailbox(&console, &name.parse().unwrap(), Some(&address)).await.unwrap();
        }
        let new = NewProject {
            slug: "gh/acme/web".parse().unwrap(),
            git_url: "https://git.example.com/acme.git".parse().unwrap(),
            default_branch: "main".parse().unwrap(),
            public: false,
        };
        app.add_project(&console, new).await.unwrap();
        let change = RoleChange {
            person: "ren".parse().unwrap(),
            vcs: Vcs::Github,
            org: "acme".to_owned(),
            role: Some(Role::Admin),
        };
        app.set_role(&console, &change).await.unwrap();
    }

    fn console(&self) -> Ctx {
        Ctx::console(Millis(self.clock.load(Ordering::Relaxed)))
    }

    /// A personal token of somebody that lives so long.
    async fn personal(&self, name: &str, life: i64) -> TokenId {
        self.personal_with_value(name, life).await.token.id
    }

    async fn personal_with_value(&self, name: &str, life: i64) -> NewToken {
        let (app, console) = (&self.apps[0], self.console());
        let person = app.person_named(&console, &name.parse().unwrap()).await.unwrap();
        let by = rondo_domain::principal::Credential::Console;
        let who = Principal::Person { id: person.id, admin: false, by };
        let ctx = Ctx { who, access: app.access(&who, None), ..console };
        let end = Some(ctx.at.plus(life));
        let wish = Wish { expires_at: end, ..Wish::default() };
        app.create_personal_token(&ctx, "nightly".parse().unwrap(), wish).await.unwrap()
    }

    async fn of_project(&self, life: i64) -> TokenId {
        let (app, console) = (&self.apps[0], self.console());
        let project = app.project_at("gh", "acme", "web").await.unwrap().unwrap();
        let ctx = Ctx { access: app.access(&console.who, Some(&project)), ..console };
        let wish = Wish { expires_at: Some(ctx.at.plus(life)), ..Wish::default() };
        let kind = (Scope::Status, "badge".parse().unwrap());
        let made = app.create_project_token(&ctx, &project, kind, wish);
        made.await.unwrap().token.id
    }

    /// `gh/acme` deletes tokens that nobody uses for so many days.
    async fn delete_unused(&self, days: i64) {
        let (app, console) = (&self.apps[0], self.console());
        let acme = app.organization_at("gh", "acme").await.unwrap().unwrap();
        let access = app.access_to_organization(&console.who, acme.id);
        let ctx = Ctx { access, ..console };
        let rules = Rules { idle_days: Some(days), ..Rules::default() };
        let wish = PolicyWish { version: 0, rules, approval: false, confirmed: true };
        app.set_policy(&ctx, &acme, wish).await.unwrap();
    }

    /// A use of a token that one server sees, and writes down.
    async fn use_token(&self, new: &NewToken) {
        let shown = Presented::parse(new.secret.expose()).unwrap();
        let here = Some("127.0.0.1".parse().unwrap());
        let now = Millis(self.clock.load(Ordering::Relaxed));
        let known = self.apps[1].identify(&shown, here, Source::of(here), now).await;
        assert!(known.unwrap().is_ok());
        self.apps[1].write_last_uses().await.unwrap();
    }

    /// Hour for hour as many hours; both servers look at the same time.
    async fn pass(&self, hours: i64) {
        for _ in 0..hours {
            self.clock.fetch_add(HOUR, Ordering::Relaxed);
            self.look().await;
        }
    }

    async fn look(&self) {
        let [one, two] = &self.apps;
        let (one, two) = tokio::join!(one.tell_of_endings(), two.tell_of_endings());
        one.unwrap();
        two.unwrap();
    }
}

fn courier(
    (mails, calls): (&Told, &Told),
    news: &Arc<Mutex<Vec<(String, News)>>>,
    down: &Arc<AtomicBool>,
) -> Courier {
    let (mails, calls) = (Arc::clone(mails), Arc::clone(calls));
    let (mailed, called) = (Arc::clone(news), Arc::clone(news));
    let (no_mail, no_call) = (Arc::clone(down), Arc::clone(down));
    let answer = |down: &AtomicBool| match down.load(Ordering::Relaxed) {
        true => Err("nobody answers".to_owned()),
        false => Ok(()),
    };
    Courier::default()
        .mailing(move |letter: Letter| {
            let sent = answer(&no_mail);
            if let (Ok(()), News::Ending(endings)) = (&sent, &letter.news) {
                let told = endings.iter();
                let told = told.map(|e| (letter.address.to_string(), e.id, e.threshold));
                mails.lock().unwrap().extend(told);
            } else if sent.is_ok() {
                mailed.lock().unwrap().push((letter.address.to_string(), letter.news));
            }
            async move { sent }
        })
        .calling(move |call: Call| {
            let sent = answer(&no_call);
            if let (Ok(()), News::Ending(endings)) = (&sent, &call.news) {
                let told = endings.iter().map(|e| (String::new(), e.id, e.threshold));
                calls.lock().unwrap().extend(told);
            } else if sent.is_ok() {
                called.lock().unwrap().push(("webhook".to_owned(), call.news));
            }
            async move { sent }
        })
}

impl Place {
    /// Deletes every token there is; how many they were.
    async fn revoke_all(&self) -> i64 {
        let (app, console) = (&self.apps[0], self.console());
        let all = Predicate::made_by(console.at);
        let count = app.tokens_hit_by(&console, &all).await.unwrap().count;
        let reason = Some("it leaked".parse().unwrap());
        app.revoke_tokens(&console, (&all, count), None, reason).await.unwrap();
        count
    }

    /// Both servers run errands; what was told, by address.
    async fn errands(&self) -> Vec<(String, News)> {
        let [one, two] = &self.apps;
        let (one, two) = tokio::join!(one.run_errands(), two.run_errands());
        one.unwrap();
        two.unwrap();
        let mut news = std::mem::take(&mut *self.news.lock().unwrap());
        news.sort_by(|a, b| a.0.cmp(&b.0));
        news
    }
}

/// Who was told, of how many tokens, and of which.
fn told_of_deleted(news: &[(String, News)]) -> Vec<(&str, i64, Vec<TokenId>)> {
    let revoked = |(to, news): &'_ (String, News)| match news {
        News::Revoked(told) => {
            assert_eq!((told.by.as_str(), told.reason.as_deref()), ("console", Some("it leaked")));
            (told.count, told.tokens.iter().map(|gone| gone.id).collect())
        }
        other => panic!("{to} is told {other:?}"),
    };
    news.iter()
        .map(|one| {
            let (count, ids) = revoked(one);
            (one.0.as_str(), count, ids)
        })
        .collect()
}

#[tokio::test]
async fn whoevers_tokens_are_deleted_many_at_once_is_told_once_by_one_of_two_servers() {
    let place = Place::make().await;
    let mika = place.personal("mika", 90 * DAY).await;
    place.clock.fetch_add(1, Ordering::Relaxed);
    let ren = place.personal("ren", 90 * DAY).await;
    place.clock.fetch_add(1, Ordering::Relaxed);
    let badge = place.of_project(90 * DAY).await;
    place.clock.fetch_add(1, Ordering::Relaxed);
    let unread = place.personal("aiko", 90 * DAY).await;
    assert_eq!(place.errands().await, []);
    assert_eq!(place.revoke_all().await, 4);
    let news = place.errands().await;
    let expected = [
        ("mika@example.com", 1, vec![mika]),
        ("ren@example.com", 2, vec![ren, badge]),
        ("webhook", 4, vec![mika, ren, badge, unread]),
    ];
    assert_eq!(told_of_deleted(&news), expected);
    place.clock.fetch_add(HOUR, Ordering::Relaxed);
    assert_eq!(place.errands().await, []);
    // An order that hits nothing is told to nobody.
    assert_eq!(place.revoke_all().await, 0);
    assert_eq!(place.errands().await, []);
}

#[tokio::test]
async fn what_was_done_is_told_after_a_failure_and_not_when_it_is_old() {
    let place = Place::make().await;
    place.personal("mika", 90 * DAY).await;
    place.down.store(true, Ordering::Relaxed);
    place.revoke_all().await;
    assert_eq!(place.errands().await, []);
    place.down.store(false, Ordering::Relaxed);
    place.clock.fetch_add(15 * 60 * 1000, Ordering::Relaxed);
    assert_eq!(place.errands().await, [], "it is not time yet");
    place.clock.fetch_add(1, Ordering::Relaxed);
    let news = place.errands().await;
    let told: Vec<_> =
        told_of_deleted(&news).into_iter().map(|(to, count, _)| (to, count)).collect();
    assert_eq!(told, [("mika@example.com", 1), ("webhook", 1)]);

    place.personal("mika", 90 * DAY).await;
    place.revoke_all().await;
    place.clock.fetch_add(7 * DAY + 1, Ordering::Relaxed);
    assert_eq!(place.errands().await, []);
}

#[tokio::test]
async fn the_address_that_is_given_up_is_told_and_no_other() {
    let place = Place::make().await;
    let (app, mika) = (&place.apps[0], "mika".parse().unwrap());
    for address in ["mika@example.com", "new@example.com", "new@example.com"] {
        let address = address.parse().unwrap();
        app.set_mailbox(&place.console(), &mika, Some(&address)).await.unwrap();
    }
    assert_eq!(place.errands().await, [("mika@example.com".to_owned(), News::Moved)]);
    app.set_mailbox(&place.console(), &mika, None).await.unwrap();
    assert_eq!(place.errands().await, [("new@example.com".to_owned(), News::Moved)]);
    app.set_mailbox(&place.console(), &mika, Some(&"third@example.com".parse().unwrap()))
        .await
        .unwrap();
    assert_eq!(place.errands().await, []);
}

fn take(told: &Told) -> Vec<(String, TokenId, i64)> {
    std::mem::take(&mut told.lock().unwrap())
}

#[tokio::test]
async fn each_threshold_is_told_once_to_whom_it_concerns_by_one_of_two_servers() {
    let place = Place::make().await;
    let own = place.personal("mika", 40 * DAY).await;
    let badge = place.of_project(20 * DAY).await;
    // Nobody is told by mail who has no mailbox, and nobody of a token without an end.
    let unread = place.personal("aiko", 10 * DAY).await;
    place.pass(41 * 24).await;
    let mika = |days| ("mika@example.com".to_owned(), own, days);
    let ren = |days| ("ren@example.com".to_owned(), badge, days);
    let expected = [ren(15), mika(30), ren(7), ren(1), mika(15), mika(7), mika(1)];
    let mails = take(&place.mails);
    for told in &expected {
        assert_eq!(mails.iter().filter(|mail| *mail == told).count(), 1, "{told:?} in {mails:?}");
    }
    assert_eq!(mails.len(), expected.len(), "{mails:?}");
    let mut calls: Vec<_> =
        take(&place.calls).into_iter().map(|(_, id, days)| (id, days)).collect();
    let mut wanted: Vec<_> = mails.into_iter().map(|(_, id, days)| (id, days)).collect();
    wanted.extend([(unread, 7), (unread, 1)]);
    let key = |(id, days): &(TokenId, i64)| (id.to_string(), *days);
    calls.sort_by_key(key);
    wanted.sort_by_key(key);
    assert_eq!(calls, wanted);
}

#[tokio::test]
async fn a_person_gets_one_digest_a_day_and_hears_of_a_last_day_before_the_end() {
    let place = Place::make().await;
    let first = place.personal("mika", 8 * DAY + HOUR).await;
    let second = place.personal("mika", 8 * DAY + HOUR).await;
    let later = place.personal("mika", 2 * DAY + 10 * HOUR).await;
    place.pass(24 + 1).await;
    let mails = take(&place.mails);
    let ids: Vec<_> = mails.iter().map(|(_, id, days)| (*id, *days)).collect();
    assert!(ids.len() == 2 && ids.contains(&(first, 7)) && ids.contains(&(second, 7)), "{ids:?}");
    // It passes its last threshold on the same day, and is told at the next midnight.
    place.pass(10).await;
    assert_eq!(take(&place.mails), []);
    place.pass(13).await;
    assert_eq!(take(&place.mails), [("mika@example.com".to_owned(), later, 1)]);
}

#[tokio::test]
async fn what_could_not_be_sent_is_tried_again_and_then_told_once() {
    let place = Place::make().await;
    let own = place.personal("mika", 2 * DAY).await;
    place.down.store(true, Ordering::Relaxed);
    place.pass(26).await;
    assert_eq!((take(&place.mails), take(&place.calls)), (Vec::new(), Vec::new()));
    place.down.store(false, Ordering::Relaxed);
    place.pass(4).await;
    assert_eq!(take(&place.mails), [("mika@example.com".to_owned(), own, 1)]);
    assert_eq!(take(&place.calls), [(String::new(), own, 1)]);
}

#[tokio::test]
async fn nobody_is_told_of_what_is_stopped_or_gone() {
    let place = Place::make().await;
    let (app, console) = (&place.apps[0], place.console());
    place.personal("mika", 8 * DAY).await;
    let name = "mika".parse().unwrap();
    app.set_disabled(&console, &name, true).await.unwrap();
    place.pass(3 * 24).await;
    assert_eq!(take(&place.mails), [], "a person who is disabled");
    app.set_disabled(&place.console(), &name, false).await.unwrap();
    place.pass(1).await;
    assert_eq!(take(&place.mails).len(), 1);
    app.set_mailbox(&place.console(), &name, None).await.unwrap();
    place.pass(6 * 24).await;
    assert_eq!(take(&place.mails), [], "a person without a mailbox");
}

#[tokio::test]
async fn of_tokens_that_nobody_uses_people_hear_before_they_are_deleted_and_after() {
    let place = Place::make().await;
    place.delete_unused(60).await;
    let own = place.personal("ren", 400 * DAY).await;
    let badge = place.of_project(400 * DAY).await;
    // It ends on its own before; mika has no part in the organization, so hers opens something elsewhere.
    let ending = place.of_project(35 * DAY).await;
    place.personal("mika", 400 * DAY).await;
    place.pass(60 * 24 - 1).await;
    let mut mails = take(&place.mails);
    let mut expected = Vec::new();
    for (id, thresholds) in
        [(own, &[15, 7, 1][..]), (badge, &[15, 7, 1]), (ending, &[30, 15, 7, 1])]
    {
        expected.extend(thresholds.iter().map(|days| ("ren@example.com".to_owned(), id, *days)));
    }
    let key = |(to, id, days): &(String, TokenId, i64)| (to.clone(), id.to_string(), *days);
    mails.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(mails, expected);
    let mut calls = take(&place.calls);
    calls.sort_by_key(key);
    expected.iter_mut().for_each(|(to, ..)| to.clear());
    assert_eq!(calls, expected);
    assert_eq!(place.errands().await, [], "nothing was deleted yet");

    place.clock.fetch_add(HOUR, Ordering::Relaxed);
    let [one, two] = &place.apps;
    let (one, two) = tokio::join!(one.end_idle_tokens(), two.end_idle_tokens());
    one.unwrap();
    two.unwrap();
    let news = place.errands().await;
    let mut told = Vec::new();
    for (to, news) in &news {
        let News::Revoked(revoked) = news else { panic!("{to} is told {news:?}") };
        let why = Unused { organization: "gh/acme".to_owned(), days: 60 };
        assert_eq!((revoked.by.as_str(), &revoked.unused), ("policy", &Some(why)));
        let ids = revoked.tokens.iter().map(|gone| gone.id);
        told.extend(ids.map(|id| (to.as_str(), id.to_string())));
    }
    told.sort_unstable();
    let mut expected = Vec::new();
    for to in ["ren@example.com", "webhook"] {
        expected.extend([own, badge, ending].map(|id| (to, id.to_string())));
    }
    expected.sort_unstable();
    assert_eq!(told, expected);
    place.clock.fetch_add(HOUR, Ordering::Relaxed);
    assert_eq!(place.errands().await, []);
}

#[tokio::test]
async fn a_use_puts_the_end_of_an_unused_token_off_and_its_people_hear_of_the_new_one() {
    let place = Place::make().await;
    place.delete_unused(40).await;
    let own = place.personal_with_value("ren", 400 * DAY).await;
    place.pass(26 * 24).await;
    let warned = [("ren@example.com".to_owned(), own.token.id, 15)];
    assert_eq!(take(&place.mails), warned);
    place.use_token(&own).await;
    place.pass(24 * 24).await;
    assert_eq!(take(&place.mails), [], "its end is far again");
    place.pass(2 * 24).await;
    assert_eq!(
        take(&place.mails),
        warned,
        "what was told of another end is no reason to be silent"
    );
    // Who uses a token now and then is never told of it.
    for _ in 0..20 {
        place.use_token(&own).await;
        place.pass(24).await;
    }
    assert_eq!(take(&place.mails), []);
    place.apps[0].end_idle_tokens().await.unwrap();
    assert_eq!(place.errands().await, []);
}
