//! Where a packer writes to, and an answer takes from: a little memory between the two. Nothing is
//! written ahead of what the client takes.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Bytes that are worth a piece of their own in an answer.
const FULL: usize = 64 * 1024;

/// Both ends of it.
#[derive(Clone, Default)]
pub(crate) struct Outlet(Arc<Mutex<Vec<u8>>>);

impl Outlet {
    /// Whether it is time to take.
    pub(crate) fn is_full(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len() >= FULL
    }

    /// What has been written since; none if nothing has.
    pub(crate) fn take(&self) -> Option<Bytes> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!bytes.is_empty()).then(|| Bytes::from(mem::take(&mut *bytes)))
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
