//! Nothing that must stay secret is ever written down: after a busy run everything that a server
//! left behind is searched for it, byte by byte: its data folder with the database's journal, a dump
//! of PostgreSQL, and its log at the most talkative level.
//!
//! What a build prints of a secret in a form that nobody foresaw (reversed, say) is not looked for.

mod secret;

use std::process::Command;

use reqwest::Method;
use serde_json::json;

use crate::harness::{Database, PASSWORD, RONDO, Server};
use crate::session::Session;
use secret::Secrets;

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    docker: [{image: cimg/base}]
    steps:
      - run: echo \"the key is $DEPLOY_KEY and the other ${OTHER_KEY}\"
      - run: env
      - run: for i in $(seq 50); do printf %s \"$DEPLOY_KEY\"; done; echo
      - run: echo $DEPLOY_KEY >&2; set -x; test \"$OTHER_KEY\" = wrong
workflows:
  main: {jobs: [build]}
";

const PROJECT: &str = "/api/v1.1/project/gh/acme/web";

/// Uses every kind of secret in every way, well and badly, and notes each.
async fn be_busy(server: &Server, secrets: &mut Secrets) {
    server.add_person("mika", true);
    server.add_person("dora", false);
    secrets.add("a password", PASSWORD);
    server.add_project("gh/acme/web", CONFIG);
    let mika = server.personal_token("mika");
    let mut tokens = vec![mika.clone(), server.personal_token("dora")];
    for scope in ["status", "view-builds", "all"] {
        tokens.push(server.project_token("gh/acme/web", scope));
    }
    let body = json!({"label": "by the api"});
    let made = server.post(&mika, "/api/v1.1/user/token", body).await.1;
    tokens.push(made["token"].as_str().unwrap().to_owned());
    tokens.push(by_command(server, &mika));
    for token in &tokens {
        secrets.add_token(token);
    }
    build(server, &mika, secrets).await;
    for token in &tokens {
        show_everywhere(server, token).await;
    }
    sign_in(server, secrets).await;
    misuse(server, &tokens).await;
    // Deleting by value last: the value stands in the path.
    for token in &tokens[1..] {
        let place = if token.starts_with("rdprj_") { PROJECT } else { "/api/v1.1/user" };
        let owner = if place == PROJECT { &mika } else { token };
        let (status, answer) = server.delete(owner, &format!("{place}/token/{token}")).await;
        assert_eq!(status, 200, "{answer}");
        show_everywhere(server, token).await;
    }
    ask_of(server, &tokens).await;
}

/// Sends values where they are taken beside a credential: to be described, ended, handed in.
async fn ask_of(server: &Server, tokens: &[String]) {
    for token in &tokens[1..] {
        let asked =
            |path: &str| server.request(Method::POST, path).header("circle-token", &tokens[0]);
        let question = [("method", "DELETE"), ("path", &format!("/api/v1.1/user/token/{token}"))];
        for request in [
            asked("/oauth/introspect").form(&[("token", token)]),
            asked("/oauth/revoke").form(&[("token", token)]),
            asked("/api/v2/token/found").json(&json!({ "token": token })),
            asked("/api/v2/token/found").json(&json!({ "tokens": token })),
            server
                .request(Method::GET, "/api/v2/token/self/explain")
                .header("circle-token", &tokens[0])
                .query(&question),
        ] {
            let text = request.send().await.unwrap().text().await.unwrap();
            assert!(!text.contains(token), "a token is repeated: {text}");
        }
    }
}

fn by_command(server: &Server, token: &str) -> String {
    let mut command = Command::new(RONDO);
    command.args(["token", "create", "--label", "by the command"]);
    let output = command.env("RONDO_URL", &server.url).env("CIRCLE_TOKEN", token).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn build(server: &Server, mika: &str, secrets: &mut Secrets) {
    for (name, value) in
        [("DEPLOY_KEY", "hunter2-hunter2-hunter2"), ("OTHER_KEY", "Zm9vYmFy+/=&?%41")]
    {
        secrets.add(name, value);
        let body = json!({"name": name, "value": value});
        assert_eq!(server.post(mika, &format!("{PROJECT}/envvar"), body).await.0, 201);
    }
    assert_eq!(server.post(mika, PROJECT, json!({})).await.0, 201);
    let ended = server.ended(mika, "gh/acme/web", 1).await;
    assert_eq!(ended["status"], "failed");
    let output = server.output(mika, "gh/acme/web", 1).await;
    assert!(output.contains("the key is ****"), "the build printed its secrets: {output}");
}

/// Shows a token in every way, at a place that exists, one that does not, and where no route is.
async fn show_everywhere(server: &Server, token: &str) {
    for path in ["/api/v1.1/me", PROJECT, "/gh/acme/web.svg", "/cc.xml", "/nothing", "/login", "/"]
    {
        let ask = || server.request(Method::GET, path);
        for request in [
            ask().bearer_auth(token),
            ask().header("circle-token", token),
            ask().basic_auth(token, Some("")),
            ask().query(&[("circle-token", token)]),
            ask().query(&[("circle-token", format!("{token}x"))]),
            ask().query(&[("circle-token", token)]).header("circle-token", "another"),
        ] {
            let text = request.send().await.unwrap().text().await.unwrap();
            assert!(!text.contains(token), "{path} repeats a token: {text}");
        }
    }
}

async fn sign_in(server: &Server, secrets: &mut Secrets) {
    let session = Session::begin(server, "mika").await;
    secrets.add("a session's cookie", session.value());
    secrets.add("a form's word", &session.word);
    for path in ["/settings/user/tokens", "/nothing", "/api/v1.1/me", "/pipelines/gh/acme/web/1"] {
        assert!(session.request(server, Method::GET, path).send().await.is_ok());
    }
    let fields = [("name", "by the page"), ("csrf", &session.word)];
    let page = session.request(server, Method::POST, "/settings/user/tokens").form(&fields);
    let page = page.send().await.unwrap().text().await.unwrap();
    let (_, rest) = page.split_once("rdpat_").unwrap();
    secrets.add_token(&format!("rdpat_{}", &rest[..61]));
    let link = server.admin(&["user", "link", "dora"]);
    let code = link.rsplit_once('/').unwrap().1;
    secrets.add("a link's code", code);
    for method in [Method::GET, Method::POST, Method::POST] {
        let request =
            server.request(method, &format!("/enter/{code}")).header("origin", &server.url);
        let answer = request.form(&[("x", "")]).send().await.unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            secrets.add("a session by a link", pair.split_once('=').unwrap().1);
        }
    }
    for (name, password) in [("mika", "wrong-wrong-wrong"), ("nobody", "wrong-wrong-wrong")] {
        secrets.add("a wrong password", password);
        let request = server.request(Method::POST, "/login").header("origin", &server.url);
        request.form(&[("name", name), ("password", password)]).send().await.unwrap();
    }
}

/// Requests that fail, with secrets where they do not belong.
async fn misuse(server: &Server, tokens: &[String]) {
    for token in tokens {
        for path in [
            format!("/api/v1.1/user/token/{token}/more"),
            format!("/api/v1.1/project/gh/acme/{token}"),
            format!("{PROJECT}/{token}"),
            format!("{PROJECT}/tree/{token}"),
            format!("{PROJECT}/envvar/{token}"),
            format!("/gh/acme/{token}.svg"),
            format!("/settings/user/tokens/{token}/delete"),
            format!("/setup/{token}"),
            format!("/{token}"),
        ] {
            for method in [Method::GET, Method::DELETE, Method::PUT] {
                let request = server.request(method, &path).header("circle-token", &tokens[0]);
                assert!(request.send().await.unwrap().status().as_u16() >= 200);
            }
        }
        for body in [format!("{{\"label\": 1, \"{token}\": \"{token}\"}}"), format!("\"{token}\"")]
        {
            let request = server.request(Method::POST, "/api/v1.1/user/token");
            let answer =
                request.header("circle-token", &tokens[0]).body(body).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 400);
        }
    }
}

async fn check(database: Database, format: &str) {
    let mut secrets = Secrets::default();
    let mut server = Server::start_with(database, &["--log", "trace", "--log-format", format]);
    be_busy(&server, &mut secrets).await;
    assert_eq!(secrets.found(&server.remains()), Vec::<String>::new(), "while it serves");
    assert!(server.stop().success());
    assert_eq!(secrets.found(&server.remains()), Vec::<String>::new(), "after its end");
    is_the_search_good(&server, &secrets);
}

/// What is known to lie there is found, and so is every form of a secret that is planted there.
fn is_the_search_good(server: &Server, secrets: &Secrets) {
    let log = std::fs::read_to_string(server.log()).unwrap();
    assert!(log.contains("answered") && log.contains("TRACE"), "the log is not at its loudest");
    let mut known = Secrets::default();
    known.add("a label", "by the page");
    known.add("masked output", "the key is ****");
    for word in ["by the page", "the key is ****"] {
        let found = known.found(&server.remains());
        assert!(
            found.iter().any(|line| line.ends_with(&format!(":{word}"))),
            "{word} in {found:?}"
        );
    }
    let planted = server.data().join("planted");
    std::fs::create_dir(&planted).unwrap();
    for (number, form) in secrets.forms().into_iter().enumerate() {
        let bytes = [b"some \0\xff bytes ", form.as_bytes(), b" \0 and more"].concat();
        std::fs::write(planted.join(number.to_string()), bytes).unwrap();
    }
    let found = secrets.found(&server.remains());
    for (number, form) in secrets.forms().into_iter().enumerate() {
        let line = format!("{}:{form}", planted.join(number.to_string()).display());
        assert!(found.contains(&line), "{form} is not found");
    }
    std::fs::remove_dir_all(planted).unwrap();
}

#[tokio::test]
async fn no_secret_is_left_in_any_file_or_log_on_sqlite() {
    check(Database::Sqlite, "text").await;
}

#[tokio::test]
async fn no_secret_is_left_in_any_file_or_log_or_dump_on_postgresql() {
    if Database::all().contains(&Database::Postgres) {
        check(Database::Postgres, "json").await;
    }
}
