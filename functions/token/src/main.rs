//! The token endpoint as a Lambda function.

use lambda_http::{Error, run, service_fn};
use shared::lambda::TokenFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = &TokenFunction::start().await?;
    run(service_fn(move |event| function.serve(event))).await
}
