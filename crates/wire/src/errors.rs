/// Why a message from outside was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// A noun inside it is not valid.
    #[error(transparent)]
    Noun(#[from] tariff::TariffError),
    /// The terms of a talk are not valid.
    #[error(transparent)]
    Terms(#[from] talks::TermsError),
    /// A field is not what it must be.
    #[error("{field} is not valid: expected {expected}")]
    Malformed {
        /// Path of the field.
        field: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Bytes that are no message of the kind.
    #[error("{what} cannot be decoded: {why}")]
    Undecodable {
        /// The message.
        what: &'static str,
        /// What the decoder said.
        why: String,
    },
    /// A part that a later version of the contract may know and this one does not.
    #[error("{field} is empty or from a later version of the contract")]
    Unsupported {
        /// Path of the field.
        field: String,
    },
}

impl WireError {
    pub(crate) fn malformed(field: impl Into<String>, expected: &'static str) -> Self {
        Self::Malformed { field: field.into(), expected }
    }

    pub(crate) fn unsupported(field: impl Into<String>) -> Self {
        Self::Unsupported { field: field.into() }
    }

    pub(crate) fn undecodable(what: &'static str, why: &prost::DecodeError) -> Self {
        Self::Undecodable { what, why: why.to_string() }
    }
}
