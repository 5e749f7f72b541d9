//! The template of a sandboxed strategy as a user has it: written out, built, tried out and played.
//! scripts/test-wasm says how guests are built here: DETENTE_GUEST_ENVIRONMENT holds variables for
//! cargo, DETENTE_GUEST_ARGUMENTS further arguments.
#![allow(clippy::unwrap_used, reason = "helpers stop at the first surprise, as tests do")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use agent::Source;
use common::{Answer, Place};
use mandate::Mandate;
use scenario::Scenario;
use scoring::{ArmingtonCes, Model};
use strategy::{Brief, Decision, Seat, Seed, Situation, Strategy, StrategyError, StrategySpec, play};
use talks::{Procedure, Terms};
use tariff::{Agenda, AgendaDigest, PartyId};

/// The command in the surroundings of the test, for compilers need theirs.
fn builds(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.command(arguments);
    command.envs(std::env::vars_os()).env("CARGO_TARGET_DIR", target());
    let own = std::env::var("DETENTE_GUEST_ENVIRONMENT").unwrap_or_default();
    command.envs(own.split_whitespace().filter_map(|word| word.split_once('=')));
    command
}

fn answer(mut command: Command) -> Answer {
    command.output().unwrap().into()
}

/// The template, built once for all tests.
fn guest() -> &'static Path {
    static GUEST: OnceLock<PathBuf> = OnceLock::new();
    GUEST.get_or_init(|| {
        let place = Place::new();
        place.run(&["agent", "new", "mine", "--lang", "rust-wasm"]).ok();
        let further = std::env::var("DETENTE_GUEST_ARGUMENTS").unwrap_or_default();
        let mut command = builds(&place, &["agent", "build", "mine", "-o", "agent.wasm", "--"]);
        command.args(further.split_whitespace());
        answer(command).ok();
        let kept = target().join("agent.wasm");
        std::fs::rename(place.path().join("agent.wasm"), &kept).unwrap();
        kept
    })
}

/// A folder for guests that stays from run to run.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests")
}

fn geneva(place: &Place) -> serde_json::Value {
    let guest = format!("CHN={}", guest().display());
    place.json(&["run", "geneva-2025", "--seed", "7", "--strategy", &guest])
}

#[test]
fn the_template_conforms_and_plays_geneva_to_the_end_the_same_every_time() {
    let place = Place::new();
    place.run(&["agent", "check", &guest().display().to_string()]).ok();
    let (first, again) = (geneva(&place), geneva(&Place::new()));
    assert_eq!(first["outcome"], "agreed", "{first}");
    assert_eq!(first["reproducible"], true);
    for same in ["offer", "rounds", "moves", "utilities"] {
        assert_eq!(first[same], again[same], "{same}");
    }
    let worth = |name: &str| first[name]["CHN"].as_f64().unwrap();
    assert!(worth("utilities") > worth("walk_away_values"));
}

/// The talk and both parties' papers, without a process for each.
fn parties_of_geneva(rounds: u32) -> (Terms, Vec<Brief>) {
    let scenario = Scenario::load("geneva-2025").unwrap();
    let digest = AgendaDigest::of(b"geneva");
    let agenda = Agenda::new(scenario.issues().to_vec(), digest).unwrap();
    let status_quo = agenda.offer(scenario.status_quo().to_vec()).unwrap();
    let model = ArmingtonCes::compile(scenario.trade().unwrap(), &agenda, &status_quo).unwrap();
    let model: Arc<dyn Model> = Arc::new(model);
    let mandates = [
        ("USA", include_str!("../../../scenarios/geneva-2025/mandates/USA.toml")),
        ("CHN", include_str!("../../../scenarios/geneva-2025/mandates/CHN.toml")),
    ];
    let brief = |(party, text): (&str, &str)| {
        let mandate = Mandate::parse(party, text).unwrap();
        let compiled = mandate.compile(&agenda, Some(model.clone()), &status_quo).unwrap();
        let (party, seed) = (PartyId::new(party).unwrap(), Seed { seed: 7, talk: 0 });
        Brief::new(party, compiled.preferences(), compiled.prior(), seed).unwrap()
    };
    let briefs: Vec<Brief> = mandates.map(brief).to_vec();
    let parties = briefs.iter().map(|brief| brief.me().clone()).collect();
    (Terms::new(Procedure::AlternatingOffers, parties, agenda.clone(), rounds).unwrap(), briefs)
}

/// Asks a fresh instance at each turn what the lasting one is asked.
struct Twice {
    lasting: Box<dyn Strategy>,
    source: Source,
    decisions: Vec<Decision>,
}

impl Strategy for Twice {
    fn name(&self) -> &str {
        self.lasting.name()
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        let decision = self.lasting.decide(situation).unwrap();
        let fresh = self.source.open().unwrap().decide(situation).unwrap();
        assert_eq!(decision, fresh, "round {}", situation.talk().round());
        self.decisions.push(decision.clone());
        Ok(decision)
    }
}

#[test]
fn every_turn_of_geneva_is_decided_alike_by_an_instance_that_only_heard_of_it() {
    let (terms, briefs) = parties_of_geneva(20);
    let source: Source = guest().display().to_string().parse().unwrap();
    let mut twice = Twice { lasting: source.open().unwrap(), source, decisions: Vec::new() };
    let mut other = "boulware".parse::<StrategySpec>().unwrap().open();
    let mut seats =
        [Seat { brief: &briefs[0], strategy: &mut *other }, Seat { brief: &briefs[1], strategy: &mut twice }];
    let talk = play(terms, &mut seats).unwrap();
    assert!(talk.outcome().is_some());
    assert!(twice.decisions.len() > 5, "{}", twice.decisions.len());
}

#[test]
fn what_cannot_be_built_says_what_to_do() {
    let place = Place::new();
    let (code, error) = place.error(&["agent", "build", "nowhere", "-o", "agent.wasm"]);
    assert_eq!((code, error["code"].as_str().unwrap()), (66, "NO_CRATE"));
    assert!(error["hint"].as_str().unwrap().contains("agent new"), "{error}");

    place.write("wrong/Cargo.toml", "[package]\nname = \"wrong\"\nedition = \"2024\"\n[workspace]\n");
    place.write("wrong/src/lib.rs", "this is not Rust\n");
    let failed = answer(builds(&place, &["agent", "build", "wrong", "-o", "agent.wasm", "--format", "json"]));
    assert_eq!(failed.code, 65, "{failed:?}");
    assert!(failed.out.contains("BUILD_FAILED"), "{failed:?}");
    assert!(!place.path().join("agent.wasm").exists());
}

#[test]
fn what_is_no_component_is_refused_before_the_talk() {
    let place = Place::new();
    place.write("agent.wasm", "int main() {}");
    let answer = place.run(&["run", "geneva-2025", "--strategy", "CHN=agent.wasm"]);
    assert_eq!(answer.code, 64, "{answer:?}");
    assert!(answer.err.contains("not WebAssembly"), "{answer:?}");
}
