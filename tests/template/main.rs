//! `template.yaml` beside what it deploys: tables, functions with their settings, the token API, metrics.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod functions;
mod monitoring;
mod rights;
mod tables;
mod token_api;
