//! `detente bench lab`: talks in this process beside NegMAS, per second of CPU time.

mod peer;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use ::lab::speed::{Domain, Pitch, SpeedError, offers};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use strategy::StrategySpec;

use crate::output::{Failure, Format, print_json};

/// What is measured: a name, and the text of the strategy here.
const STRATEGIES: [(&str, &str); 4] = [
    ("boulware", "boulware:e=0.25,inside=1"),
    ("micro", "micro:rungs=0"),
    ("tit-for-tat", "tit-for-tat"),
    ("nice-tit-for-tat", "nice-tit-for-tat"),
];
/// What is deterministic in both tools, and so must agree on the same.
const EQUAL: [(&str, &str); 4] = [
    ("boulware", "boulware:e=0.25,inside=1"),
    ("linear", "linear:inside=1"),
    ("conceder", "conceder:e=4,inside=1"),
    ("micro", "micro:rungs=0"),
];
const SHAPES: [(&str, usize, usize); 2] = [("3x10", 3, 10), ("10x3", 10, 3)];
const ROUNDS: u32 = 1_000;
/// Different domains of each shape.
const DOMAINS: u64 = 8;
/// Domains of each shape on which agreements are compared (NegMAS takes seconds for each of the second),
/// and the rounds of their talks.
const COMPARED: ([u64; 2], u32) = ([20, 2], 100);

/// Something done, and the CPU time it took.
#[derive(Debug, Clone, Copy, Default, Serialize, serde::Deserialize)]
struct Done {
    offers: u64,
    talks: u64,
    cpu_s: f64,
}

impl Done {
    fn offers_per_cpu_s(self) -> f64 {
        self.offers as f64 / self.cpu_s
    }

    /// Nothing where no talk came to its end.
    fn talks_per_cpu_s(self) -> Option<f64> {
        (self.talks > 0).then(|| self.talks as f64 / self.cpu_s)
    }
}

/// What a tool does in a second of CPU time.
#[derive(Debug, Serialize)]
struct Peer {
    offers_per_cpu_s: f64,
    talks_per_cpu_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Row {
    domain: &'static str,
    strategy: &'static str,
    spec: &'static str,
    /// 1,000 rounds in which nobody accepts.
    offers_per_cpu_s: f64,
    /// Talks to their natural end, each compiling its own rankings and ladders.
    talks_per_cpu_s: f64,
    /// The same with what is compiled shared between talks.
    talks_per_cpu_s_shared: f64,
    offers_per_talk: f64,
    peer: Option<Peer>,
}

#[derive(Debug, Serialize)]
struct Equal {
    equal: usize,
    of: usize,
    /// By strategy, how many differ.
    differ: BTreeMap<&'static str, usize>,
}

#[derive(Debug, Serialize)]
struct Document {
    rounds: u32,
    rows: Vec<Row>,
    agreements: Option<Equal>,
}

pub(crate) fn bench(seconds: u64, python: Option<&Path>, format: Format) -> Result<(), Failure> {
    let document = measure(seconds as f64, python)?;
    if format == Format::Json {
        print_json(&document);
    } else {
        text::print(&document);
    }
    Ok(())
}

fn measure(seconds: f64, python: Option<&Path>) -> Result<Document, Failure> {
    let mut rows = Vec::new();
    let mut asked = Vec::new();
    for (domain, issues, values) in SHAPES {
        let domains = (0..DOMAINS).map(|number| Domain::random(number, issues, values));
        let domains = domains.collect::<Result<Vec<_>, _>>().map_err(Failure::internal)?;
        // A strategy that is not built in has no row.
        for (strategy, spec) in STRATEGIES.into_iter().filter(|(_, s)| s.parse::<StrategySpec>().is_ok()) {
            rows.push(row((domain, strategy, spec), &domains, seconds).map_err(Failure::internal)?);
            let tables = domains.iter().map(|d| d.tables.clone()).collect();
            asked.push(peer::Asked { strategy, rounds: ROUNDS, tables });
        }
    }
    let Some(python) = python else { return Ok(Document { rounds: ROUNDS, rows, agreements: None }) };
    let (compared, found) = compared().map_err(Failure::internal)?;
    let answer = peer::ask(python, &peer::Question { budget_s: seconds, rows: asked, equal: compared })?;
    for (row, measured) in rows.iter_mut().zip(answer.rows) {
        row.peer = measured.map(|measured| Peer {
            offers_per_cpu_s: measured.offers.offers_per_cpu_s(),
            talks_per_cpu_s: measured.talks.talks_per_cpu_s(),
        });
    }
    let mut agreements = Equal { equal: 0, of: found.len(), differ: BTreeMap::new() };
    for ((ours, theirs), (strategy, _)) in found.iter().zip(&answer.equal).zip(EQUAL.iter().cycle()) {
        if ours == theirs {
            agreements.equal += 1;
        } else {
            *agreements.differ.entry(strategy).or_default() += 1;
        }
    }
    Ok(Document { rounds: ROUNDS, rows, agreements: Some(agreements) })
}

fn row(
    names: (&'static str, &'static str, &'static str),
    domains: &[Domain],
    seconds: f64,
) -> Result<Row, SpeedError> {
    let (domain, strategy, spec) = names;
    let pitches = domains.iter().map(|d| d.pitch(ROUNDS)).collect::<Result<Vec<_>, _>>()?;
    // Acceptance is asked as ever, and never says yes.
    let joint = if spec.contains(':') { ',' } else { ':' };
    let deaf = parse(&format!("{spec}{joint}a=0,b=-1"));
    let plain = parse(spec);
    let (Some(deaf), Some(plain)) = (deaf, plain) else { return Err(no_strategy(spec)) };
    let steady = repeat(&pitches, seconds, |pitch, talk| pitch.play_shared(&deaf, talk))?;
    let alone = repeat(&pitches, seconds, |pitch, talk| pitch.play_alone(&plain, talk))?;
    let shared = repeat(&pitches, seconds, |pitch, talk| pitch.play_shared(&plain, talk))?;
    Ok(Row {
        domain,
        strategy,
        spec,
        offers_per_cpu_s: steady.offers_per_cpu_s(),
        talks_per_cpu_s: alone.talks_per_cpu_s().unwrap_or_default(),
        talks_per_cpu_s_shared: shared.talks_per_cpu_s().unwrap_or_default(),
        offers_per_talk: shared.offers as f64 / (shared.talks as f64).max(1.0),
        peer: None,
    })
}

fn parse(spec: &str) -> Option<StrategySpec> {
    spec.parse().ok()
}

fn no_strategy(spec: &str) -> SpeedError {
    let message = "it is not built in".to_owned();
    SpeedError::Strategy(strategy::StrategyError::Failed { strategy: spec.to_owned(), message })
}

/// Plays until so many seconds of CPU time have passed, each domain equally often.
fn repeat(
    pitches: &[Pitch],
    seconds: f64,
    play: impl Fn(&Pitch, u64) -> Result<talks::Talk, SpeedError>,
) -> Result<Done, SpeedError> {
    let mut done = Done::default();
    for pitch in pitches {
        play(pitch, 0)?; // compiles what is shared, and warms the rest
    }
    let began = cpu_s();
    while done.cpu_s < seconds {
        for pitch in pitches {
            done.offers += offers(&play(pitch, done.talks)?) as u64;
            done.talks += 1;
        }
        done.cpu_s = cpu_s() - began;
    }
    Ok(done)
}

/// The CPU time of this thread.
fn cpu_s() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

type Agreements = Vec<Option<Vec<u32>>>;

/// Talks to compare, and what was agreed in them here.
fn compared() -> Result<(Vec<peer::Compared>, Agreements), SpeedError> {
    let (mut asked, mut found) = (Vec::new(), Vec::new());
    let (counts, rounds) = COMPARED;
    for (shape, (_, issues, values)) in SHAPES.into_iter().enumerate() {
        for number in 0..counts[shape] {
            let domain = Domain::random(1_000 * (shape as u64 + 1) + number, issues, values)?;
            let pitch = domain.pitch(rounds)?;
            for (strategy, spec) in EQUAL {
                let talk = pitch.play_shared(&parse(spec).ok_or_else(|| no_strategy(spec))?, 0)?;
                found.push(talk.agreed().map(|offer| pitch.levels(offer)));
                asked.push(peer::Compared { strategy, rounds, tables: domain.tables.clone() });
            }
        }
    }
    Ok((asked, found))
}
