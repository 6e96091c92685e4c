//! `rondo admin audit`: the audit log of a data folder, and whether its chain still holds.

use anyhow::{Context, bail};
use rondo_app::{App, AuditQuery, AuditWish, Ctx};
use rondo_domain::Millis;
use rondo_domain::audit::chain::{Break, Followed, Seal};
use rondo_server::{audit_entry, moment};
use rondo_wire::audit::AuditEntry;

use crate::args::{AuditCommand, AuditFilter};
use crate::complaint::refusal;
use crate::language::words;
use crate::print;

/// Entries that are read at a time.
const STRIDE: i64 = 1000;

pub(crate) async fn audit(app: &App, ctx: &Ctx, command: AuditCommand) -> anyhow::Result<()> {
    match command {
        AuditCommand::List { filter, limit, json } => {
            let wish = wish(filter)?;
            let query = app.audit_query(ctx, &wish).await.map_err(refusal)?;
            let rows = app.audit(ctx, query, i64::from(limit)).await.map_err(refusal)?;
            let entries: Vec<_> = rows.iter().map(|row| audit_entry(app, row)).collect();
            if json {
                return print::json(&entries);
            }
            let rows: Vec<_> = entries.into_iter().map(cells).collect();
            print::table(&rows);
        }
        AuditCommand::Export { filter } => {
            let wish = wish(filter)?;
            let query = app.audit_query(ctx, &wish).await.map_err(refusal)?;
            let mut before = None;
            loop {
                let query = AuditQuery { before, ..query };
                let rows = app.audit(ctx, query, STRIDE).await.map_err(refusal)?;
                for row in &rows {
                    print::result(&serde_json::to_string(&audit_entry(app, row))?);
                }
                match rows.last() {
                    Some(last) => before = Some(last.number),
                    None => break,
                }
            }
        }
        AuditCommand::Verify { noted, json } => {
            let noted: Vec<_> = noted.iter().map(|text| seal(text)).collect::<Result<_, _>>()?;
            match app.verify_audit(ctx, &noted).await.map_err(refusal)? {
                Ok(followed) if json => print::json(&shown(&followed))?,
                Ok(followed) => print::result(&told(&followed)),
                Err(broken) => bail!(complaint(broken)),
            }
        }
    }
    Ok(())
}

fn wish(filter: AuditFilter) -> anyhow::Result<AuditWish> {
    let AuditFilter { event, person, token, service, project, since, until, text } = filter;
    let time = |text: Option<String>| -> anyhow::Result<Option<Millis>> {
        let Some(text) = text else { return Ok(None) };
        let time = moment(&text).with_context(|| {
            words!(
                "{text:?} is no time: write 2026-01-31, or 2026-01-31T09:00:00Z",
                "「{text}」は日時ではありません。「2026-01-31」または「2026-01-31T09:00:00Z」のように指定してください"
            )
        })?;
        Ok(Some(time))
    };
    let (since, until) = (time(since)?, time(until)?);
    Ok(AuditWish { event, person, token, service, project, text, since, until })
}

/// A seal that somebody kept, with its entry's number: `42:9f86…`.
fn seal(text: &str) -> anyhow::Result<(i64, Seal)> {
    let parts = text.split_once(':');
    let read = parts.and_then(|(number, seal)| Some((number.parse().ok()?, seal.parse().ok()?)));
    read.with_context(|| {
        words!(
            "{text:?} is no seal: write its entry's number, a colon and its 64 digits",
            "「{text}」は封印ではありません。記録の番号、コロン、64 桁の値の順に指定してください"
        )
    })
}

fn cells(entry: AuditEntry) -> Vec<String> {
    let who = entry.person.unwrap_or(entry.actor);
    let about = [Some(entry.subject), Some(entry.detail), entry.project];
    let about: Vec<_> = about.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let line = [
        entry.number.to_string(),
        entry.time,
        entry.event,
        who,
        entry.token.unwrap_or_default(),
        entry.address,
        about.join(" "),
    ];
    // Clients choose some of these words: none of them may move the cursor.
    line.iter().map(|cell| print::one_line(cell.as_ref())).collect()
}

fn shown(followed: &Followed) -> serde_json::Value {
    serde_json::json!({
        "entries": followed.number, "sealed_from": followed.first,
        "seal": followed.first.map(|_| followed.seal.to_string()),
    })
}

fn told(followed: &Followed) -> String {
    let Followed { number, seal, first } = followed;
    match first {
        None => words!(
            "{number} entries, none of them sealed yet",
            "{number} 件の記録。封印された記録はまだありません"
        ),
        Some(1) => words!(
            "{number} entries, all as they were written; the newest seal is {number}:{seal}",
            "{number} 件の記録はすべて書き込まれたときのままです。最新の封印: {number}:{seal}"
        ),
        Some(first) => words!(
            "{number} entries, all from {first} on as they were written (those before are older than \
             the chain); the newest seal is {number}:{seal}",
            "{number} 件の記録のうち、{first} 番以降はすべて書き込まれたときのままです（それより前の記録は封印の導入前のものです）。最新の封印: {number}:{seal}"
        ),
    }
}

fn complaint(broken: Break) -> String {
    match broken {
        Break::Missing(number) => {
            words!("entry {number} is missing", "{number} 番の記録がありません")
        }
        Break::Altered(number) => words!(
            "entry {number} does not fit: it was changed, or moved there",
            "{number} 番の記録が合いません。内容または位置が変更されています"
        ),
        Break::CutAfter(number) => words!(
            "the entries after {number} were removed",
            "{number} 番より後の記録が削除されています"
        ),
        Break::Rewritten(number) => words!(
            "entry {number} has another seal than the noted one: the log was written anew",
            "{number} 番の封印が控えと異なります。ログが書き直されています"
        ),
    }
}
