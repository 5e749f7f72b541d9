//! From figures to places on the screen.

/// A linear scale that reaches from 0, or below it, to a round number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) step: f64,
    from: f64,
    length: f64,
}

impl Scale {
    /// A scale for these figures over `length` units from `from`. What is not finite is left out.
    pub(crate) fn over(figures: impl Iterator<Item = f64>, from: f64, length: f64) -> Self {
        let bounds =
            figures.filter(|f| f.is_finite()).fold((0.0_f64, 0.0_f64), |(l, h), f| (l.min(f), h.max(f)));
        let width = if bounds.1 > bounds.0 { bounds.1 - bounds.0 } else { 1.0 };
        let step = round_step(width / 5.0);
        let (low, high) = ((bounds.0 / step).floor() * step, (bounds.1 / step).ceil().max(1.0) * step);
        Self { low, high, step, from, length }
    }

    /// Where a figure stands.
    pub(crate) fn at(&self, figure: f64) -> f64 {
        self.from + self.length * (figure - self.low) / (self.high - self.low)
    }

    /// The round numbers on it.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count.min(20)).map(|k| self.low + self.step * k as f64).collect()
    }
}

/// 1, 2 or 5 times a power of ten, at least `rough`.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough).unwrap_or(10.0 * power)
}

/// A figure with as many digits as its scale needs.
pub(crate) fn label(figure: f64, step: f64) -> String {
    let decimals = if step >= 1.0 { 0 } else { (-step.log10()).ceil().clamp(0.0, 6.0) as usize };
    let text = format!("{figure:.decimals$}");
    if text.trim_start_matches(['-', '0', '.']).is_empty() { "0".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{Scale, label};

    #[test]
    fn a_scale_holds_every_figure_and_starts_at_zero() {
        let scale = Scale::over([3.2, 47.0, f64::NAN].into_iter(), 0.0, 100.0);
        assert_eq!((scale.low, scale.high, scale.step), (0.0, 50.0, 10.0));
        assert_eq!((scale.at(0.0), scale.at(50.0), scale.ticks().len()), (0.0, 100.0, 6));
        let falling = Scale::over([-0.3, 0.1].into_iter(), 0.0, 1.0);
        assert!(falling.low <= -0.3 && falling.high >= 0.1);
        assert_eq!(Scale::over([0.0].into_iter(), 0.0, 1.0).high, 0.2);
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(
            [label(0.30000000000000004, 0.1), label(-0.0, 5.0), label(20.0, 10.0)],
            ["0.3", "0", "20"]
        );
    }
}
