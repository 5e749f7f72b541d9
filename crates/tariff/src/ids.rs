use std::fmt;
use std::sync::Arc;

use crate::TariffError;

/// What every name does with its text.
macro_rules! text {
    ($type:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = TariffError;
            fn from_str(text: &str) -> Result<Self, TariffError> {
                Self::new(text)
            }
        }
    };
}

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

        text!($type);

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

/// A name short enough to be held in place: it is copied without counting references, which every
/// figure of an impact would otherwise pay for.
macro_rules! short_name {
    ($(#[$doc:meta])* $type:ident, $kind:literal, $expected:literal, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        // Unused bytes are zero, which no name holds: so the order is that of the text.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type([u8; $max]);

        impl $type {
            /// Checks the spelling and keeps it exactly as given.
            pub fn new(text: &str) -> Result<Self, TariffError> {
                if text.is_empty() || text.len() > $max || !text.bytes().all($allowed) {
                    let given = text.chars().take(80).collect();
                    return Err(TariffError::BadName { kind: $kind, given, expected: $expected });
                }
                let mut bytes = [0; $max];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                Ok(Self(bytes))
            }

            /// The name as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                let length = self.0.iter().position(|byte| *byte == 0).unwrap_or($max);
                // Only ASCII gets in.
                std::str::from_utf8(&self.0[..length]).unwrap_or_default()
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({:?})"), self.as_str())
            }
        }

        text!($type);
    };
}

short_name!(
    /// A party to a talk or to trade, such as `USA`, `CHN` or `EU27`.
    PartyId,
    "party",
    "1 to 16 capital letters, digits, '_' or '-'",
    16,
    |b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-')
);
short_name!(
    /// A group of goods, such as `soybeans`.
    SectorId,
    "sector",
    "1 to 32 lowercase letters, digits or '_'",
    32,
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'
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
