use std::fmt;
use std::sync::Arc;

use crate::TariffError;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $kind:literal, $expected:literal, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Arc<str>);

        impl $type {
            /// Checks the spelling and keeps it exactly as given.
            pub fn new(text: &str) -> Result<Self, TariffError> {
                let fits = !text.is_empty() && text.chars().count() <= $max && $allowed(text);
                if !fits {
                    let given = text.chars().take(80).collect();
                    return Err(TariffError::BadName { kind: $kind, given, expected: $expected });
                }
                Ok(Self(text.into()))
            }

            /// The name as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $type {
            type Err = TariffError;
            fn from_str(text: &str) -> Result<Self, TariffError> {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

fn printable(text: &str) -> bool {
    text.trim() == text && !text.chars().any(char::is_control)
}

name!(
    /// A party to a talk or to trade, such as `USA`, `CHN` or `EU27`.
    PartyId,
    "party",
    "1 to 16 capital letters, digits, '_' or '-'",
    16,
    |t: &str| t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
);
name!(
    /// A group of goods, such as `soybeans`.
    SectorId,
    "sector",
    "1 to 32 lowercase letters, digits or '_'",
    32,
    |t: &str| t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
);
name!(
    /// The name of an issue; unique on its agenda.
    IssueId,
    "issue",
    "1 to 64 printable characters without space at either end",
    64,
    printable
);
name!(
    /// A label of a choice, or the unit of a number.
    Label,
    "label",
    "1 to 128 printable characters without space at either end",
    128,
    printable
);
