//! The token endpoint over HTTP: RFC 6749 and RFC 8707, the formats of tokens, webMethods Mediator's token service, and
//! what is answered when the store is not.

mod axway;
mod endpoint;
mod family_faults;
mod faults;
mod freshness;
mod mediator;
mod paths;
mod refresh_family;
mod replacing;
mod request_ids;
mod rfc6749_2_3_client_authentication;
mod rfc6749_3_2_requests;
mod rfc6749_4_1_authorization_code;
mod rfc6749_4_3_password;
mod rfc6749_4_4_client_credentials;
mod rfc6749_6_refresh_token;
mod rfc7523_2_2_client_assertions;
mod rfc8707_resource;
mod shop;
mod token_formats;
mod writes;
