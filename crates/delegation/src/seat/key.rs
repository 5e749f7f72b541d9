//! Who may sit: the first browser that brings the token of this start, and no other.
//!
//! The browser makes a key of its own, keeps it, and hands it in with the token: so the token is of no
//! use to whoever sees the address later, and a page that is loaded again sits down again. The key
//! travels in a header and not in a cookie, for a browser sends its cookies to every port of this
//! machine, and another user's program may listen there.

use std::sync::{Mutex, PoisonError};

/// A key is made of at least so many digits, base 16.
const LEAST_DIGITS: usize = 32;
const MOST_DIGITS: usize = 128;

/// Why nobody may sit with what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyError {
    /// The token is not that of this start.
    #[error("this address does not open the seat: use the one that the delegation printed at its start")]
    WrongToken,
    /// Somebody sits there.
    #[error("this seat is taken by another browser; its address works once, and a new start has a new one")]
    Taken,
    /// The key is none.
    #[error("a key has {LEAST_DIGITS} to {MOST_DIGITS} digits, base 16")]
    BadKey,
}

/// The lock of a seat.
#[derive(Debug)]
pub(super) struct Lock {
    token: String,
    key: Mutex<Option<String>>,
}

impl Lock {
    pub(super) fn new(token: String) -> Self {
        Self { token, key: Mutex::new(None) }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Takes the seat for whoever holds `key`. The same key may claim it again, as after an answer
    /// that got lost.
    pub(super) fn claim(&self, token: &str, key: &str) -> Result<(), KeyError> {
        if !::web::same(token, &self.token) {
            return Err(KeyError::WrongToken);
        }
        let hex = key.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex || !(LEAST_DIGITS..=MOST_DIGITS).contains(&key.len()) {
            return Err(KeyError::BadKey);
        }
        let mut held = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(held) if !::web::same(key, held) => Err(KeyError::Taken),
            Some(_) => Ok(()),
            None => {
                *held = Some(key.to_owned());
                Ok(())
            }
        }
    }

    /// Whether `key` is that of whoever took the seat.
    pub(super) fn opens(&self, key: &str) -> bool {
        let held = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().is_some_and(|held| ::web::same(key, held))
    }

    /// Whether somebody sits there.
    pub(super) fn is_taken(&self) -> bool {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_browser_takes_the_seat_and_may_come_back() {
        let (lock, mine, other) = (Lock::new("secret".to_owned()), "a".repeat(32), "b".repeat(32));
        assert!(!lock.opens(&mine) && !lock.opens(""));
        assert_eq!(lock.claim("guess", &mine), Err(KeyError::WrongToken));
        assert_eq!(lock.claim("secret", ""), Err(KeyError::BadKey));
        assert_eq!(lock.claim("secret", &"g".repeat(32)), Err(KeyError::BadKey));
        assert!(!lock.is_taken());
        assert_eq!(lock.claim("secret", &mine), Ok(()));
        assert_eq!(lock.claim("secret", &other), Err(KeyError::Taken));
        assert_eq!(lock.claim("secret", &mine), Ok(()));
        assert!(lock.opens(&mine) && !lock.opens(&other));
    }
}
