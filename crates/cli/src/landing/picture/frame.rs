//! The plot's place on the page, and the utilities it spans.

use std::fmt::Write as _;

pub(super) const LEFT: f64 = 70.0;
pub(super) const RIGHT: f64 = 620.0;
pub(super) const TOP: f64 = 44.0;
pub(super) const BOTTOM: f64 = 500.0;
/// Where names begin.
pub(super) const LABELS: f64 = 660.0;

/// Which utilities lie where.
pub(super) struct Frame {
    low: [f64; 2],
    high: [f64; 2],
}

impl Frame {
    /// A frame around some points, with a little room on every side.
    pub(super) fn around(points: impl Iterator<Item = [f64; 2]>) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        for axis in 0..2 {
            let room = ((high[axis] - low[axis]) * 0.06).max(0.01);
            (low[axis], high[axis]) = (low[axis] - room, high[axis] + room);
        }
        Self { low, high }
    }

    pub(super) fn x(&self, utility: f64) -> f64 {
        LEFT + (utility - self.low[0]) / (self.high[0] - self.low[0]) * (RIGHT - LEFT)
    }

    pub(super) fn y(&self, utility: f64) -> f64 {
        BOTTOM - (utility - self.low[1]) / (self.high[1] - self.low[1]) * (BOTTOM - TOP)
    }

    /// Lines and numbers at round utilities, and the frame itself.
    pub(super) fn grid(&self, svg: &mut String) {
        for utility in self.ticks(0) {
            let x = self.x(utility);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\"/>"
            );
            let y = BOTTOM + 18.0;
            let _ = writeln!(
                svg,
                "<text class=\"small\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{utility:.2}</text>"
            );
        }
        for utility in self.ticks(1) {
            let y = self.y(utility);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\"/>"
            );
            let (x, base) = (LEFT - 8.0, y + 4.0);
            let _ = writeln!(
                svg,
                "<text class=\"small\" x=\"{x}\" y=\"{base:.1}\" text-anchor=\"end\">{utility:.2}</text>"
            );
        }
        let _ = writeln!(svg, "<path class=\"axis\" d=\"M{LEFT} {TOP} V{BOTTOM} H{RIGHT}\"/>");
    }

    /// Round utilities within the frame: every tenth, or every twentieth or hundredth if few fit.
    fn ticks(&self, axis: usize) -> Vec<f64> {
        let span = self.high[axis] - self.low[axis];
        let per_unit = if span > 0.6 {
            10.0
        } else if span > 0.25 {
            20.0
        } else {
            100.0
        };
        let (first, last) =
            ((self.low[axis] * per_unit).ceil() as i64, (self.high[axis] * per_unit).floor() as i64);
        let within = |tick: &f64| (0.0..=1.0).contains(tick);
        (first..=last).map(|tick| tick as f64 / per_unit).filter(within).collect()
    }
}
