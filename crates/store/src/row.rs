//! Columns to values. A column that cannot be read is an error that names it.

use std::str::FromStr;

use rondo_domain::Millis;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::error::Error;

/// One row of an answer.
pub(crate) struct Row(pub(crate) AnyRow);

impl Row {
    pub(crate) fn text(&self, column: &'static str) -> Result<String, Error> {
        self.0.try_get(column).map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn text_or_none(&self, column: &'static str) -> Result<Option<String>, Error> {
        self.0.try_get(column).map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64, Error> {
        self.0.try_get(column).map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn int_or_none(&self, column: &'static str) -> Result<Option<i64>, Error> {
        self.0.try_get(column).map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, Error> {
        self.0.try_get(column).map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn bytes_or_none(&self, column: &'static str) -> Result<Option<Vec<u8>>, Error> {
        self.0.try_get(column).map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, Error> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Millis, Error> {
        self.int(column).map(Millis)
    }

    pub(crate) fn time_or_none(&self, column: &'static str) -> Result<Option<Millis>, Error> {
        Ok(self.int_or_none(column)?.map(Millis))
    }

    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|_| Error::Corrupt(column))
    }

    pub(crate) fn parsed_or_none<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Error> {
        match self.text_or_none(column)? {
            Some(text) => text.parse().map(Some).map_err(|_| Error::Corrupt(column)),
            None => Ok(None),
        }
    }

    /// A column that holds one of an enum's words.
    pub(crate) fn word<T>(
        &self,
        column: &'static str,
        read: fn(&str) -> Option<T>,
    ) -> Result<T, Error> {
        read(&self.text(column)?).ok_or(Error::Corrupt(column))
    }
    /// The same of a column that may be empty.
    pub(crate) fn word_or_none<T>(
        &self,
        column: &'static str,
        read: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let word = self.text_or_none(column)?;
        word.map(|word| read(&word).ok_or(Error::Corrupt(column))).transpose()
    }
}
