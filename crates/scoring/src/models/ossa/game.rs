//! The economy as a game of tariffs.

use crate::Bilateral;
use crate::policy::{PolicyError, TariffGame};

use super::Economy;

impl TariffGame for Economy {
    fn regions(&self) -> &[String] {
        &self.regions
    }

    fn base_tariffs(&self) -> &Bilateral {
        &self.tariffs
    }

    fn spending_shares(&self) -> Bilateral {
        let mut shares = self.trade.zip(&self.power, |flow, power| flow * power);
        for s in 0..self.sectors.len() {
            for i in 0..self.regions.len() {
                let row = shares.row_mut(s, i).iter_mut().zip(&self.expenditure);
                row.for_each(|(share, expenditure)| *share /= expenditure);
            }
        }
        shares
    }

    fn welfare(&self, tariffs: &Bilateral) -> Result<Vec<f64>, PolicyError> {
        Ok(self.solve(tariffs)?.welfare_hat)
    }

    fn gradient(
        &self,
        tariffs: &Bilateral,
        weigh: &dyn Fn(&[f64]) -> Vec<f64>,
    ) -> Result<(Vec<f64>, Bilateral), PolicyError> {
        let (equilibrium, gradient) = self.solve_with_gradient(tariffs, weigh)?;
        Ok((equilibrium.welfare_hat, gradient))
    }
}
