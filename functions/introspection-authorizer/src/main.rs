//! The authorizer of third-party tokens as a Lambda function.

use lambda_runtime::{Error, run, service_fn};
use shared::lambda::IntrospectionFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = &IntrospectionFunction::start().await?;
    run(service_fn(move |event| function.answer(event))).await
}
