use std::fmt::Write as _;

use crate::escape;
use crate::scale::{Scale, label};

/// Figures of one kind, one for each category.
#[derive(Debug, Clone)]
pub struct Series {
    /// What they are.
    pub name: String,
    /// How they are drawn: a class of the style sheet, such as `base`, `before`, `after`.
    pub class: &'static str,
    /// One for each category.
    pub figures: Vec<f64>,
}

/// A chart of horizontal bars: for each category one bar of every series, one below the other.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What it shows, with the unit.
    pub title: String,
    /// A sentence for who cannot see it.
    pub description: String,
    /// The categories, from the top.
    pub categories: Vec<String>,
    /// The series, in the order of the key.
    pub series: Vec<Series>,
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 190.0;
const BAR: f64 = 7.0;
const GAP: f64 = 7.0;
const TOP: f64 = 44.0;

impl Bars {
    /// The chart as inline SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let group = BAR * self.series.len() as f64 + GAP;
        let height = TOP + group * self.categories.len() as f64 + 24.0;
        let figures = self.series.iter().flat_map(|s| s.figures.iter().copied());
        let scale = Scale::over(figures, LEFT, WIDTH - LEFT - 60.0);
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\"><title>{}</title><desc>{}</desc>\n",
            escape(&self.title),
            escape(&self.description)
        );
        // A String takes everything, here and below.
        self.key(&mut out);
        for tick in scale.ticks() {
            let (x, bottom) = (scale.at(tick), height - 20.0);
            let _ = write!(
                out,
                "<line class=\"axis\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>"
            );
            let text = label(tick, scale.step);
            let _ = writeln!(
                out,
                "<text class=\"faint\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
                height - 6.0
            );
        }
        for (place, category) in self.categories.iter().enumerate() {
            self.group(&mut out, &scale, place, category, TOP + group * place as f64);
        }
        out.push_str("</svg>\n");
        out
    }

    fn key(&self, out: &mut String) {
        for (place, series) in self.series.iter().enumerate() {
            let x = LEFT + 150.0 * place as f64;
            let _ = writeln!(
                out,
                "<rect class=\"{}\" x=\"{x:.0}\" y=\"10\" width=\"24\" height=\"{BAR}\"/><text x=\"{:.0}\" y=\"18\">{}</text>",
                series.class,
                x + 30.0,
                escape(&series.name)
            );
        }
    }

    fn group(&self, out: &mut String, scale: &Scale, place: usize, category: &str, top: f64) {
        let middle = top + BAR * self.series.len() as f64 / 2.0 + 4.0;
        let _ = writeln!(
            out,
            "<text x=\"{:.0}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            escape(category)
        );
        for (row, series) in self.series.iter().enumerate() {
            let Some(figure) = series.figures.get(place).copied().filter(|f| f.is_finite()) else { continue };
            let (zero, end) = (scale.at(0.0), scale.at(figure));
            let (x, width) = (zero.min(end), (end - zero).abs());
            let shown = label(figure, scale.step / 100.0);
            let _ = writeln!(
                out,
                "<rect class=\"{}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{BAR}\"><title>{}, {}: {shown}</title></rect>",
                series.class,
                top + BAR * row as f64,
                escape(category),
                escape(&series.name)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bars, Series};

    #[test]
    fn every_figure_has_its_bar_and_what_is_no_number_has_none() {
        let series = |name: &str, figures: Vec<f64>| Series { name: name.into(), class: "after", figures };
        let bars = Bars {
            title: "t".into(),
            description: "d".into(),
            categories: vec!["a<b".into(), "c".into()],
            series: vec![series("x", vec![1.0, -2.0]), series("y", vec![3.0, f64::NAN])],
        };
        let svg = bars.svg();
        assert_eq!(svg.matches("<rect").count(), 2 + 3);
        assert!(svg.contains("a&lt;b, x: 1.00") && !svg.contains("NaN"));
    }
}
