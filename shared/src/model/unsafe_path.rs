//! Paths that two readers could take for different ones, where scopes depend on paths.

/// What makes a path one of them, as IAM resource patterns below the stage. Encoded are separators, `%` itself, and all
/// that holds letters, digits and the marks that a scope rule may name: `/%61dmin` may be `/admin`.
pub const UNSAFE_PATHS: [&str; 19] = [
    "*//*", "*/./*", "*/../*", "*/.", "*/..", "*;*", "*\\*", "*%25*", "*%2d*", "*%2D*", "*%2e*", "*%2E*", "*%2f*",
    "*%2F*", "*%3?*", "*%4?*", "*%5?*", "*%6?*", "*%7?*",
];

/// What [`UNSAFE_PATHS`] says of a path.
pub fn is_unsafe_path(path: &str) -> bool {
    let is_dots = |segment: &str| segment == "." || segment == "..";
    let mut codes = path.as_bytes().windows(3);
    path.contains("//") || path.contains([';', '\\']) || path.split('/').any(is_dots) || codes.any(is_unsafe_code)
}

/// `%`, `-`, `.`, `/`, and every character from `0` to the end of ASCII.
fn is_unsafe_code(code: &[u8]) -> bool {
    matches!(code, [b'%', b'2', b'5' | b'd' | b'D' | b'e' | b'E' | b'f' | b'F'] | [b'%', b'3'..=b'7', _])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::samples::covers;

    #[test]
    fn a_path_that_could_be_read_in_two_ways_is_unsafe() {
        for path in [
            "//", "/a//b", "/a/../b", "/./a", "/a/..", "/a;b", "/a%2Fb", "/a%2eb", "/a%5Cb", "/%61", "/%5a", "/%252f",
            "/a\\b",
        ] {
            assert!(is_unsafe_path(path), "{path}");
        }
        for path in ["/", "/a/b", "/a.b", "/a/...", "/a%20b", "/%C3%A4", "/a@b:c", "/%2", "/%"] {
            assert!(!is_unsafe_path(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_policy_shuts_the_very_paths_that_are_unsafe(path in "/[a/.;%2-7deF\\\\]{0,8}") {
            let shut = UNSAFE_PATHS.iter().any(|pattern| covers(pattern, &format!("GET{path}")));
            prop_assert_eq!(is_unsafe_path(&path), shut, "{}", path);
        }
    }
}
