//! Whether a deployment serves what the file says of it.

use shared::model::{HttpUri, TokenPaths};

use crate::aws::Outputs;

/// What is worth a look: tokens name the deployment's issuer, and it serves its own paths, whatever the file says.
pub(super) fn doubts(issuer: Option<&HttpUri>, paths: &TokenPaths, outputs: Option<&Outputs>) -> Vec<String> {
    let deployed = outputs.map(|outputs| TokenPaths::parse_list(outputs.parameter("Paths")?).ok());
    let others = deployed.filter(|deployed| deployed.clone().unwrap_or_default() != *paths);
    let others = others.map(|_| "the file's paths are not those of the stack: its parameter Paths counts".to_owned());
    others.into_iter().chain(issuer.into_iter().flat_map(|issuer| issuer_doubts(issuer, outputs))).collect()
}

fn issuer_doubts(issuer: &HttpUri, outputs: Option<&Outputs>) -> Vec<String> {
    let (deployed, endpoint) = (outputs.and_then(|o| o.get("Issuer")), outputs.and_then(|o| o.get("TokenEndpoint")));
    let other = deployed.filter(|deployed| *deployed != issuer.as_str()).map(|deployed| {
        format!("the file's issuer is {issuer}, the stack's is {deployed}: the parameter Issuer of the stack counts")
    });
    let served = format!("{issuer}/oauth2/token");
    let elsewhere = match endpoint {
        Some(endpoint) => (endpoint != served).then(|| {
            format!("the issuer {issuer} puts the token endpoint at {served}, the stack serves it at {endpoint}")
        }),
        None => (issuer.url().path() != "/").then(|| {
            format!(
                "the issuer {issuer} has a path, and the template serves the token endpoint without one: /oauth2/token"
            )
        }),
    };
    other.into_iter().chain(elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts_of(issuer: &str, outputs: &[(&str, &str)]) -> Vec<String> {
        let outputs = (!outputs.is_empty()).then(|| Outputs::known(outputs));
        doubts(Some(&HttpUri::parse(issuer).unwrap()), &TokenPaths::default(), outputs.as_ref())
    }

    #[test]
    fn paths_that_the_deployment_does_not_serve_are_named() {
        let doubts_of = |paths: &str, stack: &str| {
            doubts(None, &TokenPaths::parse_list(paths).unwrap(), Some(&Outputs::known(&[("Paths", stack)]))).len()
        };
        assert_eq!(doubts_of("/tokenEP=token", ""), 1);
        assert_eq!(doubts_of("/tokenEP=token", "/oauth/token=token"), 1);
        assert_eq!(doubts_of("/a=token,/b=token", "/b=token,/a=token"), 0);
    }

    #[test]
    fn an_issuer_that_the_deployment_serves_is_no_doubt() {
        let stack = [("Issuer", "https://id.example.com"), ("TokenEndpoint", "https://id.example.com/oauth2/token")];
        assert_eq!(doubts_of("https://id.example.com", &stack), Vec::<String>::new());
        assert_eq!(doubts_of("https://id.example.com", &[]), Vec::<String>::new());
    }

    #[test]
    fn an_issuer_with_a_path_that_nobody_serves_is_named() {
        assert!(doubts_of("https://id.example.com/auth", &[])[0].contains("has a path"));
        let stack =
            [("Issuer", "https://id.example.com/auth"), ("TokenEndpoint", "https://id.example.com/oauth2/token")];
        assert!(
            doubts_of("https://id.example.com/auth", &stack)[0].contains("https://id.example.com/auth/oauth2/token")
        );
    }

    #[test]
    fn another_issuer_than_the_stacks_is_named() {
        let stack = [("Issuer", "https://other.example.com")];
        assert!(doubts_of("https://id.example.com", &stack)[0].contains("https://other.example.com"));
    }
}
