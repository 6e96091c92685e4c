//! The policy of an organization: which rule finds what, that none ever adds a right, and that what it
//! takes away is told apart from what was never there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use rondo_domain::permission::{Permission, Permissions};
use rondo_domain::policy::{Breach, Governed, Manner, Rules, RulesError, Ruling, WRITES};
use rondo_domain::principal::{Access, Credential, Principal, Refused, Target};
use rondo_domain::token::{Chosen, Holder, Network, Preset, Reach, Scope, Secret, TokenKind};
use rondo_domain::{Millis, OrgId, PersonId, ProjectId, Role};

const DAY: i64 = 24 * 3600 * 1000;
const MADE: Millis = Millis(1000 * DAY);

fn project() -> ProjectId {
    ProjectId::from_entropy([1; 16])
}

fn person() -> Holder {
    Holder::Person(PersonId::from_entropy([9; 16]))
}

fn network(text: &str) -> Network {
    text.parse().unwrap()
}

fn networks(list: &[&str]) -> Chosen<Network> {
    Chosen::only(list.iter().map(|text| network(text)).collect()).unwrap_or_default()
}

fn from(peer: &str) -> Option<Manner> {
    Some(Some(peer.parse().unwrap()).into())
}

fn in_query() -> Option<Manner> {
    Some(Manner { peer: None, in_query: true })
}

#[test]
fn each_rule_finds_what_breaks_it_and_nothing_else() {
    let whole = Reach::WHOLE;
    let days = |days: i64| Reach { expires_at: Some(MADE.plus(days * DAY)), ..Reach::WHOLE };
    let reading = Reach { rights: Preset::ReadOnly.rights(), ..Reach::WHOLE };
    let listed = Reach { rights: Permission::OF_TOKENS.into_iter().collect(), ..Reach::WHOLE };
    let chosen = Reach { projects: Chosen::only(vec![project()]).unwrap(), ..Reach::WHOLE };
    let office = Reach { networks: networks(&["10.1.0.0/16"]), ..Reach::WHOLE };
    let abroad = Reach { networks: networks(&["192.0.2.0/24"]), ..Reach::WHOLE };
    let all = Holder::Project(project(), Scope::All);
    let badge = Holder::Project(project(), Scope::Badge);
    let job = Holder::Project(project(), Scope::Job);

    let life = Rules { max_days: Some(30), ..Rules::default() };
    let narrow = Rules { no_unrestricted: true, ..Rules::default() };
    let inside = Rules { networks: networks(&["10.0.0.0/8", "2001:db8::/32"]), ..Rules::default() };
    let header = Rules { no_query: true, ..Rules::default() };
    let second = Rules { approval_since: Some(MADE), ..Rules::default() };
    let later = Rules { approval_since: Some(MADE.plus(1)), ..Rules::default() };
    let idle = Rules { idle_days: Some(1), ..Rules::default() };

    let out = Some(Breach::Network(Some("192.0.2.7".parse().unwrap())));
    for (rules, holder, reach, manner, expected) in [
        (&Rules::default(), person(), &whole, in_query(), None),
        (&idle, person(), &whole, in_query(), None),
        (&life, person(), &whole, None, Some(Breach::Lifetime(30))),
        (&life, all, &whole, None, Some(Breach::Lifetime(30))),
        (&life, badge, &whole, None, Some(Breach::Lifetime(30))),
        (&life, person(), &days(30), None, None),
        (&life, person(), &days(31), None, Some(Breach::Lifetime(30))),
        (&narrow, person(), &whole, None, Some(Breach::Unrestricted)),
        (&narrow, person(), &office, None, Some(Breach::Unrestricted)),
        (&narrow, person(), &days(1), None, Some(Breach::Unrestricted)),
        (&narrow, person(), &listed, None, Some(Breach::Unrestricted)),
        (&narrow, person(), &reading, None, None),
        (&narrow, person(), &chosen, None, None),
        (&narrow, all, &whole, None, None),
        (&inside, person(), &whole, from("10.200.0.1"), None),
        (&inside, person(), &whole, from("2001:db8::1"), None),
        (&inside, person(), &whole, from("192.0.2.7"), out),
        (&inside, badge, &whole, from("192.0.2.7"), out),
        (&inside, person(), &whole, in_query(), Some(Breach::Network(None))),
        (&inside, person(), &whole, None, None),
        (&inside, person(), &office, None, None),
        (&inside, person(), &abroad, None, Some(Breach::Network(None))),
        (&header, person(), &whole, in_query(), Some(Breach::Query)),
        (&header, all, &whole, in_query(), Some(Breach::Query)),
        (&header, badge, &whole, in_query(), None),
        (&header, person(), &whole, from("192.0.2.7"), None),
        (&header, person(), &whole, None, None),
        (&second, person(), &whole, None, Some(Breach::Approval)),
        (&second, person(), &chosen, None, Some(Breach::Approval)),
        (&second, person(), &reading, None, None),
        (&second, all, &whole, None, None),
        (&later, person(), &whole, None, None),
    ] {
        let token = Governed { holder, reach, created_at: MADE, approved: false };
        assert_eq!(rules.judge(&token, manner).breach, expected, "{rules:?} {token:?} {manner:?}");
        // A job's own token is never judged.
        let token = Governed { holder: job, ..token };
        assert_eq!(rules.judge(&token, manner), Ruling::FREE);
    }
}

#[test]
fn an_approval_is_about_the_rights_that_change_something() {
    let rules = Rules { approval_since: Some(MADE), ..Rules::default() };
    let reach = Reach::WHOLE;
    let waits = Governed { holder: person(), reach: &reach, created_at: MADE, approved: false };
    let ruling = rules.judge(&waits, None);
    assert_eq!(ruling.stop(), None, "it still reads");
    for permission in Permission::ALL {
        assert_eq!(ruling.left.has(permission), !WRITES.has(permission), "{permission}");
    }
    let approved = Governed { approved: true, ..waits };
    assert_eq!(rules.judge(&approved, None), Ruling::FREE);
}

#[test]
fn a_number_of_days_that_is_none_is_refused_by_name() {
    let check = |rules: Rules, expected: Option<RulesError>| {
        assert_eq!(rules.clone().checked().err(), expected, "{rules:?}");
    };
    for days in [1, 90, 3650] {
        check(Rules { max_days: Some(days), idle_days: Some(days), ..Rules::default() }, None);
    }
    for days in [-1, 0, 3651, i64::MAX] {
        let rules = Rules { max_days: Some(days), ..Rules::default() };
        check(rules, Some(RulesError::Days("max_days")));
        let rules = Rules { idle_days: Some(days), ..Rules::default() };
        check(rules, Some(RulesError::Days("idle_days")));
    }
    let many: Vec<_> = (0..51).map(|n| network(&format!("10.0.0.{n}"))).collect();
    let networks = Chosen::only(many).unwrap();
    check(Rules { networks, ..Rules::default() }, Some(RulesError::Networks));
}

/// A generator that gives every run the same rules.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn reach(&mut self) -> Reach {
        let some = Permission::ALL.into_iter().filter(|_| self.yes()).collect();
        let lists: [&[&str]; 3] = [&[], &["10.1.0.0/16"], &["192.0.2.0/24"]];
        Reach {
            rights: if self.yes() { Permissions::EVERY } else { some },
            projects: if self.yes() { Chosen::All } else { Chosen::only(vec![project()]).unwrap() },
            networks: networks(lists[self.below(3) as usize]),
            expires_at: self.yes().then(|| MADE.plus(self.below(60) as i64 * DAY)),
        }
    }

    fn rules(&mut self) -> Rules {
        let lists: [&[&str]; 3] = [&[], &["10.0.0.0/8"], &["10.1.2.0/24", "192.0.2.7"]];
        Rules {
            max_days: self.yes().then(|| 1 + self.below(60) as i64),
            no_unrestricted: self.yes(),
            networks: networks(lists[self.below(3) as usize]),
            idle_days: self.yes().then_some(90),
            no_query: self.yes(),
            approval_since: self.yes().then(|| MADE.plus(self.below(3) as i64 - 1)),
        }
    }
}

#[test]
fn no_policy_ever_adds_a_right_and_what_it_takes_is_told_apart() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let org = OrgId::from_entropy([1; 16]);
    let target = Target { project: project(), org, public: false };
    let token = Secret::mint(TokenKind::Personal, &[1; 48]).id();
    let (mut taken, mut kept) = (0, 0);
    for _ in 0..20_000 {
        let (rules, reach) = (chance.rules(), chance.reach());
        let peer = Some(["10.1.2.3", "192.0.2.7", "203.0.113.1"][chance.below(3) as usize]);
        let peer = peer.map(|peer| peer.parse().unwrap()).filter(|_| chance.below(4) > 0);
        let manner = Manner { peer, in_query: chance.yes() };
        let governed =
            Governed { holder: person(), reach: &reach, created_at: MADE, approved: chance.yes() };
        let by = Credential::Token(token, manner);
        let who = Principal::Person { id: PersonId::from_entropy([9; 16]), admin: false, by };
        let role = [None, Some(Role::Viewer), Some(Role::Contributor), Some(Role::Admin)];
        let role = role[chance.below(4) as usize];
        let ceiling = reach.ceiling(Some(target.project));
        let free = Access::of(&who, Some(&target), role, ceiling);
        let ruled = free.under(rules.judge(&governed, Some(manner)));
        assert_eq!(ruled.visible, free.visible);
        assert_eq!(free.under(Ruling::FREE), free);
        for permission in Permission::ALL {
            match (free.check(permission), ruled.check(permission)) {
                (Ok(()), Ok(())) => kept += 1,
                (Ok(()), Err(Refused::Policy(_))) => taken += 1,
                // What a token has not got, it is told so, and nothing of a policy.
                (Err(own), Err(other)) => assert_eq!(own, other),
                other => panic!("{rules:?} {reach:?} {permission}: {other:?}"),
            }
        }
    }
    assert!(taken > 10_000 && kept > 3000, "{taken} taken, {kept} kept");
}
