//! API v1.1.
