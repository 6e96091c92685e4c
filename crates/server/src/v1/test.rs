//! The tests of a build.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rondo_wire::v1;

use super::build::named;
use crate::Server;
use crate::failure::ApiResult;
use crate::granted::Granted;

pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    granted: Granted,
    Path(names): Path<HashMap<String, String>>,
) -> ApiResult<Json<v1::Tests>> {
    let build = named(&server, &granted, &names).await?;
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
