//! How far apart the parties stand in public, for the operator's figures: in steps of the issues,
//! and in dollars of the bilateral deficits that their last offers lead to.

use std::collections::BTreeMap;
use std::sync::Arc;

use scoring::Model;
use scoring_server::Benches;
use talks::{Act, Event, What};
use tariff::{Agenda, Issue, IssueKind, Offer, PartyId, Value};
use telemetry::Instruments;
use transcript::Transcript;

use crate::story;

/// The parties' last offers.
pub(crate) struct Gap {
    procedure: &'static str,
    agenda: Agenda,
    parties: usize,
    /// What offers do; none where no shipped or given scenario has this very agenda, or no trade.
    model: Option<Arc<dyn Model>>,
    last: BTreeMap<PartyId, Stand>,
    /// A new offer is not yet in the figures.
    changed: bool,
}

struct Stand {
    offer: Offer,
    /// What it leads to, once that was asked for.
    deficit: Option<i64>,
}

impl Gap {
    /// Goes on where the record left off.
    pub(crate) fn resume(benches: &Benches, transcript: &Transcript) -> Self {
        let (public, terms) = (transcript.public(), transcript.talk().terms());
        let bench = benches.get(&public.scenario);
        let bench = bench.filter(|bench| bench.agenda().digest() == terms.agenda().digest());
        let mut gap = Self {
            procedure: story::procedure(terms.procedure()),
            agenda: terms.agenda().clone(),
            parties: terms.parties().len(),
            model: bench.and_then(|bench| bench.model().cloned()),
            last: BTreeMap::new(),
            changed: false,
        };
        gap.read_again(transcript);
        gap
    }

    /// Takes the last offers from the record.
    pub(crate) fn read_again(&mut self, transcript: &Transcript) {
        for past in transcript.talk().history() {
            if let What::Proposed(offer) = &past.what {
                self.last.insert(past.party.clone(), Stand { offer: offer.clone(), deficit: None });
            }
        }
        self.changed = false;
    }

    /// Takes in what became durable.
    pub(crate) fn heard(&mut self, events: &[Event]) {
        for event in events {
            if let Event::Moved(given) = event
                && let Act::Propose(offer) = &given.act
            {
                self.last.insert(given.party.clone(), Stand { offer: offer.clone(), deficit: None });
                self.changed = true;
            }
        }
    }

    /// Tells how far apart the parties are now, if that is new, all have made an offer, and somebody
    /// wants to know: a model takes some microseconds.
    pub(crate) fn tell(&mut self, instruments: &Instruments) {
        let complete = self.last.len() == self.parties;
        if !std::mem::take(&mut self.changed) || !complete || !instruments.are_wanted() {
            return;
        }
        instruments.gap_of_steps(self.procedure, self.steps());
        if let Some(dollars) = self.dollars() {
            instruments.gap_of_deficit(self.procedure, dollars);
        }
    }

    fn steps(&self) -> u64 {
        let offers: Vec<&Offer> = self.last.values().map(|stand| &stand.offer).collect();
        let issues = self.agenda.issues().iter().enumerate();
        issues.map(|(place, issue)| apart(issue, offers.iter().map(|offer| offer.value(place)))).sum()
    }

    fn dollars(&mut self) -> Option<u64> {
        let model = self.model.as_ref()?;
        let (mut lowest, mut highest) = (i64::MAX, i64::MIN);
        for stand in self.last.values_mut() {
            if stand.deficit.is_none() {
                // An offer whose markets do not clear has no deficit, and the talk goes on.
                stand.deficit = model.headlines(&stand.offer).ok().map(|figures| figures.bilateral_deficit);
            }
            let deficit = stand.deficit?;
            (lowest, highest) = (lowest.min(deficit), highest.max(deficit));
        }
        Some(highest.abs_diff(lowest))
    }
}

/// Steps between the furthest of some values; labels have no order, and either differ or not.
fn apart(issue: &Issue, values: impl Iterator<Item = Value>) -> u64 {
    let levels = values.filter_map(|value| issue.level_of(value).ok());
    let (lowest, highest) =
        levels.fold((u32::MAX, 0), |(low, high), level| (low.min(level), high.max(level)));
    let steps = u64::from(highest.saturating_sub(lowest));
    if matches!(issue.kind(), IssueKind::Choice(_)) { steps.min(1) } else { steps }
}

#[cfg(test)]
mod tests {
    use tariff::{Choices, Label, NumberRange};

    use super::*;

    #[test]
    fn numbers_are_as_far_apart_as_their_steps_and_labels_differ_or_not() {
        let range = IssueKind::Number(NumberRange::percent(0, 5_000, 500).unwrap());
        let rate = Issue::new("rate", range, None).unwrap();
        let number = |bps| Value::Number(bps);
        assert_eq!(apart(&rate, [number(500), number(3_000), number(1_000)].into_iter()), 5);
        assert_eq!(apart(&rate, [number(500)].into_iter()), 0);
        assert_eq!(apart(&rate, [].into_iter()), 0);
        let labels = ["none", "some", "all"].map(|label| Label::new(label).unwrap());
        let labels = Choices::new(labels.to_vec()).unwrap();
        let choice = Issue::new("choice", IssueKind::Choice(labels), None).unwrap();
        assert_eq!(apart(&choice, [Value::Choice(0), Value::Choice(2)].into_iter()), 1);
        assert_eq!(apart(&choice, [Value::Choice(2), Value::Choice(2)].into_iter()), 0);
    }
}
