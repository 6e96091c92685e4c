//! The pages' own files. Their addresses change with their content, so browsers keep them for ever.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rondo_app::Refusal;

use super::visit::Visit;
use crate::web::assets;

/// `GET /assets/{hash}/{file}`
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let name = visit.name("file");
    let Some(asset) = assets::find(visit.name("hash"), name) else {
        return Err(Refusal::Missing("file", name.chars().take(40).collect()));
    };
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.bytes.as_ref()).into_response())
}
