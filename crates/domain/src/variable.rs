//! Names of environment variables, and the parameters of one build.

use std::fmt;
use std::str::FromStr;

use crate::limits::{BUILD_PARAMETERS, VARIABLE_NAME_CHARACTERS, VARIABLE_VALUE_BYTES};

/// A variable's name: ASCII letters, digits and `_`, not beginning with a digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableName(Box<str>);

impl VariableName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableError {
    /// The name.
    Name(String),
    /// The value of the variable of this name is too large or holds a NUL.
    Value(String),
    /// Too many build parameters.
    Many,
}

impl fmt::Display for VariableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "{name:?} is no name of an environment variable: letters, digits and '_', not beginning with a digit, at most {VARIABLE_NAME_CHARACTERS}"
            ),
            Self::Value(name) => write!(
                f,
                "the value of {name} must be text without NUL of at most {VARIABLE_VALUE_BYTES} bytes"
            ),
            Self::Many => write!(f, "at most {BUILD_PARAMETERS} build parameters are taken"),
        }
    }
}

impl std::error::Error for VariableError {}

impl FromStr for VariableName {
    type Err = VariableError;
    fn from_str(text: &str) -> Result<Self, VariableError> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let begins = text.bytes().next().is_some_and(|b| !b.is_ascii_digit());
        if plain && begins && text.len() <= VARIABLE_NAME_CHARACTERS {
            Ok(Self(text.into()))
        } else {
            Err(VariableError::Name(text.chars().take(60).collect()))
        }
    }
}

/// Checks a variable's value.
///
/// # Errors
/// If it is too large or holds a NUL, which no process's environment can.
pub fn check_value(name: &VariableName, value: &str) -> Result<(), VariableError> {
    if value.len() > VARIABLE_VALUE_BYTES || value.contains('\0') {
        return Err(VariableError::Value(name.to_string()));
    }
    Ok(())
}

/// The variables that a trigger injects: neither secret nor masked, and below every other source
/// (api-v1.1: they never override values of the configuration or of the project's settings).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildParameters(Vec<(VariableName, String)>);

impl BuildParameters {
    /// Checks and keeps these, sorted by name; of a repeated name the last wins.
    ///
    /// # Errors
    /// If a name, a value or their number is beyond the limits.
    pub fn new(pairs: Vec<(String, String)>) -> Result<Self, VariableError> {
        let mut kept = std::collections::BTreeMap::new();
        for (name, value) in pairs {
            let name: VariableName = name.parse()?;
            check_value(&name, &value)?;
            kept.insert(name, value);
        }
        if kept.len() > BUILD_PARAMETERS {
            return Err(VariableError::Many);
        }
        Ok(Self(kept.into_iter().collect()))
    }

    /// Name and value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }
}
