//! Whether a deployment serves what the file says of it.

use shared::model::{HttpUri, TokenPaths};

use crate::aws::Outputs;

/// What is worth a look: tokens name the deployment's issuer, and it serves its own paths, whatever the file says.
pub(super) fn doubts(issuer: Option<&HttpUri>, paths: &TokenPaths, outputs: Option<&Outputs>) -> Vec<String> {
    let deployed = outputs.and_then(|outputs| TokenPaths::parse_list(outputs.parameter("Paths")?).ok());
    let others = outputs.filter(|_| deployed.clone().unwrap_or_default() != *paths);
    let others = others.map(|_| "the file's paths are not those of the stack: its parameter Paths counts".to_owned());
    let other_issuer = issuer.and_then(|issuer| another_issuer(issuer, outputs?));
    let unserved = issuer.and_then(|issuer| unserved_path(issuer, deployed.as_ref().unwrap_or(paths)));
    [others, other_issuer, unserved].into_iter().flatten().collect()
}

fn another_issuer(issuer: &HttpUri, outputs: &Outputs) -> Option<String> {
    let deployed = outputs.get("Issuer").filter(|deployed| *deployed != issuer.as_str())?;
    Some(format!(
        "the file's issuer is {issuer}, the stack's is {deployed}: its parameters Issuer and DomainName count"
    ))
}

/// The functions serve `/oauth2/token` and the old URLs, whatever path the issuer has.
fn unserved_path(issuer: &HttpUri, served: &TokenPaths) -> Option<String> {
    let path = issuer.url().path().trim_end_matches('/');
    let wanted = format!("{path}/oauth2/token");
    (!path.is_empty() && !served.contains(&wanted)).then(|| {
        format!(
            "the issuer {issuer} has a path, and the deployment serves /oauth2/token without it: add {wanted} to paths, \
             or take the path away before API Gateway"
        )
    })
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
        let issuer = "https://id.example.com/auth";
        assert!(doubts_of(issuer, &[])[0].contains("/auth/oauth2/token"));
        assert!(doubts_of(issuer, &[("Issuer", issuer)])[0].contains("/auth/oauth2/token"), "also where both agree");
        let paths = TokenPaths::parse_list("/auth/oauth2/token=token").unwrap();
        assert_eq!(doubts(Some(&HttpUri::parse(issuer).unwrap()), &paths, None), Vec::<String>::new());
    }

    #[test]
    fn another_issuer_than_the_stacks_is_named() {
        let stack = [("Issuer", "https://other.example.com")];
        assert!(doubts_of("https://id.example.com", &stack)[0].contains("https://other.example.com"));
    }
}
