//! What Tollgate knows. Data flows one way through the modules, in this order: each uses only those before it, or
//! beside it.

pub mod protocol;

pub mod env;

pub mod model;

pub mod store;
pub mod upstream;

pub mod assertion;
pub mod authorizer;
pub mod client_auth;
pub mod grant;

pub mod endpoint;

pub mod lambda;
