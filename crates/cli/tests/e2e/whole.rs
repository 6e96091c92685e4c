//! Builds, people and projects of API v1.1 with all their fields: what follows from other builds, how
//! branches stand, settings that act, and what CircleCI has and Rondo says that it has not.

use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};

const CONFIG: &str = "
version: 2.1
jobs:
  build:
    machine: true
    steps:
      - run: echo built
      - run: test \"$FAIL\" != yes
      - run: echo kept > kept.txt
      - store_artifacts: {path: kept.txt}
  deploy: {machine: true, steps: [{run: echo deployed}]}
workflows:
  main:
    jobs:
      - build
      - deploy: {requires: [build]}
";

fn waiting() -> Acme {
    Acme::start_with(CONFIG, &["--executor", "none"])
}

#[tokio::test]
async fn a_build_tells_of_the_builds_around_it() {
    let acme = Acme::start(CONFIG);
    let builds = acme.run_workflows("main", 2).await;
    acme.run("build", json!({"FAIL": "yes"})).await;
    let fixed = acme.run("build", json!({})).await;
    assert_eq!(fixed["status"], "fixed", "{fixed}");
    let again = acme.post(&format!("{PROJECT}/3/retry"), json!({})).await;
    assert_eq!((&again["why"], &again["retry_of"]), (&json!("retry"), &json!(3)));
    let again = acme.ended(5).await;
    let list = acme.get(PROJECT).await;
    let listed = |number: usize| list[5 - number].clone();
    for (number, previous, successful, first) in [
        (1, Value::Null, Value::Null, true),
        (2, json!(1), json!(1), false),
        (3, json!(2), json!(2), false),
        (4, json!(3), json!(2), false),
        (5, json!(4), json!(4), false),
    ] {
        let alone = acme.get(&format!("{PROJECT}/{number}")).await;
        for build in [listed(number), alone] {
            assert_eq!(build["previous"].get("build_num").unwrap_or(&Value::Null), &previous);
            let before = &build["previous_successful_build"];
            assert_eq!(before.get("build_num").unwrap_or(&Value::Null), &successful, "{number}");
            assert_eq!(build["is_first_green_build"], first, "{number}");
        }
    }
    assert_eq!(listed(4)["previous"]["status"], "failed");
    assert!(listed(4)["previous"]["build_time_millis"].as_i64().is_some());
    assert_eq!((&listed(3)["retries"], &listed(4)["retries"]), (&json!([5]), &Value::Null));
    assert_eq!(again["previous"]["build_num"], 4);
    let kept: Vec<_> = (1..=5).map(|number| listed(number)["has_artifacts"].clone()).collect();
    assert_eq!(kept, [true, false, false, true, false]);
    let required = &builds[1]["workflows"]["upstream_job_ids"];
    assert_eq!(required, &json!([builds[0]["workflows"]["job_id"]]));
    let commit = &listed(4)["all_commit_details"][0];
    assert_eq!(commit["commit"], listed(4)["vcs_revision"]);
    assert_eq!(commit["subject"], "Change the configuration");
    assert!(commit["commit_url"].as_str().unwrap().starts_with("https://github.com/acme/web/"));
    assert_eq!(listed(4)["compare"], Value::Null, "it is the same commit");
    assert_eq!(listed(4)["owners"], json!(["mika"]));
    acme.repository.commit(&format!("{CONFIG}# changed\n"));
    let changed = acme.run("build", json!({})).await;
    let (before, now) = (&listed(5)["vcs_revision"], &changed["vcs_revision"]);
    let expected = format!(
        "https://github.com/acme/web/compare/{}...{}",
        before.as_str().unwrap(),
        now.as_str().unwrap()
    );
    assert_eq!(changed["compare"], expected.as_str());
    let shallow = acme.get(&format!("{PROJECT}?shallow=true&limit=1")).await;
    for left_out in ["all_commit_details", "previous", "retries", "messages", "node"] {
        assert!(
            shallow[0].get(left_out).is_none() && changed.get(left_out).is_some(),
            "{left_out}"
        );
    }
}

#[tokio::test]
async fn recent_builds_are_those_of_all_followed_projects_and_of_no_other() {
    let acme = waiting();
    let git = acme.repository.folder.to_str().unwrap();
    for slug in ["gh/acme/lib", "gh/acme/other"] {
        acme.server.admin(&["project", "add", slug, "--git", git]);
    }
    for slug in ["web", "lib", "other", "web"] {
        acme.post(&format!("/api/v1.1/project/gh/acme/{slug}"), json!({})).await;
    }
    assert_eq!(acme.get("/api/v1.1/recent-builds").await, json!([]));
    for slug in ["web", "lib"] {
        acme.post(&format!("/api/v1.1/project/gh/acme/{slug}/follow"), json!({})).await;
    }
    for (query, expected) in [
        ("", vec![("web", 2), ("lib", 1), ("web", 1)]),
        ("?limit=2", vec![("web", 2), ("lib", 1)]),
        ("?limit=1&offset=2&shallow=true", vec![("web", 1)]),
        ("?offset=3", vec![]),
    ] {
        let list = acme.get(&format!("/api/v1.1/recent-builds{query}")).await;
        let told = list.as_array().unwrap().iter();
        let told =
            told.map(|b| (b["reponame"].as_str().unwrap(), b["build_num"].as_i64().unwrap()));
        assert_eq!(told.collect::<Vec<_>>(), expected, "{query}");
    }
    // Following gives no right: eve's part in the organization is over.
    acme.server.add_person("eve", false);
    acme.server.admin(&["user", "role", "eve", "gh/acme", "viewer"]);
    let eve = acme.server.personal_token("eve");
    assert_eq!(acme.server.post(&eve, &format!("{PROJECT}/follow"), json!({})).await.0, 200);
    let (_, seen) = acme.server.get(&eve, "/api/v1.1/recent-builds").await;
    assert_eq!(seen.as_array().unwrap().len(), 2);
    acme.server.admin(&["user", "role", "eve", "gh/acme", "none"]);
    for path in ["/api/v1.1/recent-builds", "/api/v1.1/projects", "/api/v1.1/user/repos"] {
        assert_eq!(acme.server.get(&eve, path).await, (200, json!([])), "{path}");
    }
}

#[tokio::test]
async fn followed_projects_tell_how_their_branches_stand() {
    let acme = Acme::start(CONFIG);
    acme.repository.git(&["branch", "release/1.0"]);
    acme.run_workflows("main", 2).await;
    acme.post(&format!("{PROJECT}/tree/release%2F1.0"), json!({})).await;
    acme.ended(3).await;
    acme.ids().await;
    for projects in [acme.get("/api/v1.1/projects").await, acme.get("/api/v1/projects").await] {
        let branches = &projects[0]["branches"];
        let names: Vec<_> = branches.as_object().unwrap().keys().collect();
        assert_eq!(names, ["main", "release%2F1%2E0"]);
        let main = &branches["main"];
        let numbers = |list: &Value| -> Vec<i64> {
            list.as_array().unwrap().iter().map(|b| b["build_num"].as_i64().unwrap()).collect()
        };
        assert_eq!(numbers(&main["recent_builds"]), [2, 1]);
        assert_eq!(main["running_builds"], json!([]));
        assert_eq!(main["last_success"]["build_num"], 2);
        assert_eq!(main["latest_completed_workflows"]["main"]["status"], "success");
        assert_eq!(main["pusher_logins"], json!(["mika"]));
    }
    let shallow = acme.get("/api/v1.1/projects?shallow=true").await;
    assert!(shallow[0].get("branches").is_none());
    let me = acme.get("/api/v1.1/me").await;
    let followed = &me["projects"]["https://github.com/acme/web"];
    assert_eq!(followed, &json!({"on_dashboard": true, "emails": "default"}));
    let organizations = acme.get("/api/v1.1/user/organizations").await;
    assert_eq!(
        (&organizations[0]["login"], &organizations[0]["num_projects"]),
        (&json!("acme"), &json!(1))
    );
    for (path, count) in [
        ("repos", 1),
        ("repos/github", 1),
        ("repos/github?page=2&per-page=1", 0),
        ("repos/bitbucket", 0),
    ] {
        let repositories = acme.get(&format!("/api/v1.1/user/{path}")).await;
        assert_eq!(repositories.as_array().unwrap().len(), count, "{path}");
    }
}

#[tokio::test]
async fn settings_act_and_what_cannot_be_changed_is_named() {
    let acme = waiting();
    let path = &format!("{PROJECT}/settings");
    let change = async |body: Value| {
        let request = acme.server.request(reqwest::Method::PUT, path);
        crate::harness::answer(request.header("circle-token", &acme.token).json(&body)).await
    };
    let before = acme.get(path).await;
    assert_eq!((&before["vcs-type"], &before["enabled"]), (&json!("github"), &json!(true)));
    assert_eq!(change(before.clone()).await, (200, before), "what is sent back changes nothing");
    let (status, opened) = change(json!({"feature_flags": {"oss": true}})).await;
    assert_eq!(
        (status, &opened["oss"], &opened["feature_flags"]["oss"]),
        (200, &json!(true), &json!(true))
    );
    let anyone = acme.server.request(reqwest::Method::GET, PROJECT).send().await.unwrap();
    assert_eq!(anyone.status().as_u16(), 200);
    acme.repository.git(&["branch", "next"]);
    assert_eq!(change(json!({"default_branch": "next"})).await.1["default_branch"], "next");
    assert_eq!(acme.post(PROJECT, json!({})).await["branch"], "next");
    for (body, part) in [
        (
            json!({"feature_flags": {"osx": true}}),
            "the feature flag \"osx\" cannot be changed: it is false",
        ),
        (json!({"feature_flags": {"warp": true}}), "the feature flag \"warp\" cannot be changed"),
        (json!({"slack_webhook_url": "https://chat.example"}), "slack_webhook_url"),
        (json!({"parallel": 4}), "\"parallel\" cannot be changed: it is 1"),
        (json!([]), "the body is not the expected JSON"),
    ] {
        let (status, refused) = change(body).await;
        assert_eq!(status, 400);
        assert!(refused["message"].as_str().unwrap().contains(part), "{refused}");
    }
    let enable = format!("{PROJECT}/enable");
    let (status, disabled) = acme.server.delete(&acme.token, &enable).await;
    assert_eq!((status, &disabled["enabled"]), (200, &json!(false)));
    assert_eq!(disabled["feature_flags"]["drop_all_build_requests"], true);
    for call in ["", "/tree/main", "/build"] {
        let (status, refused) =
            acme.server.post(&acme.token, &format!("{PROJECT}{call}"), json!({})).await;
        assert_eq!((status, &refused["code"]), (400, &json!("not_now")), "{call}");
    }
    assert_eq!(acme.post(&enable, json!({})).await["enabled"], true);
    assert_eq!(acme.post(PROJECT, json!({})).await["build_num"], 2);
}

#[tokio::test]
async fn what_rondo_has_not_says_so_and_what_to_do_instead() {
    let acme = waiting();
    acme.post(PROJECT, json!({})).await;
    let token = &acme.token;
    let key = json!({"apikey": "f00dfeed-0000-4000-8000-000000000000"});
    for (answer, part) in [
        (acme.server.post(token, &format!("{PROJECT}/1/ssh"), json!({})).await, "retry runs"),
        (acme.server.post(token, &format!("{PROJECT}/1/ssh-users"), json!({})).await, "SSH"),
        (acme.server.delete(token, &format!("{PROJECT}/build-cache")).await, "no dependency cache"),
        (acme.server.post(token, "/api/v1.1/user/heroku-key", key).await, "HEROKU_API_KEY"),
    ] {
        let (status, refused) = answer;
        assert_eq!((status, &refused["code"]), (400, &json!("not_supported")), "{refused}");
        assert!(refused["message"].as_str().unwrap().contains(part), "{refused}");
    }
    let (status, refused) = acme.server.get(token, "/api/v1.1/recent-builds?mine=true").await;
    assert_eq!(status, 400, "{refused}");
}
