use std::fmt::Write as _;

use crate::escape;
use crate::path::{BOTTOM, HEIGHT, RIGHT, TOP, WIDTH, across, grid, moments};
use crate::scale::Scale;

/// Several figures over the same moments, each a line with its name at its end.
#[derive(Debug, Clone)]
pub struct Lines {
    /// What it shows, with the unit.
    pub title: String,
    /// A sentence for who cannot see it.
    pub description: String,
    /// The moments, as they read, at equal distances.
    pub moments: Vec<String>,
    /// The figures' names, and one figure for each moment.
    pub series: Vec<(String, Vec<f64>)>,
}

/// How lines are told apart without colour, one after the other.
const DASHES: [&str; 6] = ["", "7 3", "2 3", "10 3 2 3", "4 2", "12 5"];
/// Between two names, one below the other.
const NAME: f64 = 13.0;

impl Lines {
    /// The chart as inline SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let figures = self.series.iter().flat_map(|(_, figures)| figures.iter().copied());
        let scale = Scale::over(figures, HEIGHT - BOTTOM, -(HEIGHT - BOTTOM - TOP));
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{}</title><desc>{}</desc>\n",
            escape(&self.title),
            escape(&self.description)
        );
        grid(&mut out, &scale);
        for (number, (name, figures)) in self.series.iter().enumerate() {
            let finite = figures.iter().enumerate().filter(|(_, figure)| figure.is_finite());
            let point = |(place, figure): (usize, &f64)| {
                format!("{:.1},{:.1}", across(place, self.moments.len()), scale.at(*figure))
            };
            let points: Vec<String> = finite.map(point).collect();
            let _ = writeln!(
                out,
                "<polyline class=\"line\" stroke-dasharray=\"{}\" points=\"{}\"><title>{}</title></polyline>",
                DASHES[number % DASHES.len()],
                points.join(" "),
                escape(name)
            );
        }
        self.names(&mut out, &scale);
        moments(&mut out, self.moments.iter().map(String::as_str));
        out.push_str("</svg>\n");
        out
    }

    /// The names at the ends of their lines, pushed up where they would lie upon each other.
    fn names(&self, out: &mut String, scale: &Scale) {
        let end =
            |figures: &[f64]| figures.last().copied().filter(|figure| figure.is_finite()).unwrap_or(0.0);
        let mut ends: Vec<(&str, f64)> =
            self.series.iter().map(|(name, figures)| (name.as_str(), scale.at(end(figures)))).collect();
        ends.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut above = HEIGHT - BOTTOM + NAME;
        for (name, y) in ends {
            above = y.min(above - NAME);
            let _ = writeln!(
                out,
                "<text class=\"faint\" x=\"{:.0}\" y=\"{:.1}\">{}</text>",
                WIDTH - RIGHT + 6.0,
                above + 4.0,
                escape(name)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn every_series_has_a_line_of_its_own_and_names_do_not_lie_upon_each_other() {
        let lines = Lines {
            title: "t".into(),
            description: "d".into(),
            moments: vec!["0%".into(), "50%".into(), "100%".into()],
            series: vec![
                ("a<b".into(), vec![0.5, 0.8, 1.0]),
                ("c".into(), vec![0.3, f64::NAN, 0.0]),
                ("d".into(), vec![0.2, 0.1, 0.0]),
            ],
        };
        let svg = lines.svg();
        assert_eq!(svg.matches("<polyline").count(), 3);
        assert!(svg.contains("<title>a&lt;b</title>") && !svg.contains("NaN"), "{svg}");
        let names = svg.lines().filter(|line| line.contains("x=\"656\""));
        let heights: Vec<&str> =
            names.filter_map(|line| line.split("y=\"").nth(1)?.split('"').next()).collect();
        assert_eq!(heights, ["284.0", "271.0", "20.0"], "both that end at nothing can be read");
        let empty = Lines { moments: Vec::new(), series: Vec::new(), ..lines };
        assert!(!empty.svg().contains("NaN"));
    }
}
