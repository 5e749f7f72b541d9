//! What a party wants, compiled to a utility.
