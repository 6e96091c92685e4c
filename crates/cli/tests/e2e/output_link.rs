//! The address of a step's output that works without a token: bound to it, and never worth more than
//! whoever asked for it is now. And a build that calls the API itself.

use reqwest::Method;
use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT};
use crate::harness::answer;

const CONFIG: &str = "
version: 2.1
jobs:
  build: {machine: true, steps: [{run: echo first}, {run: echo second}]}
";

/// The addresses of the output of build 1, as a token sees it.
async fn links(acme: &Acme, token: &str) -> Vec<String> {
    let (_, build) = acme.server.get(token, &format!("{PROJECT}/1")).await;
    let steps = build["steps"].as_array().unwrap().iter();
    let urls = steps.filter_map(|step| step["actions"][0]["output_url"].as_str());
    urls.map(|url| url.strip_prefix(&acme.server.url).unwrap().to_owned()).collect()
}

async fn follow(acme: &Acme, link: &str) -> (u16, Value) {
    answer(acme.server.request(Method::GET, link)).await
}

#[tokio::test]
async fn an_output_is_read_without_a_token_by_its_own_address_only() {
    let acme = Acme::start(CONFIG);
    acme.run("build", json!({})).await;
    let links = links(&acme, &acme.token).await;
    let mut all = String::new();
    for link in &links {
        let (status, pieces) = follow(&acme, link).await;
        assert_eq!((status, pieces[0]["type"].as_str()), (200, Some("out")), "{pieces}");
        all.push_str(pieces[0]["message"].as_str().unwrap());
    }
    assert!(all.contains("first") && all.contains("second"), "{all}");
    let good = &links[links.len() - 1];
    let (path, query) = good.split_once('?').unwrap();
    let (begin, step) = path.strip_suffix("/0").unwrap().rsplit_once('/').unwrap();
    let other = step.parse::<i64>().unwrap() - 1;
    let signature = query.rsplit_once('=').unwrap().1;
    for wrong in [
        path.to_owned(),
        format!("{begin}/{other}/0?{query}"),
        format!("{begin}/{step}/1?{query}"),
        good.replace("until=", "until=9"),
        good.replace("by=token-", "by=person-"),
        good.replace(signature, &"a".repeat(64)),
        good.replace(signature, ""),
        format!("{good}&by=anyone"),
    ] {
        let (status, refused) = follow(&acme, &wrong).await;
        assert_eq!((status, &refused["message"]), (404, &json!("output not found")), "{wrong}");
    }
}

#[tokio::test]
async fn a_link_ends_with_the_token_that_it_was_made_for_and_with_its_owners_rights() {
    let acme = Acme::start(CONFIG);
    acme.run("build", json!({})).await;
    acme.server.add_person("eve", false);
    acme.server.admin(&["user", "role", "eve", "gh/acme", "viewer"]);
    let eve = acme.server.personal_token("eve");
    let all = acme.server.project_token("gh/acme/web", "all");
    let (of_eve, of_all) = (links(&acme, &eve).await, links(&acme, &all).await);
    for link in [&of_eve[0], &of_all[0]] {
        assert_eq!(follow(&acme, link).await.0, 200);
    }
    acme.server.admin(&["user", "role", "eve", "gh/acme", "none"]);
    assert_eq!(follow(&acme, &of_eve[0]).await.0, 404, "she reads the project no more");
    let (_, tokens) = acme.server.get(&acme.token, &format!("{PROJECT}/token")).await;
    let id = tokens[0]["id"].as_str().unwrap();
    acme.server.delete(&acme.token, &format!("{PROJECT}/token/{id}")).await;
    assert_eq!(follow(&acme, &of_all[0]).await.0, 404, "the token is deleted");
}

#[tokio::test]
async fn everybody_who_asks_for_a_build_gets_links_of_their_own() {
    let acme = Acme::start(CONFIG);
    acme.run("build", json!({})).await;
    let all = acme.server.project_token("gh/acme/web", "all");
    let tokens = [&acme.token, &all, &acme.token, &all];
    for token in tokens {
        // After the prefix, a token's text begins with its id.
        let id = &token.split_once('_').unwrap().1[..11];
        for link in links(&acme, token).await {
            assert!(link.contains(&format!("by=token-{id}&")), "{link}");
            assert_eq!(follow(&acme, &link).await.0, 200);
        }
    }
    let (mine, theirs) = (links(&acme, &acme.token).await, links(&acme, &all).await);
    assert!(mine.iter().all(|link| !theirs.contains(link)), "{mine:?} {theirs:?}");
}

#[tokio::test]
async fn a_job_triggers_another_with_curl_and_a_token_from_a_variable() {
    // The step of docs/api-v1.1.md, as it stands there.
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api-v1.1.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (config, _) = rest.split_once("```").unwrap();
    let acme = Acme::start(config);
    acme.set("CIRCLE_API_USER_TOKEN", &acme.token).await;
    let built = acme.prints("build", json!({})).await;
    assert!(!built.contains(&acme.token), "a token in a variable is masked");
    let deployed = acme.ended(2).await;
    assert_eq!((&deployed["status"], &deployed["why"]), (&json!("success"), &json!("api")));
    assert_eq!(deployed["workflows"]["job_name"], "deploy");
    let revision = deployed["vcs_revision"].as_str().unwrap();
    let output = acme.output(2).await;
    assert!(output.contains(&format!("deploying {revision}")), "{output}");
    assert_eq!(deployed["vcs_revision"], acme.get(&format!("{PROJECT}/1")).await["vcs_revision"]);
}
