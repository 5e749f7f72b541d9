//! The experiment behind the WTO's figures of April 2025: what 145% and 125% on everything do to
//! trade between two parties, and what an exemption of electronics leaves of that.

use crate::outcome::Outcome;
use crate::{ScoringError, Side, TradeBase, TradeFacts, Tranche};

use super::market::Terms;
use super::{Elasticities, Markets};

/// The rates of the experiment over those of the data year.
const HOME_ADDED: f64 = 1.45;
const PARTNER_ADDED: f64 = 1.25;
/// What the exempt tranche pays, and how the facts name it.
const EXEMPT_ADDED: f64 = 0.20;
const EXEMPT: &str = "electronics_exempt";

/// Trade between the two parties before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeChange {
    /// Imports of the home party in the data year, US dollars.
    pub imports_before: f64,
    /// Its exports in the data year.
    pub exports_before: f64,
    /// Its imports after.
    pub imports: f64,
    /// Its exports after.
    pub exports: f64,
    /// Its average tariff after, at the trade weights of the data year, as a fraction.
    pub import_rate: f64,
    /// The average tariff on its exports after, at the same weights.
    pub export_rate: f64,
}

impl TradeChange {
    /// Change of imports plus exports in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        100.0 * ((self.imports + self.exports) / (self.imports_before + self.exports_before) - 1.0)
    }
}

/// The two cases of the experiment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WtoExperiment {
    /// 145 points on all of the home party's imports, 125 on all of its exports; published: −91%.
    pub on_everything: TradeChange,
    /// The same with the tranche named `electronics_exempt` paying 20 points; published: −81%.
    pub electronics_exempt: TradeChange,
}

/// Runs the experiment on the facts' base rates; tariffs in force play no part in it.
///
/// # Errors
/// [`ScoringError::BadFact`] for elasticities out of bounds, [`ScoringError::NotCleared`] where a
/// market with finite supply does not clear.
pub fn wto_experiment(base: &TradeBase, elasticities: &Elasticities) -> Result<WtoExperiment, ScoringError> {
    let both = |home: fn(&Tranche) -> f64| {
        move |side: Side, tranche: &Tranche| match side {
            Side::Home => home(tranche),
            Side::Partner => PARTNER_ADDED,
        }
    };
    let everything = |_: &Tranche| HOME_ADDED;
    let exempt = |t: &Tranche| if t.name == EXEMPT { EXEMPT_ADDED } else { HOME_ADDED };
    Ok(WtoExperiment {
        on_everything: trade_under(base, elasticities, both(everything))?,
        electronics_exempt: trade_under(base, elasticities, both(exempt))?,
    })
}

/// Trade under duties chosen by importer and tranche, as fractions over the base rate; negotiated
/// layers and limits play no part in it.
///
/// # Errors
/// As [`wto_experiment`], and for duties below 0 or above 10,000%.
pub fn trade_under(
    base: &TradeBase,
    elasticities: &Elasticities,
    added: impl Fn(Side, &Tranche) -> f64,
) -> Result<TradeChange, ScoringError> {
    let mut facts = base.facts().clone();
    // A quota needs a negotiated tranche, and there is none left.
    facts.quotas.clear();
    Side::BOTH.into_iter().for_each(|side| set_rates(&mut facts, side, &added));
    // Third countries stand at the rates of the data year.
    let third = facts.third_countries.iter_mut().flatten();
    third.for_each(|country| country.added_rate.fill(0.0));
    let sectors = facts.sectors.len();
    let markets = Markets::new(&TradeBase::new(facts)?, elasticities)?;
    let after = markets.outcomes(&vec![Terms::default(); 2 * sectors])?;
    let before = |side: Side| base.facts().flows(side).iter().map(|f| f.value_usd).sum::<f64>();
    let rate = |side: Side, outcomes: &[Outcome]| {
        let flows = base.facts().flows(side).iter().zip(outcomes);
        let paid: f64 = flows.map(|(flow, out)| flow.value_usd * out.rate).sum();
        if before(side) > 0.0 { paid / before(side) } else { 0.0 }
    };
    Ok(TradeChange {
        imports_before: before(Side::Home),
        exports_before: before(Side::Partner),
        imports: after[..sectors].iter().map(|o| o.value).sum(),
        exports: after[sectors..].iter().map(|o| o.value).sum(),
        import_rate: rate(Side::Home, &after[..sectors]),
        export_rate: rate(Side::Partner, &after[sectors..]),
    })
}

fn set_rates(facts: &mut TradeFacts, importer: Side, added: impl Fn(Side, &Tranche) -> f64) {
    for flow in facts.flows_mut(importer) {
        for tranche in &mut flow.tranches {
            tranche.extra = added(importer, tranche);
            tranche.layers.clear();
            tranche.negotiated = false;
        }
    }
}
