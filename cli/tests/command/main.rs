//! The real command, started as a user starts it.

mod dev;
mod event;
mod running;
mod secrets;
mod stack;
