//! A project's checkout keys: their public halves.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use rondo_domain::CheckoutKey;
use rondo_wire::client::segment;
use rondo_wire::v1;

use super::shape::{Created, created};
use super::{body, shape};
use crate::Server;
use crate::credential::pairs;
use crate::failure::ApiResult;
use crate::feed::time;
use crate::granted::{Granted, Sent};

/// How fingerprints are written.
#[derive(Clone, Copy)]
enum Digest {
    Md5,
    Sha256,
}

impl Digest {
    fn read(query: Option<&str>) -> ApiResult<Self> {
        let given = pairs(query.unwrap_or_default()).find(|(name, _)| name == "digest");
        match given.as_ref().map(|(_, value)| value.as_ref()) {
            None | Some("md5") => Ok(Self::Md5),
            Some("sha256") => Ok(Self::Sha256),
            Some(_) => Err(body::wrong("digest is md5 or sha256").into()),
        }
    }

    fn of(self, key: &CheckoutKey) -> &str {
        match self {
            Self::Md5 => &key.public.md5,
            Self::Sha256 => &key.public.sha256,
        }
    }
}

fn shaped(key: &CheckoutKey, digest: Digest) -> v1::CheckoutKey {
    v1::CheckoutKey {
        public_key: key.public.line.clone(),
        kind: key.kind.word().to_owned(),
        fingerprint: digest.of(key).to_owned(),
        preferred: key.preferred,
        time: time(key.created_at),
        login: key.login.clone(),
    }
}

fn named(granted: &Granted) -> &str {
    granted.name("fingerprint")
}

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<Vec<v1::CheckoutKey>>> {
    let digest = Digest::read(query.as_deref())?;
    let keys = server.app.checkout_keys(&granted.ctx, granted.project()).await?;
    Ok(Json(keys.iter().map(|key| shaped(key, digest)).collect()))
}

pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    RawQuery(query): RawQuery,
) -> ApiResult<Json<v1::CheckoutKey>> {
    let digest = Digest::read(query.as_deref())?;
    let project = granted.project();
    let key = server.app.checkout_key(&granted.ctx, project, named(&granted)).await?;
    Ok(Json(shaped(&key, digest)))
}

pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    Sent(body): Sent,
) -> ApiResult<Created<Json<v1::CheckoutKey>>> {
    let wanted: v1::NewCheckoutKey = body::json(&body)?;
    let project = granted.project();
    let key = server.app.create_checkout_key(&granted.ctx, project, wanted.kind.parse()?).await?;
    let name = format!("checkout-key/{}", segment(&key.public.md5));
    let address = shape::address(&server.app, project, &name);
    Ok(created(address, Json(shaped(&key, Digest::Md5))))
}

pub(crate) async fn delete(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Message>> {
    server.app.delete_checkout_key(&granted.ctx, granted.project(), named(&granted)).await?;
    Ok(Json(v1::Message { message: "ok".to_owned() }))
}
