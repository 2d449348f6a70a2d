//! What libraries have to say: their warnings and errors as JSON lines beside our own.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
    subscriber::Interest,
};

use super::log;
use crate::env::World;

/// Writes the warnings and errors of libraries to standard output. It keeps no spans.
pub(super) struct Libraries {
    function: String,
    world: World,
}

impl Libraries {
    /// Listens from now on. The first one in a process stays.
    pub(super) fn listen(function: String, world: World) {
        drop(tracing::subscriber::set_global_default(Self { function, world }));
    }

    fn line(&self, event: &Event<'_>) -> Vec<u8> {
        let mut members = Members(Map::new());
        members.set("timestamp", self.world.clock.moment().rfc3339());
        members.set("level", event.metadata().level().as_str());
        members.set("function", self.function.as_str());
        members.set("target", event.metadata().target());
        event.record(&mut members);
        let mut line = Value::Object(members.0).to_string().into_bytes();
        line.push(b'\n');
        line
    }
}

impl Subscriber for Libraries {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::WARN && !is_an_answer(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        log::write(&self.line(event));
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// lambda_runtime calls every error that a function answers with an error of its own. Here it is a verdict such as
/// `Unauthorized`, whose decision line is written already. What it says of a panic has one field more.
fn is_an_answer(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "lambda_runtime::layers::panic" && metadata.fields().field("error").is_none()
}

/// The members of a line.
struct Members(Map<String, Value>);

impl Members {
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Members {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field.name(), format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Keeps what [`Libraries`] would write.
    struct Kept(Libraries, Arc<Mutex<Vec<String>>>);

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.0.enabled(metadata)
        }

        fn event(&self, event: &Event<'_>) {
            self.1.lock().unwrap().push(String::from_utf8(self.0.line(event)).unwrap());
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    #[test]
    fn warnings_and_errors_are_lines_and_a_verdict_is_none() {
        let lines = Arc::default();
        let libraries = Libraries { function: "f".into(), world: World::system() };
        tracing::subscriber::with_default(Kept(libraries, Arc::clone(&lines)), || {
            tracing::info!("passed over");
            tracing::warn!(target: "sdk", attempt = 2, cause = ?Some("a \"b\""), "slow");
            tracing::error!(target: "lambda_runtime::layers::panic", "Unauthorized");
            tracing::error!(target: "lambda_runtime::layers::panic", error = "boom", "user handler panicked");
        });
        let lines: Vec<Value> = lines.lock().unwrap().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0]["timestamp"].is_string());
        assert_eq!((&lines[0]["level"], &lines[0]["function"]), (&"WARN".into(), &"f".into()));
        assert_eq!((&lines[0]["message"], &lines[0]["attempt"]), (&"slow".into(), &2.into()));
        assert_eq!(lines[0]["cause"], r#"Some("a \"b\"")"#);
        assert_eq!(lines[1]["error"], "boom");
    }
}
