//! Races of fifty parallel callers over HTTP. Each runs a few rounds; `--ignored` runs a thousand of each:
//! `cargo test -p tests --release --test races -- --ignored --nocapture --test-threads 1`.

mod drivers;
mod redemption;
mod refresh;
mod revocation;
