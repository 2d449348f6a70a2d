//! The edge: AWS events in, AWS answers out, settings from the environment. Nothing here decides.

mod answer;
mod authorizer_function;
mod endpoint_function;
mod event;
mod init;
mod libraries;
mod line;
mod log;
pub mod metrics;
mod pairs;
mod policy;
mod proxy;
mod settings;

pub use answer::{Answer, AuthorizerError, render};
pub use authorizer_function::{IntrospectionFunction, SharedTokenFunction};
pub use endpoint_function::{AuthorizeFunction, Endpoint, EndpointFunction, TokenFunction, TokenStatusFunction};
pub use event::{Event, EventError};
pub use line::{Line, Verdict};
pub use log::{Journal, Log};
pub use policy::Policy;
pub use proxy::{ProxyAnswer, ProxyEvent};
pub use settings::{Settings, SettingsError};
