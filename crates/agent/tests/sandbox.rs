//! A sandboxed strategy keeps to its limits, decides the same everywhere, and what breaks it misses a
//! turn and no more.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod guests;
mod kinds;

use std::sync::Arc;
use std::time::Duration;

use detente_agent::sandbox::{Limits, LoadError, Sandbox, componentize};
use detente_agent::{Source, SourceError, check};
use guests::{PROPOSE, bound, brief, guest, module, opened, terms};
use kinds::kind_of;
use strategy::{Brief, Decision, Factory, Seat, Situation, StrategyError, StrategySpec, play};
use talks::{Talk, What};
use tariff::Offer;
use utility::{Preferences, Remainder, Utility};

const ENDLESS: &str = "(loop $again (br $again)) (unreachable)";

/// The first decision of a strategy with this body, or the kind and the text of its failure.
fn first(open: &str, decide: &str, limits: Limits) -> Result<Decision, (String, String)> {
    let (talk, brief) = (opened(5), brief(0));
    let situation = Situation::new(&talk, &brief).unwrap();
    let mut strategy = guest(open, decide, limits).open().unwrap();
    let (kind, decided) = kind_of(|| strategy.decide(&situation));
    decided.map_err(|error| match error {
        StrategyError::Failed { message, .. } => (kind.unwrap(), message),
        other => panic!("{other}"),
    })
}

fn failure(open: &str, decide: &str, limits: Limits) -> (String, String) {
    first(open, decide, limits).unwrap_err()
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    for (open, decide, call) in [("", ENDLESS, "decide"), ("(loop $again (br $again))", PROPOSE, "open")] {
        let (kind, message) = failure(open, decide, Limits { fuel: 1_000_000, ..Limits::default() });
        assert_eq!(kind, "SANDBOX_FUEL");
        assert!(message.contains(call) && message.contains("1000000"), "{message}");
    }
}

#[test]
fn fuel_is_a_count_and_the_same_every_time() {
    let countdown = "(local.set $n (i32.const 1000))
        (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))";
    let decide = format!("{countdown} {PROPOSE}");
    let enough = |fuel| first("", &decide, Limits { fuel, ..Limits::default() }).is_ok();
    let least = |range: std::ops::Range<u64>| {
        let (mut low, mut high) = (range.start, range.end);
        while low + 1 < high {
            let middle = u64::midpoint(low, high);
            if enough(middle) { high = middle } else { low = middle }
        }
        high
    };
    let found = least(0..100_000);
    assert!(found > 1_000 && (found == least(500..50_000)), "{found}");
    assert!(!enough(found - 1));
}

#[test]
fn memory_ends_at_its_limit() {
    let hungry = "(loop $again (drop (memory.grow (i32.const 16))) (br $again)) (unreachable)";
    let (kind, message) = failure("", hungry, Limits::default());
    assert_eq!(kind, "SANDBOX_MEMORY");
    assert!(message.contains(&(64 * 1024 * 1024).to_string()), "{message}");
    let (kind, _) = failure("", PROPOSE, Limits { memory: Limits::LEAST_MEMORY, ..Limits::default() });
    assert_eq!(kind, "SANDBOX_MEMORY", "what it begins with counts");
}

#[test]
fn with_all_the_fuel_there_is_time_ends_a_loop() {
    let limits = Limits { fuel: Limits::MOST_FUEL, time: Duration::from_millis(50), ..Limits::default() };
    let (kind, message) = failure("", ENDLESS, limits);
    assert_eq!(kind, "SANDBOX_TIME");
    assert!(message.contains("50ms"), "{message}");
}

#[test]
fn crashes_and_words_that_are_no_decision_have_kinds_of_their_own() {
    let divided = "(drop (i32.div_u (i32.const 1) (i32.const 0))) (unreachable)";
    let deep = "(call $deeper) (unreachable)) (func $deeper (call $deeper)";
    let far = "(i32.store (i32.const 2056) (i32.const 2)) (call $propose (i32.const 3))";
    let wild = "(call $fail (i32.const -1) (i32.const 100))";
    let long = "(call $fail (i32.const 4096) (i32.const 60000))";
    let cases = [
        ("(unreachable)", "SANDBOX_TRAP", "unreachable"),
        (divided, "SANDBOX_TRAP", "divide by zero"),
        (deep, "SANDBOX_TRAP", "stack"),
        (wild, "SANDBOX_TRAP", "out of bounds"),
        ("(call $fail (i32.const 512) (i32.const 7))", "SANDBOX_GAVE_UP", "no idea"),
        (long, "SANDBOX_GAVE_UP", "…"),
        (far, "SANDBOX_UNUSABLE", "pause"),
        ("(call $propose (i32.const 2))", "SANDBOX_UNUSABLE", "2 levels"),
        ("(call $propose (i32.const 200000))", "SANDBOX_UNUSABLE", "200000"),
        ("(call $answer (i32.const 1))", "SANDBOX_UNUSABLE", "no offer"),
        ("(call $answer (i32.const 7))", "SANDBOX_TRAP", ""),
    ];
    for (decide, expected, says) in cases {
        let (kind, message) = failure("", decide, Limits::default());
        assert_eq!(kind, expected, "{decide}: {message}");
        assert!(message.contains(says) && message.len() < 1_500, "{decide}: {message}");
    }
}

#[test]
fn a_turn_without_a_move_is_missed_and_the_next_has_a_fresh_instance_that_hears_all() {
    // At its second turn it crashes. At the third it has no turn of its own behind it if it is fresh,
    // and proposes if it was told of all four.
    let decide = "(if (i64.eq (local.get $turn) (i64.const 3)) (then (unreachable)))
        (if (i64.eq (local.get $turn) (i64.const 5))
          (then (if (i32.ne (local.get $news) (i32.const 4)) (then (unreachable)))))
        (call $propose (i32.const 3))";
    let briefs = [brief(0), brief(1)];
    let mut strategy = guest("", decide, Limits::default()).open().unwrap();
    let mut other = "boulware".parse::<StrategySpec>().unwrap().open();
    let mut seats = [
        Seat { brief: &briefs[0], strategy: &mut *strategy },
        Seat { brief: &briefs[1], strategy: &mut *other },
    ];
    let talk = play(terms(4), &mut seats).unwrap();
    let own: Vec<_> = talk.history().iter().filter(|past| past.party == *briefs[0].me()).collect();
    assert!(matches!(own[0].what, What::Proposed(_)));
    assert!(matches!(own[1].what, What::Missed));
    assert!(own[2..].iter().all(|past| matches!(past.what, What::Proposed(_))), "{own:?}");
}

#[test]
fn nans_have_one_pattern_whatever_made_them() {
    // The level is the number of operations whose NaN is not the canonical one.
    let odd = |operation: &str| {
        format!("(i64.ne (i64.reinterpret_f64 {operation}) (i64.const 0x7ff8000000000000))")
    };
    let quiet = "(f64.reinterpret_i64 (i64.const 0xfff8dead0000beef))";
    let operations = [
        "(f64.div (f64.const 0) (f64.const 0))".to_owned(),
        "(f64.sqrt (f64.const -1))".to_owned(),
        format!("(f64.add {quiet} (local.get $progress))"),
        format!("(f64.max {quiet} {quiet})"),
        "(f64.sub (f64.const inf) (f64.const inf))".to_owned(),
        "(f64.promote_f32 (f32.div (f32.const 0) (f32.const 0)))".to_owned(),
    ];
    let sum = operations.iter().map(|o| odd(o)).reduce(|a, b| format!("(i32.add {a} {b})")).unwrap();
    let decide = format!("(i32.store (i32.const 2048) {sum}) {PROPOSE}");
    let Decision::Propose(offer) = first("", &decide, Limits::default()).unwrap() else { panic!() };
    assert_eq!(guests::agenda().levels_of(&offer).unwrap(), [0, 2, 1]);
}

#[test]
fn notes_without_end_do_no_harm() {
    let chatty = "(local.set $n (i32.const 10000))
        (loop $again (call $note (i32.const 512) (i32.const 7))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))";
    first("", &format!("{chatty} {PROPOSE}"), Limits::default()).unwrap();
    // A note of more than may be handed over at once.
    let huge = "(drop (memory.grow (i32.const 64))) (call $note (i32.const 0) (i32.const 2097152))";
    let (kind, _) = failure("", &format!("{huge} {PROPOSE}"), Limits::default());
    assert_eq!(kind, "SANDBOX_TRAP");
}

fn refused(component: &[u8]) -> LoadError {
    Sandbox::compile("guest.wasm", component, Limits::default()).err().expect("it is refused")
}

#[test]
fn a_component_that_imports_more_is_refused_by_name() {
    let clock = r#"(component
        (import "wasi:clocks/monotonic-clock@0.2.0" (instance (export "now" (func (result u64)))))
        (import "note" (func (param "text" string))))"#;
    let error = refused(&wat::parse_str(clock).unwrap());
    assert!(matches!(&error, LoadError::Import { name } if name.starts_with("wasi:clocks")), "{error}");
    assert!(error.to_string().contains("wasi:clocks/monotonic-clock@0.2.0"), "{error}");
    let module =
        "(module (import \"wasi_snapshot_preview1\" \"random_get\" (func (param i32 i32) (result i32))))";
    let error = componentize(&bound(module)).unwrap_err();
    assert!(error.to_string().contains("wasi_snapshot_preview1"), "{error}");
}

#[test]
fn what_is_no_strategy_is_refused_with_what_to_do() {
    let whole = componentize(&module("", PROPOSE)).unwrap();
    assert!(matches!(refused(b"int main() {}"), LoadError::NotWebAssembly));
    assert!(matches!(refused(b""), LoadError::NotWebAssembly));
    let core = refused(&module("", PROPOSE)).to_string();
    assert!(core.contains("detente agent build"), "{core}");
    for length in [6, 8, 100, whole.len() / 2, whole.len() - 1] {
        let error = refused(&whole[..length]);
        assert!(matches!(error, LoadError::Invalid { .. } | LoadError::World { .. }), "{length}: {error}");
    }
    let empty = refused(&wat::parse_str("(component)").unwrap());
    assert!(matches!(&empty, LoadError::World { .. }), "{empty}");
    assert!(matches!(refused(&[&whole[..8], &[0; 9 << 20]].concat()), LoadError::TooLarge { .. }));
}

#[test]
fn a_compiler_has_limits_of_size_and_time() {
    let component = |body: &str| componentize(&module("", &format!("{body} {PROPOSE}"))).unwrap();
    let error = refused(&component(&"nop ".repeat(300_000)));
    assert!(matches!(error, LoadError::Function { bytes } if bytes > 300_000), "{error}");
    assert!(error.to_string().contains("262144"), "{error}");
    let many = include_str!("guests/guest.wat").replacen(
        "(func $fail",
        &format!("{} (func $fail", "(func) ".repeat(20_001)),
        1,
    );
    let many = many.replace("@open@", "").replace("@decide@", PROPOSE);
    let error = refused(&componentize(&bound(&many)).unwrap());
    assert!(matches!(error, LoadError::Functions), "{error}");

    let long = component(&"(local.set $n (i32.mul (local.get $n) (local.get $n))) ".repeat(30_000));
    let limit = Duration::from_millis(1);
    let hurried = Limits { compile: limit, ..Limits::default() };
    let error = Sandbox::compile("guest.wasm", &long, hurried).err().unwrap();
    assert!(matches!(error, LoadError::Slow { limit: given } if given == limit), "{error}");
    let short = component("");
    assert!(
        Sandbox::compile("guest.wasm", &short, Limits::default()).is_ok(),
        "others are compiled meanwhile"
    );
}

#[test]
fn a_file_without_end_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let endless = folder.path().join("endless.wasm");
    std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
    let error = Sandbox::load(&endless.display().to_string(), Limits::default()).err().unwrap();
    assert!(matches!(error, LoadError::TooLarge { .. }), "{error}");
}

/// A part of a utility that no table holds.
struct Mood;

impl Remainder for Mood {
    fn value(&self, _: &Offer) -> f64 {
        0.1
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, 0.1)
    }
}

#[test]
fn a_utility_that_is_no_sum_of_tables_is_refused_with_the_party() {
    let talk = opened(5);
    let agenda = guests::agenda();
    let utility = Utility::with_remainder(&agenda, Vec::new(), Arc::new(Mood)).unwrap();
    let preferences = Preferences::new(utility, 0.0).unwrap();
    let brief = Brief::new(guests::parties()[0].clone(), &preferences, None, brief(0).seed()).unwrap();
    let sandbox = guest("", PROPOSE, Limits::default());
    let mut strategy = sandbox.open().unwrap();
    let (kind, decided) = kind_of(|| strategy.decide(&Situation::new(&talk, &brief).unwrap()));
    let message = decided.unwrap_err().to_string();
    assert_eq!(kind.unwrap(), "SANDBOX_UNFIT");
    assert!(message.contains("the mandate of USA") && message.contains("gRPC"), "{message}");

    let findings = check(&Source::from(sandbox), |_| {}).unwrap();
    let by_question = findings.iter().find(|f| f.check.contains("by question")).unwrap();
    assert_eq!(by_question.passed, None, "the kit knows that it asks for a closed form");
}

#[test]
fn a_file_names_a_component_and_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let component = write("guest.wasm", &componentize(&module("", ENDLESS)).unwrap());
    let source: Source = component.parse().unwrap();
    assert_eq!(source.to_string(), component);
    assert!(source.factory().deterministic() && source.factory().may_miss());

    let limited =
        "sandbox = \"guest.wasm\"\nfuel = 5000\nmemory = 2097152\nlimit = \"2s\"\ncompile = \"50s\"\n";
    let source: Source = write("limited.toml", limited.as_bytes()).parse().unwrap();
    let (talk, brief) = (opened(5), brief(0));
    let decided = source.open().unwrap().decide(&Situation::new(&talk, &brief).unwrap());
    assert!(decided.unwrap_err().to_string().contains("fuel of 5000"));

    for (text, says) in [
        ("sandbox = \"guest.wasm\"\nfuel = 0", "fuel: 0 is out of range"),
        ("sandbox = \"guest.wasm\"\nmemory = 5", "memory: 5 is out of range"),
        ("sandbox = \"guest.wasm\"\nlimit = \"soon\"", "limit: \"soon\""),
        ("sandbox = \"guest.wasm\"\ncompile = \"0s\"", "compile: \"0s\""),
        ("sandbox = \"guest.wasm\"\nfallback = \"boulware\"", "fallback"),
        ("sandbox = \"none.wasm\"", "none.wasm"),
    ] {
        let error = write("wrong.toml", text.as_bytes()).parse::<Source>().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let cut = write("cut.wasm", b"\0asm");
    assert!(matches!(cut.parse::<Source>(), Err(SourceError::Sandbox { .. })));
}

#[test]
fn a_talk_is_the_same_twice_and_every_turn_the_same_from_a_fresh_instance() {
    // Accepts whatever stands in the last round, and before that walks its first issue down by rounds.
    let decide = "(i32.store (i32.const 2048) (i32.sub (i32.const 10) (local.get $round)))
        (i32.store (i32.const 2052) (i32.const 2)) (i32.store (i32.const 2056) (i32.const 1))
        (if (result i32) (i32.and (local.get $offered) (i32.eqz (local.get $left)))
          (then (call $answer (i32.const 1))) (else (call $propose (i32.const 3))))";
    let sandbox = guest("", decide, Limits::default());
    let source = Source::from(sandbox);
    let findings = check(&source, |_| {}).unwrap();
    let alike = |name: &str| findings.iter().find(|f| f.check == name).unwrap().passed;
    assert_eq!(alike("same seed, same moves"), Some(true));
    let talks: Vec<Talk> = (0..2)
        .map(|_| {
            let briefs = [brief(0), brief(1)];
            let (mut own, mut other) =
                (source.open().unwrap(), "boulware".parse::<StrategySpec>().unwrap().open());
            let mut seats = [
                Seat { brief: &briefs[0], strategy: &mut *own },
                Seat { brief: &briefs[1], strategy: &mut *other },
            ];
            play(terms(6), &mut seats).unwrap()
        })
        .collect();
    assert_eq!(talks[0].history(), talks[1].history());
    assert!(talks[0].agreed().is_some() || talks[0].history().len() == 12);
}
