//! The tests of a build.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rondo_wire::v1;

use super::build::named;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Arc<Granted>,
) -> ApiResult<Json<v1::Tests>> {
    let build = named(&server, &granted).await?;
    let number = build.job.number.unwrap_or_default();
    let details = server.app.build_details(&granted.ctx, granted.project(), number).await?;
    let tests = details.tests.into_iter().map(|test| v1::Test {
        classname: test.classname,
        file: test.file.unwrap_or_default(),
        name: test.name,
        result: test.result,
        run_time: test.run_time,
        message: test.message,
        source: test.source.unwrap_or_default(),
        source_type: "junit".to_owned(),
    });
    Ok(Json(v1::Tests { tests: tests.collect(), exceptions: Vec::new() }))
}
