//! Downloading an artifact: ranges, an ETag, and a type that cannot run script on our origin.

use std::io::SeekFrom;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rondo_app::Refusal;
use rondo_domain::JobId;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::etag::Etag;
use crate::failure::ApiResult;
use crate::granted::Granted;
use crate::{Server, alive};

/// `GET /output/job/{job}/artifacts/{node}/{*path}`
pub(crate) async fn download(
    State(server): State<Arc<Server>>,
    granted: Granted,
    method: Method,
    headers: HeaderMap,
    Path((job, node, path)): Path<(String, String, String)>,
) -> ApiResult<Response> {
    let missing = || Refusal::Missing("artifact", path.clone());
    let job: JobId = job.parse().map_err(|_| missing())?;
    if node != "0" {
        return Err(missing().into());
    }
    let (artifact, file) = server.app.artifact(&granted.ctx, job, &path).await?;
    let size = u64::try_from(artifact.size).unwrap_or_default();
    let etag = Etag::named(&artifact.digest);
    if etag.is_known(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag.value())]).into_response());
    }
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let range = range.filter(|_| etag.keeps_range(&headers));
    let wanted = match range.map_or(Range::Whole, |text| range_of(text, size)) {
        Range::Unsatisfiable => {
            let whole = format!("bytes */{size}");
            let headers = [(header::CONTENT_RANGE, whole)];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
        Range::Whole => None,
        Range::Part(first, last) => Some((first, last)),
    };
    let (first, length) = wanted.map_or((0, size), |(first, last)| (first, last + 1 - first));
    let body = match method {
        Method::HEAD => Body::empty(),
        _ => stream(&server, &granted, file, first, length).await?,
    };
    let mut answer = Response::new(body);
    if let Some((first, last)) = wanted {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        put(&mut answer, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{size}"));
    }
    put(&mut answer, header::CONTENT_LENGTH, &length.to_string());
    answer.headers_mut().insert(header::ETAG, etag.value());
    put(&mut answer, header::ACCEPT_RANGES, "bytes");
    put(&mut answer, header::CACHE_CONTROL, "private, no-cache");
    put(&mut answer, header::CONTENT_TYPE, content_type(&artifact.path));
    put(&mut answer, header::CONTENT_DISPOSITION, "inline");
    // Whatever it is, it runs nothing and reaches nothing here.
    put(&mut answer, header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    put(&mut answer, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    Ok(answer)
}

fn put(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

async fn stream(
    server: &Arc<Server>,
    granted: &Granted,
    mut file: File,
    first: u64,
    length: u64,
) -> Result<Body, Refusal> {
    let fault = |error: std::io::Error| Refusal::Unavailable(error.to_string());
    file.seek(SeekFrom::Start(first)).await.map_err(fault)?;
    let chunks = ReaderStream::with_capacity(file.take(length), 256 * 1024);
    Ok(alive::while_good(Arc::clone(server), granted.ctx.who, chunks))
}

/// Types that a browser would run or draw as a page of ours are shown as plain text.
fn content_type(path: &str) -> &'static str {
    let guess = mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream");
    match guess {
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf"
        | "application/zip" | "application/gzip" | "application/json" => guess,
        text if text.starts_with("text/") => "text/plain; charset=utf-8",
        "image/svg+xml"
        | "application/xml"
        | "application/javascript"
        | "application/xhtml+xml" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part(u64, u64),
    Unsatisfiable,
}

/// The range of a `Range` header (RFC 9110, 14.2). Several ranges at once are answered whole.
fn range_of(text: &str, size: u64) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|one| one.split_once('-'))
    else {
        return Range::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            Some(0) => Range::Unsatisfiable,
            Some(count) if size > 0 => Range::Part(size.saturating_sub(count), size - 1),
            Some(_) => Range::Unsatisfiable,
            None => Range::Whole,
        },
        (first, last) => {
            let last = if last.is_empty() { Some(u64::MAX) } else { number(last) };
            match (number(first), last) {
                (Some(first), Some(last)) if first > last => Range::Whole,
                (Some(first), Some(_)) if first >= size => Range::Unsatisfiable,
                (Some(first), Some(last)) => Range::Part(first, last.min(size - 1)),
                _ => Range::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (text, size, range) in [
            ("bytes=0-4", 10, Range::Part(0, 4)),
            ("bytes=5-", 10, Range::Part(5, 9)),
            ("bytes=-3", 10, Range::Part(7, 9)),
            ("bytes=-30", 10, Range::Part(0, 9)),
            ("bytes=0-99", 10, Range::Part(0, 9)),
            ("bytes=10-", 10, Range::Unsatisfiable),
            ("bytes=-0", 10, Range::Unsatisfiable),
            ("bytes=0-", 0, Range::Unsatisfiable),
            ("bytes=4-2", 10, Range::Whole),
            ("bytes=0-1,3-4", 10, Range::Whole),
            ("items=0-1", 10, Range::Whole),
            ("bytes=a-b", 10, Range::Whole),
        ] {
            assert_eq!(range_of(text, size), range, "{text} of {size}");
        }
    }

    #[test]
    fn nothing_is_served_that_a_browser_would_run() {
        for (path, kind) in [
            ("report/index.html", "text/plain; charset=utf-8"),
            ("x.svg", "text/plain; charset=utf-8"),
            ("x.js", "text/plain; charset=utf-8"),
            ("x.xhtml", "text/plain; charset=utf-8"),
            ("x.png", "image/png"),
            ("x.json", "application/json"),
            ("x", "application/octet-stream"),
        ] {
            assert_eq!(content_type(path), kind, "{path}");
        }
    }
}
