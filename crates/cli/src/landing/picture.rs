//! One party's utility against the other's, as an SVG that needs no colour to be read and suits light
//! and dark pages.

mod frame;

use std::fmt::Write as _;

use frame::{BOTTOM, Frame, LABELS, LEFT, RIGHT, TOP};
use page::escape;
use utility::landing::Solution;

use super::Findings;
use crate::output::{Failure, exit};

const STYLE: &str = "\
  .page { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 12px; fill: #59636e } .axis { stroke: #59636e; fill: none }
  .grid { stroke: #59636e; stroke-opacity: .2 } .zone { fill: #0969da; fill-opacity: .08 }
  .edge { fill: none; stroke: #0969da; stroke-width: 1.5 } .dot { fill: #0969da }
  .walk { stroke: #1f2328; stroke-dasharray: 6 4 } .lead { stroke: #59636e; stroke-opacity: .6; fill: none }
  .point { fill: #1f2328; stroke: #ffffff } .first { fill: #ffffff; stroke: #bc4c00; stroke-width: 1.5 }
  .second { fill: #ffffff; stroke: #8250df; stroke-width: 1.5 } .given { stroke: #cf222e; stroke-width: 2.5 }
  .broken { stroke-dasharray: 2 2 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #9198a1 } .axis { stroke: #9198a1 }
    .grid { stroke: #9198a1 } .zone { fill: #4493f8; fill-opacity: .14 } .edge { stroke: #4493f8 }
    .dot { fill: #4493f8 } .walk { stroke: #e6edf3 } .lead { stroke: #9198a1 }
    .point { fill: #e6edf3; stroke: #0d1117 } .first { fill: #0d1117; stroke: #f0883e }
    .second { fill: #0d1117; stroke: #bc8cff } .given { stroke: #ff7b72 }
  }";

/// Something with a name in the margin.
struct Mark {
    name: String,
    x: f64,
    y: f64,
    shape: Shape,
}

#[derive(Clone, Copy)]
enum Shape {
    Diamond,
    Square,
    Triangle,
    Disc,
    Cross,
}

/// The picture of two parties.
///
/// # Errors
/// There are more than two.
pub(super) fn draw(findings: &Findings) -> Result<String, Failure> {
    if findings.seats.len() != 2 {
        let message = format!("{} parties: a picture shows two", findings.seats.len());
        return Err(Failure::new(exit::USAGE, "NO_PICTURE", message).at("--picture"));
    }
    let frame = Frame::around(points(findings));
    let mut svg = head(findings);
    backdrop(&mut svg, findings, &frame);
    edge(&mut svg, findings, &frame);
    made(&mut svg, findings, &frame);
    labels(&mut svg, &marks(findings, &frame));
    legend(&mut svg, findings);
    svg += "</svg>\n";
    Ok(svg)
}

/// Everything the picture has room for.
fn points(findings: &Findings) -> impl Iterator<Item = [f64; 2]> {
    let zone = &findings.zone;
    let pair = |utilities: &[f64]| [utilities[0], utilities[1]];
    let edge = zone.pareto.iter().map(move |deal| pair(&deal.utilities));
    let made = findings.made.iter().map(move |made| pair(&made.placed.utilities));
    let given = findings.given.iter().map(move |given| pair(&given.utilities));
    edge.chain(made).chain(given).chain([pair(&zone.walk_away)])
}

fn head(findings: &Findings) -> String {
    let scenario = findings.bench.scenario();
    let (a, b) = (&findings.seats[0], &findings.seats[1]);
    let title = escape(&format!("Landing zone of {}", scenario.name()));
    let desc = escape(&format!(
        "What offers are worth to {} (across) and to {} (up): the efficient edge, the walk-away values as \
         dashed lines, the shaded zone above both, and the classical solutions. {}",
        a.name,
        b.name,
        spoken(findings)
    ));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 610\" role=\"img\" \
         aria-labelledby=\"title desc\">\n<title id=\"title\">{title}</title>\n<desc id=\"desc\">{desc}</desc>\n\
         <style>\n{STYLE}\n</style>\n<rect class=\"page\" width=\"900\" height=\"610\"/>\n\
         <text x=\"{LEFT}\" y=\"26\" font-weight=\"600\">{}</text>\n",
        escape(scenario.title()),
    )
}

/// The solutions in words, for those who do not see them.
fn spoken(findings: &Findings) -> String {
    let say = |(name, solution): (&str, &Option<Solution>)| {
        let utilities = &solution.as_ref()?.deal.utilities;
        Some(format!("{name} at {:.3} and {:.3}", utilities[0], utilities[1]))
    };
    let said: Vec<String> =
        solutions(findings).into_iter().map(|(name, s, _)| (name, s)).filter_map(say).collect();
    format!("{}.", said.join(", "))
}

fn solutions(findings: &Findings) -> [(&'static str, &Option<Solution>, Shape); 4] {
    let zone = &findings.zone;
    [
        ("Nash", &zone.nash, Shape::Diamond),
        ("Kalai–Smorodinsky", &zone.kalai_smorodinsky, Shape::Square),
        ("egalitarian", &zone.egalitarian, Shape::Triangle),
        ("utilitarian", &zone.utilitarian, Shape::Disc),
    ]
}

/// Zone, grid, axes and walk-away lines.
fn backdrop(svg: &mut String, findings: &Findings, frame: &Frame) {
    let walk = &findings.zone.walk_away;
    let (x, y) = (frame.x(walk[0]), frame.y(walk[1]));
    let _ = writeln!(
        svg,
        "<rect class=\"zone\" x=\"{x:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\"/>",
        RIGHT - x,
        y - TOP
    );
    frame.grid(svg);
    let _ = writeln!(svg, "<line class=\"walk\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\"/>");
    let _ = writeln!(svg, "<line class=\"walk\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\"/>");
    let (a, b) = (escape(&findings.seats[0].name), escape(&findings.seats[1].name));
    let (middle, half) = ((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0);
    let _ = writeln!(
        svg,
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">utility of {a}</text>",
        BOTTOM + 40.0
    );
    let _ = writeln!(
        svg,
        "<text transform=\"translate(22 {half}) rotate(-90)\" text-anchor=\"middle\">utility of {b}</text>"
    );
    let (first, second) =
        (escape(findings.seats[0].party.as_str()), escape(findings.seats[1].party.as_str()));
    let (right, up) = (x + 5.0, y - 6.0);
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"{right:.1}\" y=\"{}\">{first} walks away to the left</text>",
        BOTTOM - 8.0
    );
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"{}\" y=\"{up:.1}\">{second} walks away below</text>",
        LEFT + 6.0
    );
}

fn edge(svg: &mut String, findings: &Findings, frame: &Frame) {
    let points: Vec<(f64, f64)> =
        findings.zone.pareto.iter().map(|d| (frame.x(d.utilities[0]), frame.y(d.utilities[1]))).collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(svg, "<polyline class=\"edge\" points=\"{}\"/>", line.join(" "));
    for (x, y) in points {
        let _ = writeln!(svg, "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\"/>");
    }
}

/// The offers of a talk: circles of the first party, squares of the second; dashed where they break a
/// red line, for then they can lie beyond the edge.
fn made(svg: &mut String, findings: &Findings, frame: &Frame) {
    for made in &findings.made {
        let (x, y) = (frame.x(made.placed.utilities[0]), frame.y(made.placed.utilities[1]));
        let first = made.party == findings.seats[0].party;
        let shape = if first { Shape::Disc } else { Shape::Square };
        let class = if first { "first" } else { "second" };
        let broken = if made.placed.permitted { "" } else { " broken" };
        let _ = writeln!(svg, "{}", shape.at(x, y, 4.5, &format!("{class}{broken}")));
    }
}

/// Solutions, the deal, the offer asked about, from top to bottom.
fn marks(findings: &Findings, frame: &Frame) -> Vec<Mark> {
    let at = |name: &str, utilities: &[f64], shape: Shape| {
        let figures = format!("{name} ({:.3}, {:.3})", utilities[0], utilities[1]);
        Mark { name: figures, x: frame.x(utilities[0]), y: frame.y(utilities[1]), shape }
    };
    let solved = solutions(findings)
        .into_iter()
        .filter_map(|(name, solution, shape)| solution.as_ref().map(|s| at(name, &s.deal.utilities, shape)));
    let agreed = findings.made.iter().rfind(|made| made.agreed);
    let agreed = agreed.map(|made| at("agreed", &made.placed.utilities, Shape::Cross));
    let given = findings.given.as_ref().map(|given| at("the offer", &given.utilities, Shape::Cross));
    let mut marks: Vec<Mark> = solved.chain(agreed).chain(given).collect();
    marks.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    marks
}

/// Names stand in the margin, a line leading from each to its point.
fn labels(svg: &mut String, marks: &[Mark]) {
    let mut next = TOP + 8.0;
    for mark in marks {
        let y = mark.y.max(next);
        next = y + 24.0;
        let _ = writeln!(
            svg,
            "<path class=\"lead\" d=\"M{:.1} {:.1} L{RIGHT} {y:.1} H{}\"/>",
            mark.x,
            mark.y,
            LABELS - 16.0
        );
        let _ = writeln!(svg, "{}", mark.shape.at(LABELS - 8.0, y, 5.5, mark.shape.class()));
        let _ =
            writeln!(svg, "<text x=\"{}\" y=\"{:.1}\">{}</text>", LABELS + 4.0, y + 4.5, escape(&mark.name));
    }
    for mark in marks {
        let _ = writeln!(svg, "{}", mark.shape.at(mark.x, mark.y, 6.0, mark.shape.class()));
    }
}

fn legend(svg: &mut String, findings: &Findings) {
    let y = BOTTOM + 66.0;
    let _ =
        writeln!(svg, "<line class=\"edge\" x1=\"{LEFT}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/>", LEFT + 24.0);
    let more = match (findings.zone.capped, findings.zone.bound) {
        (true, Some(0.0)) => " (some of them)",
        (true, _) => " (of its convex hull)",
        (false, _) => "",
    };
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"{}\" y=\"{}\">efficient offers{more}</text>",
        LEFT + 32.0,
        y + 4.0
    );
    let zone = LEFT + 240.0;
    let _ = writeln!(svg, "<rect class=\"zone\" x=\"{zone}\" y=\"{}\" width=\"24\" height=\"14\"/>", y - 7.0);
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"{}\" y=\"{}\">above both walk-away values</text>",
        zone + 32.0,
        y + 4.0
    );
    if !findings.made.is_empty() {
        legend_of_offers(svg, findings, y + 24.0);
    }
}

fn legend_of_offers(svg: &mut String, findings: &Findings, y: f64) {
    let mut entry = |x: f64, shape: Shape, class: &str, text: &str| {
        let _ = writeln!(svg, "{}", shape.at(x, y, 4.5, class));
        let _ = writeln!(svg, "<text class=\"small\" x=\"{}\" y=\"{}\">{text}</text>", x + 20.0, y + 4.0);
    };
    for (seat, (shape, class)) in [(Shape::Disc, "first"), (Shape::Square, "second")].into_iter().enumerate()
    {
        let name = escape(findings.seats[seat].party.as_str());
        entry(LEFT + 12.0 + 240.0 * seat as f64, shape, class, &format!("offered by {name}"));
    }
    if findings.made.iter().any(|made| !made.placed.permitted) {
        entry(LEFT + 492.0, Shape::Square, "second broken", "breaks a red line");
    }
}

impl Shape {
    fn class(self) -> &'static str {
        if matches!(self, Self::Cross) { "given" } else { "point" }
    }

    fn at(self, x: f64, y: f64, r: f64, class: &str) -> String {
        let path = |d: String| format!("<path class=\"{class}\" d=\"{d}\"/>");
        match self {
            Self::Disc => format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\"/>"),
            Self::Square => path(format!(
                "M{:.1} {:.1} h{w:.1} v{w:.1} h-{w:.1} Z",
                x - r * 0.9,
                y - r * 0.9,
                w = 1.8 * r
            )),
            Self::Diamond => path(format!(
                "M{x:.1} {:.1} l{w:.1} {w:.1} l-{w:.1} {w:.1} l-{w:.1} -{w:.1} Z",
                y - 1.3 * r,
                w = 1.3 * r
            )),
            Self::Triangle => path(format!(
                "M{x:.1} {:.1} l{w:.1} {h:.1} h-{:.1} Z",
                y - 1.2 * r,
                2.2 * r,
                w = 1.1 * r,
                h = 2.0 * r
            )),
            Self::Cross => path(format!(
                "M{:.1} {:.1} l{w:.1} {w:.1} m0 -{w:.1} l-{w:.1} {w:.1}",
                x - r,
                y - r,
                w = 2.0 * r
            )),
        }
    }
}
