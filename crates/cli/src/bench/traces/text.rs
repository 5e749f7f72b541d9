use super::{Compared, Document, Turn};
use crate::bench::measure::spread;
use crate::output::line;

pub(super) fn print(document: &Document, pace: u32) {
    let Document { talks, turns, seconds, .. } = document;
    line(&format!(
        "{talks} talks, {turns} turns of {seconds} s each way; medians, with the least and the most"
    ));
    line(&format!("paced, {pace} moves a second together:"));
    compared(&document.paced);
    line(&format!("p99 with tracing is {:.2} times that without (target: 1.15 at most)", document.p99_ratio));
    line("unpaced:");
    compared(&document.unpaced);
    let share = document.throughput_ratio * 100.0;
    line(&format!("moves per second with tracing are {share:.0}% of those without (target: 75% at least)"));
    let cpu = |value: Option<f64>| value.map_or("not known".to_owned(), |us| format!("{us:.1} µs"));
    line(&format!(
        "{:.1} spans per move; CPU per span {} in mediator and seats, {} in the observatory",
        document.spans_per_move,
        cpu(document.cpu_us_per_span),
        cpu(document.observatory_cpu_us_per_span),
    ));
}

fn compared(of: &Compared) {
    line("  tracing          moves/s               p50 µs               p99 µs          CPU µs a move");
    for (name, turns) in [("off", &of.off), ("on", &of.on)] {
        let column = |value: fn(&Turn) -> f64| spread(turns.iter().map(value));
        line(&format!(
            "  {name:<4}{:>21}{:>21}{:>21}{:>23}",
            column(|turn| turn.played.per_second),
            column(|turn| turn.played.p50_us),
            column(|turn| turn.played.p99_us),
            column(|turn| turn.cpu_us_per_move.unwrap_or(f64::NAN)),
        ));
    }
    let sum = |value: fn(&Turn) -> u64| of.on.iter().map(value).sum::<u64>();
    let seen = |turn: &Turn| turn.observatory.as_ref().map_or(0, |seen| seen.received);
    let stored = |turn: &Turn| turn.observatory.as_ref().map_or(0, |seen| seen.stored);
    let shed = |turn: &Turn| turn.observatory.as_ref().map_or(0, |seen| seen.shed);
    line(&format!(
        "  spans: {} ended, {} sent, {} dropped; the observatory received {}, stored {}, shed {}",
        sum(|turn| turn.spans.ended),
        sum(|turn| turn.spans.sent),
        sum(|turn| turn.spans.dropped),
        sum(seen),
        sum(stored),
        sum(shed),
    ));
}
