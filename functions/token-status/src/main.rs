//! Introspection, revocation and token information as a Lambda function.

use lambda_runtime::{Error, run, service_fn};
use shared::lambda::TokenStatusFunction;

/// An introspection makes 500 small allocations, nearly all of them the SDK's: with glibc's allocator it costs 7 % more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), Error> {
    // As a task: what wakes the main future makes the runtime look at all its sockets once more.
    let serve = async {
        let function = &TokenStatusFunction::start().await?;
        run(service_fn(move |event| function.answer(event))).await
    };
    tokio::task::spawn_local(serve).await?
}
