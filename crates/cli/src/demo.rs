//! `rondo demo`: a throw-away server with a sample project. It does what a new user would, prints
//! each step as the request that a user would make, and ends with a verdict.

mod repository;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rondo_app::{Ctx, NewProject};
use rondo_domain::LinkPurpose;
use rondo_wire::{Client, Credential, v1};
use serde_json::{Value, json};

use crate::args::DemoArgs;
use crate::language::words;
use crate::serve::{Running, Stop, log};
use crate::settings::{Executor, ServerFlags, Settings};
use crate::{complaint, print};

const PROJECT: &str = "/api/v1.1/project/gh/acme/web";
const GREETING: &str = "hello from the demo";
/// How long the sample build may take before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn demo(args: DemoArgs) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("rondo-demo-").tempdir()?;
    // The sandbox's user must be able to reach the repository.
    let settings = settings(folder.path(), args.listen)?;
    log(&settings)?;
    let mut asked = Stop::listen()?;
    let repository = repository::make(&folder.path().join("web"))?;
    let server = Running::start(&settings).await?;
    let shown = show(&server, &settings, &repository).await;
    if let Ok(link) = &shown {
        print::result(&words!(
            "\nAll of it worked. Look around, signed in as demo: {link}",
            "\nすべて成功しました。demo としてサインインして、ご覧ください: {link}"
        ));
    }
    if !args.exit && shown.is_ok() {
        print::result(&words!(
            "Ctrl-C ends the server and removes everything that it made.",
            "Ctrl-C でサーバーが終了し、作られたものはすべて消えます。"
        ));
        asked.wait().await;
    }
    server.stop().await?;
    shown.map(drop)
}

fn settings(folder: &Path, listen: Option<String>) -> anyhow::Result<Settings> {
    let text = |path: &Path| path.to_str().map(str::to_owned).context("the folder's name is text");
    let flags = ServerFlags {
        data: Some(text(&folder.join("data"))?),
        listen: Some(listen.unwrap_or_else(|| "127.0.0.1:0".to_owned())),
        local_repositories: Some(text(folder)?),
        log: Some("warn".to_owned()),
        ..ServerFlags::default()
    };
    let settings = Settings::resolve(&flags)?;
    let executor = match rondo_runner::detect() {
        Ok(()) => Executor::Bubblewrap,
        Err(missing) => {
            let missing = complaint::of(&missing.into());
            print::remark(&words!(
                "rondo: {missing}. The demo runs its own sample project without a sandbox.",
                "rondo: {missing}。このデモは、自分のサンプルプロジェクトをサンドボックスなしで実行します。"
            ));
            Executor::Unconfined
        }
    };
    Ok(Settings { executor, ..settings })
}

/// Says what comes and the request that does it.
fn step(what: &str, request: &str) {
    print::result(&format!("\n# {what}"));
    if !request.is_empty() {
        print::result(request);
    }
}

async fn show(server: &Running, settings: &Settings, repository: &Path) -> anyhow::Result<String> {
    let url = server.app.policy().url.clone();
    print::result(&words!(
        "# A throw-away server with a sample project.\nRONDO={url}",
        "# サンプルプロジェクト付きの使い捨てサーバーです。\nRONDO={url}"
    ));
    let data = settings.data.display();
    let link = add_person_and_project(server, &data.to_string(), repository).await?;
    let personal = make_tokens(&url).await?;
    let build = trigger(&personal.client, settings).await?;
    use_status(&personal, &build).await?;
    use_artifacts(&personal, build.status().build_num).await?;
    use_variables(&personal.client).await?;
    delete(&personal).await?;
    Ok(link)
}

/// The three kinds of tokens that the rest uses.
struct Tokens {
    url: String,
    client: Client,
    status: (String, Client),
    artifacts: Client,
}

const PASSWORD: &str = "a demo password";

async fn add_person_and_project(
    server: &Running,
    data: &str,
    repository: &Path,
) -> anyhow::Result<String> {
    let ctx = Ctx::console(server.app.world().now());
    step(
        &words!(
            "Add an administrator, and a project whose repository lies on this machine.",
            "管理者と、このマシンにリポジトリがあるプロジェクトを追加します。"
        ),
        &format!(
            "echo '{PASSWORD}' | rondo admin user add demo --admin --password-stdin --data {data}\n\
             rondo admin project add gh/acme/web --git {} --data {data} --local-repositories {}",
            repository.display(),
            repository.display(),
        ),
    );
    let person = server.app.add_person(&ctx, "demo".parse()?, PASSWORD.to_owned(), true).await;
    let person = person.map_err(complaint::refusal)?;
    let new = NewProject {
        slug: "gh/acme/web".parse()?,
        git_url: repository.to_str().context("the folder's name is text")?.parse()?,
        default_branch: "main".parse()?,
        public: false,
    };
    server.app.add_project(&ctx, new).await.map_err(complaint::refusal)?;
    let code = server.app.make_link(&ctx, LinkPurpose::SignIn(person.id)).await;
    let code = code.map_err(complaint::refusal)?;
    Ok(format!("{}/enter/{code}", server.app.policy().url))
}

async fn make_tokens(url: &str) -> anyhow::Result<Tokens> {
    step(
        &words!(
            "Sign in, and make a personal token. Its value is shown this once.",
            "サインインして、パーソナル API トークンを作成します。値が表示されるのはこの 1 回だけです。"
        ),
        &format!(
            "curl -c cookies -H \"Origin: $RONDO\" -d name=demo --data-urlencode 'password={PASSWORD}' $RONDO/login\n\
             curl -b cookies -H \"Origin: $RONDO\" -d '{{\"label\": \"demo\"}}' $RONDO/api/v1.1/user/token"
        ),
    );
    let session = Client::new(url, None)?.sign_in("demo", PASSWORD).await?;
    let new: v1::NewToken = session.post("/api/v1.1/user/token", &json!({"label": "demo"})).await?;
    print::result(&format!("PERSONAL={}", new.token));
    let client = Client::new(url, Some(Credential::new(new.token)))?;
    let me: v1::Me = client.get("/api/v1.1/me").await?;
    ensure!(me.login == "demo", "the personal token acts as {}", me.login);

    let two = words!(
        "Make two project tokens: one reads states, the other reads artifacts.",
        "プロジェクト API トークンを 2 つ作成します。1 つはステータスを、もう 1 つはアーティファクトを読みます。"
    );
    step(&two, "");
    let mut made = Vec::new();
    for (scope, name) in [("status", "STATUS"), ("view-builds", "ARTIFACTS")] {
        let body = json!({"scope": scope, "label": format!("demo {scope}")});
        print::result(&format!(
            "curl -H \"Circle-Token: $PERSONAL\" -d '{body}' $RONDO{PROJECT}/token"
        ));
        let new: v1::NewToken = client.post(&format!("{PROJECT}/token"), &body).await?;
        print::result(&format!("{name}={}", new.token));
        let client = Client::new(url, Some(Credential::new(new.token)))?;
        made.push((new.shown.id, client));
    }
    let (Some((_, artifacts)), Some(status)) = (made.pop(), made.pop()) else {
        bail!("two tokens were made");
    };
    Ok(Tokens { url: url.to_owned(), client, status, artifacts })
}

async fn trigger(client: &Client, settings: &Settings) -> anyhow::Result<v1::Build> {
    let body = json!({"build_parameters": {"CIRCLE_JOB": "build", "GREETING": GREETING}});
    step(
        &words!(
            "Trigger a job with an injected variable.",
            "変数を挿入してジョブをトリガーします。"
        ),
        &format!("curl -H \"Circle-Token: $PERSONAL\" -d '{body}' $RONDO{PROJECT}/tree/main"),
    );
    let build: v1::Build = client.post(&format!("{PROJECT}/tree/main"), &body).await?;
    let number = build.status().build_num;
    let url = &build.status().build_url;
    print::result(&words!("build {number}: {url}", "ビルド {number}: {url}"));
    if settings.executor == Executor::Unconfined {
        print::result(&words!("(it runs without a sandbox)", "（サンドボックスなしで実行します）"));
    }
    step(
        &words!("Wait for it.", "終わるのを待ちます。"),
        &format!("curl -H \"Circle-Token: $PERSONAL\" $RONDO{PROJECT}/{number}"),
    );
    let details = wait(client, number).await?;
    let mut output = String::new();
    for action in details.steps.iter().flat_map(|step| &step.actions) {
        print::result(&format!("  {:<10} {}", action.status, action.name));
        let path = action.output_url.as_deref().and_then(|url| client.path_of(url));
        if let Some(path) = path {
            let pieces: Vec<v1::Output> = client.get(&path).await?;
            output.extend(pieces.into_iter().map(|piece| piece.message));
        }
    }
    let status = details.build.status().clone();
    ensure!(status.status == "success", "the build ended {}:\n{output}", status.status);
    ensure!(output.contains(GREETING), "the injected value is not in the output:\n{output}");
    print::result(&words!(
        "its output holds the injected value: {GREETING}",
        "出力に、挿入した値があります: {GREETING}"
    ));
    Ok(details.build)
}

async fn wait(client: &Client, number: i64) -> anyhow::Result<v1::BuildDetails> {
    let begun = std::time::Instant::now();
    loop {
        let details: v1::BuildDetails = client.get(&format!("{PROJECT}/{number}")).await?;
        if details.build.status().lifecycle == "finished" {
            return Ok(details);
        }
        let waited = begun.elapsed();
        ensure!(waited < PATIENCE, "build {number} is still {}", details.build.status().lifecycle);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn use_status(tokens: &Tokens, build: &v1::Build) -> anyhow::Result<()> {
    let (_, client) = &tokens.status;
    step(
        &words!(
            "Read the build's state, and show the badge, with the Status token.",
            "Status のトークンで、ビルドのステータスを読み、バッジを表示します。"
        ),
        &format!(
            "curl -H \"Circle-Token: $STATUS\" \"$RONDO{PROJECT}?limit=1\"\n\
             curl -H \"Circle-Token: $STATUS\" \"$RONDO/gh/acme/web.svg?style=svg\""
        ),
    );
    let builds: Vec<Value> = client.get(&format!("{PROJECT}?limit=1")).await?;
    let newest = builds.first().context("the list has a build")?;
    ensure!(newest["build_num"] == build.status().build_num, "the newest build is {newest}");
    ensure!(newest.get("subject").is_none(), "a Status token reads a commit's message");
    let badge = client.text("/gh/acme/web.svg?style=svg").await?;
    ensure!(badge.contains("PASSED"), "the badge is {badge}");
    print::result(&words!("badge: PASSED", "バッジ: PASSED"));
    let whole = client.get::<Value>(&format!("{PROJECT}/1/artifacts")).await;
    ensure!(whole.is_err(), "a Status token reads artifacts");
    Ok(())
}

async fn use_artifacts(tokens: &Tokens, number: i64) -> anyhow::Result<()> {
    step(
        &words!(
            "Download the build's artifacts with the Build Artifacts token.",
            "Build Artifacts のトークンで、アーティファクトをダウンロードします。"
        ),
        &format!("curl -H \"Circle-Token: $ARTIFACTS\" $RONDO{PROJECT}/{number}/artifacts"),
    );
    let list: Vec<v1::Artifact> =
        tokens.artifacts.get(&format!("{PROJECT}/{number}/artifacts")).await?;
    ensure!(!list.is_empty(), "the build kept no artifact");
    for artifact in list {
        print::result(&format!("curl -H \"Circle-Token: $ARTIFACTS\" {}", artifact.url));
        let path = tokens.artifacts.path_of(&artifact.url).context("it is on this server")?;
        let text = tokens.artifacts.text(&path).await?;
        ensure!(text.contains(GREETING), "{} lacks the injected value: {text}", artifact.path);
        print::result(&format!("{}: {}", artifact.path, text.trim()));
    }
    Ok(())
}

async fn use_variables(client: &Client) -> anyhow::Result<()> {
    let body = json!({"name": "DEPLOY_KEY", "value": "not-a-real-key"});
    step(
        &words!(
            "Keep a secret for every build; nobody is shown it again.",
            "すべてのビルドに渡すシークレットを保存します。値は二度と表示されません。"
        ),
        &format!(
            "curl -H \"Circle-Token: $PERSONAL\" -d '{body}' $RONDO{PROJECT}/envvar\n\
             curl -H \"Circle-Token: $PERSONAL\" $RONDO{PROJECT}/envvar"
        ),
    );
    let _: v1::EnvVar = client.post(&format!("{PROJECT}/envvar"), &body).await?;
    let list: Vec<v1::EnvVar> = client.get(&format!("{PROJECT}/envvar")).await?;
    let shown = list.iter().map(|variable| format!("{}={}", variable.name, variable.value));
    let shown: Vec<_> = shown.collect();
    ensure!(shown == ["DEPLOY_KEY=xxxx-key"], "the variables are shown as {shown:?}");
    print::result(&shown.join("\n"));
    Ok(())
}

async fn delete(tokens: &Tokens) -> anyhow::Result<()> {
    let (id, client) = &tokens.status;
    step(
        &words!(
            "Delete the Status token: it opens nothing from this moment on.",
            "Status のトークンを削除します。この瞬間から使えなくなります。"
        ),
        &format!("curl -X DELETE -H \"Circle-Token: $PERSONAL\" $RONDO{PROJECT}/token/{id}"),
    );
    let _: v1::Message = tokens.client.delete(&format!("{PROJECT}/token/{id}")).await?;
    let refused = client.text("/gh/acme/web.svg").await;
    ensure!(refused.is_err(), "a deleted token still opens the badge of {}", tokens.url);
    print::result(&words!("refused, as it should be", "期待どおり拒否されました"));
    Ok(())
}
