//! Tokens against a clock that is moved by hand, and against any sequence of calls: none ever opens
//! more than its maker, and none comes back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod place;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rondo_app::{
    App, Ctx, NewProject, NewToken, Refusal, RotationWish, ServiceWish, Source, TokenList,
};
use rondo_domain::policy::Manner;
use rondo_domain::principal::Target;
use rondo_domain::token::{BadToken, Presented, Reach, TokenId, Wish};
use rondo_domain::{
    Ceiling, Home, Millis, OrgId, Permission, Permissions, Person, Principal, ServiceAccount,
};

const START: i64 = 1_700_000_000_000;
const SECOND: i64 = 1000;

struct Place {
    app: Arc<App>,
    clock: Arc<AtomicI64>,
    mika: Person,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn make() -> Self {
        let (app, clock, temporary) = place::open(START, 90).await;
        let console = Ctx::console(Millis(START));
        let password = "correct horse battery".to_owned();
        let mika = app.add_person(&console, "mika".parse().unwrap(), password, true).await.unwrap();
        for slug in ["gh/acme/web", "gh/acme/lib"] {
            let new = NewProject {
                slug: slug.parse().unwrap(),
                git_url: "https://git.example.com/acme.git".parse().unwrap(),
                default_branch: "main".parse().unwrap(),
                public: false,
            };
            app.add_project(&console, new).await.unwrap();
        }
        Self { app, clock, mika, _folder: temporary }
    }

    fn now(&self) -> Millis {
        Millis(self.clock.load(Ordering::Relaxed))
    }

    fn ctx(&self, who: Principal) -> Ctx {
        let access = self.app.access(&who, None);
        Ctx { who, access, ..Ctx::console(self.now()) }
    }

    /// mika at the server's own console.
    fn mika(&self) -> Ctx {
        let by = rondo_domain::principal::Credential::Console;
        self.ctx(Principal::Person { id: self.mika.id, admin: true, by })
    }

    async fn make_token(&self, ctx: &Ctx, wish: Wish) -> Result<NewToken, Refusal> {
        self.app.create_personal_token(ctx, "token".parse().unwrap(), wish).await
    }

    async fn identify(&self, value: &str) -> Result<Principal, BadToken> {
        let shown = Presented::parse(value).unwrap();
        let here = Some("127.0.0.1".parse().unwrap());
        self.app.identify(&shown, here, Source::of(here), self.now()).await.unwrap()
    }
}

#[tokio::test]
async fn an_expired_token_stays_expired_when_the_clock_is_moved_back() {
    let place = Place::make().await;
    let end = Millis(START + 60 * SECOND);
    let wish = Wish { expires_at: Some(end), ..Wish::default() };
    let new = place.make_token(&place.mika(), wish).await.ok().unwrap();
    let value = new.secret.expose();
    let who = place.identify(value).await.unwrap();
    place.clock.store(end.0 - 1, Ordering::Relaxed);
    assert!(place.identify(value).await.is_ok());
    assert!(place.app.still_good(&who).await.unwrap());
    place.clock.store(end.0, Ordering::Relaxed);
    assert_eq!(place.identify(value).await, Err(BadToken::Expired(end)));
    assert!(!place.app.still_good(&who).await.unwrap(), "a long answer goes on");
    place.clock.store(START, Ordering::Relaxed);
    assert_eq!(place.identify(value).await, Err(BadToken::Expired(end)));
    // A change of the row does not wake it either.
    let (own, id) = (TokenList::Own, new.token.id);
    place.app.disable_token(&place.mika(), own, id).await.ok().unwrap();
    place.app.enable_token(&place.mika(), own, id).await.ok().unwrap();
    assert_eq!(place.identify(value).await, Err(BadToken::Expired(end)));
    let past = Wish { expires_at: Some(Millis(START)), ..Wish::default() };
    assert!(place.make_token(&place.mika(), past).await.is_err(), "made with its end behind it");
}

/// A generator that gives every run the same calls.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % most as u64).unwrap()
    }

    fn wish(&mut self, now: Millis) -> Wish {
        let rights: Permissions = Permission::OF_TOKENS
            .into_iter()
            .filter(|permission| *permission == Permission::OwnUser || self.below(3) > 0)
            .collect();
        let mut said = |some: bool| some && self.below(2) == 0;
        Wish {
            rights: said(true).then_some(rights),
            projects: said(true).then(|| vec!["gh/acme/web".parse().unwrap()]),
            networks: said(true).then(|| vec!["127.0.0.0/8".parse().unwrap()]),
            expires_at: said(true).then(|| now.plus(60 * SECOND)),
            key: None,
        }
    }
}

struct Known {
    id: TokenId,
    value: String,
    /// What its maker could do when it was made.
    maker: Option<Reach>,
    reach: Reach,
    deleted: bool,
}

#[tokio::test]
async fn no_sequence_of_calls_widens_a_token_or_brings_a_deleted_one_back() {
    let place = Place::make().await;
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let mut known: Vec<Known> = Vec::new();
    let (mut made, mut refused) = (0, 0);
    for _ in 0..600 {
        let by = match known.is_empty() || chance.below(4) == 0 {
            true => None,
            false => Some(chance.below(known.len())),
        };
        let who = match by {
            None => Ok(place.mika()),
            Some(by) => place.identify(&known[by].value).await.map(|who| place.ctx(who)),
        };
        let Ok(ctx) = who else { continue };
        let other = (!known.is_empty()).then(|| chance.below(known.len()));
        match (chance.below(7), other) {
            (0, Some(other)) => {
                place.app.disable_token(&ctx, TokenList::Own, known[other].id).await.ok();
            }
            (1, Some(other)) => {
                place.app.enable_token(&ctx, TokenList::Own, known[other].id).await.ok();
            }
            (2, Some(other)) => {
                let gone =
                    place.app.delete_token(&ctx, TokenList::Own, known[other].id, None).await;
                // A token of chosen projects knows of none that reaches further.
                let own = by.map_or(Reach::WHOLE, |by| known[by].reach.clone());
                let seen = known[other].reach.stays_in_projects_of(&own);
                assert_eq!(gone.is_ok(), seen && !known[other].deleted);
                known[other].deleted |= gone.is_ok();
            }
            (4, Some(other)) => {
                let end = place.now().plus(i64::try_from(chance.below(90)).unwrap() * SECOND);
                let id = known[other].id;
                if place.app.shorten_token(&ctx, TokenList::Own, id, end).await.is_ok() {
                    let own = &mut known[other].reach.expires_at;
                    assert!(own.is_none_or(|own| end <= own), "{id} lives longer");
                    *own = Some(end);
                }
            }
            (3, _) => drop(place.clock.fetch_add(5 * SECOND, Ordering::Relaxed)),
            _ => {
                let wish = chance.wish(place.now());
                let Ok(new) = place.make_token(&ctx, wish).await else {
                    refused += 1;
                    continue;
                };
                made += 1;
                known.push(Known {
                    id: new.token.id,
                    value: new.secret.expose().to_owned(),
                    maker: by.map(|by| known[by].reach.clone()),
                    reach: new.token.reach,
                    deleted: false,
                });
            }
        }
        check(&place, &known).await;
    }
    assert!(made > 40 && refused > 10, "{made} made, {refused} refused");
}

async fn check(place: &Place, known: &[Known]) {
    let mika = &place.mika();
    let listed = place.app.tokens(mika, TokenList::Own).await.ok().unwrap();
    for token in known {
        let row = listed.iter().find(|row| row.id == token.id);
        assert_eq!(row.is_none(), token.deleted, "{} is listed", token.id);
        if token.deleted {
            assert!(place.identify(&token.value).await.is_err(), "{} came back", token.id);
        }
        if let Some(row) = row {
            assert_eq!(row.reach, token.reach, "{} changed", token.id);
        }
        if let Some(maker) = &token.maker {
            let within = token.reach.within(maker);
            assert_eq!(within, Ok(()), "{} can do more than its maker", token.id);
        }
    }
}

/// What a token opens: a place and a right each.
type Opened = Vec<(Target, Permission)>;

impl Place {
    fn targets(&self) -> Vec<Target> {
        self.app.memory().projects().iter().map(|project| project.target()).collect()
    }

    fn homes(&self) -> Vec<Home> {
        let projects = self.app.memory().projects();
        let of = |project: &Arc<rondo_domain::Project>| Home::Project {
            project: project.id,
            org: project.org,
        };
        let org: OrgId = projects[0].org;
        projects.iter().map(of).chain([Home::Organization(org)]).collect()
    }

    /// What a token opens here and now.
    fn opened(&self, id: TokenId) -> Opened {
        let peer: Option<std::net::IpAddr> = Some("127.0.0.1".parse().unwrap());
        let mut opened = Vec::new();
        for target in self.targets() {
            for permission in Permission::ALL {
                let asked = (Some(&target), permission);
                let decided = self.app.memory().decide(id, asked, Manner::from(peer), self.now());
                if decided.is_some_and(|decided| decided.is_ok()) {
                    opened.push((target, permission));
                }
            }
        }
        opened
    }
}

/// A token of a service account, and what it opened at last.
struct Watched {
    id: TokenId,
    value: String,
    account: ServiceAccount,
    reach: Reach,
    opened: Opened,
}

/// What the caller of a step has, whatever the step is.
struct Caller {
    ctx: Ctx,
    reach: Reach,
    opened: Option<Opened>,
}

impl Caller {
    async fn of(place: &Place, own: Option<&(String, TokenId, Reach)>) -> Option<Self> {
        let Some((value, id, reach)) = own else {
            return Some(Self { ctx: place.mika(), reach: Reach::WHOLE, opened: None });
        };
        let ctx = place.ctx(place.identify(value).await.ok()?);
        Some(Self { ctx, reach: reach.clone(), opened: Some(place.opened(*id)) })
    }

    /// That whatever a token gained by the caller's step, the caller had.
    fn check(&self, place: &Place, token: &mut Watched) {
        let now = place.opened(token.id);
        for gained in now.iter().filter(|opened| !token.opened.contains(opened)) {
            let had = self.opened.as_ref().is_none_or(|opened| opened.contains(gained));
            assert!(had, "{} gained {gained:?} by somebody who lacks it", token.id);
            let given = Reach { rights: Permissions::of(&[gained.1]), ..token.reach.clone() };
            assert_eq!(given.within(&self.reach), Ok(()), "{} by {:?}", token.id, self.reach);
        }
        token.opened = now;
    }
}

/// The account that one is now.
fn some<'a>(all: &'a [ServiceAccount], chance: &mut Chance) -> Option<&'a ServiceAccount> {
    (!all.is_empty()).then(|| &all[chance.below(all.len())])
}

async fn step(
    place: &Place,
    (ctx, chance): (&Ctx, &mut Chance),
    accounts: &mut Vec<ServiceAccount>,
    tokens: &[Watched],
) -> Result<Option<(NewToken, ServiceAccount)>, Refusal> {
    let rights: Permissions =
        Ceiling::MOST.rights().iter().filter(|_| chance.below(3) > 0).collect();
    let app = &place.app;
    let kind = chance.below(9);
    if kind == 0 || accounts.is_empty() {
        let homes = place.homes();
        let name = format!("account-{}", accounts.len()).parse().unwrap();
        let wish = ServiceWish { name, ceiling: rights, contacts: vec!["mika".to_owned()] };
        let home = homes[chance.below(homes.len())];
        accounts.push(app.create_service(ctx, home, wish).await?);
        return Ok(None);
    }
    let account = some(accounts, chance).unwrap().clone();
    match kind {
        1..=3 => {
            let wish = Wish { rights: None, projects: None, ..chance.wish(place.now()) };
            let wish = Wish { rights: (chance.below(2) == 0).then_some(rights), ..wish };
            let label = "token".parse().unwrap();
            let new = app.create_service_token(ctx, &account, label, wish).await?;
            return Ok(Some((new, account)));
        }
        4 => app.change_ceiling(ctx, &account, rights).await?,
        5 => app.disable_service(ctx, &account).await?,
        6 => app.enable_service(ctx, &account).await?,
        7 if chance.below(6) == 0 => app.delete_service(ctx, &account, None).await?,
        7 => drop(place.clock.fetch_add(5 * SECOND, Ordering::Relaxed)),
        _ => {
            let Some(token) = tokens.iter().find(|token| token.account.id == account.id) else {
                return Ok(None);
            };
            let whose = TokenList::OfService(&account);
            let new = app.rotate_token(ctx, whose, token.id, RotationWish::default()).await?;
            return Ok(Some((new, account)));
        }
    }
    Ok(None)
}

#[tokio::test]
async fn no_sequence_of_calls_gives_a_service_account_what_the_caller_has_not() {
    let place = Place::make().await;
    let console = Ctx::console(place.now());
    let role = rondo_app::RoleChange {
        person: "mika".parse().unwrap(),
        vcs: rondo_domain::Vcs::Github,
        org: "acme".to_owned(),
        role: Some(rondo_domain::Role::Admin),
    };
    place.app.set_role(&console, &role).await.ok().unwrap();
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut people, mut accounts, mut tokens) = (Vec::new(), Vec::new(), Vec::<Watched>::new());
    let (mut made, mut refused) = (0, 0);
    for round in 0..900 {
        if round % 12 == 0 {
            let wish = chance.wish(place.now());
            if let Ok(new) = place.make_token(&place.mika(), wish).await {
                let value = new.secret.expose().to_owned();
                people.push((value, new.token.id, new.token.reach));
            }
        }
        if let Some(own) = tokens.last().filter(|_| round % 5 == 0) {
            // A service account makes and changes none, itself included.
            if let Ok(who) = place.identify(&own.value).await {
                let ctx = place.ctx(who);
                let account = own.account.clone();
                let wide = place.app.change_ceiling(&ctx, &account, Ceiling::MOST.rights()).await;
                let label = "own".parse().unwrap();
                let wish = Wish::default();
                let more = place.app.create_service_token(&ctx, &account, label, wish).await;
                assert!(wide.is_err() && more.is_err(), "{} changed its account", own.id);
            }
        }
        let by = (chance.below(3) > 0 && !people.is_empty())
            .then(|| &people[chance.below(people.len())]);
        let Some(caller) = Caller::of(&place, by).await else { continue };
        match step(&place, (&caller.ctx, &mut chance), &mut accounts, &tokens).await {
            Err(_) => refused += 1,
            Ok(None) => {}
            Ok(Some((new, account))) => {
                made += 1;
                let value = new.secret.expose().to_owned();
                let (id, reach) = (new.token.id, new.token.reach);
                place.identify(&value).await.ok();
                tokens.push(Watched { id, value, account, reach, opened: Vec::new() });
            }
        }
        for token in &mut tokens {
            caller.check(&place, token);
        }
    }
    assert!(made > 40 && refused > 60, "{made} made, {refused} refused");
    let opened = tokens.iter().filter(|token| !token.opened.is_empty()).count();
    assert!(opened > 5, "{opened} of {} open anything", tokens.len());
}
