//! What a request for a token asks for, read into the words of the domain.

use jiff::Timestamp;
use rondo_app::Refusal;
use rondo_domain::Millis;
use rondo_domain::token::{ReachError, Wish};
use rondo_wire::v1::CreateToken;

/// The wish of a body.
///
/// # Errors
/// Which field cannot be understood.
pub(crate) fn read(wanted: &CreateToken) -> Result<Wish, ReachError> {
    let rights = wanted.permissions.as_ref().map(|words| {
        words.iter().map(|word| word.parse().map_err(ReachError::Permission)).collect()
    });
    let networks = wanted
        .networks
        .as_ref()
        .map(|texts| texts.iter().map(|text| text.parse().map_err(ReachError::Network)).collect());
    let projects = wanted.projects.as_ref().map(|names| {
        // A name that cannot be one is a project that is not there.
        names
            .iter()
            .map(|name| name.parse().map_err(|_| ReachError::Name(name.chars().take(80).collect())))
            .collect()
    });
    Ok(Wish {
        rights: rights.transpose()?,
        projects: projects.transpose()?,
        networks: networks.transpose()?,
        expires_at: wanted.expires_at.as_deref().map(moment).transpose()?,
        key: None,
    })
}

/// A moment of RFC 3339, to the second.
pub(crate) fn moment(text: &str) -> Result<Millis, ReachError> {
    let stamp: Timestamp = text.trim().parse().map_err(|_| ReachError::Moment)?;
    Ok(Millis(stamp.as_second().saturating_mul(1000)))
}

/// The wish of a body for a project's token, whose scope says what it may do and where.
///
/// # Errors
/// Which field cannot be understood, or has no place there.
pub(super) fn read_of_project(wanted: &CreateToken) -> Result<Wish, Refusal> {
    for (given, field) in
        [(wanted.permissions.is_some(), "permissions"), (wanted.projects.is_some(), "projects")]
    {
        if given {
            return Err(super::body::wrong(format!(
                "{field}: a project token has none: its scope says what it may do in its project"
            )));
        }
    }
    Ok(read(wanted)?)
}
