//! Agents that hang, crash, answer garbage, answer late, answer out of bounds, flood and reconnect:
//! the talk ends by its rules, the other party is not hurt, and record and trace say what happened.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use delegation::service::Settings;
use delegation::{Config, Player};
use detente_tests::agents::{Agent, Asked, Question, Reply, best};
use detente_tests::collector::Collector;
use detente_tests::mediators::Mediator;
use detente_tests::patiently;
use detente_tests::programs::{program, workspace};
use detente_tests::seats::Seat;
use detente_tests::talks_at::{convene, party, scenario_terms};
use record::MemoryLog;
use scenario::Scenario;
use serde_json::Value;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use wire::pb::strategy::v1 as pb;

/// A talk over the domain Laptop in which the buyer's turns are an agent's.
struct Played {
    report: Value,
    entries: Vec<Value>,
    /// All that left the processes as log records.
    told: String,
    /// The `error.type` of every decision of the buyer's that went wrong.
    errors: Vec<String>,
}

impl Played {
    fn missed(&self, party: &str) -> usize {
        let missed = |entry: &&Value| entry["kind"] == "turn_missed" && entry["decoded"]["party"] == party;
        self.entries.iter().filter(missed).count()
    }

    fn reason(&self) -> &str {
        self.report["reason"].as_str().unwrap()
    }

    /// Three missed turns in a row, said by the record, and by the trace in these words.
    fn assert_forfeited(&self, error: &str) {
        assert_eq!(self.report["outcome"], "failed");
        assert!(self.reason().contains("BUYER"), "{}", self.reason());
        assert_eq!((self.missed("BUYER"), self.missed("SELLER")), (3, 0));
        assert_eq!(self.errors, vec![error; 3]);
    }
}

/// The scenario with a second for each turn, and its mandates.
fn scenario(folder: &Path) -> Vec<String> {
    let shipped = workspace().join("scenarios/laptop");
    let text = std::fs::read_to_string(shipped.join("public/scenario.toml")).unwrap();
    let text = text.replace("rounds = 60", "rounds = 12\nturn_limit_seconds = 1");
    std::fs::create_dir_all(folder.join("public")).unwrap();
    std::fs::write(folder.join("public/scenario.toml"), text).unwrap();
    let mandate =
        |party: &str| format!("{party}={}", shipped.join(format!("mandates/{party}.toml")).display());
    vec![
        folder.display().to_string(),
        "--mandate".into(),
        mandate("BUYER"),
        "--mandate".into(),
        mandate("SELLER"),
    ]
}

async fn detente(folder: &Path, collector: &Collector, arguments: &[String]) -> Value {
    let mut command = Command::new(program("detente"));
    command.args(arguments).args(["--format", "json"]).current_dir(folder).stdin(Stdio::null());
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()).kill_on_drop(true);
    let output = patiently("the command", command.output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn play(agent: &Agent) -> Played {
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let strategies = [format!("BUYER={}", agent.spec(250)), "SELLER=boulware".to_owned()];
    let strategies = strategies.into_iter().flat_map(|s| ["--strategy".to_owned(), s]);
    let mut arguments = vec!["run".to_owned()];
    arguments.extend(scenario(folder.path()).into_iter().chain(strategies));
    let report = detente(folder.path(), &collector, &arguments).await;
    let show = ["record", "show", "--record", "detente.db"].map(str::to_owned);
    let shown = detente(folder.path(), &collector, &show).await;
    let told = format!("{:?}", collector.events());
    let spans = collector.spans();
    let errors = spans.iter().filter(|span| span.name == "evaluate");
    let errors = errors.filter_map(|span| span.attributes.get("error.type").cloned()).collect();
    let traces: std::collections::BTreeSet<_> = spans.iter().map(|span| span.trace_id.as_str()).collect();
    assert_eq!(traces, [report["trace_id"].as_str().unwrap()].into(), "one trace, whatever the agent does");
    Played { report, entries: shown["entries"].as_array().unwrap().clone(), told, errors }
}

fn turn(asked: &Asked) -> Option<&pb::Turn> {
    if let Question::Turn(turn) = &asked.turn { Some(turn) } else { None }
}

fn answer(asked: &Asked) -> Reply {
    Reply::Moves(vec![best(asked, asked.number())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_hangs_forfeits() {
    let agent = Agent::start(|_| Reply::Silence).await;
    play(&agent).await.assert_forfeited("AGENT_SILENT");
    let streams: Vec<_> = agent.asked().iter().map(|asked| asked.stream).collect();
    assert_eq!(streams, [0, 0, 0], "one that is only late keeps its stream");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_crashes_at_every_turn_forfeits() {
    let agent = Agent::start(|_| Reply::Crash).await;
    play(&agent).await.assert_forfeited("AGENT_GONE");
    assert_eq!(agent.asked().last().unwrap().stream, 2, "every turn dials anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_answers_garbage_is_corrected_twice_a_turn_and_forfeits() {
    let garbage = |asked: &Asked| {
        let digest = pb::Move {
            turn: asked.number(),
            act: Some(pb::r#move::Act::Propose(wire::pb::tariff::v1::Offer {
                agenda_digest: vec![7; 32],
                values: Vec::new(),
            })),
        };
        let empty = pb::Move { turn: asked.number(), act: None };
        Reply::Moves(vec![if turn(asked).is_some() { empty } else { digest }])
    };
    let agent = Agent::start(garbage).await;
    play(&agent).await.assert_forfeited("AGENT_UNUSABLE");
    let corrections: Vec<_> = agent
        .asked()
        .into_iter()
        .filter_map(|asked| match asked.turn {
            Question::Correction(given) => Some((given.attempts_left, given.status.unwrap().message)),
            Question::Turn(_) => None,
        })
        .collect();
    assert_eq!(corrections.len(), 6, "{corrections:?}");
    assert_eq!((corrections[0].0, corrections[1].0), (2, 1));
    assert!(corrections[0].1.contains("move.act"), "{corrections:?}");
    assert!(corrections[1].1.contains("agenda"), "{corrections:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_comes_a_turn_late_is_ignored() {
    let late = |asked: &Asked| {
        let now = asked.number();
        match turn(asked) {
            Some(turn) if turn.round == 1 => Reply::Silence,
            Some(turn) if turn.round == 2 => Reply::Moves(vec![best(asked, 1), best(asked, now)]),
            _ => answer(asked),
        }
    };
    let agent = Agent::start(late).await;
    let played = play(&agent).await;
    assert_eq!(played.report["outcome"], "agreed", "{}", played.reason());
    assert_eq!((played.missed("BUYER"), played.missed("SELLER")), (1, 0));
    assert_eq!(played.errors, ["AGENT_SILENT"]);
    let told: Vec<_> = agent.asked().iter().filter_map(|a| turn(a).map(|t| t.last)).take(3).collect();
    use pb::LastTurn::{Missed, Taken, Unspecified};
    assert_eq!(told, [i32::from(Unspecified), i32::from(Missed), i32::from(Taken)]);
    assert_eq!(agent.ended().len(), 1, "the agent hears how the talk ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_out_of_bounds_is_corrected_and_counts_for_nothing() {
    let bounds = |asked: &Asked| {
        let mut given = best(asked, asked.number());
        if turn(asked).is_some()
            && let Some(pb::r#move::Act::Propose(offer)) = &mut given.act
        {
            let issue = wire::pb::tariff::v1::issue_value::Value::Choice("a yacht".to_owned());
            offer.values[0].value = Some(issue);
        }
        Reply::Moves(vec![given])
    };
    let agent = Agent::start(bounds).await;
    let played = play(&agent).await;
    assert_eq!(played.report["outcome"], "agreed", "{}", played.reason());
    assert_eq!((played.missed("BUYER"), played.errors.len()), (0, 0));
    let corrected = agent.asked().into_iter().find_map(|asked| match asked.turn {
        Question::Correction(given) => given.status,
        Question::Turn(_) => None,
    });
    let status = corrected.unwrap();
    assert!(status.message.contains("a yacht"), "{}", status.message);
    assert!(played.told.contains("the agent is corrected"), "{}", played.told);
    assert!(!played.told.contains("a yacht"), "a draft nobody was to see: {}", played.told);
    assert!(!status.details.is_empty(), "machines are told the reason and the field");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_floods_is_cut_off_and_forfeits() {
    let agent = Agent::start(|asked| Reply::Moves(vec![best(asked, 0); 20_000])).await;
    play(&agent).await.assert_forfeited("AGENT_FLOOD");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_comes_back_is_told_the_history_and_asked_the_turn_at_hand_only() {
    let falls = |asked: &Asked| {
        let third = turn(asked).is_some_and(|turn| turn.round == 3);
        if third && asked.stream == 0 { Reply::Crash } else { answer(asked) }
    };
    let agent = Agent::start(falls).await;
    let played = play(&agent).await;
    assert_eq!(played.report["outcome"], "agreed", "{}", played.reason());
    assert_eq!((played.missed("BUYER"), played.missed("SELLER")), (1, 0));
    assert_eq!(played.errors, ["AGENT_GONE"]);
    let asked = agent.asked();
    let back = asked.iter().find(|asked| asked.stream == 1).and_then(turn).unwrap();
    assert_eq!(back.round, 4, "the turn that was missed is not asked again");
    assert_eq!(back.history.len() as u64, back.turn - 1, "all that happened, as facts");
    let rounds: Vec<_> = asked.iter().filter_map(|a| turn(a).map(|t| t.round)).collect();
    assert!(rounds.windows(2).all(|pair| pair[1] == pair[0] + 1), "{rounds:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fallback_that_the_operator_declares_decides_what_the_agent_leaves() {
    let agent = Agent::start(|_| Reply::Crash).await;
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let file = folder.path().join("buyer.toml");
    let address = agent.spec(250).split('?').next().unwrap().to_owned();
    std::fs::write(&file, format!("agent = {address:?}\nfallback = \"boulware\"\nlimit = \"250ms\"\n"))
        .unwrap();
    let mut arguments = vec!["run".to_owned()];
    arguments.extend(scenario(&folder.path().join("laptop")));
    arguments.extend(["--strategy".to_owned(), format!("BUYER={}", file.display())]);
    let report = detente(folder.path(), &collector, &arguments).await;
    assert_eq!(report["outcome"], "agreed");
    let spans = collector.spans();
    let fell_back = |span: &&detente_tests::collector::SpanData| {
        span.attributes.get("detente.strategy.fallback").is_some_and(|name| name == "boulware")
    };
    assert!(spans.iter().any(|span| fell_back(&span)), "the trace says who decided");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_never_greets_leaves_its_turns_to_the_fallback_in_time() {
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let spec = format!("BUYER=grpc://{}?fallback=conceder", mute.local_addr().unwrap());
    let mut arguments = vec!["run".to_owned()];
    arguments.extend(scenario(&folder.path().join("laptop")));
    arguments.extend(["--strategy".to_owned(), spec]);
    let report = detente(folder.path(), &collector, &arguments).await;
    assert_eq!(report["outcome"], "agreed", "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_hangs_in_a_turn_without_a_limit_is_asked_again() {
    let times = AtomicU32::new(0);
    let hangs_twice = move |asked: &Asked| {
        if times.fetch_add(1, Ordering::SeqCst) < 2 { Reply::Silence } else { answer(asked) }
    };
    let agent = Agent::start(hangs_twice).await;
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let terms = scenario_terms("geneva-2025", None);
    assert_eq!(terms.terms.turn_limit_us(), None);
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "patience", &terms).await;
    let scenario = Arc::new(Scenario::load("geneva-2025").unwrap());
    let strategy: Player = agent.spec(100).parse().unwrap();
    let settings = Settings { scenario: &scenario, mandate: None, strategy: Some(&strategy), seed: 0 };
    let briefing = Arc::new(settings.briefing(&us::PROFILE).unwrap());
    let longest_wait = Duration::from_millis(50);
    let config = Config { longest_wait, ..Config::new(party("USA"), mediator.url(), briefing) };
    let leave = CancellationToken::new();
    let attending = tokio::spawn(delegation::attend_talk(config, talk.clone(), leave.clone()));
    let mut china = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    // Entry 2 opens the talk; nobody misses a turn, and in the end there is an offer.
    let moved = china.entry(3).await;
    assert_eq!(i32::from(moved.kind), wire::EntryKind::Moved as i32);
    let asked: Vec<_> = agent.asked().iter().map(|asked| (asked.stream, asked.number())).collect();
    assert_eq!(asked, [(0, 1), (0, 1), (0, 1)], "one turn, over one stream");
    leave.cancel();
    patiently("the end of the delegation", attending).await.unwrap().unwrap();
}
