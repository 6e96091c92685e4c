//! API v2 as CircleCI's own command (version 0) asks it: the bytes of its requests are written out
//! here, since that command is in no registry.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Server, answer};

const COMPILE: &str = "/api/v2/compile-config-with-defaults";

struct Place {
    server: Server,
    token: String,
}

fn place(flags: &[&str]) -> Place {
    let server = Server::start_with(Database::Sqlite, &[&["--executor", "none"], flags].concat());
    server.add_person("mika", true);
    server.add_project("gh/acme/web", "version: 2.1\njobs: {}\n");
    let token = server.personal_token("mika");
    Place { server, token }
}

impl Place {
    /// A request with the command's own headers; without a body if there is none.
    async fn command(&self, method: Method, path: &str, body: Option<&str>) -> (u16, Value) {
        let request = self.server.request(method, path).header("circle-token", &self.token);
        let request = request.header("accept", "application/json");
        let request = request.header("user-agent", "circleci-cli/0.1.31687+abc (source)");
        answer(match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_owned()),
            None => request,
        })
        .await
    }

    async fn compile(&self, body: &Value) -> (u16, Value) {
        self.command(Method::POST, COMPILE, Some(&body.to_string())).await
    }
}

#[tokio::test]
async fn the_commands_probe_is_refused_and_its_config_compiled() {
    let place = place(&[]);
    let (status, refused) = place.command(Method::POST, COMPILE, None).await;
    assert_eq!(status, 400, "{refused}");
    // As Go writes JSON: brackets are escaped, and a line ends the text.
    let body = concat!(
        r#"{"config_yaml":"version: 2.1\nparameters:\n  who: {type: string, default: you}\njobs:\n"#,
        r#"  build:\n    machine: true\n    steps:\n      - run: echo \u003c\u003c pipeline.parameters.who \u003e\u003e"#,
        r#" \u003c\u003c pipeline.number \u003e\u003e\n","options":{"owner_id":"0199f7a0-0000-7000-8000-000000000000","#,
        r#""pipeline_parameters":{"who":"me"},"pipeline_values":{"pipeline.git.branch":"","pipeline.git.tag":"","#,
        r#""pipeline.number":1,"pipeline.git.branch.is_default":false,"pipeline.parameters.who":"me"}}}"#,
        "\n",
    );
    let (status, compiled) = place.command(Method::POST, COMPILE, Some(body)).await;
    assert_eq!((status, &compiled["valid"]), (200, &true.into()), "{compiled}");
    assert_eq!(compiled["errors"], json!([]));
    assert!(compiled["source-yaml"].as_str().unwrap().contains("<< pipeline.number >>"));
    let output = compiled["output-yaml"].as_str().unwrap();
    assert!(output.contains("version: 2") && output.contains("echo me 1"), "{output}");
    assert!(!output.contains("<<"), "{output}");
}

#[tokio::test]
async fn what_is_wrong_with_a_config_is_said_with_its_place() {
    let place = place(&[]);
    let config = "version: 2.1\njobs:\n  build: {machine: true, steps: [chekout]}\n";
    let (status, compiled) = place.compile(&json!({ "config_yaml": config })).await;
    assert_eq!((status, &compiled["valid"]), (200, &false.into()), "{compiled}");
    assert_eq!(compiled["output-yaml"], "");
    let message = compiled["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("`checkout`") && message.contains("line 3, column 34"), "{message}");
    for (body, says) in [
        (json!({}), "config_yaml"),
        (json!({"config_yaml": 1}), "string"),
        (json!({"config_yaml": "", "extra": 1}), "extra"),
        (json!({"config_yaml": "", "options": {"next": true}}), "next"),
        (json!({"config_yaml": "", "options": {"pipeline_values": {"a": []}}}), "a"),
    ] {
        let (status, refused) = place.compile(&body).await;
        assert_eq!(status, 400, "{body}: {refused}");
        assert!(refused["message"].as_str().unwrap().contains(says), "{body}: {refused}");
    }
    let large = json!({"config_yaml": "x".repeat(8 * 1024 * 1024)});
    let (status, refused) = place.compile(&large).await;
    assert_eq!((status, &refused["code"]), (413, &"too_large".into()));
    assert!(refused["message"].as_str().unwrap().contains("at most 8 MB"), "{refused}");
}

#[tokio::test]
async fn the_command_learns_who_it_is_and_the_ids_of_organizations() {
    let place = place(&[]);
    let (status, me) = place.command(Method::GET, "/api/v2/me", None).await;
    assert_eq!((status, &me["name"], &me["login"]), (200, &"mika".into(), &"mika".into()));
    assert_eq!(me["avatar_url"], Value::Null);
    let (status, list) = place.command(Method::GET, "/api/v2/me/collaborations", None).await;
    assert_eq!(status, 200, "{list}");
    let acme = &list[0];
    assert_eq!((&acme["slug"], &acme["name"]), (&"gh/acme".into(), &"acme".into()));
    assert_eq!((&acme["vcs-type"], &acme["vcs_type"]), (&"github".into(), &"github".into()));
    assert_eq!(acme["id"].as_str().unwrap().len(), 36);

    place.server.add_person("dora", false);
    let dora = place.server.personal_token("dora");
    let path = "/api/v2/me/collaborations";
    assert_eq!(place.server.get(&dora, path).await, (200, json!([])), "dora has a part nowhere");
    place.server.admin(&["user", "role", "dora", "gh/acme", "viewer"]);
    assert_eq!(place.server.get(&dora, path).await.1[0]["slug"], "gh/acme");
}

#[tokio::test]
async fn a_refused_token_is_told_in_the_words_of_v2() {
    let place = place(&[]);
    for (token, message) in
        [(None, "You must log in first."), (Some("junk"), "Invalid token provided.")]
    {
        for (method, path) in [(Method::GET, "/api/v2/me"), (Method::POST, COMPILE)] {
            let request = place.server.request(method, path);
            let request = match token {
                Some(token) => request.header("circle-token", token),
                None => request,
            };
            let (status, refused) = answer(request).await;
            assert_eq!((status, &refused["message"]), (401, &message.into()), "{refused}");
        }
    }
}
