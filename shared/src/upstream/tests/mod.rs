//! The rules of a call, against servers that keep or break them.

mod exchange;
mod keep_alive;
mod limits;
mod retry;
mod through_proxy;
mod trust;
