//! Every shipped scenario of two parties with the mandates beside it: in order, and with deals to be had.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use detente_mandate::{Compiled, Mandate};
use scenario::Scenario;
use scoring::Model;
use tariff::{AgendaDigest, Offer};
use utility::Planner;

struct Table {
    compiled: Vec<Compiled>,
    quo: Offer,
    trade: bool,
}

/// The folder of a shipped scenario, or of the series it belongs to.
fn folder(name: &str) -> PathBuf {
    let series = name.split(':').next().unwrap();
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(series)
}

/// A scenario with the mandates of its parties, in seat order.
fn table(name: &str) -> Table {
    let scenario = Scenario::load(name).unwrap_or_else(|e| panic!("{name}: {e}"));
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    let quo = scenario.status_quo_offer(&agenda).unwrap();
    let model = scenario.model(&agenda).unwrap().map(|m| Arc::new(m) as Arc<dyn Model>);
    let folder = folder(name).join("mandates");
    let compiled = scenario.parties().iter().map(|party| {
        let file = format!("{}.toml", party.id);
        let text =
            std::fs::read_to_string(folder.join(&file)).unwrap_or_else(|e| panic!("{name} {file}: {e}"));
        let mandate = Mandate::parse(&file, &text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(mandate.party(), &party.id, "{name} {file}");
        mandate.compile(&agenda, model.clone(), &quo).unwrap_or_else(|e| panic!("{name}: {e}"))
    });
    let compiled = compiled.collect();
    Table { compiled, quo, trade: scenario.trade().is_some() }
}

fn worth(compiled: &Compiled, offer: &Offer) -> f64 {
    compiled.preferences().utility().value(offer)
}

/// Somebody can propose what the other accepts: among the offers best for the second party at each
/// utility of the first, one that is worth more than walking away to both and keeps both their red lines.
#[test]
fn every_scenario_of_two_has_a_deal_to_be_had() {
    for name in Scenario::embedded() {
        let Table { compiled, quo, trade } = table(name);
        let [first, second] = compiled.as_slice() else { continue };
        // A profile of a reference domain walks away with nothing, whatever its status quo is worth.
        for party in [first, second].into_iter().filter(|_| trade) {
            let bar = party.preferences().walk_away();
            assert!(worth(party, &quo) < bar, "{name}: {} prefers the status quo", party.party());
        }
        let prior = Some(second.preferences().utility());
        let planner = Planner::new(first.preferences(), prior).unwrap();
        let targets = (0..=500).map(|step| f64::from(step) / 500.0);
        let mut offers = targets.filter(|t| *t > first.preferences().walk_away()).map(|t| planner.at(t));
        let both = |offer: &Offer| compiled.iter().all(|party| party.preferences().acceptable(offer));
        assert!(offers.any(|offer| both(&offer)), "{name}: no deal found");
    }
}

/// A status quo is worth what the comment of its mandate says, to the digits it says it in.
#[test]
fn comments_of_mandates_say_what_the_status_quo_is_worth() {
    for name in ["uk-2025", "eu-2025", "usmca-2026:CAN", "usmca-2026:MEX", "seventeen-partners:JPN"] {
        let Table { compiled, quo, .. } = table(name);
        // A mandate that serves a whole series says a range.
        let own = compiled.iter().filter(|party| !name.contains(':') || party.party().as_str() != "USA");
        for party in own {
            let file = format!("mandates/{}.toml", party.party());
            let text = std::fs::read_to_string(folder(name).join(file)).unwrap();
            let said = text.split("is worth ").nth(1).unwrap().split_whitespace().next().unwrap();
            let said = said.trim_end_matches([',', '.']);
            let digits = said.split('.').nth(1).unwrap().len();
            assert_eq!(said, format!("{:.digits$}", worth(party, &quo)), "{name}");
        }
    }
}
