/// How near a model is to the truth, over some offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Root of the mean squared difference of utilities.
    pub rmse: f64,
    /// Spearman's rank correlation; 0 where one side does not vary.
    pub spearman: f64,
    /// Kendall's τ-b.
    pub kendall: f64,
}

/// How near `estimated` utilities are to the `true` ones of the same offers.
#[must_use]
pub fn quality(estimated: &[f64], truth: &[f64]) -> Quality {
    let n = estimated.len().min(truth.len());
    let (estimated, truth) = (&estimated[..n], &truth[..n]);
    let squares: f64 = estimated.iter().zip(truth).map(|(a, b)| (a - b).powi(2)).sum();
    Quality {
        rmse: (squares / n.max(1) as f64).sqrt(),
        spearman: pearson(&ranks(estimated), &ranks(truth)),
        kendall: kendall(estimated, truth),
    }
}

/// Ranks from 1, ties at their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let before = order.iter().position(|at| *at == tied[0]).unwrap_or(0);
        let rank = before as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|at| ranks[*at] = rank);
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - ma, b - mb)).sum::<f64>();
    let spread = (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt();
    if spread > 0.0 { sum(|a, b| a * b) / spread } else { 0.0 }
}

fn kendall(a: &[f64], b: &[f64]) -> f64 {
    let (mut agree, mut in_a, mut in_b) = (0.0, 0.0, 0.0);
    for i in 0..a.len() {
        for j in 0..i {
            let (x, y) = (sign(a[i], a[j]), sign(b[i], b[j]));
            agree += x * y;
            in_a += x.abs();
            in_b += y.abs();
        }
    }
    if in_a > 0.0 && in_b > 0.0 { agree / (in_a * in_b).sqrt() } else { 0.0 }
}

fn sign(a: f64, b: f64) -> f64 {
    match a.total_cmp(&b) {
        std::cmp::Ordering::Less => -1.0,
        std::cmp::Ordering::Equal => 0.0,
        std::cmp::Ordering::Greater => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let same = quality(&[0.1, 0.5, 0.9], &[0.1, 0.5, 0.9]);
        assert_eq!((same.rmse, same.spearman, same.kendall), (0.0, 1.0, 1.0));
        let turned = quality(&[0.9, 0.5, 0.1], &[0.1, 0.5, 0.9]);
        assert_eq!((turned.spearman, turned.kendall), (-1.0, -1.0));
        // Ranks 1 2 3 4 against 1 3 2 4: ρ = 1 − 6·2/60, τ = (5 − 1)/6.
        let mixed = quality(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]);
        assert!((mixed.spearman - 0.8).abs() < 1e-12 && (mixed.kendall - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(quality(&[0.5; 3], &[0.1, 0.2, 0.3]).spearman, 0.0);
    }
}
