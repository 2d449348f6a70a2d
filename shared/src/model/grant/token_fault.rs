//! Why a token that somebody presents opens nothing.

use std::fmt;

use crate::protocol::{ReasonCode, Spkey, Timestamp};

/// Why a token opens nothing, or not what it is presented for. Its text is a sentence for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// No grant has the token: it was guessed, or a newer one has taken its place.
    Unknown,
    /// Its life is over.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// It was taken back.
    Revoked {
        /// The time of the revocation.
        at: Timestamp,
    },
    /// A service is switched off: the one called, or the one that the token is for.
    ServiceDisabled {
        /// The service that is switched off.
        spkey: Spkey,
    },
    /// Its client is gone.
    ClientGone,
    /// Its client or the client's application is switched off.
    ClientDisabled,
    /// Its client is not allowed on a service: the one called, or the one that the token is for.
    ClientNotAllowed {
        /// The service the client may not call.
        spkey: Spkey,
    },
}

impl TokenFault {
    /// The code of the closed list.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::Unknown => ReasonCode::UnknownToken,
            Self::Expired { .. } => ReasonCode::TokenExpired,
            Self::Revoked { .. } => ReasonCode::TokenRevoked,
            Self::ServiceDisabled { .. } => ReasonCode::ServiceDisabled,
            Self::ClientGone => ReasonCode::ClientGone,
            Self::ClientDisabled => ReasonCode::ClientDisabled,
            Self::ClientNotAllowed { .. } => ReasonCode::ClientNotAllowed,
        }
    }
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown token"),
            Self::Expired { at } => write!(f, "the token expired at {}", at.rfc3339()),
            Self::Revoked { at } => write!(f, "the token was revoked at {}", at.rfc3339()),
            Self::ServiceDisabled { spkey } => write!(f, "the service {spkey} is switched off"),
            Self::ClientGone => f.write_str("the client of the token is gone"),
            Self::ClientDisabled => f.write_str("the client or its application is switched off"),
            Self::ClientNotAllowed { spkey } => write!(f, "the client is not allowed on {spkey}"),
        }
    }
}
