use std::sync::Arc;

use tariff::{PartyId, SectorId};

use crate::measures::{DigitalServices, ExportControl, Layer, TariffQuota};
use crate::time::{Stockpiling, Timetable};
use crate::{Flag, ScoringError, Supply, ThirdCountry, validate};

/// Which of the two parties does the buying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The home party: its purchases are the imports.
    Home,
    /// The partner: its purchases are the home party's exports.
    Partner,
}

impl Side {
    /// Both, home first.
    pub const BOTH: [Self; 2] = [Self::Home, Self::Partner];

    /// The place of this side in a pair, home first.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Home => 0,
            Self::Partner => 1,
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Home => Self::Partner,
            Self::Partner => Self::Home,
        }
    }
}

/// A group of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    /// Its short name.
    pub id: SectorId,
    /// Its name for people.
    pub name: String,
}

/// Goods of one sector that pay the same duty.
#[derive(Debug, Clone, PartialEq)]
pub struct Tranche {
    /// What they are, such as `section_232`.
    pub name: String,
    /// Their share of the flow's base value; the shares of a flow sum to 1.
    pub share: f64,
    /// Duty over the base rate that no offer changes, as a fraction. Below zero where part of the base
    /// rate is on the table too: `-base_rate` with a negotiated rate that starts at the base rate.
    pub extra: f64,
    /// Whether the negotiated added rate comes on top.
    pub negotiated: bool,
    /// What `extra` is made of, where the facts name it: empty, or layers that add up to it.
    pub layers: Vec<Layer>,
}

impl Tranche {
    /// Goods that pay the negotiated added rate over `extra`.
    #[must_use]
    pub fn negotiated(name: &str, share: f64, extra: f64) -> Self {
        Self { name: name.to_owned(), share, extra, negotiated: true, layers: Vec::new() }
    }

    /// Goods that pay `extra` and nothing else over the base rate.
    #[must_use]
    pub fn fixed(name: &str, share: f64, extra: f64) -> Self {
        Self { name: name.to_owned(), share, extra, negotiated: false, layers: Vec::new() }
    }

    /// The same goods with `layers`, which add up to what they pay over the base rate.
    #[must_use]
    pub fn stacked(self, layers: Vec<Layer>) -> Self {
        Self { extra: layers.iter().map(|layer| layer.rate).sum(), layers, ..self }
    }
}

/// What one party buys of one sector from the other, in the data year.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Value without duty, US dollars.
    pub value_usd: f64,
    /// Ad valorem duty of the data year, as a fraction.
    pub base_rate: f64,
    /// The importer's spending on the sector's goods from every source, its own included, duty
    /// included; US dollars. The partner's share of it is `value_usd·(1 + base_rate)/spending_usd`.
    pub spending_usd: f64,
    /// Elasticity of substitution σ between sources.
    pub sigma: f64,
    /// Elasticity η of the sector's total demand; |η| < σ.
    pub eta: f64,
    /// Supply elasticity of the partner's exporters.
    pub supply: Supply,
    /// Supply elasticity of every other source.
    pub others_supply: Supply,
    /// The negotiated layer at the status quo, as a fraction: used where the agenda has no issue on it.
    pub added_rate: f64,
    /// The goods by duty.
    pub tranches: Vec<Tranche>,
}

impl Default for Flow {
    /// No trade; σ = 2, η = −0.5, infinite supply, one negotiated tranche without added rate.
    fn default() -> Self {
        Self {
            value_usd: 0.0,
            base_rate: 0.0,
            spending_usd: 0.0,
            sigma: 2.0,
            eta: -0.5,
            supply: Supply::Infinite,
            others_supply: Supply::Infinite,
            added_rate: 0.0,
            tranches: vec![Tranche::negotiated("all", 1.0, 0.0)],
        }
    }
}

impl Flow {
    /// The partner's share of the importer's spending, duty included.
    #[must_use]
    pub fn share(&self) -> f64 {
        let paid = self.value_usd * (1.0 + self.base_rate);
        if paid > 0.0 { (paid / self.spending_usd).min(1.0) } else { 0.0 }
    }
}

/// Parcels that enter free of duty below a customs threshold, and what ending that costs buyers.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcels {
    /// Who buys.
    pub importer: Side,
    /// The threshold of the data year, US dollars; positive.
    pub base_threshold_usd: i64,
    /// The threshold at the status quo: used where the agenda has no issue on it.
    pub threshold_usd: i64,
    /// What buyers pay more in a year without any threshold, low estimate, US dollars.
    pub ending_cost_low_usd: i64,
    /// The same, high estimate.
    pub ending_cost_high_usd: i64,
}

/// A published figure to read beside the model's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Published {
    /// What it counts.
    pub figure: String,
    /// Its value, whole US dollars.
    pub usd: i64,
    /// Who published it.
    pub source: String,
}

/// A flag that every result on these facts carries, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The flag.
    pub flag: Flag,
    /// What it means, in a sentence.
    pub meaning: String,
}

/// The public facts of two parties' trade in one year, not yet checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeFacts {
    /// The party whose deficit is counted.
    pub home: PartyId,
    /// The other party.
    pub partner: PartyId,
    /// The data year.
    pub year: u16,
    /// What the deficit counts.
    pub deficit_concept: String,
    /// Where the elasticities come from, in a few words.
    pub elasticities: String,
    /// The sectors; every list of flows follows their order.
    pub sectors: Vec<Sector>,
    /// What the home party buys from the partner, by sector.
    pub imports: Vec<Flow>,
    /// What the partner buys from the home party, by sector.
    pub exports: Vec<Flow>,
    /// What each side buys from third countries (home, partner); empty where no data name them.
    pub third_countries: [Vec<ThirdCountry>; 2],
    /// Parcels outside the trade statistics.
    pub parcels: Vec<Parcels>,
    /// Tariff-rate quotas; each flow at most once.
    pub quotas: Vec<TariffQuota>,
    /// Export controls in force; each flow at most once.
    pub export_controls: Vec<ExportControl>,
    /// Digital services and their taxes; each taxing party at most once.
    pub digital_services: Vec<DigitalServices>,
    /// When measures take effect, and what buyers do meanwhile.
    pub timetable: Timetable,
    /// Published figures to read beside the results.
    pub published: Vec<Published>,
    /// Flags that every result carries.
    pub notices: Vec<Notice>,
    /// How many households each side has (home, partner), where that is known.
    pub households: [Option<u64>; 2],
    /// Where the facts come from.
    pub sources: Vec<String>,
}

impl TradeFacts {
    /// Facts about two parties, with nothing in them yet.
    #[must_use]
    pub fn between(home: PartyId, partner: PartyId) -> Self {
        Self {
            home,
            partner,
            year: 2000,
            deficit_concept: "imports_minus_exports".to_owned(),
            elasticities: "of the trade data".to_owned(),
            sectors: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            third_countries: [Vec::new(), Vec::new()],
            parcels: Vec::new(),
            quotas: Vec::new(),
            export_controls: Vec::new(),
            digital_services: Vec::new(),
            timetable: Timetable { stockpiling: Some(Stockpiling::default()), ..Timetable::default() },
            published: Vec::new(),
            notices: Vec::new(),
            households: [None; 2],
            sources: Vec::new(),
        }
    }

    /// The flows into one side, in sector order.
    #[must_use]
    pub fn flows(&self, importer: Side) -> &[Flow] {
        match importer {
            Side::Home => &self.imports,
            Side::Partner => &self.exports,
        }
    }

    /// The same, to change them.
    pub fn flows_mut(&mut self, importer: Side) -> &mut [Flow] {
        match importer {
            Side::Home => &mut self.imports,
            Side::Partner => &mut self.exports,
        }
    }

    /// The party on one side.
    #[must_use]
    pub fn party(&self, side: Side) -> &PartyId {
        match side {
            Side::Home => &self.home,
            Side::Partner => &self.partner,
        }
    }
}

/// Checked [`TradeFacts`]. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeBase(Arc<TradeFacts>);

impl TradeBase {
    /// Checks the facts.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for the first that cannot be.
    pub fn new(facts: TradeFacts) -> Result<Self, ScoringError> {
        validate::facts(&facts)?;
        Ok(Self(Arc::new(facts)))
    }

    /// The facts.
    #[must_use]
    pub fn facts(&self) -> &TradeFacts {
        &self.0
    }

    /// A copy's own facts, to change within their bounds.
    pub(crate) fn facts_mut(&mut self) -> &mut TradeFacts {
        Arc::make_mut(&mut self.0)
    }

    /// The side of a party; none if it is neither.
    #[must_use]
    pub fn side(&self, party: &PartyId) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| self.0.party(*side) == party)
    }

    /// Where a sector stands in the order of the facts.
    #[must_use]
    pub fn sector(&self, sector: &SectorId) -> Option<usize> {
        self.0.sectors.iter().position(|s| s.id == *sector)
    }

    /// What `by` buys of `sector` from the other party in goods that pay the negotiated rate; US
    /// dollars of the data year. None for a party or sector without data.
    #[must_use]
    pub fn negotiated_usd(&self, by: &PartyId, sector: &SectorId) -> Option<f64> {
        let flow = &self.0.flows(self.side(by)?)[self.sector(sector)?];
        Some(flow.tranches.iter().filter(|t| t.negotiated).map(|t| flow.value_usd * t.share).sum())
    }

    /// What a flag in a result on these facts means.
    #[must_use]
    pub fn meaning(&self, flag: &Flag) -> Option<&str> {
        let notice = self.0.notices.iter().find(|n| n.flag == *flag);
        let linear = || crate::models::linear::meaning(flag);
        notice.map(|n| n.meaning.as_str()).or_else(|| crate::assemble::meaning(flag)).or_else(linear)
    }
}
