//! Sending to servers of our own.

mod sending;
mod support;
mod tls;
