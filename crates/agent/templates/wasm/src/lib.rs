//! A strategy for the sandbox: concedes late (Faratin, Sierra & Jennings 1998, Boulware), never
//! below what no deal is worth, and accepts what is at least as good as its own next offer. Change
//! `target` or `next`, and it is yours.

mod ladder;

use std::cell::RefCell;

use ladder::Ladder;

wit_bindgen::generate!({ world: "strategy", path: "wit" });

/// How late it concedes: 1 evenly, more later.
const CONCESSION: i32 = 5;

/// What it keeps of one talk. All of it follows from the brief.
struct Mine {
    ladder: Ladder,
}

thread_local! {
    static MINE: RefCell<Option<Mine>> = const { RefCell::new(None) };
}

struct Component;

impl Guest for Component {
    fn open(brief: Brief, _seed: u64) {
        std::panic::set_hook(Box::new(|panic| note(&panic.to_string())));
        MINE.set(Some(Mine { ladder: Ladder::new(brief) }));
    }

    fn decide(situation: Situation) -> Result<Decision, String> {
        MINE.with_borrow(|mine| {
            let mine = mine.as_ref().ok_or("decide was called before open")?;
            Ok(mine.decide(&situation))
        })
    }
}

export!(Component);

impl Mine {
    /// What to do with the turn at hand, by the situation alone: after a failure a fresh instance
    /// is asked the same.
    fn decide(&self, situation: &Situation) -> Decision {
        let next = self.ladder.at_least(self.target(situation.progress));
        match &situation.offered {
            Some(offer)
                if self.ladder.acceptable(offer) && self.ladder.worth(offer) >= self.ladder.worth(&next) =>
            {
                Decision::Accept
            }
            _ => Decision::Propose(next),
        }
    }

    /// What its offer should be worth when so much of the talk has passed.
    fn target(&self, progress: f64) -> f64 {
        let (low, high) = (self.ladder.walk_away(), self.ladder.best());
        high - (high - low).max(0.0) * progress.powi(CONCESSION)
    }
}
