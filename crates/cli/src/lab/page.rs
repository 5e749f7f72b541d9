//! The page of a tournament: one file, plots with their tables, no script.

use page::{Bars, Document, Interval, Intervals, Lines, Series, Table, escape};
use serde_json::Value;

use super::results::Stored;
use super::text::{absences, figure, list, mixture, text};

pub(crate) fn page(stored: &Stored) -> String {
    let results = &stored.results;
    let lead = format!(
        "{} talks between {} strategies over {} scenarios, both profiles and both orders of moving, seed {}.",
        results["talks"],
        list(&results["strategies"]).len(),
        list(&results["scenarios"]).len(),
        results["seed"]
    );
    let mut page = Document::new(&format!("Tournament {}", text(&results["name"])), &lead);
    page.section("Leaderboard", &leaderboard(results));
    page.section("How good the agreements are", &distances(results));
    page.section("Scenario by scenario", &by_scenario(results));
    page.section("Differences that are more than chance", &differences(results));
    page.section("Who does how well against whom", &payoffs(results));
    if !results["population"].is_null() {
        page.section("If everybody chose a strategy", &population(&results["population"], results));
    }
    if !stored.decision_us.is_empty() {
        page.section("Decision time", &times(&stored.decision_us));
    }
    page.section("How to read this", NOTES);
    page.html()
}

const NOTES: &str = "<p>Utility is the mean over scenarios, each of which counts the same; a talk that fails counts \
as the walk-away value. The interval is that of Student's t over scenarios, clustered by series of talks; with one of them \
there is none. Differences are paired by scenario and tested by exchange of signs, corrected for \
all pairs (Holm 1979): with n scenarios no p-value can be below 2/2ⁿ times the number of pairs, so few scenarios prove \
little. Distances are Euclidean in utilities, of agreements alone. Model ρ, τ and RMSE say how near a strategy's model of the \
other side came to the truth by its last decision, over a sample of offers: Spearman's rank correlation, Kendall's τ-b, root \
mean squared difference of utilities; a strategy without a model has none.</p>";

fn leaderboard(results: &Value) -> String {
    let standings = list(&results["leaderboard"]);
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let row = |s: &Value| Interval {
        name: text(&s["strategy"]),
        middle: number(&s["mean_utility"]),
        ends: match &s["ci95"] {
            Value::Null => (number(&s["mean_utility"]), number(&s["mean_utility"])),
            ends => (number(&ends[0]), number(&ends[1])),
        },
    };
    let chart = Intervals {
        title: "Mean utility with its 95% interval".to_owned(),
        description: "One row for each strategy, the best first; the table below has the same figures."
            .to_owned(),
        rows: standings.iter().map(row).collect(),
    };
    let header = [
        "strategy",
        "utility",
        "from",
        "to",
        "u − r",
        "agreed",
        "to Nash",
        "to KS",
        "to edge",
        "welfare",
        "fairness",
        "model ρ",
        "model τ",
        "model RMSE",
        "rounds",
    ];
    let mut table = Table::new("Leaderboard", &header);
    for s in standings {
        let at = |key: &str| figure(&s[key], 3);
        table.row([
            text(&s["strategy"]),
            at("mean_utility"),
            figure(&s["ci95"][0], 3),
            figure(&s["ci95"][1], 3),
            at("advantage"),
            at("agreement_rate"),
            at("nash_distance"),
            at("kalai_smorodinsky_distance"),
            at("pareto_distance"),
            at("welfare"),
            at("fairness"),
            at("model_spearman"),
            at("model_kendall"),
            at("model_rmse"),
            figure(&s["rounds"], 1),
        ]);
    }
    let once = results["repetitions_identical"] == true;
    let note = if once { "<p>All repetitions came out the same, and count once.</p>" } else { "" };
    let missed: String =
        standings.iter().filter_map(absences).map(|told| format!("<p>{}</p>", escape(&told))).collect();
    format!("{}{note}{}{missed}", chart.svg(), table.html())
}

/// The figures stand in the leaderboard's table.
fn distances(results: &Value) -> String {
    let standings = list(&results["leaderboard"]);
    let series = |name: &str, class, key: &str| Series {
        name: name.to_owned(),
        class,
        figures: standings.iter().map(|s| s[key].as_f64().unwrap_or(f64::NAN)).collect(),
    };
    let bars = Bars {
        title: "Mean distance of agreements, in utilities".to_owned(),
        description:
            "Three bars for each strategy, the best first: from the Nash point, from the Kalai–Smorodinsky \
point, from the efficient edge; the leaderboard's table has the figures."
                .to_owned(),
        categories: standings.iter().map(|s| text(&s["strategy"])).collect(),
        series: vec![
            series("to Nash", "base", "nash_distance"),
            series("to KS", "before", "kalai_smorodinsky_distance"),
            series("to edge", "after", "pareto_distance"),
        ],
    };
    bars.svg()
}

/// What was measured: of the last run, and no part of the results.
fn times(decision_us: &[(String, f64)]) -> String {
    let bars = Bars {
        title: "Microseconds a decision, measured in the last run".to_owned(),
        description: "One bar for each strategy; the table below has the same figures.".to_owned(),
        categories: decision_us.iter().map(|(name, _)| name.clone()).collect(),
        series: vec![Series {
            name: "µs a decision".to_owned(),
            class: "after",
            figures: decision_us.iter().map(|(_, us)| *us).collect(),
        }],
    };
    let mut table = Table::new("Microseconds a decision", &["strategy", "µs"]);
    for (name, us) in decision_us {
        table.row([name.clone(), format!("{us:.1}")]);
    }
    format!("{}{}", bars.svg(), table.html())
}

fn by_scenario(results: &Value) -> String {
    let scenarios: Vec<String> = list(&results["scenarios"]).iter().map(text).collect();
    let header: Vec<&str> = std::iter::once("strategy").chain(scenarios.iter().map(String::as_str)).collect();
    let mut table = Table::new("Mean utility in each scenario", &header);
    for s in list(&results["leaderboard"]) {
        let cells = list(&s["by_scenario"]).iter().map(|u| figure(u, 3));
        table.row(std::iter::once(text(&s["strategy"])).chain(cells));
    }
    table.html()
}

fn differences(results: &Value) -> String {
    let mut table =
        Table::new("Pairs, the greatest difference first", &["better", "than", "by", "p", "p corrected"]);
    let mut pairs: Vec<&Value> = list(&results["differences"]).iter().collect();
    let by = |d: &Value| d["difference"].as_f64().unwrap_or(0.0);
    pairs.sort_by(|a, b| by(b).total_cmp(&by(a)));
    for d in pairs {
        let words = [text(&d["better"]), text(&d["other"])];
        table.row(words.into_iter().chain(["difference", "p", "p_corrected"].map(|key| figure(&d[key], 3))));
    }
    table.folded("All pairs")
}

fn payoffs(results: &Value) -> String {
    let names: Vec<String> = list(&results["strategies"]).iter().map(text).collect();
    let header: Vec<&str> =
        std::iter::once("row against column").chain(names.iter().map(String::as_str)).collect();
    let mut table = Table::new("Mean utility of the row's strategy against the column's", &header);
    for (name, row) in names.iter().zip(list(&results["payoffs"])) {
        table.row(std::iter::once(name.clone()).chain(list(row).iter().map(|u| figure(u, 3))));
    }
    table.html()
}

fn dynamics(population: &Value, names: &[String]) -> Lines {
    let rows = list(&population["trajectory"]);
    let share = |row: &Value, at: usize| row[at].as_f64().unwrap_or(f64::NAN);
    let over_time = |at: usize| rows.iter().map(|row| share(row, at)).collect();
    Lines {
        title: "Shares of the population over the replicator dynamics".to_owned(),
        description: "One line for each strategy, all beginning with equal shares; the table below has every tenth step."
            .to_owned(),
        moments: (0..rows.len()).map(|step| format!("{step}%")).collect(),
        series: names.iter().enumerate().map(|(at, name)| (name.clone(), over_time(at))).collect(),
    }
}

fn population(population: &Value, results: &Value) -> String {
    let mut html = String::new();
    for equilibrium in list(&population["equilibria"]) {
        let mixed = escape(&mixture(&equilibrium["mixture"]));
        html += &format!("<p>Nash equilibrium: {mixed}, worth {}.</p>", figure(&equilibrium["value"], 3));
    }
    html += &format!(
        "<p>Replicator dynamics from equal shares end at {}; the best deviation from that gains {}.</p>",
        escape(&mixture(&population["replicator"]["mixture"])),
        figure(&population["regret"], 4)
    );
    let mut table =
        Table::new("The best answer to everybody playing a strategy", &["to", "is", "which gains"]);
    for response in list(&population["best_responses"]) {
        table.row([text(&response[0]), text(&response[1]), figure(&response[2], 3)]);
    }
    let names: Vec<String> = list(&results["strategies"]).iter().map(text).collect();
    let header: Vec<&str> = std::iter::once("step").chain(names.iter().map(String::as_str)).collect();
    let mut shares = Table::new("Shares of the population over the dynamics", &header);
    for (step, row) in list(&population["trajectory"]).iter().enumerate().step_by(10) {
        shares.row(std::iter::once(format!("{step}%")).chain(list(row).iter().map(|x| figure(x, 3))));
    }
    format!(
        "{html}{}{}{}",
        dynamics(population, &names).svg(),
        table.html(),
        shares.folded("Shares over time")
    )
}
