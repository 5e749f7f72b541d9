use crate::{Headlines, HeadlinesOf, PartyHeadlines};

/// The 5th, 50th and 95th percentile of a figure over the draws; never out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Band<T> {
    /// One draw in twenty lies at or below it.
    pub p5: T,
    /// The median.
    pub p50: T,
    /// One draw in twenty lies above it.
    pub p95: T,
}

/// The bands of every headline figure at an offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// How many draws they come from.
    pub draws: usize,
    /// The seed of the draws.
    pub seed: u32,
    /// A band for each figure. Each figure is ordered by itself: the deficit at its p5 is not the
    /// difference of imports and exports at theirs.
    pub figures: HeadlinesOf<Band<i64>, Band<f64>>,
}

impl Bands {
    /// The bands over the figures of each draw; there is at least one.
    pub(crate) fn over(points: &[Headlines], seed: u32) -> Self {
        let party = |side: usize| PartyHeadlines {
            tariff_revenue: dollars(points, |p| p.parties[side].tariff_revenue),
            average_tariff: rates(points, |p| p.parties[side].average_tariff),
            average_tariff_base_weights: rates(points, |p| p.parties[side].average_tariff_base_weights),
            price_effect: rates(points, |p| p.parties[side].price_effect),
        };
        let figures = HeadlinesOf {
            bilateral_deficit: dollars(points, |p| p.bilateral_deficit),
            imports: dollars(points, |p| p.imports),
            exports: dollars(points, |p| p.exports),
            total_trade: dollars(points, |p| p.total_trade),
            parties: [party(0), party(1)],
        };
        Self { draws: points.len(), seed, figures }
    }
}

fn dollars(points: &[Headlines], figure: impl Fn(&Headlines) -> i64) -> Band<i64> {
    band(points.iter().map(figure).collect(), i64::cmp)
}

fn rates(points: &[Headlines], figure: impl Fn(&Headlines) -> f64) -> Band<f64> {
    band(points.iter().map(figure).collect(), f64::total_cmp)
}

/// The band of a column: the smallest values that at least 5%, 50% and 95% of it do not exceed
/// (definition 1 of Hyndman & Fan 1996), so that whole dollars stay whole dollars.
fn band<T: Copy + Default>(mut column: Vec<T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> Band<T> {
    let Some(last) = column.len().checked_sub(1) else { return Band::default() };
    let rank = |percent: usize| (column.len() * percent).div_ceil(100).saturating_sub(1);
    let [low, middle, high] = [5, 50, 95].map(rank);
    // From the top down each search leaves what is below it in front.
    let (below, p95, _) = column.select_nth_unstable_by(high.min(last), &order);
    let p95 = *p95;
    let p50 = match middle < high {
        true => *below.select_nth_unstable_by(middle, &order).1,
        false => p95,
    };
    let p5 = match low < middle {
        true => *column[..middle].select_nth_unstable_by(low, &order).1,
        false => p50,
    };
    Band { p5, p50, p95 }
}

#[cfg(test)]
mod tests {
    use super::band;

    #[test]
    fn percentiles_are_ranks_of_the_column() {
        for count in 1..=250_usize {
            // A permutation: 7 and 251 have no common factor.
            let column: Vec<usize> = (0..count).map(|i| (i * 7) % 251).collect();
            let mut sorted = column.clone();
            sorted.sort_unstable();
            let band = band(column, usize::cmp);
            let at_most = |value: usize| sorted.iter().filter(|v| **v <= value).count() * 100;
            for (percent, value) in [(5, band.p5), (50, band.p50), (95, band.p95)] {
                assert!(at_most(value) >= percent * count, "{count} {percent}");
                assert!(at_most(value) - 100 < percent * count, "{count} {percent}");
            }
        }
    }
}
