//! A token that was just made, on its way to the one page that shows its value: the only place of
//! the pages where a value is taken out of its wrapping.

use rondo_app::NewToken;

use super::policy;
use super::visit::Visit;
use crate::web::once::Created;

/// The view of the page. `address` is what the command reads with the token.
pub(super) fn shown_once(visit: &Visit, new: &NewToken, address: &str, back: String) -> Created {
    let value = new.secret.expose().to_owned();
    Created {
        label: new.token.label.to_string(),
        stops: policy::stops(visit, &new.token).into_iter().map(|(_, says)| says).collect(),
        curl: format!("curl -H 'Circle-Token: {value}' '{address}'"),
        value,
        back,
    }
}
