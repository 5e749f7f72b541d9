use crate::{Ledger, Situation};

/// When to accept what is on the table (Baarslag 2013). Whatever the rule, an offer behind a red
/// line or below the walk-away value is never accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Acceptance {
    /// AC_next(a, b): when a·u + b is at least what the own next offer is worth, u being the worth
    /// of the offer on the table.
    Next {
        /// The factor.
        a: f64,
        /// The increment.
        b: f64,
    },
    /// AC_combi(T, MAX^W): by AC_next; and once the progress t has reached T, also when no offer
    /// made in the window [t − (1 − t), t] was worth more.
    Combi {
        /// The factor of AC_next.
        a: f64,
        /// The increment of AC_next.
        b: f64,
        /// T, from 0 to 1.
        after: f64,
    },
    /// AC_time(T): whatever stands, once the progress has reached T; nothing before.
    Time {
        /// T, from 0 to 1.
        after: f64,
    },
}

impl Default for Acceptance {
    fn default() -> Self {
        Self::Next { a: 1.0, b: 0.0 }
    }
}

impl Acceptance {
    /// Whether to accept an offer worth `offered`, when the own next offer is worth `next`.
    #[must_use]
    pub fn accepts(&self, offered: f64, next: f64, situation: &Situation<'_>, ledger: &Ledger) -> bool {
        match *self {
            Self::Next { a, b } => a * offered + b >= next,
            Self::Combi { a, b, after } => {
                let now = situation.progress();
                a * offered + b >= next || (now >= after && offered >= best_in_window(ledger, now))
            }
            Self::Time { after } => situation.progress() >= after,
        }
    }
}

/// The most that was offered in the window which is as long as the time that is left.
fn best_in_window(ledger: &Ledger, now: f64) -> f64 {
    let from = now - (1.0 - now) - 1e-9; // fractions of rounds are not exact
    let recent = |side: &crate::Side| {
        let heard = side.heard().iter().rev().take_while(|h| h.progress >= from);
        heard.map(|h| h.value).fold(0.0, f64::max)
    };
    ledger.others().map(recent).fold(0.0, f64::max)
}
