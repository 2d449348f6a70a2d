//! The authorizer of Tollgate's own tokens as a Lambda function.

use lambda_runtime::{Error, run, service_fn};
use shared::lambda::SharedTokenFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = &SharedTokenFunction::start().await?;
    run(service_fn(move |event| function.answer(event))).await
}
