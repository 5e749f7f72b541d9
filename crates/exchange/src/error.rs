/// Why a scenario of another tool cannot be taken over.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExchangeError {
    /// A file that cannot be read.
    #[error("cannot read {file}: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// A file that is not of its format.
    #[error("{file}: {why}")]
    Malformed {
        /// The file.
        file: String,
        /// What was found, where the parser knows where, and what was expected.
        why: String,
    },
    /// Something this project has no words for.
    #[error(
        "{file}: {what} cannot be taken over: expected an additive profile over discrete, integer or real issues"
    )]
    Unsupported {
        /// The file.
        file: String,
        /// What it is.
        what: String,
    },
    /// The files of a folder do not belong together.
    #[error("{folder}: {why}")]
    Folder {
        /// The folder.
        folder: String,
        /// What is missing, or in contradiction.
        why: String,
    },
    /// A profile whose utilities do not lie between 0 and 1 as they stand.
    #[error(
        "{profile}: utilities run from {low:.4} to {high:.4} as they stand: choose --convention minmax, which stretches them to 0 to 1"
    )]
    OutOfUnit {
        /// The profile.
        profile: String,
        /// The least.
        low: f64,
        /// The greatest.
        high: f64,
    },
}

impl ExchangeError {
    pub(crate) fn malformed(file: &str, why: impl Into<String>) -> Self {
        Self::Malformed { file: file.to_owned(), why: why.into() }
    }

    pub(crate) fn unsupported(file: &str, what: impl Into<String>) -> Self {
        Self::Unsupported { file: file.to_owned(), what: what.into() }
    }
}
