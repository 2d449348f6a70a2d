//! The real command, started as a user starts it.

mod dev;
mod event;
mod explain;
mod openapi;
mod running;
mod secrets;
mod stack;
mod why;
