//! The grid of rights, printed to `permissions.txt`: a change of policy is a diff that anybody can
//! read. `UPDATE_EXPECTED=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write;

use rondo_domain::permission::{Permission, Permissions};
use rondo_domain::policy::Manner;
use rondo_domain::principal::{Access, Credential, Principal, Target};
use rondo_domain::token::{Preset, Scope, Secret, TokenKind};
use rondo_domain::{Ceiling, Home, OrgId, PersonId, ProjectId, Role, ServiceId};

struct Row {
    title: String,
    who: Principal,
    role: Option<Role>,
    ceiling: Permissions,
}

impl Row {
    fn new(title: impl Into<String>, who: Principal, role: Option<Role>) -> Self {
        Self { title: title.into(), who, role, ceiling: Permissions::EVERY }
    }
}

fn project(fill: u8) -> ProjectId {
    ProjectId::from_entropy([fill; 16])
}

fn person(admin: bool) -> Principal {
    let id = PersonId::from_entropy([1; 16]);
    let token = Secret::mint(TokenKind::Personal, &[1; 48]).id();
    Principal::Person { id, admin, by: Credential::Token(token, Manner::default()) }
}

fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::new("nothing", Principal::Anyone, None),
        Row::new("runner", Principal::Runner, None),
        Row::new("personal, server admin", person(true), None),
        Row::new("personal, no part", person(false), None),
    ];
    for role in Role::ALL {
        rows.push(Row::new(format!("personal, {role}"), person(false), Some(role)));
    }
    // A narrowed token of an administrator: the preset's rights, and of a viewer: those of both.
    for preset in Preset::ALL {
        let title = format!("admin's, {}", preset.word());
        rows.push(Row { ceiling: preset.rights(), ..Row::new(title, person(true), None) });
        let title = format!("viewer's, {}", preset.word());
        let role = Some(Role::Viewer);
        rows.push(Row { ceiling: preset.rights(), ..Row::new(title, person(false), role) });
    }
    for (whose, fill) in [("", 2), (", other project", 3)] {
        for scope in Scope::OFFERED.into_iter().chain([Scope::Job]) {
            let token = Secret::mint(TokenKind::Project, &[2; 48]).id();
            let who = Principal::Project {
                token,
                project: project(fill),
                scope,
                manner: Manner::default(),
            };
            rows.push(Row::new(format!("project {scope}{whose}"), who, None));
        }
    }
    rows.extend(services());
    rows
}

/// Service accounts below each role's rights, with a home that holds the project and one that does not; and
/// a narrowed token.
fn services() -> Vec<Row> {
    let (org, other) = (OrgId::from_entropy([1; 16]), OrgId::from_entropy([9; 16]));
    let homes = [
        ("organization", Home::Organization(org)),
        ("other organization", Home::Organization(other)),
        ("project", Home::Project { project: project(2), org }),
        ("other project", Home::Project { project: project(3), org }),
    ];
    let mut rows = Vec::new();
    for (whose, home) in homes {
        for role in Role::ALL {
            let who = service(home, role);
            rows.push(Row::new(format!("service of {whose}, {role}"), who, None));
        }
    }
    let who = service(homes[0].1, Role::Viewer);
    let preset = Preset::TriggerBuilds;
    let title = format!("service, viewer, {}", preset.word());
    rows.push(Row { ceiling: preset.rights(), ..Row::new(title, who, None) });
    rows
}

fn service(home: Home, role: Role) -> Principal {
    let token = Secret::mint(TokenKind::Service, &[4; 48]).id();
    let most = role.permissions().shared(Ceiling::MOST.rights());
    let ceiling = Ceiling::new(most).unwrap();
    let (id, manner) = (ServiceId::from_entropy([5; 16]), Manner::default());
    Principal::Service { token, id, home, ceiling, manner }
}

/// What each row holds on the project's organization as a whole.
fn on_organization(row: &Row) -> Access {
    Access::on_organization(&row.who, OrgId::from_entropy([1; 16]), row.role, row.ceiling)
}

fn line(grid: &mut String, title: &str, access: Access) {
    let granted: Vec<_> = Permission::ALL
        .into_iter()
        .filter(|permission| access.check(*permission).is_ok())
        .map(Permission::word)
        .collect();
    let granted = if granted.is_empty() { "-".to_owned() } else { granted.join(" ") };
    let _ = writeln!(grid, "  {title:<38} {granted}");
}

fn grid() -> String {
    let mut grid = String::new();
    let org = OrgId::from_entropy([1; 16]);
    for (title, target) in [
        ("on a private project", Some(Target { project: project(2), org, public: false })),
        ("on a public project", Some(Target { project: project(2), org, public: true })),
        ("on the server", None),
    ] {
        let _ = writeln!(grid, "{title}");
        for row in rows() {
            let access = Access::of(&row.who, target.as_ref(), row.role, row.ceiling);
            line(&mut grid, &row.title, access);
        }
    }
    let _ = writeln!(grid, "on the organization as a whole");
    for row in rows() {
        line(&mut grid, &row.title, on_organization(&row));
    }
    grid
}

#[test]
fn the_grid_of_rights_is_the_written_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/permissions.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, grid()).unwrap();
    }
    assert_eq!(grid(), std::fs::read_to_string(path).unwrap());
}
