//! The gateway response types of REST APIs that this gateway raises, with what AWS answers unless a document says
//! otherwise.

/// One type of error that a REST API answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseType {
    AccessDenied,
    ApiConfigurationError,
    AuthorizerConfigurationError,
    AuthorizerFailure,
    /// A Lambda proxy integration that failed or answered nonsense: 502, and no type of its own.
    BadGateway,
    HeadersTooLarge,
    IntegrationFailure,
    IntegrationTimeout,
    MissingAuthenticationToken,
    RequestTooLarge,
    Unauthorized,
    UnsupportedMediaType,
    UriTooLong,
}

/// What one type is and says by default.
struct Facts {
    name: &'static str,
    status: u16,
    error_type: &'static str,
    /// `None` is JSON `null`, as for authorizer failures.
    message: Option<&'static str>,
}

impl ResponseType {
    /// The name by which documents configure it; those without one of their own have the name of their default.
    pub(crate) fn name(self) -> &'static str {
        self.facts().name
    }

    pub(crate) fn status(self) -> u16 {
        self.facts().status
    }

    /// The value of `x-amzn-ErrorType`.
    pub(crate) fn error_type(self) -> &'static str {
        self.facts().error_type
    }

    /// The message of the body; `None` is JSON `null`.
    pub(crate) fn message(self) -> Option<&'static str> {
        self.facts().message
    }

    /// The type whose configuration counts when this one has none.
    pub(crate) fn default_name(self) -> &'static str {
        if self.status() < 500 { "DEFAULT_4XX" } else { "DEFAULT_5XX" }
    }

    fn facts(self) -> Facts {
        let (name, status, error_type, message) = match self {
            Self::AccessDenied => ("ACCESS_DENIED", 403, "AccessDeniedException", Some(ACCESS_DENIED)),
            Self::ApiConfigurationError => ("API_CONFIGURATION_ERROR", 500, INTERNAL, Some(INTERNAL_MESSAGE)),
            Self::AuthorizerConfigurationError => {
                ("AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException", None)
            }
            Self::AuthorizerFailure => ("AUTHORIZER_FAILURE", 500, "AuthorizerFailureException", None),
            Self::BadGateway => ("DEFAULT_5XX", 502, INTERNAL, Some(INTERNAL_MESSAGE)),
            Self::HeadersTooLarge => {
                ("DEFAULT_4XX", 431, "RequestHeaderFieldsTooLargeException", Some("Request Header Fields Too Large"))
            }
            Self::IntegrationFailure => {
                ("INTEGRATION_FAILURE", 504, INTERNAL, Some("Network error communicating with endpoint"))
            }
            Self::IntegrationTimeout => ("INTEGRATION_TIMEOUT", 504, INTERNAL, Some("Endpoint request timed out")),
            Self::MissingAuthenticationToken => (
                "MISSING_AUTHENTICATION_TOKEN",
                403,
                "MissingAuthenticationTokenException",
                Some("Missing Authentication Token"),
            ),
            Self::RequestTooLarge => ("REQUEST_TOO_LARGE", 413, "RequestTooLargeException", Some("Request Too Long")),
            Self::Unauthorized => ("UNAUTHORIZED", 401, "UnauthorizedException", Some("Unauthorized")),
            Self::UnsupportedMediaType => {
                ("UNSUPPORTED_MEDIA_TYPE", 415, "UnsupportedMediaTypeException", Some("Unsupported Media Type"))
            }
            Self::UriTooLong => ("DEFAULT_4XX", 414, "UriTooLongException", Some("URI Too Long")),
        };
        Facts { name, status, error_type, message }
    }
}

/// Every name that a document may configure.
pub(crate) const CONFIGURABLE: [&str; 21] = [
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
    "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "THROTTLED",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
];

const ACCESS_DENIED: &str = "User is not authorized to access this resource";
const INTERNAL: &str = "InternalServerErrorException";
const INTERNAL_MESSAGE: &str = "Internal server error";
