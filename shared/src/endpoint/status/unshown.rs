//! Why whoever asks about a token, or takes one back, gets nothing of it.

use std::fmt;

use crate::{
    model::{Grant, TokenFault},
    protocol::{ClientId, ReasonCode},
};

/// Why a token is nothing to whoever asks. Its text is a sentence for the log, which callers never see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unshown {
    /// The token opens nothing.
    Fault(TokenFault),
    /// It is another client's.
    Foreign {
        /// Whose.
        client_id: ClientId,
        /// Who alone may ask for this.
        only: &'static str,
    },
}

impl Unshown {
    pub(super) fn foreign(grant: &Grant, only: &'static str) -> Self {
        Self::Foreign { client_id: grant.client_id.clone(), only }
    }

    /// The code of the closed list.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::Fault(fault) => fault.code(),
            Self::Foreign { .. } => ReasonCode::ForeignToken,
        }
    }
}

impl fmt::Display for Unshown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Foreign { client_id, only } => write!(f, "the token is that of the client {client_id}: {only}"),
        }
    }
}

impl From<TokenFault> for Unshown {
    fn from(fault: TokenFault) -> Self {
        Self::Fault(fault)
    }
}
