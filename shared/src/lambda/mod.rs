//! The edge: AWS events in, AWS answers out, settings from the environment. Nothing here decides.

mod answer;
mod event;
mod functions;
mod libraries;
mod line;
mod log;
pub mod metrics;
mod pairs;
mod policy;
mod proxy;
mod settings;

pub use answer::{Answer, AuthorizerError, render};
pub use event::{Event, EventError};
pub use functions::{
    AuthorizeFunction, IntrospectionFunction, SharedTokenFunction, TokenFunction, TokenStatusFunction,
};
pub use line::{Line, Verdict};
pub use log::{Journal, Log};
pub use policy::Policy;
pub use proxy::ProxyEvent;
pub use settings::{Settings, SettingsError};
