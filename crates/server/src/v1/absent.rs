//! Calls of CircleCI's API for things that Rondo has not: each says so, and what to do instead.

use std::sync::Arc;

use rondo_app::Refusal;

use crate::failure::ApiResult;
use crate::granted::Granted;

type Never = ApiResult<axum::Json<()>>;

/// `POST …/{number}/ssh`
pub(crate) async fn ssh(_: Arc<Granted>) -> Never {
    let why =
        "Builds cannot be entered by SSH on this server; retry runs the build again without it.";
    Err(Refusal::NotSupported(why).into())
}

/// `POST …/{number}/ssh-users`
pub(crate) async fn ssh_users(_: Arc<Granted>) -> Never {
    let why = "Builds cannot be entered by SSH on this server, so nobody can be let in.";
    Err(Refusal::NotSupported(why).into())
}

/// `DELETE …/build-cache`
pub(crate) async fn build_cache(_: Arc<Granted>) -> Never {
    let why = "This server keeps no dependency cache of a project, so there is none to delete.";
    Err(Refusal::NotSupported(why).into())
}

/// `POST /user/heroku-key`. The key is not read.
pub(crate) async fn heroku_key(_: Arc<Granted>) -> Never {
    let why = "This server does not deploy to Heroku by itself; set HEROKU_API_KEY as a variable of \
               the project and deploy from a job.";
    Err(Refusal::NotSupported(why).into())
}
