//! What the SDK tells AWS of itself and of its tries with every request. Wording and signing that takes a tenth of a warm
//! call, so requests to DynamoDB go without.

use aws_runtime::{
    invocation_id::InvocationIdInterceptor, request_info::RequestInfoInterceptor, user_agent::UserAgentInterceptor,
};
use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, interceptors::BeforeSerializationInterceptorContextRef},
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::disable_interceptor;

/// Disables these interceptors.
#[derive(Debug)]
pub(super) struct Quiet;

impl Intercept for Quiet {
    fn name(&self) -> &'static str {
        "Quiet"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state()
            .store_put(disable_interceptor::<UserAgentInterceptor>(CAUSE))
            .store_put(disable_interceptor::<InvocationIdInterceptor>(CAUSE))
            .store_put(disable_interceptor::<RequestInfoInterceptor>(CAUSE));
        Ok(())
    }
}

const CAUSE: &str = "it takes a tenth of a warm call";

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use crate::store::{Connection, Credentials, Root};

    /// The head of the request that a client sends first.
    async fn head_of_a_request() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
        let credentials = Credentials::new("key", "secret", None, None, "tests");
        let connection = Connection { region: "eu-west-1".into(), credentials, endpoint, root: Root::Amazon };
        let served = async {
            let mut stream = listener.accept().await.unwrap().0;
            let mut text = String::new();
            while !text.contains("\r\n\r\n") {
                text.push(char::from(stream.read_u8().await.unwrap()));
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
            text
        };
        let asked = connection.open().unwrap().list_tables().send();
        tokio::join!(served, asked).0
    }

    #[tokio::test]
    async fn a_request_says_what_is_asked_who_asks_and_no_more() {
        let head = head_of_a_request().await;
        let mut names: Vec<_> = head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
        names.sort_unstable();
        let expected =
            ["authorization", "content-length", "content-type", "host", "user-agent", "x-amz-date", "x-amz-target"];
        assert_eq!(names, expected, "{head}");
        assert!(head.contains(concat!("user-agent: tollgate/", env!("CARGO_PKG_VERSION"), "\r\n")), "{head}");
    }
}
