//! A function's own binary over a DynamoDB whose requests are counted.

use serde_json::Value;

use crate::{CountingProxy, Function, Requests, Tollgate, sample};

/// A function at work, and what it asks of DynamoDB.
pub struct Counted {
    /// The function.
    pub function: Function,
    /// What it asks.
    pub proxy: CountingProxy,
}

impl Counted {
    /// Starts a binary over a Tollgate's store. `more`: of its environment, besides `ISSUER`.
    pub async fn start(tollgate: &Tollgate, binary: &str, more: &[(&str, &str)]) -> Self {
        let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
        let environment = [&[("ISSUER", "https://id.example.com")], more].concat();
        let function = Function::start(binary, proxy.address, &environment).await;
        Self { function, proxy }
    }

    /// The answer to an event, which has to be of a status.
    pub async fn answer(&mut self, event: &Value, status: u16) -> Value {
        let answer = self.function.answer(event).await;
        assert_eq!(answer["statusCode"], status, "{answer}");
        answer
    }

    /// The answer to an event, which has to be of a status, and what it cost.
    pub async fn cost(&mut self, event: &Value, status: u16) -> (Value, Requests) {
        self.proxy.take();
        (self.answer(event, status).await, self.proxy.take())
    }
}

/// A sample event of a function with another form and other credentials, or none.
pub fn posting(sampled: (&str, &str), credentials: Option<&str>, form: &str) -> Value {
    let mut event = sample(sampled.0, sampled.1);
    let headers = event["headers"].as_object_mut().expect("headers are an object");
    headers.remove("authorization");
    headers.extend(credentials.map(|credentials| ("authorization".to_owned(), credentials.into())));
    event["body"] = form.into();
    event["isBase64Encoded"] = false.into();
    event
}

/// Requests by operation.
pub fn requests<const N: usize>(counts: [(&str, usize); N]) -> Requests {
    counts.map(|(operation, count)| (operation.to_owned(), count)).into()
}

/// Definitions are fresh for as long as any test takes.
pub const KEEPING: [(&str, &str); 1] = [("DEFINITION_MAX_AGE", "30")];
