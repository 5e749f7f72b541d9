//! Results for people, and the document for machines.

use serde_json::{Value, json};

use super::results::Stored;
use crate::output::{Format, line, print_json};
use crate::tables::Sheet;

/// Differences and equilibria that are listed.
const SHOWN: usize = 6;

pub(crate) fn print(stored: &Stored, format: Format) {
    let results = &stored.results;
    if format == Format::Json {
        return print_json(&json!({
            "seed": results["seed"],
            "talks": results["talks"],
            "wall_s": stored.clocks.map(|clocks| clocks.0),
            "cpu_s": stored.clocks.map(|clocks| clocks.1),
            "offers": results["offers"],
            "decision_us": decision_us(stored),
            "repetitions_identical": results["repetitions_identical"],
            "leaderboard": results["leaderboard"],
            "differences": results["differences"],
            "population": results["population"],
            "results": stored.folder,
        }));
    }
    leaderboard(results);
    differences(results);
    population(results);
    if let Some((wall, cpu)) = stored.clocks {
        line(&format!(
            "\n{} talks, {} offers; this run {wall:.1} s, {cpu:.1} s of computation",
            results["talks"], results["offers"]
        ));
    }
    line(&format!("results: {}", stored.folder));
}

/// Microseconds a decision, by strategy.
fn decision_us(stored: &Stored) -> serde_json::Map<String, Value> {
    stored.decision_us.iter().map(|(name, us)| (name.clone(), json!(us))).collect()
}

fn leaderboard(results: &Value) {
    let header = [
        "",
        "strategy",
        "utility",
        "95% interval",
        "u − r",
        "agreed",
        "to Nash",
        "to edge",
        "welfare",
        "fairness",
        "model",
        "rounds",
    ];
    let mut sheet = Sheet::new(2, &header);
    for standing in list(&results["leaderboard"]) {
        let at = |key: &str| figure(&standing[key], 3);
        sheet.row([
            standing["rank"].to_string(),
            text(&standing["strategy"]),
            at("mean_utility"),
            interval(&standing["ci95"]),
            at("advantage"),
            format!("{:.0}%", standing["agreement_rate"].as_f64().unwrap_or(0.0) * 100.0),
            at("nash_distance"),
            at("pareto_distance"),
            at("welfare"),
            at("fairness"),
            at("model_spearman"),
            figure(&standing["rounds"], 1),
        ]);
    }
    line(&sheet.to_string());
    line(
        "utility: mean over scenarios, a failure counting as the walk-away value; interval: 95%, clustered by scenario",
    );
    if list(&results["leaderboard"]).iter().any(|standing| standing["model_spearman"].is_number()) {
        line("model: rank correlation of its opponent model with the truth, over a sample of offers");
    }
    list(&results["leaderboard"]).iter().filter_map(absences).for_each(|absences| line(&absences));
    if results["repetitions_identical"] == true && results["repetitions"] != 1 {
        line("All repetitions came out the same, and count once.");
    }
}

/// The turns that a strategy missed, if it did: without them its place would look earned.
pub(crate) fn absences(standing: &Value) -> Option<String> {
    let count = |key: &str| standing[key].as_u64().unwrap_or(0);
    let (missed, turns, forfeits) = (count("missed_turns"), count("turns"), count("forfeits"));
    let forfeited = if forfeits == 0 { String::new() } else { format!(" ({forfeits} talks forfeited)") };
    let (name, reason) = (text(&standing["strategy"]), text(&standing["missed_reason"]));
    (missed > 0).then(|| format!("{name}: {missed} of {turns} turns missed: {reason}{forfeited}"))
}

/// From and to; a dash where one scenario tells nothing of others.
fn interval(ends: &Value) -> String {
    if ends.is_null() {
        "–".to_owned()
    } else {
        format!("{} to {}", figure(&ends[0], 3), figure(&ends[1], 3))
    }
}

fn differences(results: &Value) {
    let significant: Vec<&Value> = list(&results["differences"])
        .iter()
        .filter(|d| d["p_corrected"].as_f64().is_some_and(|p| p <= 0.05))
        .collect();
    let pairs = list(&results["differences"]).len();
    line(&format!(
        "\n{} of {pairs} differences are significant at 5% (paired by scenario, Holm's correction)",
        significant.len()
    ));
    for difference in significant.iter().take(SHOWN) {
        line(&format!(
            "  {} over {}: {} (p = {})",
            text(&difference["better"]),
            text(&difference["other"]),
            figure(&difference["difference"], 3),
            figure(&difference["p_corrected"], 3)
        ));
    }
}

fn population(results: &Value) {
    let population = &results["population"];
    if population.is_null() {
        return;
    }
    let equilibria = list(&population["equilibria"]);
    for equilibrium in equilibria.iter().take(SHOWN) {
        line(&format!(
            "equilibrium: {} (worth {})",
            mixture(&equilibrium["mixture"]),
            figure(&equilibrium["value"], 3)
        ));
    }
    if equilibria.len() > SHOWN {
        line(&format!("and {} equilibria more", equilibria.len() - SHOWN));
    }
    line(&format!(
        "replicator dynamics end at {}; the best deviation gains {}",
        mixture(&population["replicator"]["mixture"]),
        figure(&population["regret"], 4)
    ));
}

pub(crate) fn mixture(of: &Value) -> String {
    let part = |pair: &Value| format!("{} {:.0}%", text(&pair[0]), pair[1].as_f64().unwrap_or(0.0) * 100.0);
    list(of).iter().map(part).collect::<Vec<_>>().join(", ")
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn figure(value: &Value, decimals: usize) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |number| format!("{number:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_turns_are_told_and_nothing_where_there_are_none() {
        let mut standing = json!({
            "strategy": "mute", "turns": 12, "missed_turns": 9, "forfeits": 3, "missed_reason": "no answer",
        });
        let told = "mute: 9 of 12 turns missed: no answer (3 talks forfeited)";
        assert_eq!(absences(&standing).as_deref(), Some(told));
        standing["missed_turns"] = json!(0);
        assert_eq!(absences(&standing), None);
    }
}
