//! Prices and trade that follow from one pair of wages and expenditures, in closed form.

use crate::Bilateral;

use super::economy::{Economy, by_exporter, by_importer, labour_share, total, weighted};

/// An economy under other tariffs: what does not depend on wages is raised to its power once.
pub(super) struct Shock<'a> {
    pub(super) economy: &'a Economy,
    /// 1 + t'.
    power: Bilateral,
    /// T·τ̂^(−σ).
    demand: Bilateral,
}

/// Everything that follows from wages and expenditures under a shock.
pub(super) struct State {
    /// ŵ.
    pub(super) wage: Vec<f64>,
    /// Ê.
    pub(super) expenditure: Vec<f64>,
    /// By sector and importer: P̂^(1−σ) = Σ_i γ(ŵτ̂)^(1−σ).
    pub(super) index: Vec<Vec<f64>>,
    /// γ': shares of an importer's new spending on a sector.
    pub(super) share: Bilateral,
    /// T': the new trade before duties.
    pub(super) trade: Bilateral,
    /// By sector and exporter: new sales.
    pub(super) output: Vec<Vec<f64>>,
    /// By exporter: what new sales leave after profits.
    pub(super) labour: Vec<f64>,
    /// By sector and importer: what comes from abroad, before duties.
    pub(super) foreign: Vec<Vec<f64>>,
    /// By sector and exporter: what goes abroad.
    pub(super) abroad: Vec<Vec<f64>>,
    /// By importer: what comes from abroad in all sectors.
    pub(super) imports: Vec<f64>,
    /// By exporter: what goes abroad in all sectors.
    pub(super) exports: Vec<f64>,
}

impl<'a> Shock<'a> {
    pub(super) fn new(economy: &'a Economy, tariffs: &Bilateral) -> Self {
        let power = tariffs.map(|tariff| 1.0 + tariff);
        let tau = power.zip(&economy.power, |new, base| new / base);
        // Most tariffs stand in most cases, and 1 to any power is 1.
        let raised = tau.map_by_sector(|s, tau| if tau == 1.0 { 1.0 } else { tau.powf(-economy.sigma[s]) });
        let demand = economy.trade.zip(&raised, |flow, raised| flow * raised);
        Self { economy, power, demand }
    }

    /// At ln ŵ and ln Ê.
    pub(super) fn at(&self, ln_wage: &[f64], ln_expenditure: &[f64]) -> State {
        let Economy { spending, sigma, .. } = self.economy;
        let expenditure: Vec<f64> = ln_expenditure.iter().map(|ln| ln.exp()).collect();
        let mut trade = self.at_wages(ln_wage);
        let mut share = trade.zip(&self.power, |flow, power| flow * power);
        let spent = by_importer(&share);
        let index = ratios(&spent, spending);
        for s in 0..sigma.len() {
            for i in 0..ln_wage.len() {
                let demand = trade.row_mut(s, i).iter_mut().zip(&expenditure).zip(&index[s]);
                demand.for_each(|((flow, expenditure), index)| *flow *= expenditure / index);
                let parts = share.row_mut(s, i).iter_mut().zip(&spent[s]);
                parts.for_each(|(share, spent)| *share = if *spent > 0.0 { *share / spent } else { 0.0 });
            }
        }
        let output = by_exporter(&trade);
        let crossing = without_domestic(&trade);
        let (foreign, abroad) = (by_importer(&crossing), by_exporter(&crossing));
        State {
            wage: ln_wage.iter().map(|ln| ln.exp()).collect(),
            expenditure,
            index,
            share,
            labour: weighted(&output, sigma, labour_share),
            output,
            imports: total(&foreign),
            foreign,
            exports: total(&abroad),
            abroad,
            trade,
        }
    }

    /// T·τ̂^(−σ)·ŵ^(1−σ).
    fn at_wages(&self, ln_wage: &[f64]) -> Bilateral {
        let mut demand = self.demand.clone();
        for (s, sigma) in self.economy.sigma.iter().enumerate() {
            for (i, ln_wage) in ln_wage.iter().enumerate() {
                let raised = ((1.0 - sigma) * ln_wage).exp();
                demand.row_mut(s, i).iter_mut().for_each(|flow| *flow *= raised);
            }
        }
        demand
    }
}

/// New over base; 1 where there was nothing, whose price is of no concern.
pub(super) fn ratios(new: &[Vec<f64>], base: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let ratio = |(new, base): (&f64, &f64)| if *base > 0.0 { new / base } else { 1.0 };
    new.iter().zip(base).map(|(new, base)| new.iter().zip(base).map(ratio).collect()).collect()
}

/// The same flows with nothing on the diagonal.
pub(super) fn without_domestic(trade: &Bilateral) -> Bilateral {
    let mut abroad = trade.clone();
    for s in 0..trade.sectors() {
        (0..trade.regions()).for_each(|i| abroad.row_mut(s, i)[i] = 0.0);
    }
    abroad
}
