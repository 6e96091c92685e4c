//! The head of a table.

use maud::{Markup, html};

/// One row of headings.
pub(super) fn head(headings: &[&str]) -> Markup {
    html! { thead { tr { @for heading in headings { th scope="col" { (heading) } } } } }
}
