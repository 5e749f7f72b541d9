//! The figures for people.

use super::{Document, Row};
use crate::output::line;

pub(super) fn print(document: &Document) {
    line(&format!(
        "{} rounds, one thread, per second of CPU time; beside each figure that of NegMAS and the ratio",
        document.rounds
    ));
    line("offers: nobody accepts; talks: to their natural end, rankings compiled per talk (alone) or shared");
    for row in &document.rows {
        line(&format!("{} {} ({:.0} offers a talk)", row.domain, row.spec, row.offers_per_talk));
        let peer_talks = row.peer.as_ref().and_then(|peer| peer.talks_per_cpu_s);
        figure("offers", row.offers_per_cpu_s, row.peer.as_ref().map(|peer| peer.offers_per_cpu_s));
        figure("talks alone", row.talks_per_cpu_s, peer_talks);
        figure("talks shared", row.talks_per_cpu_s_shared, peer_talks);
        note(row);
    }
    if let Some(found) = &document.agreements {
        line(&format!("agreements equal: {} of {}", found.equal, found.of));
        for (strategy, count) in &found.differ {
            line(&format!("  {strategy}: {count} differ"));
        }
    }
}

fn figure(name: &str, ours: f64, theirs: Option<f64>) {
    let beside = theirs.map_or_else(String::new, |theirs| format!("{theirs:>14.1}{:>10.0} ×", ours / theirs));
    line(&format!("  {name:<14}{ours:>14.0}{beside}"));
}

fn note(row: &Row) {
    if row.peer.as_ref().is_some_and(|peer| peer.talks_per_cpu_s.is_none()) {
        line("  (NegMAS ended no talk in its time)");
    }
}
