//! `rondo token`: a client for tokens. It reads its own token from `CIRCLE_TOKEN`.

use anyhow::{Context, bail};
use rondo_domain::slug::BY_ID;
use rondo_domain::token::{Overlap, Preset, TokenId};
use rondo_domain::{Millis, OrgId, ProjectId, Slug};
use rondo_wire::client::{CallError, segment};
use rondo_wire::{Client, v1, v2};

use crate::args::{OrgFilter, ReachArgs, TokenArgs, TokenCommand};
use crate::delivery::Delivery;
use crate::language::words;
use crate::settings::ClientFlags;
use crate::{organization, print, settings};

/// Where the tokens of a person or a project are.
fn place(project: Option<&str>) -> anyhow::Result<String> {
    match project {
        None => Ok("/api/v1.1/user/token".to_owned()),
        Some(slug) => Ok(format!("{}/token", project_path(slug)?)),
    }
}

/// Where a project is: by its name, or by its ids.
pub(crate) fn project_path(slug: &str) -> anyhow::Result<String> {
    if let [BY_ID, org, id] = slug.split('/').collect::<Vec<_>>()[..] {
        let (org, id) = (OrgId::named(org)?, ProjectId::named(id)?);
        return Ok(format!("/api/v1.1/project/{BY_ID}/{org}/{id}"));
    }
    let slug: Slug = slug.parse()?;
    let (org, repo) = (segment(slug.org()), segment(slug.repo()));
    Ok(format!("/api/v1.1/project/{}/{org}/{repo}", slug.vcs.long()))
}

pub(crate) async fn token(args: TokenArgs) -> anyhow::Result<()> {
    let client = settings::client(&args.flags)?;
    match args.command {
        TokenCommand::List { org: Some(org), filter, json, .. } => {
            let tokens = of_organization(&client, &org, &filter).await?;
            if json {
                return print::json(&tokens);
            }
            print::table(&tokens.into_iter().map(organization_row).collect::<Vec<_>>());
        }
        TokenCommand::List { project, json, .. } => {
            list(&client, &place(project.as_deref())?, json).await?;
        }
        TokenCommand::Create { label, project, scope, reach, show, output, keyring, json } => {
            let (place, wanted) = (place(project.as_deref())?, wanted(label, scope, reach)?);
            let delivery = Delivery::prepare(show, output, keyring)?;
            create(&client, &place, &wanted, (delivery, json), &args.flags).await?;
        }
        TokenCommand::Show { id, project, json } => {
            show(&client, &place(project.as_deref())?, &id, json).await?;
        }
        TokenCommand::Disable { id, project } => {
            act(&client, &place(project.as_deref())?, &id, "disable").await?;
        }
        TokenCommand::Enable { id, project } => {
            act(&client, &place(project.as_deref())?, &id, "enable").await?;
        }
        TokenCommand::Shorten { id, expires, project } => {
            shorten(&client, &place(project.as_deref())?, &id, &expires).await?;
        }
        TokenCommand::Use { id, project, json } => {
            show_use(&client, &place(project.as_deref())?, &id, json).await?;
        }
        TokenCommand::Rotate { id, project, undo: true, .. } => {
            undo(&client, &place(project.as_deref())?, &id).await?;
        }
        TokenCommand::Rotate {
            id, project, grace, overlap, show, output, keyring, json, ..
        } => {
            let path = rotation_path(&place(project.as_deref())?, &id)?;
            let overlap = overlap_of(grace.as_deref(), &overlap)?;
            let delivery = Delivery::prepare(show, output, keyring)?;
            rotate(&client, &path, &overlap, (delivery, json), &args.flags).await?;
        }
        TokenCommand::Delete { id, reason, project } => {
            delete(&client, &place(project.as_deref())?, &id, reason).await?;
        }
        TokenCommand::Explain { method, path, from, at, json } => {
            let asked =
                [("method", Some(method)), ("path", Some(path)), ("from", from), ("at", at)];
            explain(&client, &asked, json).await?;
        }
        TokenCommand::Itself { json } => {
            let own: v2::Token = client.get("/api/v2/token/self").await?;
            if json {
                return print::json(&own);
            }
            print::table(&of_itself(own));
        }
    }
    Ok(())
}

/// Lists the tokens of a place.
pub(crate) async fn list(client: &Client, place: &str, json: bool) -> anyhow::Result<()> {
    let tokens: Vec<v1::Token> = client.get(place).await?;
    if json {
        return print::json(&tokens);
    }
    print::table(&tokens.into_iter().map(row).collect::<Vec<_>>());
    Ok(())
}

/// Makes a token in a place.
pub(crate) async fn create(
    client: &Client,
    place: &str,
    wanted: &v1::CreateToken,
    handing: (Delivery, bool),
    flags: &ClientFlags,
) -> anyhow::Result<()> {
    deliver(client.post(place, wanted).await, handing, flags)
}

/// Shows one token of a place.
pub(crate) async fn show(client: &Client, place: &str, id: &str, json: bool) -> anyhow::Result<()> {
    let id = named(id)?.to_string();
    let tokens: Vec<v1::Token> = client.get(place).await?;
    let token = tokens.into_iter().find(|token| token.id == id);
    let token =
        token.with_context(|| words!("there is no token {id}", "トークン「{id}」はありません"))?;
    if json {
        return print::json(&token);
    }
    print::table(&facts(token));
    Ok(())
}

/// Shows where a token of a place is used.
pub(crate) async fn show_use(
    client: &Client,
    place: &str,
    id: &str,
    json: bool,
) -> anyhow::Result<()> {
    let used: v1::TokenUse = client.get(&format!("{place}/{}/use", named(id)?)).await?;
    if json {
        return print::json(&used);
    }
    print::table(&used.clients.into_iter().map(client_row).collect::<Vec<_>>());
    Ok(())
}

/// Where a token of a place is rotated.
pub(crate) fn rotation_path(place: &str, id: &str) -> anyhow::Result<String> {
    Ok(format!("{place}/{}/rotate", named(id)?))
}

/// Makes the successor of a token, at its [`rotation_path`].
pub(crate) async fn rotate(
    client: &Client,
    path: &str,
    overlap: &v1::RotateToken,
    handing: (Delivery, bool),
    flags: &ClientFlags,
) -> anyhow::Result<()> {
    let key = crate::parts::world().word();
    deliver(client.post_with_key(path, overlap, &key).await, handing, flags)
}

/// Undoes that.
pub(crate) async fn undo(client: &Client, place: &str, id: &str) -> anyhow::Result<()> {
    let _: v1::Message = client.delete(&rotation_path(place, id)?).await?;
    Ok(())
}

/// Deletes a token of a place.
pub(crate) async fn delete(
    client: &Client,
    place: &str,
    id: &str,
    reason: Option<String>,
) -> anyhow::Result<()> {
    let path = format!("{place}/{}", named(id)?);
    let _: v1::Message = client.delete_with(&path, &v1::DeleteToken { reason }).await?;
    Ok(())
}

/// Hands over the value of a token that was made, if it was.
fn deliver(
    made: Result<v1::NewToken, CallError>,
    (delivery, json): (Delivery, bool),
    flags: &ClientFlags,
) -> anyhow::Result<()> {
    let new = match made {
        Ok(new) => new,
        Err(error) => {
            delivery.cancel();
            return Err(error.into());
        }
    };
    if json && delivery.is_output() {
        return print::json(&new);
    }
    let server = settings::server(flags)?;
    if delivery.take((&server, &new.shown.id), &new.token)? && json {
        return print::json(&new.shown);
    }
    Ok(())
}

/// A path with those of its query's pairs that have a value.
fn query(path: &str, pairs: &[(&str, Option<String>)]) -> String {
    let given = pairs.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let pairs: Vec<_> = given.map(|(name, value)| format!("{name}={}", segment(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// All tokens of an organization that are wanted, page after page.
async fn of_organization(
    client: &Client,
    org: &str,
    filter: &OrgFilter,
) -> anyhow::Result<Vec<v2::OrganizationToken>> {
    let path = format!("{}/token", organization::place(org)?);
    let yes = |set: bool| set.then(|| "true".to_owned());
    let mut tokens = Vec::new();
    let mut page = None;
    loop {
        let pairs = [
            ("kind", filter.kind.clone()),
            ("owner", filter.owner.clone()),
            ("unused", filter.unused.clone()),
            ("unrestricted", yes(filter.unrestricted)),
            ("expiring", yes(filter.expiring)),
            ("search", filter.search.clone()),
            ("page-token", page),
        ];
        let read: v2::TokenPage = client.get(&query(&path, &pairs)).await?;
        tokens.extend(read.items);
        page = read.next_page_token;
        if page.is_none() {
            return Ok(tokens);
        }
    }
}

fn organization_row(listed: v2::OrganizationToken) -> Vec<String> {
    let token = listed.token;
    let whose = token.owner.or(token.project).or(token.service_account).unwrap_or_default();
    let end = match token.disabled_at {
        Some(_) => words!("disabled", "無効"),
        None => ending(token.expires_at),
    };
    let used = token.last_used_at.unwrap_or_else(never);
    let scope = token.scope.unwrap_or_else(|| match token.kind.as_str() {
        "service" => words!("service account", "サービスアカウント"),
        _ => words!("personal", "パーソナル"),
    });
    let policies = policies(&token.policies);
    vec![token.id, whose, scope, token.created_at, used, end, token.label, policies]
}

/// Whether a call would be let through; if not, the command fails.
async fn explain(
    client: &Client,
    asked: &[(&str, Option<String>)],
    json: bool,
) -> anyhow::Result<()> {
    let told: v2::Explained = client.get(&query("/api/v2/token/self/explain", asked)).await?;
    if json {
        print::json(&told)?;
    } else {
        print::table(&explained(&told));
    }
    if !told.allowed {
        bail!(words!("the call would be refused", "この呼び出しは拒否されます"));
    }
    Ok(())
}

/// What a token is told of a call, a name and a value a row.
fn explained(told: &v2::Explained) -> Vec<Vec<String>> {
    let stop = told.stopped_by.as_deref().map(|word| match word {
        "right" => words!("the token was made without the right", "トークンにこの権限がありません"),
        "project" => words!(
            "there is no such project or organization, or the token may not know of it",
            "プロジェクトや組織がないか、トークンの範囲外です"
        ),
        "role" => words!(
            "the token's owner has not got the right there now",
            "トークンの所有者が、今そこでこの権限を持っていません"
        ),
        "scope" => words!(
            "the token's scope has not got the right",
            "トークンのスコープにこの権限がありません"
        ),
        "ceiling" => words!(
            "the service account has not got the right there now",
            "サービスアカウントが、今そこでこの権限を持っていません"
        ),
        "network" => words!("the token may not be used from there", "そこからは使えません"),
        "policy" => {
            words!("{}", "組織のポリシー（{}）", told.reason.as_deref().unwrap_or_default())
        }
        "expiry" => words!("the token's time is over then", "その時点では期限が切れています"),
        "page" => words!("pages take a signed-in person", "ページにはサインインが必要です"),
        other => other.to_owned(),
    });
    let none = || "-".to_owned();
    let answer = match told.allowed {
        true => words!("yes", "はい"),
        false => words!("no", "いいえ"),
    };
    let rows = [
        (words!("allowed", "許可"), answer),
        (words!("stopped by", "止めるもの"), stop.unwrap_or_else(none)),
        (words!("route", "ルート"), told.route.clone()),
        (words!("right", "権限"), told.needs.clone().unwrap_or_else(none)),
        (words!("project", "プロジェクト"), told.project.clone().unwrap_or_else(none)),
    ];
    rows.map(|(name, value)| vec![name, value]).into()
}

/// What a token is told of itself, a name and a value a row.
fn of_itself(own: v2::Token) -> Vec<Vec<String>> {
    let mut rows = vec![
        vec![words!("kind", "種類"), own.kind],
        vec![
            words!("owner", "所有者"),
            own.owner.or(own.project).or(own.service_account).unwrap_or_default(),
        ],
    ];
    rows.extend(facts(v1::Token {
        id: own.id,
        label: own.label,
        scope: own.scope,
        time: own.created_at,
        last_used_at: own.last_used_at,
        permissions: own.permissions,
        projects: own.projects,
        networks: own.networks,
        expires_at: own.expires_at,
        disabled_at: own.disabled_at,
        rotation: None,
        policies: own.policies,
    }));
    rows
}

pub(crate) fn named(id: &str) -> anyhow::Result<TokenId> {
    id.parse().ok().with_context(|| {
        words!(
            "name the token by its id, which `rondo token list` shows",
            "トークンは `rondo token list` に表示される ID で指定してください"
        )
    })
}

/// Disables or enables a token of a place.
pub(crate) async fn act(client: &Client, place: &str, id: &str, word: &str) -> anyhow::Result<()> {
    let path = format!("{place}/{}/{word}", named(id)?);
    let _: v1::Message = client.post(&path, &serde_json::json!({})).await?;
    Ok(())
}

/// Brings a token's end nearer.
pub(crate) async fn shorten(
    client: &Client,
    place: &str,
    id: &str,
    expires: &str,
) -> anyhow::Result<()> {
    let path = format!("{place}/{}/shorten", named(id)?);
    let _: v1::Message =
        client.post(&path, &v1::ShortenToken { expires_at: end(expires)? }).await?;
    Ok(())
}

/// How long both values work. Without a word for it the old one has its usual grace, as far as all of the
/// time allows.
pub(crate) fn overlap_of(grace: Option<&str>, overlap: &str) -> anyhow::Result<v1::RotateToken> {
    let overlap = seconds(overlap)?;
    let grace = grace.map_or(Ok(overlap.min(Overlap::GRACE / 1000)), seconds)?;
    Ok(v1::RotateToken { grace_seconds: Some(grace), overlap_seconds: Some(overlap) })
}

/// The request for a token.
pub(crate) fn wanted(
    label: String,
    scope: Option<String>,
    reach: ReachArgs,
) -> anyhow::Result<v1::CreateToken> {
    let given = |list: Vec<String>| (!list.is_empty()).then_some(list);
    let preset = match reach.permissions.as_slice() {
        [word] => Preset::from_word(word),
        _ => None,
    };
    let permissions = match preset {
        Some(Preset::Everything) => None,
        Some(preset) => Some(preset.rights().iter().map(|right| right.to_string()).collect()),
        None => given(reach.permissions),
    };
    Ok(v1::CreateToken {
        label,
        scope,
        permissions,
        projects: given(reach.projects),
        networks: given(reach.network),
        expires_at: reach.expires.as_deref().map(end).transpose()?,
    })
}

/// A length of time in seconds: `0s`, `10m`, `1h`, `7d`.
fn seconds(text: &str) -> anyhow::Result<i64> {
    let units = [('s', 1), ('m', 60), ('h', 3600), ('d', 24 * 3600)];
    let read = units.into_iter().find_map(|(letter, seconds)| {
        text.strip_suffix(letter)?.parse::<i64>().ok()?.checked_mul(seconds)
    });
    read.with_context(|| {
        words!(
            "{text:?} is no length of time: take one such as 0s, 10m, 1h or 7d",
            "{text:?} は時間の長さではありません。0s、10m、1h、7d のように指定してください"
        )
    })
}

/// The moment at which a token ends: so many days or hours from now, or as it was given.
pub(crate) fn end(text: &str) -> anyhow::Result<String> {
    let unit = |letter: char, hours: i64| {
        let count: i64 = text.strip_suffix(letter)?.parse().ok()?;
        count.checked_mul(hours)
    };
    let Some(hours) = unit('d', 24).or_else(|| unit('h', 1)) else { return Ok(text.to_owned()) };
    let now = jiff::Timestamp::now();
    let end = hours.checked_mul(3600).and_then(|s| now.as_second().checked_add(s));
    let end = end.and_then(|second| jiff::Timestamp::from_second(second).ok());
    let end = end.with_context(|| words!("{text} is too long", "{text} は長すぎます"))?;
    Ok(end.to_string())
}

/// Everything about a token, a name and a value a row.
fn facts(token: v1::Token) -> Vec<Vec<String>> {
    let list = |list: Option<Vec<String>>, all: String| list.map_or(all, |list| list.join(", "));
    let rows = [
        (words!("id", "ID"), token.id.clone()),
        (words!("label", "ラベル"), token.label),
        (
            words!("rights", "権限"),
            list(token.permissions, words!("those of its owner", "所有者の権限すべて")),
        ),
        (
            words!("projects", "プロジェクト"),
            list(token.projects, words!("all that its owner sees", "所有者に見えるすべて")),
        ),
        (words!("networks", "ネットワーク"), list(token.networks, words!("any", "制限なし"))),
        (words!("expires", "有効期限"), ending(token.expires_at)),
        (words!("disabled", "無効"), token.disabled_at.unwrap_or_else(|| words!("no", "いいえ"))),
        (
            words!("rotation", "ローテーション"),
            token.rotation.map_or_else(none, |rotation| turn(&token.id, &rotation)),
        ),
        (
            words!("policies", "ポリシー"),
            Some(policies(&token.policies)).filter(|said| !said.is_empty()).unwrap_or_else(none),
        ),
        (words!("created", "作成"), token.time),
        (words!("last used", "最終使用"), token.last_used_at.unwrap_or_else(never)),
    ];
    rows.map(|(name, value)| vec![name, value]).into()
}

fn row(token: v1::Token) -> Vec<String> {
    let scope = match (token.scope, &token.permissions) {
        (Some(scope), _) => scope,
        (None, None) => words!("personal", "パーソナル"),
        (None, Some(_)) => words!("personal, narrowed", "パーソナル（制限付き）"),
    };
    let replaced = token.rotation.as_ref().filter(|rotation| rotation.predecessor == token.id);
    let end = match (token.disabled_at, replaced) {
        (Some(_), _) => words!("disabled", "無効"),
        (None, Some(rotation)) => turn(&token.id, rotation),
        (None, None) => ending(token.expires_at),
    };
    let used = token.last_used_at.unwrap_or_else(never);
    vec![token.id, scope, token.time, used, end, token.label, policies(&token.policies)]
}

/// What policies take from a token; empty: nothing.
fn policies(policies: &[v1::TokenPolicy]) -> String {
    let said = policies.iter().map(|v1::TokenPolicy { organization, approval, .. }| match approval
        .as_deref()
    {
        Some("waiting") => {
            words!("waits for an approval in {organization}", "{organization} で承認待ち")
        }
        Some(_) => words!("refused in {organization}", "{organization} で却下"),
        None => {
            words!("stopped by the policy of {organization}", "{organization} のポリシーで使用不可")
        }
    });
    said.collect::<Vec<_>>().join(&words!(", ", "、"))
}

fn none() -> String {
    words!("none", "なし")
}

/// A token's part in a rotation.
fn turn(id: &str, rotation: &v1::Rotation) -> String {
    let (successor, end) = (&rotation.successor, &rotation.ends_at);
    match id == rotation.predecessor {
        true => words!(
            "{successor} replaces it, until {end}",
            "{successor} に置き換え中（{end} まで有効）"
        ),
        false => {
            let old = &rotation.predecessor;
            words!("it replaces {old}, which ends {end}", "{old} を置き換え中（{end} に終了）")
        }
    }
}

/// Who used a token: the last use first.
fn client_row(client: v1::TokenClient) -> Vec<String> {
    let unsure = words!("not known for sure", "確かではない");
    let address = if client.address.is_empty() { unsure } else { client.address };
    let (status, uses) = (client.status.to_string(), client.uses.to_string());
    vec![client.last_at, address, client.agent, client.route, status, uses]
}

fn never() -> String {
    words!("never", "未使用")
}

/// When a token ends, and how long that is from now.
fn ending(end: Option<String>) -> String {
    let Some(end) = end else { return no_end() };
    let Ok(moment) = end.parse::<jiff::Timestamp>() else { return end };
    let now = jiff::Timestamp::now().as_millisecond();
    let left = match now >= moment.as_millisecond() {
        true => words!("over", "期限切れ"),
        false => {
            days_left(rondo_domain::token::days_left(Millis(moment.as_millisecond()), Millis(now)))
        }
    };
    words!("{end} ({left})", "{end}（{left}）")
}

/// How many whole days are left.
pub(crate) fn days_left(days: i64) -> String {
    match days {
        0 => words!("less than a day left", "残り 1 日未満"),
        1 => words!("1 day left", "残り 1 日"),
        _ => words!("{days} days left", "残り {days} 日"),
    }
}

fn no_end() -> String {
    words!("does not expire", "期限なし")
}
