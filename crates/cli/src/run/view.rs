//! What a person sees while the talk goes on: a moving view on a terminal, plain lines elsewhere,
//! nothing beside a JSON document.

use std::io::IsTerminal as _;

use talks::Event;
use transcript::Transcript;

use super::live::Live;
use super::{Format, Plan};
use crate::output::line;
use crate::teller::Teller;

pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// The view of one run.
pub(crate) enum View {
    Moving(Box<Live>),
    Plain(Teller),
    Silent,
}

impl View {
    pub(crate) fn begin(plan: &Plan, format: Format) -> Self {
        if format == Format::Json {
            return Self::Silent;
        }
        line(plan.bench.scenario().title());
        let teller = Teller::new(plan.bench.clone());
        if plan.live { Self::Moving(Box::new(Live::begin(plan, teller))) } else { Self::Plain(teller) }
    }

    pub(crate) fn show(&mut self, transcript: &Transcript, event: &Event) {
        match self {
            Self::Moving(live) => live.show(transcript, event),
            Self::Plain(teller) => teller.tell(transcript, event).iter().for_each(|said| line(said)),
            Self::Silent => {}
        }
    }

    pub(crate) fn end(&mut self) {
        if let Self::Moving(live) = self {
            live.end();
        }
    }
}
