//! SMART: one importer's market for one good, linear, one partner's tariff at a time.
//!
//! Laird & Yeats (1986); Jammes & Olarreaga (2005); the model of the World Bank's WITS tool. With M
//! imports without duty, T = 1 + t, r = T1/T0 − 1, Em the elasticity of import demand, Es that of
//! substitution between sources and Ex that of export supply:
//!
//! - trade creation TC = M·Em·r, over 1 − Em/Ex where supply is finite;
//! - trade diversion TD = −A·B·Es·r/(A + B − A·Es·r), A the imports from the partner and B those
//!   from everybody else, kept within [−A, B]; the others share −TD in proportion to what they sell;
//! - revenue Σ(M1·t1 − M0·t0); welfare ≈ ½(t0 + t1)·TC (Harberger's triangle and rectangle).
//!
//! Amounts are in the unit of the data. It is a straight line: right for small changes, absurd for
//! large ones (+145 points with Em = −1.5 gives imports below zero). Results past its range are
//! flagged and left as they are. Use [`crate::equilibrium`] for large changes and for several
//! partners at once.
//!
//! ```
//! use detente_scoring::{Supply, smart};
//! let market = smart::Market::new(smart::Imports {
//!     trade_value: vec![100.0, 300.0, 50.0],
//!     tariff0: vec![0.2; 3],
//!     import_elasticity: -1.5,
//!     substitution_elasticity: 1.5,
//!     export_supply: Supply::Infinite,
//! })?;
//! let effect = market.solve(&[0.0, 0.2, 0.2])?;
//! assert!((effect.trade_creation[0] - 25.0).abs() < 1e-9);
//! assert!((effect.trade_diversion[0] - 18.421).abs() < 1e-3);
//! # Ok::<(), detente_scoring::ScoringError>(())
//! ```

mod offers;
mod study;

use crate::check::{self, AMOUNT, DEMAND, POSITIVE, TARIFF};
use crate::models::linear::{self, DIVERSION_CLIPPED, NEGATIVE_TRADE, OUT_OF_RANGE};
use crate::{Flag, ScoringError, Supply};

pub(crate) use offers::outcome;
pub(crate) use study::read;

/// What one importer buys of one good, by partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Imports {
    /// Value without duty; any unit, not negative.
    pub trade_value: Vec<f64>,
    /// Ad valorem tariff on each partner before, as a fraction.
    pub tariff0: Vec<f64>,
    /// Elasticity of import demand Em, at most 0.
    pub import_elasticity: f64,
    /// Elasticity of substitution between partners Es, above 0.
    pub substitution_elasticity: f64,
    /// Elasticity of export supply Ex; above 0 where finite.
    pub export_supply: Supply,
}

/// Checked [`Imports`].
#[derive(Debug, Clone, PartialEq)]
pub struct Market(Imports);

/// What a tariff does; lists have one entry per partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Imports that demand adds (or takes) because the good gets cheaper (or dearer).
    pub trade_creation: Vec<f64>,
    /// Imports that move between partners; sums to 0.
    pub trade_diversion: Vec<f64>,
    /// Both together.
    pub trade_total_effect: Vec<f64>,
    /// Imports after.
    pub new_trade: Vec<f64>,
    /// Change of tariff revenue.
    pub revenue_change: f64,
    /// Welfare by Harberger's approximation, without the diversion.
    pub welfare_change_harberger: f64,
    /// `out_of_range`, `diversion_clipped`, `negative_trade`.
    pub flags: Vec<Flag>,
}

impl Market {
    /// Checks the data.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for the first value out of its bounds.
    pub fn new(imports: Imports) -> Result<Self, ScoringError> {
        let partners = [imports.trade_value.len()];
        check::not_empty("trade_value", partners[0])?;
        check::table("trade_value", &imports.trade_value, &partners, AMOUNT)?;
        check::table("tariff0", &imports.tariff0, &partners, TARIFF)?;
        check::number("import_elasticity", imports.import_elasticity, DEMAND)?;
        check::number("substitution_elasticity", imports.substitution_elasticity, POSITIVE)?;
        if let Supply::Finite(ex) = imports.export_supply {
            check::number("export_supply_elasticity", ex, POSITIVE)?;
        }
        Ok(Self(imports))
    }

    /// What other tariffs do. One partner's may differ from before.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for a tariff out of bounds, and for a second one that changes.
    pub fn solve(&self, tariff1: &[f64]) -> Result<Effect, ScoringError> {
        let imports = &self.0;
        check::table("tariff1", tariff1, &[imports.trade_value.len()], TARIFF)?;
        let mut flags = Vec::new();
        let (mut created, mut diverted) = (vec![0.0; tariff1.len()], vec![0.0; tariff1.len()]);
        if let Some(partner) = self.only_change(tariff1)? {
            let ratio = (1.0 + tariff1[partner]) / (1.0 + imports.tariff0[partner]);
            created[partner] = self.creation(partner, ratio - 1.0);
            let clipped = self.divert(partner, ratio - 1.0, &mut diverted);
            let raised = [(linear::out_of_range(ratio), OUT_OF_RANGE), (clipped, DIVERSION_CLIPPED)];
            flags.extend(raised.iter().filter(|(raised, _)| *raised).map(|(_, code)| Flag::new(code)));
        }
        Ok(self.effect(tariff1, created, diverted, flags))
    }

    /// The partner whose tariff changes; none where all stand.
    fn only_change(&self, tariff1: &[f64]) -> Result<Option<usize>, ScoringError> {
        let mut changes = (0..tariff1.len()).filter(|i| tariff1[*i] != self.0.tariff0[*i]);
        let first = changes.next();
        match changes.next() {
            None => Ok(first),
            Some(second) => check::bad(
                &format!("tariff1[{second}]"),
                &tariff1[second].to_string(),
                "the tariff of one partner alone to change: SMART is defined for no more (armington is)",
            ),
        }
    }

    fn creation(&self, partner: usize, r: f64) -> f64 {
        let em = self.0.import_elasticity;
        let damping = match self.0.export_supply {
            Supply::Infinite => 1.0,
            Supply::Finite(ex) => 1.0 - em / ex,
        };
        self.0.trade_value[partner] * em * r / damping
    }

    /// Moves imports between the partner and all others; says whether a bound was reached.
    fn divert(&self, partner: usize, r: f64, diverted: &mut [f64]) -> bool {
        let values = &self.0.trade_value;
        let others: f64 = values.iter().enumerate().filter(|(i, _)| *i != partner).map(|(_, v)| v).sum();
        let own = values[partner];
        if own == 0.0 || others == 0.0 {
            return false;
        }
        let substituted = own * self.0.substitution_elasticity * r;
        let room = own + others - substituted;
        // Past the pole of the formula there is nothing left to divert.
        let wanted = if room > 0.0 { -others * substituted / room } else { f64::NEG_INFINITY };
        let moved = wanted.clamp(-own, others);
        for (i, (to, value)) in diverted.iter_mut().zip(values).enumerate() {
            *to = if i == partner { moved } else { -moved * value / others };
        }
        moved != wanted
    }

    fn effect(&self, tariff1: &[f64], created: Vec<f64>, diverted: Vec<f64>, mut flags: Vec<Flag>) -> Effect {
        let Imports { trade_value, tariff0, .. } = &self.0;
        let total: Vec<f64> = created.iter().zip(&diverted).map(|(c, d)| c + d).collect();
        let after: Vec<f64> = trade_value.iter().zip(&total).map(|(m, change)| m + change).collect();
        if after.iter().any(|m| *m < 0.0) {
            flags.push(Flag::new(NEGATIVE_TRADE));
        }
        let partners = 0..after.len();
        let revenue = partners.clone().map(|i| after[i] * tariff1[i] - trade_value[i] * tariff0[i]).sum();
        let welfare = partners.map(|i| 0.5 * (tariff0[i] + tariff1[i]) * created[i]).sum();
        Effect {
            trade_creation: created,
            trade_diversion: diverted,
            trade_total_effect: total,
            new_trade: after,
            revenue_change: revenue,
            welfare_change_harberger: welfare,
            flags,
        }
    }
}
