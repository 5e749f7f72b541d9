use std::fmt::Write as _;

use crate::escape;
use crate::scale::{Scale, label};

/// A figure and the interval it lies in.
#[derive(Debug, Clone)]
pub struct Interval {
    /// What it is the figure of.
    pub name: String,
    /// The figure.
    pub middle: f64,
    /// The ends of the interval.
    pub ends: (f64, f64),
}

/// A chart of figures with their intervals, one below the other.
#[derive(Debug, Clone)]
pub struct Intervals {
    /// What it shows, with the unit.
    pub title: String,
    /// A sentence for who cannot see it.
    pub description: String,
    /// The rows, from the top.
    pub rows: Vec<Interval>,
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 210.0;
const ROW: f64 = 24.0;
const TOP: f64 = 12.0;

impl Intervals {
    /// The chart as inline SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let height = TOP + ROW * self.rows.len() as f64 + 28.0;
        let figures = self.rows.iter().flat_map(|row| [row.ends.0, row.middle, row.ends.1]);
        let scale = Scale::over(figures, LEFT, WIDTH - LEFT - 40.0);
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\"><title>{}</title><desc>{}</desc>\n",
            escape(&self.title),
            escape(&self.description)
        );
        // A String takes everything, here and below.
        for tick in scale.ticks() {
            let (x, bottom, text) = (scale.at(tick), height - 24.0, label(tick, scale.step));
            let _ = writeln!(
                out,
                "<line class=\"axis\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\
                 <text class=\"faint\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
                height - 8.0
            );
        }
        for (place, row) in self.rows.iter().enumerate() {
            let y = TOP + ROW * (place as f64 + 0.5);
            let (low, high, middle) = (scale.at(row.ends.0), scale.at(row.ends.1), scale.at(row.middle));
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
                 <line class=\"line\" x1=\"{low:.1}\" y1=\"{y:.1}\" x2=\"{high:.1}\" y2=\"{y:.1}\"/>\
                 <rect class=\"after\" x=\"{:.1}\" y=\"{:.1}\" width=\"7\" height=\"7\"/>",
                LEFT - 10.0,
                y + 4.0,
                escape(&row.name),
                middle - 3.5,
                y - 3.5
            );
        }
        out.push_str("</svg>\n");
        out
    }
}
