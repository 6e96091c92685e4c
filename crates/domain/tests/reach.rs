//! A token's reach: what stops it, said precisely, and that no chain of tokens ever gains anything.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::IpAddr;

use rondo_domain::permission::{Permission, Permissions};
use rondo_domain::policy::{Manner, Ruling};
use rondo_domain::principal::Target;
use rondo_domain::token::{
    BadToken, Beyond, Case, Chosen, Holder, Network, Owner, Preset, Reach, Secret, Stop, TokenId,
    TokenKind, decide,
};
use rondo_domain::{Ceiling, Home, Millis, OrgId, PersonId, ProjectId, Role, ServiceId};

const NOW: Millis = Millis(1_000_000);

fn project(fill: u8) -> ProjectId {
    ProjectId::from_entropy([fill; 16])
}

fn target(fill: u8) -> Target {
    Target { project: project(fill), org: OrgId::from_entropy([1; 16]), public: false }
}

fn id() -> TokenId {
    Secret::mint(TokenKind::Personal, &[1; 48]).id()
}

fn network(text: &str) -> Network {
    text.parse().unwrap()
}

fn case(reach: &Reach) -> Case<'_> {
    Case {
        id: id(),
        holder: Holder::Person(PersonId::from_entropy([9; 16])),
        reach,
        created_at: Millis(0),
        disabled: false,
        rotated_at: None,
        owner: Some(Owner::Person { admin: false, disabled: false }),
    }
}

#[test]
fn a_token_that_is_stopped_is_told_by_what() {
    let narrowed = Reach {
        rights: Preset::ReadOnly.rights(),
        projects: Chosen::only(vec![project(1)]).unwrap(),
        networks: Chosen::only(vec![network("10.0.0.0/8"), network("2001:db8::/32")]).unwrap(),
        expires_at: Some(Millis(NOW.0 + 1)),
    };
    let inside: Option<IpAddr> = Some("10.1.2.3".parse().unwrap());
    let outside: Option<IpAddr> = Some("192.0.2.1".parse().unwrap());
    let good = case(&narrowed);
    let ask = |case: &Case<'_>, fill: u8, permission, peer, now| {
        let asked = (Some(&target(fill)), permission);
        decide(case, Some(Role::Viewer), asked, (Manner::from(peer), now), Ruling::FREE).map(drop)
    };
    use Permission::{ReadBuilds, TriggerBuilds};
    assert_eq!(ask(&good, 1, ReadBuilds, inside, NOW), Ok(()));
    let by_six = Some("2001:db8::7".parse().unwrap());
    assert_eq!(ask(&good, 1, ReadBuilds, by_six, NOW), Ok(()));
    assert_eq!(ask(&good, 2, ReadBuilds, inside, NOW), Err(Stop::Project));
    // The owner lacks it whatever the token was made with.
    assert_eq!(ask(&good, 1, TriggerBuilds, inside, NOW), Err(Stop::Holder(TriggerBuilds)));
    let asked = (Some(&target(1)), TriggerBuilds);
    let by_admin =
        decide(&good, Some(Role::Admin), asked, (inside.into(), NOW), Ruling::FREE).map(drop);
    assert_eq!(by_admin, Err(Stop::Right(TriggerBuilds)));
    let bad = |bad| Err(Stop::Bad(bad));
    for (peer, stop) in [(outside, BadToken::Network(outside)), (None, BadToken::Network(None))] {
        assert_eq!(ask(&good, 1, ReadBuilds, peer, NOW), bad(stop));
    }
    let end = Millis(NOW.0 + 1);
    assert_eq!(ask(&good, 1, ReadBuilds, inside, end), bad(BadToken::Expired(end)));
    let disabled = Case { disabled: true, ..good };
    assert_eq!(ask(&disabled, 1, ReadBuilds, inside, NOW), bad(BadToken::Disabled));
    let owner = Some(Owner::Person { admin: true, disabled: true });
    let orphan = Case { owner, ..good };
    assert_eq!(ask(&orphan, 1, ReadBuilds, inside, NOW), bad(BadToken::OwnerDisabled));
}

#[test]
fn a_token_of_chosen_projects_never_administers_the_server() {
    let chosen = Reach { projects: Chosen::only(vec![project(1)]).unwrap(), ..Reach::WHOLE };
    for (reach, expected) in [
        (&Reach::WHOLE, Ok(())),
        // The right is there, and no project that could carry it.
        (&chosen, Err(Stop::Project)),
    ] {
        let owner = Some(Owner::Person { admin: true, disabled: false });
        let case = Case { owner, ..case(reach) };
        let asked = (None, Permission::ManageServer);
        assert_eq!(
            decide(&case, None, asked, (Manner::default(), NOW), Ruling::FREE).map(drop),
            expected
        );
    }
}

/// A generator that gives every run the same reaches.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }

    fn some<T>(&mut self, all: &[T]) -> Vec<T>
    where
        T: Copy,
    {
        all.iter().copied().filter(|_| self.below(2) == 0).collect()
    }

    fn reach(&mut self) -> Reach {
        let networks =
            ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "0.0.0.0/0", "::/0", "2001:db8::/32"]
                .map(network);
        let every = self.below(3) == 0;
        let rights = self.some(&Permission::ALL).into_iter().collect();
        Reach {
            rights: if every { Permissions::EVERY } else { rights },
            projects: Chosen::only(self.some(&[1, 2, 3].map(project))).unwrap_or_default(),
            networks: Chosen::only(self.some(&networks)).unwrap_or_default(),
            expires_at: [None, Some(Millis(NOW.0 + self.below(4) as i64 - 2))]
                [self.below(2) as usize],
        }
    }
}

/// Everything that a person's token may be asked for: where, what, from where, when.
fn opens(reach: &Reach, role: Role) -> Vec<bool> {
    let owner = Some(Owner::Person { admin: role == Role::Admin, disabled: false });
    opened_by(&Case { owner, ..case(reach) }, Some(role))
}

/// The same of a service account's token.
fn opens_for_service(reach: &Reach, home: Home, ceiling: Ceiling) -> Vec<bool> {
    let owner = Some(Owner::Service { home, ceiling, disabled: false });
    let holder = Holder::Service(ServiceId::from_entropy([8; 16]));
    opened_by(&Case { owner, holder, ..case(reach) }, None)
}

fn opened_by(case: &Case<'_>, role: Option<Role>) -> Vec<bool> {
    let mut opens = Vec::new();
    let peers = ["10.1.2.3", "10.1.3.3", "10.2.0.1", "192.0.2.1", "2001:db8::1", "::2"];
    let peers = peers.map(|peer| Some(peer.parse().unwrap())).into_iter().chain([None]);
    for peer in peers {
        for now in [NOW.0 - 1, NOW.0, NOW.0 + 1, NOW.0 + 9].map(Millis) {
            for permission in Permission::ALL {
                for target in [Some(target(1)), Some(target(2)), Some(target(4)), None] {
                    let asked = (target.as_ref(), permission);
                    let shown = (Manner::from(peer), now);
                    opens.push(decide(case, role, asked, shown, Ruling::FREE).is_ok());
                }
            }
        }
    }
    opens
}

#[test]
fn no_token_that_a_token_may_make_opens_what_its_maker_does_not() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut made, mut refused) = (0, 0);
    for _ in 0..4000 {
        let (maker, child) = (chance.reach(), chance.reach());
        let Ok(()) = child.within(&maker) else {
            refused += 1;
            continue;
        };
        made += 1;
        for role in Role::ALL {
            let (by_maker, by_child) = (opens(&maker, role), opens(&child, role));
            let gained = by_child.iter().zip(&by_maker).any(|(child, maker)| *child && !maker);
            assert!(!gained, "{child:?} gains over {maker:?}");
        }
    }
    assert!(made > 50 && refused > 500, "{made} made, {refused} refused");
}

/// Whoever makes an account gives it no right that they do not hold in its home, and its tokens lie within
/// theirs: then neither opens more than the maker, whatever the ceiling is later.
#[test]
fn no_token_of_a_service_account_opens_what_its_maker_does_not() {
    let mut chance = Chance(0x1234_5678_9abc_def1);
    let org = OrgId::from_entropy([1; 16]);
    let homes = [Home::Organization(org), Home::Project { project: project(1), org }];
    let mut made = 0;
    for _ in 0..2000 {
        let maker = chance.reach();
        let narrowed: Permissions = chance.some(&Permission::ALL).into_iter().collect();
        let child = match chance.below(2) {
            0 => Reach { rights: maker.rights.shared(narrowed), ..maker.clone() },
            _ => chance.reach(),
        };
        let home = homes[chance.below(2) as usize];
        let ceiling = chance.some(&Permission::ALL).into_iter().collect();
        let Ok(ceiling) = Ceiling::new(ceiling) else { continue };
        for role in Role::ALL {
            let carried = match home.project() {
                Some(project) => maker.ceiling(Some(project)),
                None => maker.of_all(),
            };
            let held = role.permissions().shared(carried);
            let (given, gives) = (child.rights.shared(ceiling.rights()), child.within(&maker));
            if given.beyond(held).is_some() || gives.is_err() {
                continue;
            }
            made += 1;
            let by_maker = opens(&maker, role);
            let by_child = opens_for_service(&child, home, ceiling);
            let gained = by_child.iter().zip(&by_maker).any(|(child, maker)| *child && !maker);
            assert!(!gained, "{child:?} below {ceiling:?} gains over {maker:?}");
        }
    }
    assert!(made > 50, "{made} made");
}

#[test]
fn a_token_of_a_service_account_ends_where_its_home_and_its_ceiling_do() {
    use Permission::{OwnUser, ReadBuilds, TriggerBuilds};
    let org = OrgId::from_entropy([1; 16]);
    let ceiling = Ceiling::new(Permissions::of(&[ReadBuilds])).unwrap();
    let holder = Holder::Service(ServiceId::from_entropy([8; 16]));
    let ask = |home, disabled, target: Option<Target>, permission| {
        let owner = Some(Owner::Service { home, ceiling, disabled });
        let reach = Reach { rights: Permissions::EVERY, ..Reach::WHOLE };
        let case = Case { owner, holder, ..case(&reach) };
        // A role that the caller thinks of counts for nothing.
        let shown = (Manner::default(), NOW);
        let asked = (target.as_ref(), permission);
        decide(&case, Some(Role::Admin), asked, shown, Ruling::FREE).map(drop)
    };
    let (own, web) = (Home::Organization(org), Home::Project { project: project(1), org });
    let elsewhere = Home::Organization(OrgId::from_entropy([2; 16]));
    let open = Some(Target { public: true, ..target(1) });
    assert_eq!(ask(own, false, Some(target(1)), ReadBuilds), Ok(()));
    assert_eq!(ask(web, false, Some(target(1)), ReadBuilds), Ok(()));
    for (home, target, permission) in [
        (own, Some(target(1)), TriggerBuilds),
        (web, Some(target(2)), ReadBuilds),
        (elsewhere, Some(target(1)), ReadBuilds),
        (elsewhere, open, ReadBuilds),
        (own, None, OwnUser),
    ] {
        assert_eq!(ask(home, false, target, permission), Err(Stop::Holder(permission)), "{home:?}");
    }
    let disabled = ask(own, true, Some(target(1)), ReadBuilds);
    assert_eq!(disabled, Err(Stop::Bad(BadToken::OwnerDisabled)));
    // Whoever a token acts as is of its holder's kind, or it acts as nobody.
    let owner = Some(Owner::Person { admin: true, disabled: false });
    let mixed = Case { owner, holder, ..case(&Reach::WHOLE) };
    assert_eq!(mixed.admit(Manner::default(), NOW), Err(BadToken::Unknown));
}

#[test]
fn what_goes_beyond_the_maker_is_named() {
    let maker = Reach {
        rights: Preset::ReadOnly.rights(),
        projects: Chosen::only(vec![project(1)]).unwrap(),
        networks: Chosen::only(vec![network("10.0.0.0/8")]).unwrap(),
        expires_at: Some(NOW),
    };
    let check = |child: Reach, expected| assert_eq!(child.within(&maker), expected, "{child:?}");
    check(maker.clone(), Ok(()));
    check(Reach::WHOLE, Err(Beyond::Right(Permission::TriggerBuilds)));
    let rights = Preset::Artifacts.rights();
    check(Reach { rights, ..maker.clone() }, Ok(()));
    let projects = Chosen::only(vec![project(1), project(2)]).unwrap();
    check(Reach { projects, ..maker.clone() }, Err(Beyond::Projects));
    check(Reach { projects: Chosen::All, ..maker.clone() }, Err(Beyond::Projects));
    let networks = Chosen::only(vec![network("10.2.0.0/16")]).unwrap();
    check(Reach { networks, ..maker.clone() }, Ok(()));
    check(Reach { networks: Chosen::All, ..maker.clone() }, Err(Beyond::Networks));
    for expires_at in [None, Some(Millis(NOW.0 + 1))] {
        check(Reach { expires_at, ..maker.clone() }, Err(Beyond::Expiry(NOW)));
    }
}
