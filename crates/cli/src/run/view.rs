//! What a person sees while the talk goes on.

use std::io::IsTerminal as _;

use talks::{Act, Event};
use transcript::Transcript;

use super::{Format, Plan};
use crate::output::line;

pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// The view of one run.
pub(crate) struct View {
    shown: bool,
}

impl View {
    pub(crate) fn begin(plan: &Plan, format: Format) -> Self {
        let shown = format == Format::Text;
        if shown {
            line(plan.bench.scenario().title());
        }
        Self { shown }
    }

    pub(crate) fn show(&mut self, plan: &Plan, transcript: &Transcript, event: &Event) {
        if !self.shown {
            return;
        }
        let round = transcript.talk().history().last().map_or(0, |past| past.round);
        match event {
            Event::Moved(given) => match &given.act {
                Act::Propose(offer) => {
                    let effect = plan.bench.model().and_then(|model| model.impact(offer).ok()).map_or_else(
                        String::new,
                        |impact| {
                            format!(
                                ": deficit {:.1} bn, trade {:.1} bn",
                                impact.bilateral_deficit.after as f64 / 1e9,
                                impact.total_trade.after as f64 / 1e9
                            )
                        },
                    );
                    line(&format!("round {round:>3}  {} proposes{effect}", given.party));
                }
                Act::Accept { offer } => line(&format!("round {round:>3}  {} accepts entry {offer}", given.party)),
                Act::WalkAway => line(&format!("round {round:>3}  {} walks away", given.party)),
            },
            Event::TurnMissed { party } => line(&format!("round {round:>3}  {party} misses its turn")),
            _ => {}
        }
    }

    pub(crate) fn end(&mut self) {}
}
