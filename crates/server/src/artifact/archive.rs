//! All artifacts of a build in one file, which is made while it is sent: no copy of it is ever on disk
//! or in memory as a whole.

mod packer;

use std::sync::Arc;
use std::{io, vec};

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use packer::{Format, Packer};
use rondo_app::{BlobReader, Ctx, Refusal};
use rondo_domain::run::Artifact;
use rondo_domain::{JobId, Millis, Permission};

use super::{Outlet, put, shield};
use crate::Server;
use crate::alive::Watch;
use crate::failure::ApiResult;
use crate::granted::Granted;

/// `GET /output/job/{job}/artifacts.zip`
pub(crate) async fn zip(server: State<Arc<Server>>, granted: Arc<Granted>) -> ApiResult<Response> {
    Ok(archive(server, granted, Format::Zip).await?)
}

/// `GET /output/job/{job}/artifacts.tar.zst`
pub(crate) async fn tar_zst(
    server: State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Response> {
    Ok(archive(server, granted, Format::TarZst).await?)
}

async fn archive(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
    format: Format,
) -> Result<Response, Refusal> {
    let missing = || Refusal::Missing("artifact", "the build has kept none".to_owned());
    let job: JobId = granted.name("job").parse().map_err(|_| missing())?;
    let (job, files) = server.app.all_artifacts(&granted.ctx, job).await?;
    if files.is_empty() {
        return Err(missing());
    }
    let name = format!(
        "{}-{}-artifacts.{}",
        granted.project().slug.repo(),
        job.number.unwrap_or_default(),
        format.ending()
    );
    let outlet = Outlet::default();
    let fault = |error: io::Error| Refusal::Fault(error.to_string());
    let packing = Packing {
        packer: Some(Packer::new(format, outlet.clone()).map_err(fault)?),
        files: files.into_iter(),
        file: None,
        made_at: job.stopped_at.unwrap_or(job.created_at),
        outlet,
        ctx: granted.ctx.clone(),
        server: Arc::clone(&server),
    };
    let pieces = stream::try_unfold(packing, |mut packing| async move {
        Ok(packing.piece().await?.map(|piece| (piece, packing)))
    });
    let watch = Watch { server, granted, needs: Permission::ReadArtifacts };
    let mut answer = Response::new(watch.over(Box::pin(pieces)));
    put(&mut answer, header::CONTENT_TYPE, format.content_type());
    let disposition = format!("attachment; filename=\"{}\"", plain_name(&name));
    let disposition = HeaderValue::try_from(disposition).expect("a plain name is a header's value");
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    shield(&mut answer);
    Ok(answer)
}

/// A name that a header can hold and every disk takes.
fn plain_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    name.chars().map(plain).collect()
}

/// An archive that is being made.
struct Packing {
    server: Arc<Server>,
    ctx: Ctx,
    files: vec::IntoIter<Artifact>,
    file: Option<BlobReader>,
    made_at: Millis,
    /// None when it is complete.
    packer: Option<Packer>,
    outlet: Outlet,
}

impl Packing {
    async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        while self.packer.is_some() && !self.outlet.is_full() {
            self.step().await?;
        }
        Ok(self.outlet.take())
    }

    async fn step(&mut self) -> io::Result<()> {
        let Some(packer) = &mut self.packer else { return Ok(()) };
        if let Some(file) = &mut self.file {
            match file.piece().await? {
                Some(piece) => packer.write(&piece)?,
                None => {
                    packer.end_file()?;
                    self.file = None;
                }
            }
        } else if let Some(artifact) = self.files.next() {
            let size = u64::try_from(artifact.size).map_err(io::Error::other)?;
            let file = self.server.app.artifact_bytes(&self.ctx, &artifact, 0, size).await;
            // The answer has begun: breaking it off is the only way left to say so.
            let file = file.map_err(|refusal| io::Error::other(format!("{refusal:?}")))?;
            self.file = Some(file.read());
            packer.begin_file(&artifact.path, size, self.made_at)?;
        } else {
            self.packer.take().map_or(Ok(()), Packer::finish)?;
        }
        Ok(())
    }
}
