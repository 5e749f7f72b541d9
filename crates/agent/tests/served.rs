//! A strategy that is served decides as it would here, and the conformance kit finds what is wrong.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use detente_agent::{Finding, Source, check, serve};
use strategy::{Decision, Situation, Strategy, StrategyError, StrategySpec};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long an agent stays silent at most, if the kit never says that it is through with it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves on a thread of its own, until the guard is dropped; how to name it.
fn served(
    make: impl Fn() -> Box<dyn Strategy> + Send + Sync + 'static,
) -> (Source, tokio_util::sync::DropGuard) {
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let (told, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap()).unwrap();
            serve(listener, make, stop).await.unwrap();
        });
    });
    let source = format!("grpc://{}", address.recv().unwrap()).parse().unwrap();
    (source, shutdown.drop_guard())
}

fn native(spec: &str) -> impl Fn() -> Box<dyn Strategy> + Send + Sync + 'static {
    let spec: StrategySpec = spec.parse().unwrap();
    move || spec.open()
}

#[test]
fn native_strategies_conform_here_and_when_served() {
    for spec in ["boulware", "micro", "tit-for-tat", "random-walker"] {
        let (remote, _guard) = served(native(spec));
        for source in [remote, spec.parse().unwrap()] {
            let findings = check(&source, |_| {}).unwrap();
            let failed: Vec<_> = findings.iter().filter(|f| f.passed == Some(false)).collect();
            assert!(failed.is_empty(), "{source}: {failed:?}");
            assert_eq!(findings.len(), 12, "{findings:?}");
        }
    }
}

/// Decides by what it lived through, not by the history.
struct Forgetful(StrategySpec, u64);

static TALKS: AtomicU64 = AtomicU64::new(0);

impl Strategy for Forgetful {
    fn name(&self) -> &str {
        "forgetful"
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        self.1 += 1;
        if self.1.is_multiple_of(3) {
            return Ok(Decision::Propose(situation.planner().at(0.5)));
        }
        self.0.open().decide(situation)
    }
}

#[test]
fn the_kit_finds_a_strategy_that_lives_in_its_own_past_and_one_that_fails() {
    let boulware: StrategySpec = "boulware".parse().unwrap();
    let spec = boulware.clone();
    let (forgetful, _guard) = served(move || Box::new(Forgetful(spec.clone(), 0)));
    let findings = check(&forgetful, |_| {}).unwrap();
    let failed: Vec<_> = findings.iter().filter(|f| f.passed == Some(false)).map(|f| f.check).collect();
    assert_eq!(failed, ["the turn at hand after a reconnection"]);
    assert!(findings.iter().filter(|f| f.passed == Some(false)).all(|f| !f.advice.is_empty()));

    let (moody, _guard) =
        served(move || Box::new(Forgetful(boulware.clone(), TALKS.fetch_add(1, Ordering::Relaxed))));
    let findings = check(&moody, |_| {}).unwrap();
    let failed = findings.iter().filter(|f| f.passed == Some(false)).map(|f| f.check);
    assert!(failed.into_iter().any(|check| check == "same seed, same moves"));
}

/// Has no answer to its second turn until it is told that nobody waits for it any more.
struct Dawdler(u32, StrategySpec, Arc<(Mutex<bool>, Condvar)>);

impl Strategy for Dawdler {
    fn name(&self) -> &str {
        "dawdler"
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        self.0 += 1;
        if self.0 == 2 {
            let (over, told) = &*self.2;
            drop(told.wait_timeout_while(over.lock().unwrap(), PATIENCE, |over| !*over).unwrap());
        }
        self.1.open().decide(situation)
    }
}

#[test]
fn the_kit_says_that_an_agent_is_late_and_how_late_it_may_be() {
    let boulware: StrategySpec = "boulware".parse().unwrap();
    let over = Arc::new((Mutex::new(false), Condvar::new()));
    let given = over.clone();
    let (late, _guard) = served(move || Box::new(Dawdler(0, boulware.clone(), given.clone())));
    let release = |found: &Finding| {
        if found.check == "time limits" {
            *over.0.lock().unwrap() = true;
            over.1.notify_all();
        }
    };
    let findings = check(&format!("{late}?limit=150ms").parse().unwrap(), release).unwrap();
    let pace = findings.iter().find(|f| f.check == "time limits").unwrap();
    assert_eq!(pace.passed, Some(false), "{pace:?}");
    assert!(pace.seen.contains("round 2") && pace.seen.contains("150ms"), "{pace:?}");
    assert!(pace.advice.contains("limit="), "{pace:?}");
}

#[test]
fn the_last_round_is_tried_with_the_last_word_too() {
    /// Fails where somebody else has proposed in the only round.
    struct Speechless;
    impl Strategy for Speechless {
        fn name(&self) -> &str {
            "speechless"
        }
        fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
            if situation.talk().terms().rounds() == 1 && situation.offered().is_some() {
                let (strategy, message) = ("speechless".to_owned(), "no words".to_owned());
                return Err(StrategyError::Failed { strategy, message });
            }
            Ok(Decision::Propose(situation.planner().best().clone()))
        }
    }
    let (source, _guard) = served(|| Box::new(Speechless));
    let findings = check(&source, |_| {}).unwrap();
    let last = findings.iter().find(|f| f.check == "the last round").unwrap();
    assert!(last.passed == Some(false) && last.seen.starts_with("with the last word"), "{last:?}");
}

#[test]
fn one_grammar_names_them_all_and_says_what_is_wrong() {
    for text in [
        "boulware:e=0.1",
        "grpc://127.0.0.1:9000",
        "grpc://127.0.0.1:9000?fallback=micro:rungs=7&limit=250ms",
    ] {
        assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
    }
    let wrong = [
        ("grpc://9000", "grpc://HOST:PORT"),
        ("grpc://127.0.0.1:0", "grpc://HOST:PORT"),
        ("grpc://127.0.0.1:9000?speed=1", "fallback=SPEC or limit"),
        ("grpc://127.0.0.1:9000?limit=soon", "limit=2000ms"),
        ("grpc://127.0.0.1:9000?fallback=nobody", "no strategy \"nobody\""),
        ("nowhere.toml", "cannot read strategy nowhere.toml"),
        ("guest.wasm", "wasm"),
        ("nobody", "expected one of"),
    ];
    for (text, expected) in wrong {
        let error = text.parse::<Source>().unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_file_puts_a_strategy_together_and_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = |text: &str| {
        let path = folder.path().join("parts.toml");
        std::fs::write(&path, text).unwrap();
        path.display().to_string().parse::<Source>()
    };
    let parts = file(
        "offering = \"hardheaded\"\nmodel = \"bayesian\"\nacceptance = \"combi\"\n[acceptance_parameters]\nt = 0.9\n",
    )
    .unwrap();
    assert_eq!(parts.factory().spec(), "hardheaded:model=bayesian,accept=combi,t=0.9");
    assert!(parts.to_string().ends_with("parts.toml"), "{parts}");
    let agent = file("agent = \"grpc://127.0.0.1:9000\"\nlimit = \"2s\"\n").unwrap();
    assert_eq!(agent.factory().spec(), "grpc://127.0.0.1:9000?limit=2000ms");
    for (text, expected) in [
        ("offering = \"boulware\"\nspeed = 1\n", "speed"),
        ("offering = \"boulware\"\n[parameters]\ne = 7\n", "e=7 is not valid"),
        ("offering = \"boulware\"\nmodel = \"smith\"\n", "no parameter \"model\""),
        ("agent = \"grpc://127.0.0.1:9000\"\nlimit = \"soon\"\n", "limit"),
        ("offering", "parts.toml"),
    ] {
        let error = file(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
