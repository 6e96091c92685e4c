//! The ledger of uses: who used which token for what, from where, let in or refused.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};

const CONFIG: &str = "version: 2.1\njobs:\n  build: {machine: true, steps: [{run: echo fine}]}\n";
const TOKENS: &str = "/api/v1.1/user/token";

struct Place {
    server: Server,
    mika: String,
}

impl Place {
    fn make(database: Database) -> Self {
        let server = Server::start_with(database, &["--executor", "none"]);
        server.add_person("mika", true);
        server.add_project("gh/acme/web", CONFIG);
        let mika = server.personal_token("mika");
        Self { server, mika }
    }

    /// A new token: its id and its value.
    async fn make_token(&self, tokens: &str, body: Value) -> (String, String) {
        let (status, made) = self.server.post(&self.mika, tokens, body).await;
        assert_eq!(status, 201, "{made}");
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("id"), text("token"))
    }

    /// A use of a token by a program; the status.
    async fn visit(&self, token: &str, path: &str, agent: &str) -> u16 {
        let request = self.server.request(Method::GET, path).header("circle-token", token);
        answer(request.header("user-agent", agent)).await.0
    }

    async fn used(&self, tokens: &str, id: &str) -> Value {
        let (status, used) = self.server.get(&self.mika, &format!("{tokens}/{id}/use")).await;
        assert_eq!(status, 200, "{used}");
        used
    }
}

/// The sums of a list's field.
fn sum(list: &Value, field: &str) -> i64 {
    list.as_array().unwrap().iter().map(|one| one[field].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_use_is_known_by_its_program_address_route_and_status_as_soon_as_it_is_answered() {
    for database in Database::all() {
        let place = Place::make(database);
        let (id, value) = place.make_token(TOKENS, json!({"label": "report"})).await;
        assert_eq!(
            place.used(TOKENS, &id).await,
            json!({
                "first_used_at": null, "last_used_at": null, "clients": [], "counts": [],
            })
        );
        for _ in 0..3 {
            assert_eq!(place.visit(&value, "/api/v1.1/me", "report.py/3").await, 200);
        }
        let builds = "/api/v1.1/project/gh/acme/web";
        assert_eq!(place.visit(&value, builds, "curl/8").await, 200);
        assert_eq!(place.visit(&value, "/api/v1.1/project/gh/acme/none", "curl/8").await, 404);
        let used = place.used(TOKENS, &id).await;
        let clients = used["clients"].as_array().unwrap();
        let client = |agent: &str| clients.iter().find(|one| one["agent"] == agent).unwrap();
        let curl = client("curl/8");
        assert_eq!((curl["uses"].as_i64(), curl["status"].as_i64()), (Some(2), Some(404)));
        assert_eq!(curl["route"], "/api/v1.1/project/{vcs}/{org}/{repo}");
        assert_eq!(curl["address"], "127.0.0.1");
        assert_eq!(client("report.py/3")["uses"], 3);
        assert_eq!((sum(&used["counts"], "accepted"), sum(&used["counts"], "refused")), (4, 1));
        assert!(
            used["counts"].as_array().unwrap().iter().all(|one| one["network"] == "127.0.0.0/24")
        );
        assert!(used["first_used_at"].is_string() && used["last_used_at"].is_string(), "{used}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_of_a_stopped_token_count_as_refused_and_guesses_do_not_count() {
    let place = Place::make(Database::Sqlite);
    let project = "/api/v1.1/project/gh/acme/web/token";
    let (id, value) = place.make_token(project, json!({"label": "badge", "scope": "status"})).await;
    let disable = format!("{project}/{id}/disable");
    assert_eq!(place.server.post(&place.mika, &disable, json!({})).await.0, 200);
    assert_eq!(place.visit(&value, "/api/v1.1/project/gh/acme/web", "curl/8").await, 401);
    let wrong = crate::forgery::forged(&value);
    assert_eq!(place.visit(&wrong, "/api/v1.1/project/gh/acme/web", "guess").await, 404);
    let used = place.used(project, &id).await;
    assert_eq!((sum(&used["counts"], "accepted"), sum(&used["counts"], "refused")), (0, 1));
    assert_eq!(used["clients"].as_array().unwrap().len(), 1, "{used}");
    assert_eq!((&used["first_used_at"], &used["last_used_at"]), (&json!(null), &json!(null)));
    let other = place.server.project_token("gh/acme/web", "all");
    let (status, _) = place.server.get(&other, &format!("{project}/{id}/use")).await;
    assert_eq!(status, 403, "a project token does not read the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_outlives_the_server_and_is_bounded() {
    let mut place = Place::make(Database::Sqlite);
    let (id, value) = place.make_token(TOKENS, json!({"label": "report"})).await;
    for number in 0..60 {
        // Each in a moment of its own, so that one of them is the last.
        let moment = Timestamp::now().as_millisecond();
        while Timestamp::now().as_millisecond() == moment {}
        let agent = format!("program {number}");
        assert_eq!(place.visit(&value, "/api/v1.1/me", &agent).await, 200);
    }
    assert!(place.server.stop().success());
    place.server.restart();
    let used = place.used(TOKENS, &id).await;
    let clients = used["clients"].as_array().unwrap();
    assert_eq!(clients.len(), 50, "the oldest are forgotten");
    assert_eq!(clients[0]["agent"], "program 59");
    assert_eq!(sum(&used["counts"], "accepted"), 60, "and stay counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_calls_itself_by_a_tokens_value_is_not_written_down_so() {
    let place = Place::make(Database::Sqlite);
    let (id, value) = place.make_token(TOKENS, json!({"label": "report"})).await;
    let agent = format!("deploy ({value})");
    assert_eq!(place.visit(&value, "/api/v1.1/me", &agent).await, 200);
    assert_eq!(place.used(TOKENS, &id).await["clients"][0]["agent"], "(a token's value)");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_where_a_token_is_used() {
    let place = Place::make(Database::Sqlite);
    let (id, value) = place.make_token(TOKENS, json!({"label": "report"})).await;
    assert_eq!(place.visit(&value, "/api/v1.1/me", "report.py/3").await, 200);
    let mut command = std::process::Command::new(crate::harness::RONDO);
    let command = command.env("RONDO_URL", &place.server.url).env("CIRCLE_TOKEN", &place.mika);
    let done = command.args(["token", "use", &id]).output().unwrap();
    let shown = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && shown.contains("127.0.0.1"), "{shown}");
    assert!(shown.contains("report.py/3") && shown.contains("/api/v1.1/me"), "{shown}");
}
