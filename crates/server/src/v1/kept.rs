//! Answers about builds that have ended: they stay the same until the project's builds change, so they
//! are made once and kept in memory for as long.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use rondo_app::Refusal;
use serde_json::Value;

use crate::Server;
use crate::granted::Granted;

use super::me::json;

/// The answer that is kept under `name`, or the one that `make` gives, which is kept if it can be.
/// `name` says all that the answer depends on besides the project's builds.
pub(super) async fn kept(
    server: &Server,
    granted: &Granted,
    name: &str,
    make: impl Future<Output = Result<Response, Refusal>>,
) -> Result<Response, Refusal> {
    // Before anything is read from the store.
    let derived = server.app.derived(granted.project()).await?;
    if let Some(bytes) = derived.answer(name) {
        return Ok(json(bytes));
    }
    let answer = make.await?;
    if answer.status() != StatusCode::OK {
        return Ok(answer);
    }
    let (parts, body) = answer.into_parts();
    // It was made in memory, so it fits there.
    let bytes =
        to_bytes(body, usize::MAX).await.map_err(|error| Refusal::Fault(error.to_string()))?;
    if has_settled(&bytes) {
        derived.keep_answer(name, bytes.clone());
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Whether nothing more will happen to any build in an answer: what runs changes without a word.
fn has_settled(answer: &Bytes) -> bool {
    let ended = |build: &Value| {
        build["lifecycle"].as_str().is_some_and(|word| matches!(word, "finished" | "not_run"))
    };
    match serde_json::from_slice(answer) {
        Ok(Value::Array(builds)) => builds.iter().all(ended),
        Ok(build) => ended(&build),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_a_build_that_still_runs_is_made_anew() {
        for (text, settled) in [
            ("[]", true),
            (r#"{"lifecycle": "finished"}"#, true),
            (r#"[{"lifecycle": "finished"}, {"lifecycle": "not_run"}]"#, true),
            (r#"[{"lifecycle": "finished"}, {"lifecycle": "running"}]"#, false),
            (r#"{"lifecycle": "queued"}"#, false),
            (r#"{"message": "x"}"#, false),
            ("x", false),
        ] {
            assert_eq!(has_settled(&Bytes::from_static(text.as_bytes())), settled, "{text}");
        }
    }
}
