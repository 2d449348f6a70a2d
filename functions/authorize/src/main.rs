//! The authorization endpoint, its pages and pushed requests as a Lambda function.

use lambda_runtime::{Error, run, service_fn};
use shared::lambda::AuthorizeFunction;

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), Error> {
    // As a task: what wakes the main future makes the runtime look at all its sockets once more.
    let serve = async {
        let function = &AuthorizeFunction::start().await?;
        run(service_fn(move |event| function.answer(event))).await
    };
    tokio::task::spawn_local(serve).await?
}
