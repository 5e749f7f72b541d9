//! How long an agent takes over its turns.

use std::time::Duration;

use super::Finding;

const CHECK: &str = "time limits";

/// The turns of all talks so far, against the limit of a decision.
pub(super) struct Pace {
    limit: Duration,
    turns: usize,
    slowest: Duration,
    /// The first turn that came too late, and where.
    late: Option<String>,
}

impl Pace {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, turns: 0, slowest: Duration::ZERO, late: None }
    }

    /// Takes in the turns of a talk: the round of each, and how long it took. The first has the
    /// handshake and the brief in it, so it counts only if it was too slow for the whole turn.
    pub(super) fn take(&mut self, table: &str, spent: &[(u32, Duration)]) {
        self.turns += spent.len();
        for (number, (round, took)) in spent.iter().enumerate() {
            let limit = if number == 0 { super::TURN_LIMIT } else { self.limit };
            self.slowest = self.slowest.max(*took);
            if *took >= limit {
                self.late.get_or_insert_with(|| format!("{table}, round {round}: {took:.1?}"));
            }
        }
    }

    pub(super) fn finding(&self) -> Finding {
        let limit = self.limit;
        match &self.late {
            Some(late) => Finding::failed(
                CHECK,
                format!("{late}, the limit is {limit:?}"),
                "answer within the limit, and do what takes long while it is briefed; or give it more time: grpc://HOST:PORT?limit=20s, up to half a turn",
            ),
            None => Finding::passed(
                CHECK,
                format!(
                    "the slowest of {} turns took {:.1?}, the limit is {limit:?}",
                    self.turns, self.slowest
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_turn_is_named_and_a_brief_may_take_longer() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::new(seconds(2));
        pace.take("numbers", &[(1, seconds(4)), (2, seconds(1))]);
        assert_eq!(pace.finding().passed, Some(true), "{:?}", pace.finding());
        assert!(pace.finding().seen.contains("2 turns took 4.0s"), "{:?}", pace.finding());
        pace.take("choices", &[(1, seconds(1)), (2, seconds(3)), (3, seconds(9))]);
        let late = pace.finding();
        assert_eq!(late.passed, Some(false));
        assert!(late.seen.starts_with("choices, round 2: 3.0s"), "{late:?}");
        pace = Pace::new(seconds(2));
        pace.take("switches", &[(1, seconds(10))]);
        assert_eq!(pace.finding().passed, Some(false), "the turn is over");
    }
}
