//! `rondo orb`: the orbs of a data folder, also beside a running server: imported from files, listed,
//! shown, removed.

use std::path::Path;

use anyhow::Context;
use rondo_app::plan::OrbReference;
use rondo_app::{App, Ctx};
use rondo_store::{Folder, orb_root, read_orb};

use crate::args::{OrbArgs, OrbCommand};
use crate::complaint::{misuse, refusal};
use crate::config::source::Source;
use crate::language::words;
use crate::settings::Settings;
use crate::{parts, print};

pub(crate) async fn orb(args: OrbArgs) -> anyhow::Result<()> {
    let settings = Settings::resolve(&args.flags)?;
    let beside = Folder::open(&settings.data)?.address();
    let url = settings.url.clone().or(beside);
    let url = url.unwrap_or_else(|| format!("http://{}", settings.listen));
    let (_, app) = parts::open(&settings, url).await?;
    let ctx = Ctx::console(app.world().now());
    let done = act(&app, &ctx, args.command).await;
    app.close().await;
    done
}

async fn act(app: &App, ctx: &Ctx, command: OrbCommand) -> anyhow::Result<()> {
    match command {
        OrbCommand::Import { file, orb } => {
            let reference = reference(&orb)?;
            let new = app.import_orb(ctx, &reference, text(&file)?).await.map_err(refusal)?;
            if !new {
                print::remark(&words!(
                    "{reference} was imported before, with the same text",
                    "{reference} は、同じ内容ですでにインポートされています"
                ));
            }
            print::result(&reference.to_string());
        }
        OrbCommand::List { json } => {
            let orbs = app.orbs(ctx).await.map_err(refusal)?;
            let name = |orb: &rondo_store::ImportedOrb| {
                format!("{}/{}@{}", orb.namespace, orb.name, orb.version)
            };
            let time = |orb: &rondo_store::ImportedOrb| {
                jiff::Timestamp::from_millisecond(orb.imported_at.0).unwrap_or_default().to_string()
            };
            if json {
                let list: Vec<_> = orbs
                    .iter()
                    .map(|orb| serde_json::json!({"orb": name(orb), "imported_at": time(orb)}))
                    .collect();
                return print::json(&list);
            }
            print::table(&orbs.iter().map(|orb| vec![name(orb), time(orb)]).collect::<Vec<_>>());
        }
        OrbCommand::Show { orb } => {
            let (_, source) = app.orb(ctx, &reference(&orb)?).await.map_err(refusal)?;
            print::result(source.strip_suffix('\n').unwrap_or(&source));
        }
        OrbCommand::Remove { orb } => {
            app.remove_orb(ctx, &reference(&orb)?).await.map_err(refusal)?;
        }
    }
    Ok(())
}

fn reference(text: &str) -> anyhow::Result<OrbReference> {
    text.parse().map_err(|reason: String| {
        misuse(words!(
            "{reason}",
            "「{text}」はオーブを指していません。namespace/name@1.2.3 の形で指定してください"
        ))
    })
}

/// A packed file as it is, `-` for standard input, or a folder of sources packed.
fn text(file: &Path) -> anyhow::Result<String> {
    if !file.is_dir() {
        return Ok(Source::read(file)?.text);
    }
    let place = print::one_line(file);
    let root = orb_root(file).with_context(|| {
        words!(
            "{place} holds no orb: there is no @orb.yml in it or in its src",
            "{place} にオーブがありません（@orb.yml が、そこにも src にもありません）"
        )
    })?;
    Ok(read_orb(&root)?)
}
