//! `rondo admin known-host`, and what `rondo admin project add` says of a project that is reached over
//! SSH: the key to be added to the repository, and the fingerprints to be compared.

use anyhow::Context;
use rondo_app::{App, Ctx};
use rondo_domain::{HostKey, Project, SshHost};

use crate::args::KnownHostCommand;
use crate::complaint::refusal;
use crate::language::words;
use crate::print;

pub(crate) async fn run(app: &App, ctx: &Ctx, command: KnownHostCommand) -> anyhow::Result<()> {
    match command {
        KnownHostCommand::Add { host, stdin } => {
            let host: SshHost = host.parse()?;
            let keys = match stdin {
                true => {
                    let lines =
                        std::io::read_to_string(std::io::stdin()).with_context(print::no_input)?;
                    app.know_host(ctx, &host, &lines).await
                }
                false => app.meet_host(ctx, &host).await,
            };
            print::table(&rows(&keys.map_err(refusal)?));
        }
        KnownHostCommand::List { json } => {
            let keys = app.known_hosts(ctx).await.map_err(refusal)?;
            if !json {
                print::table(&rows(&keys));
                return Ok(());
            }
            let all: Vec<_> = keys
                .iter()
                .map(|key| {
                    serde_json::json!({
                        "host": key.host.to_string(), "fingerprint": key.public.sha256,
                        "public_key": key.public.line,
                    })
                })
                .collect();
            return print::json(&all);
        }
        KnownHostCommand::Remove { host } => {
            app.forget_host(ctx, &host.parse()?).await.map_err(refusal)?;
        }
    }
    Ok(())
}

fn rows(keys: &[HostKey]) -> Vec<Vec<String>> {
    let kind = |key: &HostKey| key.public.line.split(' ').next().unwrap_or_default().to_owned();
    let row = |key: &HostKey| vec![key.host.to_string(), key.public.sha256.clone(), kind(key)];
    keys.iter().map(row).collect()
}

/// Says what is left to do for a project that was just added.
pub(crate) async fn introduce(app: &App, ctx: &Ctx, project: &Project) -> anyhow::Result<()> {
    let Some(host) = project.git_url.ssh_host() else { return Ok(()) };
    let ctx = Ctx { access: app.access(&ctx.who, Some(project)), ..ctx.clone() };
    for key in app.checkout_keys(&ctx, project).await.map_err(refusal)? {
        let line = key.public.line;
        print::remark(&words!(
            "Add this deploy key to the repository (reading is enough):\n{line}",
            "このデプロイキーをリポジトリに登録してください（読み取り権限で足ります）:\n{line}"
        ));
    }
    let known = app.host_keys(&host).await.map_err(refusal)?;
    if known.is_empty() {
        print::remark(&words!(
            "The host {host} did not show its key, and nothing is fetched from a host that is not known. \
             Once it answers: rondo admin known-host add '{host}'",
            "ホスト {host} から鍵を取得できませんでした。登録されていないホストからは何も取得しません。\
             応答するようになったら次を実行してください: rondo admin known-host add '{host}'"
        ));
        return Ok(());
    }
    print::remark(&words!(
        "The host {host} is known by these keys from now on. Compare them with what its operator publishes; \
         if they differ: rondo admin known-host remove '{host}'",
        "ホスト {host} を次の鍵で登録しました。ホストの運営者が公開しているものと比べ、\
         違っていたら次を実行してください: rondo admin known-host remove '{host}'"
    ));
    for key in known {
        print::remark(&format!("  {}", key.public.sha256));
    }
    Ok(())
}
