//! The headline figures alone: the sums of a snapshot, without its lists.

use crate::outcome::Outcome;
use crate::{Flow, Headlines, PartyHeadlines, ScoringError, Side};

use super::{Frame, Rounded, Sums, Totals};

impl Frame {
    /// The figures of one moment that head a result, equal to the bit to those of a snapshot.
    /// `outcomes` are those of the home party's flows by sector, then the partner's.
    ///
    /// # Errors
    /// As [`Frame::snapshot`].
    pub(crate) fn headlines(&self, outcomes: &[Outcome]) -> Result<Headlines, ScoringError> {
        self.check_all(outcomes)?;
        let (home, partner) = outcomes.split_at(self.base.facts().sectors.len());
        let totals = |side: Side, outcomes: &[Outcome]| {
            let mut sums = Sums::default();
            for (flow, out) in self.base.facts().flows(side).iter().zip(outcomes) {
                sums.count(&Rounded::new(out), flow);
            }
            sums.totals()
        };
        Ok(of([totals(Side::Home, home), totals(Side::Partner, partner)]))
    }
}

impl Sums {
    fn count(&mut self, figures: &Rounded, flow: &Flow) {
        self.add(figures, flow.value_usd, flow.spending_usd);
    }
}

fn of(totals: [Totals; 2]) -> Headlines {
    let [imports, exports] = totals.map(|t| t.value);
    let party = |t: Totals| PartyHeadlines {
        tariff_revenue: t.duty,
        average_tariff: t.average,
        average_tariff_base_weights: t.average_base,
        price_effect: t.price,
    };
    Headlines::new(imports, exports, totals.map(party))
}

/// The headline figures of a reference, kept so that those of an offer near it cost only what is new.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// By side.
    sides: [SideTally; 2],
}

#[derive(Debug, Clone)]
struct SideTally {
    flows: Vec<Counted>,
    totals: Totals,
}

/// A flow with the sums over all flows before it: what follows a change is added up again, in the
/// same order, so that not a bit differs from a full count.
#[derive(Debug, Clone, Copy)]
struct Counted {
    before: Sums,
    figures: Rounded,
    /// Its value and the spending of its market in the data year, US dollars.
    value: f64,
    spending: f64,
}

impl Tally {
    /// The tally of a frame's flows. `outcomes` as in [`Frame::headlines`].
    ///
    /// # Errors
    /// As [`Frame::snapshot`].
    pub(crate) fn new(frame: &Frame, outcomes: &[Outcome]) -> Result<Self, ScoringError> {
        frame.check_all(outcomes)?;
        let facts = frame.base.facts();
        let (home, partner) = outcomes.split_at(facts.sectors.len());
        let side = |side: Side, outcomes| SideTally::new(facts.flows(side), outcomes);
        Ok(Self { sides: [side(Side::Home, home), side(Side::Partner, partner)] })
    }

    /// The headlines of the reference.
    pub(crate) fn headlines(&self) -> Headlines {
        of(self.sides.each_ref().map(|side| side.totals))
    }

    /// The headlines where some flows come out differently: places in the order of flows, strictly
    /// ascending, each checked by [`Frame::check`].
    pub(crate) fn with(&self, changed: &[(usize, Outcome)]) -> Headlines {
        let sectors = self.sides[0].flows.len();
        let (home, partner) = changed.split_at(changed.partition_point(|(place, _)| *place < sectors));
        of([self.sides[0].with(home, 0), self.sides[1].with(partner, sectors)])
    }
}

impl SideTally {
    fn new(flows: &[Flow], outcomes: &[Outcome]) -> Self {
        let mut sums = Sums::default();
        let mut counted = Vec::with_capacity(flows.len());
        for (flow, out) in flows.iter().zip(outcomes) {
            let figures = Rounded::new(out);
            let (value, spending) = (flow.value_usd, flow.spending_usd);
            counted.push(Counted { before: sums, figures, value, spending });
            sums.count(&figures, flow);
        }
        Self { flows: counted, totals: sums.totals() }
    }

    /// The totals with `changed` in place; the places of these flows count from `first`.
    fn with(&self, changed: &[(usize, Outcome)], first: usize) -> Totals {
        let Some((start, _)) = changed.first() else { return self.totals };
        let mut next = start - first;
        let mut sums = self.flows[next].before;
        for (place, out) in changed {
            let at = place - first;
            self.flows[next..at].iter().for_each(|flow| flow.add_to(&mut sums, &flow.figures));
            self.flows[at].add_to(&mut sums, &Rounded::new(out));
            next = at + 1;
        }
        self.flows[next..].iter().for_each(|flow| flow.add_to(&mut sums, &flow.figures));
        sums.totals()
    }
}

impl Counted {
    fn add_to(&self, sums: &mut Sums, figures: &Rounded) {
        sums.add(figures, self.value, self.spending);
    }
}
