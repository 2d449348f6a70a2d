//! The real command, started as a user starts it.

mod apply;
mod client;
mod dev;
mod event;
mod explain;
mod many_applications;
mod openapi;
mod readme;
mod running;
mod secrets;
mod stack;
mod user;
mod why;
