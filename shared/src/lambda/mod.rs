//! The edge: AWS events in, AWS answers out, settings from the environment. Nothing here decides.

mod answer;
mod event;
mod functions;
mod log;
mod policy;
mod proxy;
mod settings;

pub use answer::{Answer, AuthorizerError, render};
pub use event::{Event, EventError};
pub use functions::{IntrospectionFunction, SharedTokenFunction, TokenFunction};
pub use policy::Policy;
pub use settings::{Settings, SettingsError};
