/// How near a model is to the truth, over some offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Root of the mean squared difference of utilities.
    pub rmse: f64,
    /// Spearman's rank correlation (1904), ties at their mean rank; 0 where one side does not vary.
    pub spearman: f64,
    /// Kendall's τ-b (1945); 0 where one side does not vary.
    pub kendall: f64,
}

/// How near `estimated` utilities are to the `true` ones of the same offers.
#[must_use]
pub fn quality(estimated: &[f64], truth: &[f64]) -> Quality {
    let n = estimated.len().min(truth.len());
    Yardstick::new(truth[..n].to_vec()).measure(&estimated[..n])
}

/// What some offers are truly worth to a party: models of it are measured by it.
#[derive(Debug, Clone)]
pub struct Yardstick {
    truth: Vec<f64>,
    ranks: Vec<f64>,
}

impl Yardstick {
    /// From the true utilities of some offers.
    #[must_use]
    pub fn new(truth: Vec<f64>) -> Self {
        Self { ranks: ranks(&truth, &order(&truth)), truth }
    }

    /// How near utilities of the same offers come, in the same order. Takes time as sorting them does.
    #[must_use]
    pub fn measure(&self, estimated: &[f64]) -> Quality {
        let order = order(estimated);
        let squares: f64 = estimated.iter().zip(&self.truth).map(|(a, b)| (a - b).powi(2)).sum();
        Quality {
            rmse: (squares / self.truth.len().max(1) as f64).sqrt(),
            spearman: pearson(&ranks(estimated, &order), &self.ranks),
            kendall: kendall(estimated, &self.truth, order),
        }
    }
}

/// The places of values, the least first.
fn order(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    order
}

/// Ranks from 1, ties at their mean.
fn ranks(values: &[f64], order: &[usize]) -> Vec<f64> {
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = before as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|at| ranks[*at] = rank);
        before += tied.len();
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

/// Kendall's τ-b by sorting (Knight 1966): exchanges of a merge sort by `b`, of what is sorted by `a`
/// already, are the pairs in which the two disagree. `order` is that of `a`.
fn kendall(a: &[f64], b: &[f64], mut order: Vec<usize>) -> f64 {
    let pairs = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
    let (mut tied_in_a, mut tied_in_both) = (0.0, 0.0);
    for tied in order.chunk_by_mut(|x, y| a[*x] == a[*y]) {
        tied.sort_unstable_by(|x, y| b[*x].total_cmp(&b[*y]));
        tied_in_a += pairs(tied.len());
        tied_in_both += tied.chunk_by(|x, y| b[*x] == b[*y]).map(|both| pairs(both.len())).sum::<f64>();
    }
    let mut sorted: Vec<f64> = order.iter().map(|at| b[*at]).collect();
    let disagree = exchanges(&mut sorted, &mut vec![0.0; b.len()]) as f64;
    let tied_in_b: f64 = sorted.chunk_by(|x, y| x == y).map(|tied| pairs(tied.len())).sum();
    let (in_a, in_b) = (pairs(b.len()) - tied_in_a, pairs(b.len()) - tied_in_b);
    // Of the pairs that neither ties, the rest agree.
    let agree = in_a - tied_in_b + tied_in_both - disagree;
    if in_a > 0.0 && in_b > 0.0 { (agree - disagree) / (in_a * in_b).sqrt() } else { 0.0 }
}

/// Sorts values, and counts the pairs that stood the wrong way round.
fn exchanges(values: &mut [f64], room: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(n / 2);
    let (left_room, right_room) = room.split_at_mut(n / 2);
    let mut count = exchanges(left, left_room) + exchanges(right, right_room);
    let (mut i, mut j) = (0, 0);
    for place in room.iter_mut() {
        let takes_right = j < right.len() && (i == left.len() || right[j] < left[i]);
        *place = if takes_right { right[j] } else { left[i] };
        count += if takes_right { (left.len() - i) as u64 } else { 0 };
        (i, j) = if takes_right { (i, j + 1) } else { (i + 1, j) };
    }
    values.copy_from_slice(room);
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        let flat = quality(&[0.5; 3], &[0.1, 0.2, 0.3]);
        assert_eq!((flat.spearman, flat.kendall), (0.0, 0.0));
        let nothing = quality(&[], &[]);
        assert_eq!((nothing.rmse, nothing.spearman, nothing.kendall), (0.0, 0.0, 0.0));
    }

    /// τ-b by its definition, pair by pair.
    fn pair_by_pair(a: &[f64], b: &[f64]) -> f64 {
        let sign = |x: f64, y: f64| f64::from(i8::from(x > y) - i8::from(x < y));
        let (mut sum, mut in_a, mut in_b) = (0.0, 0.0, 0.0);
        for i in 0..a.len() {
            for j in 0..i {
                let (x, y) = (sign(a[i], a[j]), sign(b[i], b[j]));
                (sum, in_a, in_b) = (sum + x * y, in_a + x.abs(), in_b + y.abs());
            }
        }
        if in_a > 0.0 && in_b > 0.0 { sum / f64::sqrt(in_a * in_b) } else { 0.0 }
    }

    proptest! {
        #[test]
        fn kendall_by_sorting_is_kendall_by_pairs(
            pairs in proptest::collection::vec((0_u8..6, 0_u8..6), 0..60)
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) =
                pairs.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).unzip();
            prop_assert!((quality(&a, &b).kendall - pair_by_pair(&a, &b)).abs() < 1e-12);
        }
    }
}
