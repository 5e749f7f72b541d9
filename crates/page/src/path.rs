use std::fmt::Write as _;

use crate::escape;
use crate::scale::{Scale, label};

/// A figure at one moment, with the band it lies in.
#[derive(Debug, Clone)]
pub struct Point {
    /// The moment, as it reads.
    pub label: String,
    /// The figure.
    pub middle: f64,
    /// Where it lies with a probability that the description tells.
    pub band: Option<(f64, f64)>,
}

/// A chart of one figure over time, with its band and levels to compare with.
#[derive(Debug, Clone)]
pub struct Path {
    /// What it shows, with the unit.
    pub title: String,
    /// A sentence for who cannot see it.
    pub description: String,
    /// The points, in order of time, at equal distances.
    pub points: Vec<Point>,
    /// Named levels.
    pub references: Vec<(String, f64)>,
}

pub(crate) const WIDTH: f64 = 760.0;
pub(crate) const HEIGHT: f64 = 320.0;
const LEFT: f64 = 60.0;
pub(crate) const RIGHT: f64 = 110.0;
pub(crate) const BOTTOM: f64 = 40.0;
pub(crate) const TOP: f64 = 16.0;

impl Path {
    /// The chart as inline SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let ends = |p: &Point| p.band.map_or([p.middle; 2], |(low, high)| [low, high]);
        let figures = self.points.iter().flat_map(|p| ends(p).into_iter().chain([p.middle]));
        let levels = self.references.iter().map(|(_, level)| *level);
        let scale = Scale::over(figures.chain(levels), HEIGHT - BOTTOM, -(HEIGHT - BOTTOM - TOP));
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{}</title><desc>{}</desc>\n",
            escape(&self.title),
            escape(&self.description)
        );
        grid(&mut out, &scale);
        self.band(&mut out, &scale);
        let line: Vec<String> = self.each(|p| p.middle, &scale);
        let _ = writeln!(out, "<polyline class=\"line\" points=\"{}\"/>", line.join(" "));
        self.references(&mut out, &scale);
        moments(&mut out, self.points.iter().map(|point| point.label.as_str()));
        out.push_str("</svg>\n");
        out
    }

    fn each(&self, figure: impl Fn(&Point) -> f64, scale: &Scale) -> Vec<String> {
        let x = |place| across(place, self.points.len());
        let point = |(place, p): (usize, &Point)| format!("{:.1},{:.1}", x(place), scale.at(figure(p)));
        self.points.iter().enumerate().map(point).collect()
    }

    fn band(&self, out: &mut String, scale: &Scale) {
        if self.points.iter().all(|p| p.band.is_none()) {
            return;
        }
        let mut corners = self.each(|p| p.band.map_or(p.middle, |b| b.1), scale);
        corners.extend(self.each(|p| p.band.map_or(p.middle, |b| b.0), scale).into_iter().rev());
        let _ = writeln!(out, "<polygon class=\"band\" points=\"{}\"/>", corners.join(" "));
    }

    fn references(&self, out: &mut String, scale: &Scale) {
        for (name, level) in &self.references {
            let (y, right) = (scale.at(*level), WIDTH - RIGHT);
            let _ = writeln!(
                out,
                "<line class=\"reference\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>\
                 <text class=\"faint\" x=\"{:.0}\" y=\"{:.1}\">{}</text>",
                right + 6.0,
                y + 4.0,
                escape(name)
            );
        }
    }
}

/// Where one of `count` moments stands.
pub(crate) fn across(place: usize, count: usize) -> f64 {
    let steps = count.saturating_sub(1).max(1) as f64;
    LEFT + (WIDTH - LEFT - RIGHT) * place as f64 / steps
}

/// Some ten of the moments, under the chart.
pub(crate) fn moments<'a>(out: &mut String, labels: impl ExactSizeIterator<Item = &'a str>) {
    let count = labels.len();
    for (place, label) in labels.enumerate().step_by(count.div_ceil(10).max(1)) {
        let _ = writeln!(
            out,
            "<text class=\"faint\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            across(place, count),
            HEIGHT - 18.0,
            escape(label)
        );
    }
}

pub(crate) fn grid(out: &mut String, scale: &Scale) {
    for tick in scale.ticks() {
        let y = scale.at(tick);
        let _ = writeln!(
            out,
            "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.0}\" y2=\"{y:.1}\"/>\
             <text class=\"faint\" x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0,
            label(tick, scale.step)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Point};

    #[test]
    fn a_path_has_its_line_its_band_and_its_levels() {
        let point =
            |k: usize| Point { label: format!("m{k}"), middle: k as f64, band: Some((0.0, 2.0 * k as f64)) };
        let path = Path {
            title: "t".into(),
            description: "d".into(),
            points: (0..13).map(point).collect(),
            references: vec![("before".into(), 5.0)],
        };
        let svg = path.svg();
        assert_eq!(svg.matches("class=\"band\"").count(), 1);
        assert_eq!(svg.matches("class=\"reference\"").count(), 1);
        assert!(svg.contains("60.0,280.0") && svg.contains("m12") && !svg.contains("NaN"));
        let one = Path { points: vec![point(0)], ..path };
        assert!(!one.svg().contains("NaN"));
    }
}
