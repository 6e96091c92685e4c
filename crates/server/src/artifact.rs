//! Downloading an artifact: ranges, an ETag, compression for who asks for it, and a type that cannot
//! run script on our origin. All of a build's artifacts in one file are in `archive`.

mod archive;
mod outlet;
mod range;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{Stream, stream};
use range::{Range, range_of};
use rondo_app::{BlobReader, Content, Refusal};
use rondo_domain::run::Artifact;
use rondo_domain::{JobId, Permission};

pub(crate) use archive::{tar_zst, zip};
pub(crate) use outlet::Outlet;

use crate::Server;
use crate::alive::Watch;
use crate::connections::Straight;
use crate::etag::Etag;
use crate::failure::ApiResult;
use crate::granted::{Granted, Head};

/// Smaller files are not worth compressing.
const COMPRESSED_FROM: u64 = 1024;

/// `GET /output/job/{job}/artifacts/{node}/{*path}`
pub(crate) async fn download(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    method: Method,
    head: Head,
) -> ApiResult<Response> {
    let (path, headers) = (granted.name("path"), &head.headers);
    let missing = || Refusal::Missing("artifact", path.to_owned());
    let job: JobId = granted.name("job").parse().map_err(|_| missing())?;
    if granted.name("node") != "0" {
        return Err(missing().into());
    }
    let artifact = server.app.artifact(&granted.ctx, job, path).await?;
    let kind = content_type(&artifact.path);
    let mut answer = match compresses(kind, &artifact) {
        true if wants_gzip(headers) => gzipped(&server, &granted, headers, &artifact).await?,
        may_be => {
            let mut answer = plain(&server, &granted, (&method, headers), &artifact).await?;
            if may_be {
                put(&mut answer, header::VARY, "accept-encoding");
            }
            answer
        }
    };
    put(&mut answer, header::CONTENT_TYPE, kind);
    put(&mut answer, header::CONTENT_DISPOSITION, "inline");
    shield(&mut answer);
    Ok(answer)
}

/// Whatever it is, it runs nothing and reaches nothing here.
fn shield(answer: &mut Response) {
    put(answer, header::CACHE_CONTROL, "private, no-cache");
    put(answer, header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    let policy = header::HeaderName::from_static("cross-origin-resource-policy");
    put(answer, policy, "same-origin");
}

fn put(answer: &mut Response, name: header::HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// The bytes as they are, or a part of them.
async fn plain(
    server: &Arc<Server>,
    granted: &Arc<Granted>,
    (method, headers): (&Method, &HeaderMap),
    artifact: &Arc<Artifact>,
) -> Result<Response, Refusal> {
    let size = u64::try_from(artifact.size).unwrap_or_default();
    let etag = Etag::named(&artifact.digest);
    if etag.is_known(headers) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag.value())]).into_response());
    }
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let range = range.filter(|_| etag.keeps_range(headers));
    let range = match range.map_or(Range::Whole, |text| range_of(text, size)) {
        Range::Unsatisfiable => {
            let headers = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
        Range::Whole => None,
        Range::Part(first, last) => Some((first, last)),
    };
    let (first, length) = range.map_or((0, size), |(first, last)| (first, last + 1 - first));
    // A question for the headers alone finds out that the bytes are there, and reads none.
    let read = if *method == Method::HEAD { 0 } else { length };
    let mut answer = part_of(server, granted, headers, artifact, (first, read)).await?;
    let fields = answer.headers_mut();
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    fields.insert(header::ETAG, etag.value());
    fields.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some((first, last)) = range {
        let range = HeaderValue::try_from(format!("bytes {first}-{last}/{size}"));
        fields.insert(header::CONTENT_RANGE, range.expect("numbers are a header's value"));
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(answer)
}

fn watch(server: &Arc<Server>, granted: &Arc<Granted>) -> Watch {
    let (server, granted) = (Arc::clone(server), Arc::clone(granted));
    Watch { server, granted, needs: Permission::ReadArtifacts }
}

/// So many bytes from the first on. Those of a small file go out at once; more are sent while their credential
/// is good.
async fn part_of(
    server: &Arc<Server>,
    granted: &Arc<Granted>,
    headers: &HeaderMap,
    artifact: &Arc<Artifact>,
    (first, length): (u64, u64),
) -> Result<Response, Refusal> {
    let part = match server.app.small_artifact(&granted.ctx, artifact).await? {
        Some(Content::Bytes(bytes)) => {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
            return Ok(Response::new(Body::from(bytes.slice(place(first)..place(first + length)))));
        }
        Some(Content::File(file)) => file.part(first, length),
        None => server.app.artifact_bytes(&granted.ctx, artifact, first, length).await?,
    };
    let watch = watch(server, granted);
    let mut answer = Response::new(watch.clone().over(pieces(part.clone().read())));
    if length > 0 {
        answer.extensions_mut().insert(Straight::new(part, watch, headers));
    }
    Ok(answer)
}

fn pieces(reader: BlobReader) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin {
    Box::pin(stream::try_unfold(reader, |mut reader| async move {
        Ok(reader.piece().await?.map(|piece| (piece, reader)))
    }))
}

/// The bytes compressed on their way: another representation, with a tag of its own and without
/// parts.
async fn gzipped(
    server: &Arc<Server>,
    granted: &Arc<Granted>,
    headers: &HeaderMap,
    artifact: &Artifact,
) -> Result<Response, Refusal> {
    let etag = Etag::named(&format!("{}-gzip", artifact.digest));
    let mut answer = if etag.is_known(headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let size = u64::try_from(artifact.size).unwrap_or_default();
        let reader = server.app.artifact_bytes(&granted.ctx, artifact, 0, size).await?.read();
        let outlet = Outlet::default();
        let packer = GzEncoder::new(outlet.clone(), Compression::fast());
        let packed = stream::try_unfold((reader, Some(packer), outlet), |state| async move {
            let (mut reader, mut packer, outlet) = state;
            while let Some(open) = &mut packer {
                match reader.piece().await? {
                    Some(piece) => std::io::Write::write_all(open, &piece)?,
                    None => packer.take().map_or(Ok(()), |packer| packer.finish().map(drop))?,
                }
                if outlet.is_full() {
                    break;
                }
            }
            Ok(outlet.take().map(|bytes| (bytes, (reader, packer, outlet))))
        });
        let mut answer = Response::new(watch(server, granted).over(Box::pin(packed)));
        put(&mut answer, header::CONTENT_ENCODING, "gzip");
        answer
    };
    answer.headers_mut().insert(header::ETAG, etag.value());
    put(&mut answer, header::VARY, "accept-encoding");
    Ok(answer)
}

fn compresses(kind: &str, artifact: &Artifact) -> bool {
    let text = kind.starts_with("text/") || kind == "application/json";
    text && u64::try_from(artifact.size).is_ok_and(|size| size >= COMPRESSED_FROM)
}

/// Whether gzip is asked for by its name, and no part: parts are counted in the plain bytes.
fn wants_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    let mut codings = accepted.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    let named = codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0)
    });
    named && !headers.contains_key(header::RANGE)
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

#[cfg(test)]
mod tests {
    use super::*;

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
