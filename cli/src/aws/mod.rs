//! AWS as an operator's command reaches it: profile, Region, endpoint and credentials the way every AWS tool has them.

mod arguments;
mod deployment;
mod http;
mod stack;
mod target;

pub(crate) use arguments::AwsArguments;
pub(crate) use deployment::{Deployment, config};
pub(crate) use stack::Outputs;
pub(crate) use target::Target;
