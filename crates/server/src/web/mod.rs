//! The pages people see: pure functions from a view to HTML, in English and Japanese, with the
//! style sheet and script that they use. A page decides nothing and loads nothing: its view holds
//! strings, numbers, states and times in milliseconds since 1970, and whoever calls it has already
//! asked whether the person may see them. Data reaches HTML only through maud's escaping.

mod agent;
pub mod ansi;
pub mod assets;
pub mod audit;
pub mod badges;
pub mod build;
pub mod builds;
pub mod chrome;
pub mod confirm;
pub mod device;
pub(crate) mod direction;
pub mod email;
pub mod entry;
pub mod fault;
pub mod form;
pub mod found;
pub mod icon;
pub mod locale;
pub mod look_up;
pub mod moment;
pub mod narrowing;
pub mod once;
pub mod organization_tokens;
pub mod overview;
pub mod password;
pub mod path;
pub mod policy;
pub mod project_tokens;
pub mod projects;
pub mod quantity;
pub mod revocation;
pub mod service_tokens;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod ssh;
pub mod state;
mod stopping;
mod table;
pub mod text;
pub mod theme;
pub mod token;
pub mod tokens;
pub mod variables;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
