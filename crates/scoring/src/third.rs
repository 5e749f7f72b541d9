//! Other suppliers of a market: what they sell there, and what they pay.

use tariff::PartyId;

use crate::{ScoringError, Side, Supply, TradeBase, ces::UNIT_SIGMA};

/// What a party buys from a third country, by sector.
#[derive(Debug, Clone, PartialEq)]
pub struct ThirdCountry {
    /// The country.
    pub partner: PartyId,
    /// Value without duty by sector, US dollars.
    pub imports_usd: Vec<f64>,
    /// Duty of the data year by sector, as a fraction.
    pub base_rate: Vec<f64>,
    /// Duty over that which stands now, by sector, as a fraction: what the importer charges this
    /// country while it talks to another.
    pub added_rate: Vec<f64>,
    /// Share of its goods that pay the added rate, by sector; the rest pay what they paid.
    pub exposed: Vec<f64>,
}

impl ThirdCountry {
    /// A country that pays what it paid in the data year, nothing.
    #[must_use]
    pub fn free(partner: PartyId, imports_usd: Vec<f64>) -> Self {
        let none = vec![0.0; imports_usd.len()];
        let exposed = vec![1.0; imports_usd.len()];
        Self { partner, imports_usd, base_rate: none.clone(), added_rate: none, exposed }
    }

    /// τ̂ of its exposed goods in a sector: the power of its tariff now over that of the data year.
    fn tau(&self, sector: usize) -> f64 {
        (1.0 + self.base_rate[sector] + self.added_rate[sector]) / (1.0 + self.base_rate[sector])
    }

    /// What its sales of a sector come to where suppliers at rest sell what they did, new over old.
    pub(crate) fn drift(&self, sector: usize, sigma: f64, supply: Supply) -> f64 {
        let exposed = self.exposed[sector];
        (1.0 - exposed) + exposed * drift(self.tau(sector), sigma, supply)
    }
}

/// Other suppliers of one market that pay another rate now than in the data year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moved {
    /// Their share of the importer's spending.
    pub(crate) share: f64,
    /// τ̂ of their goods.
    pub(crate) tau: f64,
}

/// The other suppliers of one market whose duty has changed, in the order of the facts.
pub(crate) fn moved(base: &TradeBase, importer: Side, sector: usize) -> Vec<Moved> {
    let spending = base.facts().flows(importer)[sector].spending_usd;
    let countries = base.facts().third_countries[importer.index()].iter();
    let moved = |country: &ThirdCountry| {
        let paid = country.imports_usd[sector] * (1.0 + country.base_rate[sector]);
        let moves = country.added_rate[sector] > 0.0 && paid > 0.0 && spending > 0.0;
        let share = country.exposed[sector] * paid / spending;
        moves.then(|| Moved { share, tau: country.tau(sector) })
    };
    countries.filter_map(moved).collect()
}

/// What a change of its own duty does to the value a supplier sells, over what it does to one whose
/// duty stands.
///
/// From ln p̂ = ((η+σ)·ln P̂ − σ·ln τ̂)/(ε+σ) and q̂ = p̂^ε the two differ by the constant
/// τ̂^(−σ(1+ε)/(ε+σ)), whatever the index: no offer changes it.
pub(crate) fn drift(tau: f64, sigma: f64, supply: Supply) -> f64 {
    let exponent = match supply {
        Supply::Infinite => -sigma,
        Supply::Finite(eps) => -sigma * (1.0 + eps) / (eps + sigma),
    };
    if tau == 1.0 { 1.0 } else { (exponent * tau.ln()).exp() }
}

/// What a supplier at τ̂ adds to the index sum of a market with infinite supply, per unit of share:
/// τ̂^(1−σ), or ln τ̂ at σ = 1.
pub(crate) fn index_term(tau: f64, sigma: f64) -> f64 {
    if (sigma - 1.0).abs() < UNIT_SIGMA { tau.ln() } else { tau * drift(tau, sigma, Supply::Infinite) }
}

impl TradeBase {
    /// The same facts with other rates for third countries: `added` is what `importer` charges each
    /// over its duty of the data year, as a fraction, in `sectors` (places in the order of the
    /// facts). This is how a deal with one partner reaches the market of another.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for a country the importer's data do not name, for a rate out of
    /// bounds, or a sector that is not there.
    pub fn with_third_rates(
        &self,
        importer: Side,
        sectors: &[usize],
        added: &[(PartyId, f64)],
    ) -> Result<Self, ScoringError> {
        let mut facts = self.facts().clone();
        let place = format!("{} imports", facts.party(importer));
        let bad = |given: String, expected| ScoringError::BadFact { place: place.clone(), given, expected };
        for (partner, rate) in added {
            let mut countries = facts.third_countries[importer.index()].iter_mut();
            let country = countries.find(|c| c.partner == *partner);
            let country = country.ok_or_else(|| bad(partner.to_string(), "a third country of the data"))?;
            for sector in sectors {
                let standing = country.added_rate.get_mut(*sector);
                *standing.ok_or_else(|| bad(sector.to_string(), "a sector of the data"))? = *rate;
            }
        }
        Self::new(facts)
    }
}
