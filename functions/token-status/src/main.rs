//! Introspection, revocation and metadata as a Lambda function.

use lambda_http::{Error, run, service_fn};
use shared::lambda::TokenStatusFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = &TokenStatusFunction::start().await?;
    run(service_fn(move |event| function.serve(event))).await
}
