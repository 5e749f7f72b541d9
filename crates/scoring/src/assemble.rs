//! From what a model says of each flow to an [`Impact`]: rounding, totals, averages, diversion.
//! Every model shares it, so that all count alike.

mod bounds;
mod headlines;

use std::sync::Arc;

use tariff::PartyId;

use crate::lines::{self, Beside, LimitLine};
use crate::outcome::Outcome;
use crate::time::Horizon;
use crate::{
    Bps, Diversion, ElasticitySet, Figure, Flag, FlowImpact, Impact, PartyImpact, Published, ScoringError,
    SectorImpact, Side, ThirdCountry, TradeBase, TradeFacts, Usd, parcels,
};

pub(crate) use bounds::bounded;
pub(crate) use headlines::Tally;

/// Basis points in 1.
const BPS: f64 = 1e4;
/// A flow below this share of its base value is as good as stopped.
const PROHIBITIVE: f64 = 0.01;
/// For models that quotas and export controls are no part of.
pub(crate) const LIMITS_NOT_COUNTED: &str = "limits_not_counted";
/// For models that take third countries to pay what they paid in the data year.
pub(crate) const THIRD_RATES_NOT_COUNTED: &str = "third_rates_not_counted";
const PROHIBITIVE_RATES: &str = "prohibitive_rates";
const PURCHASE_EXCEEDS_MARKET: &str = "purchase_exceeds_market";
/// Followed by `:` and the importer.
const DIVERSION_UNKNOWN: &str = "diversion_not_by_partner";
const PURCHASE_EXCEEDS_CONTROL: &str = "purchase_exceeds_control";
const EXPORT_BAN: &str = "export_ban";
const RENT_OUTSIDE_TRADE: &str = "rent_outside_trade_value";
const DIGITAL_SERVICES_STAND: &str = "digital_services_revenue_stands";

/// Flags that results raise by themselves.
const MEANINGS: [(&str, &str); 12] = [
    (
        LIMITS_NOT_COUNTED,
        "the model has no quantities that a quota or an export control could limit: they change nothing in these numbers",
    ),
    (
        THIRD_RATES_NOT_COUNTED,
        "the model takes third countries to pay what they paid in the data year: the rates in force on them change nothing in these numbers",
    ),
    (
        PROHIBITIVE_RATES,
        "some flow falls below 1% of its value in the data year: its tariff all but stops it",
    ),
    (
        PURCHASE_EXCEEDS_MARKET,
        "a purchase commitment is larger than all the buyer gets from other suppliers, so it adds demand",
    ),
    (
        PURCHASE_EXCEEDS_CONTROL,
        "a purchase commitment is larger than the seller's export control lets out: it is met as far as that goes",
    ),
    (EXPORT_BAN, "some goods may not be exported at all: no tariff stops trade as a ban does"),
    (
        RENT_OUTSIDE_TRADE,
        "a quota or an export control raises prices above supply price and duty: that rent has its own line and is in no trade value",
    ),
    (
        DIGITAL_SERVICES_STAND,
        "what digital services earn is taken to be the same whatever they are taxed; it is outside goods trade",
    ),
    (
        "estimated_de_minimis",
        "the cost of parcels is an estimate for all origins, linear in the threshold, outside the trade statistics",
    ),
    (
        "export_controls_not_counted",
        "the model has no figure for export controls: relief changes nothing in these numbers",
    ),
    (
        DIVERSION_UNKNOWN,
        "the data do not name this party's other suppliers: how its purchases move between them is not shown",
    ),
    ("pause_not_counted", "figures are yearly and static: the length of the pause changes nothing in them"),
];

/// What a flag raised here or by a model means.
pub(crate) fn meaning(flag: &Flag) -> Option<&'static str> {
    let code = flag.as_str().split(':').next().unwrap_or_default();
    MEANINGS.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
}

/// One moment of all figures, rounded as they leave.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    flows: [Vec<Rounded>; 2],
    totals: [Totals; 2],
    third: [Vec<i64>; 2],
    beside: Beside,
    prohibitive: bool,
    exceeds_market: bool,
    exceeds_supply: bool,
}

#[derive(Debug, Clone, Copy)]
struct Rounded {
    value: i64,
    duty: i64,
    rate: f64,
    price: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    value: i64,
    duty: i64,
    average: f64,
    average_base: f64,
    price: f64,
}

/// What stays the same from offer to offer.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    base: TradeBase,
    concept: Arc<str>,
    published: Arc<[Published]>,
    /// Imports from third countries, sector by sector, partners within.
    third: [Vec<f64>; 2],
    limits: Vec<LimitLine>,
    horizon: Horizon,
    flags: Vec<Flag>,
    raised: [Flag; 5],
    elasticities: Arc<ElasticitySet>,
}

impl Frame {
    /// A frame whose impacts carry the flags of the facts and `more`, and a line for each limit.
    pub(crate) fn new(base: &TradeBase, more: &[&str], limits: Vec<LimitLine>) -> Self {
        let facts = base.facts();
        let mut flags: Vec<Flag> = facts.notices.iter().map(|n| n.flag.clone()).collect();
        flags.extend(more.iter().map(|code| Flag::new(code)));
        if !facts.parcels.is_empty() {
            flags.push(Flag::new("estimated_de_minimis"));
        }
        flags.extend(Side::BOTH.into_iter().filter_map(|side| diversion_unknown(facts, side)));
        if !facts.digital_services.is_empty() {
            flags.push(Flag::new(DIGITAL_SERVICES_STAND));
        }
        Self {
            base: base.clone(),
            concept: facts.deficit_concept.as_str().into(),
            published: facts.published.as_slice().into(),
            third: Side::BOTH.map(|side| by_sector(facts, side)),
            limits,
            horizon: Horizon::LongRun,
            flags,
            raised: [
                PROHIBITIVE_RATES,
                PURCHASE_EXCEEDS_MARKET,
                PURCHASE_EXCEEDS_CONTROL,
                EXPORT_BAN,
                RENT_OUTSIDE_TRADE,
            ]
            .map(Flag::new),
            elasticities: Arc::new(ElasticitySet::of_facts(base)),
        }
    }

    /// The same frame for figures of another horizon.
    pub(crate) fn at(self, horizon: Horizon) -> Self {
        Self { horizon, ..self }
    }

    /// The same for a model with elasticities of its own.
    pub(crate) fn with_elasticities(self, elasticities: ElasticitySet) -> Self {
        Self { elasticities: Arc::new(elasticities), ..self }
    }

    pub(crate) fn base(&self) -> &TradeBase {
        &self.base
    }

    /// From here on snapshots show third countries at the duties they pay now. `drift` says what that
    /// does to what one sells in the market at a place.
    pub(crate) fn move_third_countries(&mut self, drift: impl Fn(usize, usize, &ThirdCountry) -> f64) {
        let facts = self.base.facts();
        for side in Side::BOTH {
            let countries = &facts.third_countries[side.index()];
            let values = self.third[side.index()].chunks_exact_mut(countries.len().max(1));
            for (sector, values) in values.enumerate() {
                let place = side.index() * facts.sectors.len() + sector;
                let drifts = countries.iter().map(|country| drift(place, sector, country));
                values.iter_mut().zip(drifts).for_each(|(value, drift)| *value *= drift);
            }
        }
    }

    /// One moment. `outcomes` are those of the home party's flows by sector, then the partner's.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for an outcome that is no number, or past every bound.
    pub(crate) fn snapshot(&self, beside: Beside, outcomes: &[Outcome]) -> Result<Snapshot, ScoringError> {
        self.check_all(outcomes)?;
        self.check_rents(&beside)?;
        let mut shot = Snapshot {
            flows: [Vec::new(), Vec::new()],
            totals: Default::default(),
            third: [Vec::new(), Vec::new()],
            beside,
            prohibitive: false,
            exceeds_market: false,
            exceeds_supply: false,
        };
        let (home, partner) = outcomes.split_at(self.base.facts().sectors.len());
        self.fill(&mut shot, Side::Home, home)?;
        self.fill(&mut shot, Side::Partner, partner)?;
        Ok(shot)
    }

    fn fill(&self, shot: &mut Snapshot, side: Side, outcomes: &[Outcome]) -> Result<(), ScoringError> {
        let i = side.index();
        let flows = self.base.facts().flows(side);
        let mut sums = Sums::default();
        shot.flows[i].reserve_exact(flows.len());
        for (flow, out) in flows.iter().zip(outcomes) {
            let figures = Rounded::new(out);
            shot.prohibitive |= out.value < PROHIBITIVE * flow.value_usd;
            shot.exceeds_market |= out.exceeds_market;
            shot.exceeds_supply |= out.exceeds_supply;
            sums.add(&figures, flow.value_usd, flow.spending_usd);
            shot.flows[i].push(figures);
        }
        shot.totals[i] = sums.totals();
        shot.third[i] = self.third_countries(side, outcomes)?;
        Ok(())
    }

    /// What a side buys from each third country, all sectors.
    fn third_countries(&self, side: Side, outcomes: &[Outcome]) -> Result<Vec<i64>, ScoringError> {
        let countries = self.base.facts().third_countries[side.index()].len();
        if countries == 0 {
            return Ok(Vec::new());
        }
        let mut bought = vec![0.0; countries];
        for (values, out) in self.third[side.index()].chunks_exact(countries).zip(outcomes) {
            bought.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * out.others);
        }
        let named = bought.into_iter().zip(&self.base.facts().third_countries[side.index()]);
        named.map(|(sum, country)| self.bought(side, country, sum)).collect()
    }

    /// The impact at `after`, given the figures of the data year and of the status quo.
    pub(crate) fn impact(
        &self,
        model: &'static str,
        base: &Snapshot,
        before: &Snapshot,
        after: &Snapshot,
    ) -> Impact {
        let three = [base, before, after];
        let facts = self.base.facts();
        let beside = three.map(|shot| &shot.beside);
        let (quotas, export_controls) = lines::limits(facts, &self.limits, beside);
        let parties = Side::BOTH.map(|side| {
            let party = facts.party(side);
            let rents = lines::rents(party, &quotas, &export_controls);
            party_impact(party.clone(), three.map(|s| &s.totals[side.index()]), rents)
        });
        let value = |side: Side| Figure::of(three.map(|s| s.totals[side.index()].value));
        let (imports, exports) = (value(Side::Home), value(Side::Partner));
        Impact {
            model,
            horizon: self.horizon,
            deficit_concept: Arc::clone(&self.concept),
            bilateral_deficit: imports.zip(exports, |m, x| m - x),
            total_trade: imports.zip(exports, |m, x| m + x),
            imports,
            exports,
            sectors: self.sectors(three),
            parties,
            diversion: self.diversion(three),
            de_minimis: self.de_minimis(three),
            quotas,
            export_controls,
            digital_services: lines::services(facts, beside),
            published: Arc::clone(&self.published),
            elasticities: Arc::clone(&self.elasticities),
            bands: None,
            flags: self.flags(after),
        }
    }

    fn sectors(&self, three: [&Snapshot; 3]) -> Vec<SectorImpact> {
        let sectors = self.base.facts().sectors.iter().enumerate();
        let at = |side: Side, s: usize| flow_impact(three.map(|shot| &shot.flows[side.index()][s]));
        let impact = |(s, sector): (usize, &crate::Sector)| SectorImpact {
            sector: sector.id.clone(),
            imports: at(Side::Home, s),
            exports: at(Side::Partner, s),
        };
        sectors.map(impact).collect()
    }

    fn diversion(&self, three: [&Snapshot; 3]) -> Vec<Diversion> {
        let facts = self.base.facts();
        let lines = Side::BOTH.into_iter().flat_map(|side| {
            let countries = facts.third_countries[side.index()].iter().enumerate();
            countries.map(move |(k, country)| Diversion {
                importer: facts.party(side).clone(),
                partner: country.partner.clone(),
                imports: Figure::of(three.map(|shot| shot.third[side.index()][k])),
            })
        });
        lines.collect()
    }

    fn de_minimis(&self, [_, before, after]: [&Snapshot; 3]) -> Vec<crate::DeMinimisImpact> {
        let facts = self.base.facts();
        let thresholds = before.beside.thresholds.iter().zip(&after.beside.thresholds);
        let lines = facts.parcels.iter().zip(thresholds);
        lines.map(|(p, (before, after))| parcels::impact(facts, p, *before, *after)).collect()
    }

    fn flags(&self, after: &Snapshot) -> Vec<Flag> {
        let mut flags = self.flags.clone();
        let limits = &after.beside.limits;
        let raised = self.raised.iter().zip([
            after.prohibitive,
            after.exceeds_market,
            after.exceeds_supply,
            limits.iter().any(|l| l.shadow.is_infinite()),
            limits.iter().any(|l| l.quota_rent + l.control_rent >= 0.5),
        ]);
        flags.extend(raised.filter(|(_, raised)| *raised).map(|(flag, _)| flag.clone()));
        flags
    }
}

impl Rounded {
    fn new(out: &Outcome) -> Self {
        Self {
            value: usd(out.value),
            duty: usd(out.duty),
            rate: out.rate * BPS,
            price: (out.price - 1.0) * BPS,
        }
    }
}

/// Running sums of one side over its sectors, always in sector order.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    value: i64,
    duty: i64,
    base_value: f64,
    rate: f64,
    spending: f64,
    price: f64,
}

impl Sums {
    fn add(&mut self, flow: &Rounded, base_value: f64, spending: f64) {
        self.value += flow.value;
        self.duty += flow.duty;
        self.base_value += base_value;
        self.rate += base_value * flow.rate;
        self.spending += spending;
        self.price += spending * flow.price;
    }

    fn totals(&self) -> Totals {
        let over = |sum: f64, weight: f64| if weight > 0.0 { sum / weight } else { 0.0 };
        let average_base = over(self.rate, self.base_value);
        let average =
            if self.value > 0 { over(self.duty as f64 * BPS, self.value as f64) } else { average_base };
        Totals {
            value: self.value,
            duty: self.duty,
            average,
            average_base,
            price: over(self.price, self.spending),
        }
    }
}

/// The flag of a side that buys, and whose other suppliers are in no data.
fn diversion_unknown(facts: &TradeFacts, side: Side) -> Option<Flag> {
    let buys = facts.flows(side).iter().any(|flow| flow.value_usd > 0.0);
    let unknown = buys && facts.third_countries[side.index()].is_empty();
    unknown.then(|| Flag::new(&format!("{DIVERSION_UNKNOWN}:{}", facts.party(side))))
}

fn by_sector(facts: &TradeFacts, side: Side) -> Vec<f64> {
    let countries = &facts.third_countries[side.index()];
    (0..facts.sectors.len()).flat_map(|s| countries.iter().map(move |c| c.imports_usd[s])).collect()
}

fn party_impact(party: PartyId, three: [&Totals; 3], rents: (Usd, Usd)) -> PartyImpact {
    PartyImpact {
        party,
        tariff_revenue: Figure::of(three.map(|t| t.duty)),
        average_tariff: Figure::of(three.map(|t| t.average)),
        average_tariff_base_weights: Figure::of(three.map(|t| t.average_base)),
        price_effect: Figure::of(three.map(|t| t.price)),
        quota_rent: rents.0,
        control_rent: rents.1,
    }
}

fn flow_impact(three: [&Rounded; 3]) -> FlowImpact {
    let value: Usd = Figure::of(three.map(|r| r.value));
    let rate: Bps = Figure::of(three.map(|r| r.rate));
    FlowImpact {
        value,
        duty: Figure::of(three.map(|r| r.duty)),
        rate,
        price: Figure::of(three.map(|r| r.price)),
    }
}

/// Whole dollars of an amount within the bounds. Where it is not negative, adding a half and
/// truncating is a third of the cost of a rounding call, and there are two hundred in an impact.
fn usd(value: f64) -> i64 {
    if value < 0.0 { value.round() as i64 } else { (value + 0.5) as i64 }
}

#[cfg(test)]
mod tests {
    use super::usd;

    #[test]
    fn amounts_below_zero_round_to_the_nearest_dollar_too() {
        for (value, whole) in [(-2_175_000_000.0, -2_175_000_000), (-1.6, -2), (-0.4, 0), (0.5, 1), (2.4, 2)]
        {
            assert_eq!(usd(value), whole, "{value}");
        }
    }
}
