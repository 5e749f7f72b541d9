use scoring::{FlowImpact, Impact, Model, SectorImpact, Side};
use tariff::{Agenda, Instrument, Offer, PartyId, Value};

/// A figure that an objective can be about, as seen by one party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Deficit,
    Exports,
    Imports,
    TotalTrade,
    Revenue,
    Prices,
    AverageTariff,
    AverageTariffBaseWeights,
    RetainedLeverage,
}

const FIGURES: [(&str, Figure); 9] = [
    ("deficit", Figure::Deficit),
    ("exports", Figure::Exports),
    ("imports", Figure::Imports),
    ("total_trade", Figure::TotalTrade),
    ("revenue", Figure::Revenue),
    ("prices", Figure::Prices),
    ("average_tariff", Figure::AverageTariff),
    ("average_tariff_base_weights", Figure::AverageTariffBaseWeights),
    ("retained_leverage", Figure::RetainedLeverage),
];

impl Figure {
    pub(crate) fn named(name: &str) -> Option<Self> {
        FIGURES.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
    }

    pub(crate) fn names() -> String {
        FIGURES.map(|(name, _)| name).join(", ")
    }

    /// The figure's name in a mandate.
    pub(crate) fn name(self) -> &'static str {
        FIGURES.iter().find(|(_, figure)| *figure == self).map_or("", |(name, _)| name)
    }

    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Deficit | Self::Exports | Self::Imports | Self::TotalTrade | Self::Revenue => "usd",
            Self::Prices | Self::AverageTariff | Self::AverageTariffBaseWeights => "bps",
            Self::RetainedLeverage => "share of full leverage",
        }
    }

    /// Whether it is a sum over groups of issues that do not interact.
    pub(crate) fn additive(self) -> bool {
        self != Self::AverageTariff
    }
}

/// A figure bound to a party's side of the trade data and to some of its sectors.
#[derive(Debug, Clone)]
pub(crate) struct Gauge {
    pub(crate) figure: Figure,
    side: Side,
    sectors: Vec<usize>,
    /// By sector: the share each has in an average over prices or base trade.
    shares: Vec<f64>,
    tariffs: Vec<Tariff>,
}

/// What a duty of one sector holds in the party's hand.
#[derive(Debug, Clone, Copy)]
struct Tariff {
    rate: usize,
    excluded: Option<usize>,
    share: f64,
}

impl Gauge {
    /// `sectors` are places in the trade data.
    pub(crate) fn new(
        figure: Figure,
        side: Side,
        sectors: Vec<usize>,
        model: &dyn Model,
        agenda: &Agenda,
    ) -> Self {
        let flows = model.base().facts().flows(side);
        let weight = |s: &usize| match figure {
            Figure::AverageTariffBaseWeights => flows[*s].value_usd,
            _ => flows[*s].spending_usd,
        };
        let shares = normalised(sectors.iter().map(weight).collect());
        let tariffs = match figure {
            Figure::RetainedLeverage => tariffs(agenda, model, model.base().facts().party(side), &sectors),
            _ => Vec::new(),
        };
        Self { figure, side, sectors, shares, tariffs }
    }

    /// The figure at `offer`, whose impact is `impact`.
    pub(crate) fn read(&self, offer: &Offer, impact: &Impact) -> f64 {
        match self.figure {
            Figure::Deficit => self.dollars(impact, |s| value(s, self.side) - value(s, other(self.side))),
            Figure::Imports => self.dollars(impact, |s| value(s, self.side)),
            Figure::Exports => self.dollars(impact, |s| value(s, other(self.side))),
            Figure::TotalTrade => self.dollars(impact, |s| value(s, Side::Home) + value(s, Side::Partner)),
            Figure::Revenue => self.dollars(impact, |s| flow(s, self.side).duty.after),
            Figure::Prices => self.average(impact, |f| f.price.after),
            Figure::AverageTariffBaseWeights => self.average(impact, |f| f.rate.after),
            Figure::AverageTariff => self.average_tariff(impact),
            Figure::RetainedLeverage => self.tariffs.iter().map(|t| t.share * t.leverage(offer)).sum(),
        }
    }

    fn dollars(&self, impact: &Impact, of: impl Fn(&SectorImpact) -> i64) -> f64 {
        self.sectors.iter().map(|s| of(&impact.sectors[*s])).sum::<i64>() as f64
    }

    fn average(&self, impact: &Impact, of: impl Fn(&FlowImpact) -> f64) -> f64 {
        let terms = self.sectors.iter().zip(&self.shares);
        terms.map(|(s, share)| share * of(flow(&impact.sectors[*s], self.side))).sum()
    }

    /// Duty over imports, in basis points; 0 without imports.
    fn average_tariff(&self, impact: &Impact) -> f64 {
        let duty = self.dollars(impact, |s| flow(s, self.side).duty.after);
        let value = self.dollars(impact, |s| flow(s, self.side).value.after);
        if value > 0.0 { 10_000.0 * duty / value } else { 0.0 }
    }
}

impl Tariff {
    /// ln(1 + rate/10) / ln(1 + 125/10) with the rate in percent, on what is not excluded from it:
    /// concave, since a first ten points are worth more to give away than a last ten.
    fn leverage(&self, offer: &Offer) -> f64 {
        let percent = percent(offer, self.rate);
        let excluded = self.excluded.map_or(0.0, |place| percent_of(offer, place));
        (1.0 - excluded) * (percent / 10.0).ln_1p() / (125.0_f64 / 10.0).ln_1p()
    }
}

fn percent(offer: &Offer, place: usize) -> f64 {
    match offer.value(place) {
        Value::Number(bps) => bps as f64 / 100.0,
        Value::Choice(_) | Value::Switch(_) => 0.0,
    }
}

fn percent_of(offer: &Offer, place: usize) -> f64 {
    percent(offer, place) / 100.0
}

/// The duties of `party` on the agenda, each with its share of the trade that would pay them.
fn tariffs(agenda: &Agenda, model: &dyn Model, party: &PartyId, sectors: &[usize]) -> Vec<Tariff> {
    let base = model.base();
    let mut tariffs = Vec::new();
    for (rate, issue) in agenda.issues().iter().enumerate() {
        let Some(Instrument::AddedRate { by, on, sector }) = issue.instrument() else { continue };
        if by != party || base.sector(sector).is_none_or(|s| !sectors.contains(&s)) {
            continue;
        }
        let exclusion = Instrument::ExcludedShare { by: by.clone(), on: on.clone(), sector: sector.clone() };
        let excluded = agenda.issues().iter().position(|i| i.instrument() == Some(&exclusion));
        tariffs.push(Tariff { rate, excluded, share: base.negotiated_usd(by, sector).unwrap_or(0.0) });
    }
    let shares = normalised(tariffs.iter().map(|t| t.share).collect());
    tariffs.iter_mut().zip(shares).for_each(|(t, share)| t.share = share);
    tariffs
}

fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| if sum > 0.0 { w / sum } else { 0.0 }).collect()
}

fn other(side: Side) -> Side {
    match side {
        Side::Home => Side::Partner,
        Side::Partner => Side::Home,
    }
}

/// What `importer` buys from the other side.
fn flow(sector: &SectorImpact, importer: Side) -> &FlowImpact {
    match importer {
        Side::Home => &sector.imports,
        Side::Partner => &sector.exports,
    }
}

fn value(sector: &SectorImpact, importer: Side) -> i64 {
    flow(sector, importer).value.after
}
