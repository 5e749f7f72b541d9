//! GSIM: one industry worldwide, linear: every region buys from and sells to every other.
//!
//! Francois & Hall (2003). M_ij is trade from exporter i to importer j without duty, T_ij = 1 + t_ij.
//! Em is the elasticity of an importer's demand for the industry's goods, Es that of substitution
//! between sources, Ex that of an exporter's supply. With the shares θ_ij = M_ij·T_ij/Σ_k M_kj·T_kj
//! of an importer's spending and φ_ij = M_ij/Σ_v M_iv of an exporter's sales:
//!
//! - price in j of goods from i: p_ij = P_i + T1_ij/T0_ij − 1;
//! - quantity: Q_ij = own·p_ij + Σ_{k≠i} cross_kj·p_kj with own = θ_ij·Em − (1 − θ_ij)·Es and
//!   cross_kj = θ_kj·(Em + Es), that is, (Em + Es)·Σ_k θ_kj·p_kj − Es·p_ij;
//! - world prices P clear Ex_i·P_i = Σ_j φ_ij·Q_ij: as many linear equations as regions;
//! - trade after: M·(1 + Q)·(1 + P); producer surplus P·X·(1 + ½Ex·P); consumer surplus
//!   ½p̄²·V·sgn(p̄)·Em − V·p̄ with V = Σ M·T and p̄ = Σ θ·((1 + P)·T1/T0 − 1).
//!
//! The consumer surplus is the published form: its sgn overstates the losses from higher prices (the
//! second-order term should soften them) and is kept so that figures compare with other tools.
//! Amounts are in the unit of the data, hats are changes as fractions. Linear: results for tariffs
//! that move by more than 30% of their power are flagged.
//!
//! ```
//! use detente_scoring::{Supply, gsim};
//! let industry = gsim::Industry::new(gsim::World {
//!     trade: vec![vec![0.0, 200.0], vec![300.0, 0.0]],
//!     tariff_power: vec![vec![1.0, 1.1], vec![1.2, 1.0]],
//!     demand: vec![-1.25; 2],
//!     supply: vec![Supply::Finite(1.5); 2],
//!     substitution: vec![5.0; 2],
//! })?;
//! let effect = industry.solve(&[vec![1.0, 1.1], vec![1.1, 1.0]])?;
//! assert!(effect.world_price_change[1] > 0.0 && effect.flags.is_empty());
//! # Ok::<(), detente_scoring::ScoringError>(())
//! ```

mod offers;
mod study;

use crate::check::{self, AMOUNT, DEMAND, POSITIVE, POWER};
use crate::models::linear::{self, NEGATIVE_TRADE, OUT_OF_RANGE};
use crate::solve::{Matrix, Vector, largest, solve_linear};
use crate::{Flag, ScoringError, Supply};

pub(crate) use offers::outcome;
pub(crate) use study::read;

/// World trade of one industry. Tables are `[exporter][importer]`.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// Value without duty; what a region buys at home on the diagonal, where the data have it.
    pub trade: Vec<Vec<f64>>,
    /// 1 + the ad valorem tariff before.
    pub tariff_power: Vec<Vec<f64>>,
    /// Em by importer, at most 0.
    pub demand: Vec<f64>,
    /// Ex by exporter, from 0.
    pub supply: Vec<Supply>,
    /// Es by importer, above 0.
    pub substitution: Vec<f64>,
}

/// Checked [`World`], with its shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Industry {
    world: World,
    /// θ: share in the importer's spending.
    spending_share: Vec<Vec<f64>>,
    /// φ: share in the exporter's sales.
    sales_share: Vec<Vec<f64>>,
}

/// What tariffs do. Lists are by region, tables `[exporter][importer]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// P: change of what exporters receive, as a fraction.
    pub world_price_change: Vec<f64>,
    /// Trade after, without duty, at the new world prices.
    pub new_trade: Vec<Vec<f64>>,
    /// p̄: change of what importers pay, as a fraction.
    pub composite_price_change: Vec<f64>,
    /// Change of producer surplus.
    pub producer_surplus: Vec<f64>,
    /// Change of consumer surplus.
    pub consumer_surplus: Vec<f64>,
    /// Change of tariff revenue.
    pub tariff_revenue_change: Vec<f64>,
    /// The three together.
    pub net_welfare: Vec<f64>,
    /// Largest |Ex·P − Σ φ·Q| left by the linear solver.
    pub residual: f64,
    /// `out_of_range`, `negative_trade`.
    pub flags: Vec<Flag>,
}

/// The largest residual of market clearing that is accepted: the system is linear and small.
const TOLERANCE: f64 = 1e-9;

impl Industry {
    /// Checks the data.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for the first value out of its bounds; places go by the keys of a
    /// study's file.
    pub fn new(world: World) -> Result<Self, ScoringError> {
        let n = world.trade.len();
        check::not_empty("trade_exporter_by_importer", n)?;
        check::solvable("regions", n, &format!("{n} regions"))?;
        check::table("trade_exporter_by_importer", &world.trade, &[n, n], AMOUNT)?;
        check::table("tariff_power_base", &world.tariff_power, &[n, n], POWER)?;
        check::table("Em", &world.demand, &[n], DEMAND)?;
        check::table("Es", &world.substitution, &[n], POSITIVE)?;
        check::length("Ex", world.supply.len(), n)?;
        for (i, supply) in world.supply.iter().enumerate() {
            check::supply(&format!("Ex[{i}]"), *supply)?;
        }
        let spending = |i: usize, j: usize| world.trade[i][j] * world.tariff_power[i][j];
        let bought: Vec<f64> = (0..n).map(|j| (0..n).map(|i| spending(i, j)).sum()).collect();
        let sold: Vec<f64> = world.trade.iter().map(|row| row.iter().sum()).collect();
        let table = |f: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..n).map(|i| (0..n).map(|j| f(i, j)).collect()).collect()
        };
        let spending_share = table(&|i, j| share(spending(i, j), bought[j]));
        let sales_share = table(&|i, j| share(world.trade[i][j], sold[i]));
        Ok(Self { spending_share, sales_share, world })
    }

    /// What other tariffs do, given as 1 + t.
    ///
    /// # Errors
    /// [`ScoringError::BadFact`] for a tariff out of bounds, [`ScoringError::Singular`] where the
    /// elasticities leave prices undetermined (nobody's demand or supply responds to all prices
    /// moving together).
    pub fn solve(&self, tariff_power: &[Vec<f64>]) -> Result<Effect, ScoringError> {
        self.check(tariff_power)?;
        let change = Change { industry: self, after: tariff_power };
        let prices = self.clear(&change)?;
        let residual = change.residual(&prices);
        if residual <= TOLERANCE {
            return Ok(change.effect(prices, residual));
        }
        Err(ScoringError::NotConverged { residual, steps: 1, tolerance: TOLERANCE })
    }

    /// Whether these can be tariffs after.
    fn check(&self, tariff_power: &[Vec<f64>]) -> Result<(), ScoringError> {
        let n = self.regions();
        check::table("tariff_power", tariff_power, &[n, n], POWER)
    }

    fn regions(&self) -> usize {
        self.world.trade.len()
    }

    /// The world prices that clear every exporter's market.
    fn clear(&self, change: &Change<'_>) -> Result<Vec<f64>, ScoringError> {
        let n = self.regions();
        let still = vec![0.0; n];
        let mut system = Matrix::zeros(n, n);
        let mut shock = Vector::zeros(n);
        for i in 0..n {
            let Supply::Finite(ex) = self.world.supply[i] else {
                system[(i, i)] = 1.0;
                continue;
            };
            for j in 0..n {
                let sold = self.sales_share[i][j];
                let (em, es) = (self.world.demand[j], self.world.substitution[j]);
                system[(i, i)] += sold * es;
                for k in 0..n {
                    system[(i, k)] -= sold * (em + es) * self.spending_share[k][j];
                }
                shock[i] += sold * change.quantity(i, j, &still);
            }
            system[(i, i)] += ex;
        }
        // Where an exporter sells nothing and supplies at any price, its price stands.
        for i in (0..n).filter(|i| self.sales_share[*i].iter().all(|share| *share == 0.0)) {
            system[(i, i)] = 1.0;
        }
        Ok(solve_linear(system, shock)?.as_slice().to_vec())
    }
}

/// An industry and its tariffs after.
struct Change<'a> {
    industry: &'a Industry,
    after: &'a [Vec<f64>],
}

impl Change<'_> {
    /// T1/T0.
    fn power_ratio(&self, i: usize, j: usize) -> f64 {
        self.after[i][j] / self.industry.world.tariff_power[i][j]
    }

    /// Q_ij at world prices.
    fn quantity(&self, i: usize, j: usize, prices: &[f64]) -> f64 {
        let Industry { world, spending_share, .. } = self.industry;
        let paid = |k: usize| prices[k] + self.power_ratio(k, j) - 1.0;
        let (em, es) = (world.demand[j], world.substitution[j]);
        let average: f64 = (0..prices.len()).map(|k| spending_share[k][j] * paid(k)).sum();
        (em + es) * average - es * paid(i)
    }

    /// Largest |Ex·P − Σ φ·Q| over exporters whose supply is finite.
    fn residual(&self, prices: &[f64]) -> f64 {
        let industry = self.industry;
        let gap = |i: usize| match industry.world.supply[i] {
            Supply::Infinite => prices[i].abs(),
            Supply::Finite(ex) => {
                let shares = industry.sales_share[i].iter().enumerate();
                let sold: f64 = shares.map(|(j, share)| share * self.quantity(i, j, prices)).sum();
                (ex * prices[i] - sold).abs()
            }
        };
        largest((0..prices.len()).map(gap))
    }

    fn effect(&self, prices: Vec<f64>, residual: f64) -> Effect {
        let world = &self.industry.world;
        let n = prices.len();
        let after =
            |i: usize, j: usize| world.trade[i][j] * (1.0 + self.quantity(i, j, &prices)) * (1.0 + prices[i]);
        let trade: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| after(i, j)).collect()).collect();
        let by_region = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        let composite = by_region(&|j| self.composite(j, &prices));
        let producers = by_region(&|i| self.producer_surplus(i, prices[i]));
        let consumers = by_region(&|j| self.consumer_surplus(j, composite[j]));
        let revenue = by_region(&|j| self.revenue_change(j, &trade));
        Effect {
            flags: self.flags(&trade),
            world_price_change: prices,
            new_trade: trade,
            net_welfare: by_region(&|r| producers[r] + consumers[r] + revenue[r]),
            composite_price_change: composite,
            producer_surplus: producers,
            consumer_surplus: consumers,
            tariff_revenue_change: revenue,
            residual,
        }
    }

    fn composite(&self, j: usize, prices: &[f64]) -> f64 {
        let paid = |i: usize| (1.0 + prices[i]) * self.power_ratio(i, j) - 1.0;
        (0..prices.len()).map(|i| self.industry.spending_share[i][j] * paid(i)).sum()
    }

    fn producer_surplus(&self, i: usize, price: f64) -> f64 {
        let sales: f64 = self.industry.world.trade[i].iter().sum();
        match self.industry.world.supply[i] {
            Supply::Infinite => 0.0,
            Supply::Finite(ex) => price * sales * (1.0 + 0.5 * ex * price),
        }
    }

    fn consumer_surplus(&self, j: usize, price: f64) -> f64 {
        let world = &self.industry.world;
        let spending: f64 =
            (0..world.trade.len()).map(|i| world.trade[i][j] * world.tariff_power[i][j]).sum();
        0.5 * price * price.abs() * spending * world.demand[j] - spending * price
    }

    fn revenue_change(&self, j: usize, trade: &[Vec<f64>]) -> f64 {
        let world = &self.industry.world;
        let change = |i: usize| {
            trade[i][j] * (self.after[i][j] - 1.0) - world.trade[i][j] * (world.tariff_power[i][j] - 1.0)
        };
        (0..trade.len()).map(change).sum()
    }

    fn flags(&self, trade: &[Vec<f64>]) -> Vec<Flag> {
        let n = trade.len();
        let moved = |i: usize, j: usize| {
            self.industry.world.trade[i][j] > 0.0 && linear::out_of_range(self.power_ratio(i, j))
        };
        let far = (0..n).any(|i| (0..n).any(|j| moved(i, j)));
        let negative = trade.iter().flatten().any(|m| *m < 0.0);
        let raised = [(far, OUT_OF_RANGE), (negative, NEGATIVE_TRADE)];
        raised.iter().filter(|(raised, _)| *raised).map(|(_, code)| Flag::new(code)).collect()
    }
}

/// A part of a whole; nothing of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
