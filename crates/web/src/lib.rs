//! What every page that a process serves shares: who may ask ([`Door`], [`guard`]), what an answer
//! says when it is none ([`Problem`]), and the files of the page ([`asset`]). It knows nothing of talks.
//!
//! ```no_run
//! use axum::{Router, middleware::from_fn_with_state, routing::get};
//! use detente_web::{Door, asset, guard, nothing_here};
//! use page::observatory::ASSETS;
//!
//! let door = Door { loopback: true };
//! let router: Router = Router::new()
//!     .route("/", get(async || asset(ASSETS, "index.html")))
//!     .fallback(nothing_here)
//!     .layer(from_fn_with_state(door, guard));
//! ```

mod assets;
mod guard;
mod problem;

pub use assets::{asset, nothing_here};
pub use guard::{Door, guard};
pub use problem::Problem;

/// Compares a secret without telling by its time how much of it was right.
#[must_use]
pub fn same(given: &str, secret: &str) -> bool {
    let differ = given.bytes().zip(secret.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    given.len() == secret.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_secret_is_only_the_same_as_itself() {
        assert!(same("abc", "abc") && same("", ""));
        assert!(!same("abd", "abc") && !same("ab", "abc") && !same("abcd", "abc") && !same("", "abc"));
    }
}
