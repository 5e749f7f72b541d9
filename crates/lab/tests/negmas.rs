//! Agreements of NegMAS 0.16 on random domains, which the native strategies reach too: as its own
//! mechanism printed them, by what `detente bench lab --python PATH` asks of it.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_lab::speed::Domain;
use serde::Deserialize;
use strategy::StrategySpec;

const ROUNDS: u32 = 100;

#[derive(Deserialize)]
struct Row {
    domain: u64,
    issues: usize,
    values: usize,
    strategy: String,
    agreed: Option<Vec<u32>>,
}

#[test]
fn natives_agree_on_what_those_of_negmas_agree_on() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("negmas-0.16.json")).unwrap();
    assert_eq!(rows.len(), 88);
    for row in rows {
        let spec = match row.strategy.as_str() {
            "boulware" => "boulware:e=0.25,inside=1",
            "linear" => "linear:inside=1",
            "conceder" => "conceder:e=4,inside=1",
            _ => "micro:rungs=0",
        };
        let pitch = Domain::random(row.domain, row.issues, row.values).unwrap().pitch(ROUNDS).unwrap();
        let talk = pitch.play_shared(&spec.parse::<StrategySpec>().unwrap(), 0).unwrap();
        let agreed = talk.agreed().map(|offer| pitch.levels(offer));
        assert_eq!(agreed, row.agreed, "{spec} in domain {} of {} issues", row.domain, row.issues);
    }
}
