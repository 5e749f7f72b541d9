//! `detente bench page`: the observatory's page in a headless Chromium, beside an empty one.

mod chromium;
mod talks;

use std::time::Duration;

use chromium::Chromium;
use serde::Serialize;
use serde_json::Value as Json;

use super::children::{Server, ask};
use super::measure::median;
use crate::output::{Failure, Format, line, print_json};

const SCRIPT: &str = include_str!("scrub.js");
/// So long at most it takes until every talk is in the list.
const LISTED: Duration = Duration::from_secs(120);
/// Entries that one frame moves the scrubber by: every frame is in another round.
const STEP: u32 = 3;

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seconds: u64,
    pub(crate) turns: u32,
    pub(crate) talks: u32,
    pub(crate) rounds: u32,
}

#[derive(Debug, Serialize)]
struct Document {
    chromium: String,
    talks: u32,
    rounds: u32,
    first_row_ms: Vec<f64>,
    empty: Vec<Frames>,
    scrubbing: Vec<Frames>,
    empty_p95_ms: f64,
    scrubbing_p95_ms: f64,
    /// Bytes that JavaScript holds: with the talk open, and after each turn.
    heap: Vec<u64>,
}

/// The times between animation frames.
#[derive(Debug, Serialize)]
struct Frames {
    frames: usize,
    p50_ms: f64,
    p95_ms: f64,
    worst_ms: f64,
    /// In how many of them the dance had changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    danced: Option<u64>,
}

pub(crate) fn bench(plan: Plan, format: Format) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    // What is missing is said before anything is made.
    let mut chromium = Chromium::start(folder.path())?;
    let (record, store) = (folder.path().join("talks.db"), folder.path().join("traces.db"));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(talks::write(&record, plan.talks, plan.rounds))?;
    let (record, store) = (record.display().to_string(), store.display().to_string());
    let any = "127.0.0.1:0";
    let observatory = Server::start(&[
        "serve",
        "observatory",
        "--listen",
        any,
        "--page",
        any,
        "--record",
        &record,
        "--store",
        &store,
    ])?;
    let page = observatory.said("page").ok_or_else(|| Failure::internal("the observatory has no page"))?;
    listed(page, plan.talks + 1)?;
    let document = measure(&mut chromium, page, plan)?;
    match format {
        Format::Json => print_json(&document),
        Format::Text => print(&document),
    }
    Ok(())
}

/// Waits until the observatory knows every talk and how it ended.
fn listed(page: &str, talks: u32) -> Result<(), Failure> {
    let authority = page.trim_start_matches("http://").trim_end_matches('/');
    let began = std::time::Instant::now();
    while began.elapsed() < LISTED {
        let list: Json = serde_json::from_str(&ask(authority, "/api/talks?limit=1&query=failed")?)
            .map_err(Failure::internal)?;
        let long = ask(authority, &format!("/api/talks?limit=1&query={}%20failed", talks::LONG))?;
        if list["known"] == talks && long.contains(talks::LONG) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Err(Failure::internal("the observatory does not list every talk"))
}

fn measure(chromium: &mut Chromium, page: &str, plan: Plan) -> Result<Document, Failure> {
    let version = chromium.version()?;
    chromium.before_pages(SCRIPT)?;
    let mut first_row_ms = Vec::new();
    for _ in 0..plan.turns {
        chromium.go("about:blank")?;
        chromium.go(page)?;
        first_row_ms.push(chromium.value("detenteBench.firstRow()")?.as_f64().unwrap_or(f64::NAN));
    }
    let talk = format!("{page}#/talk/{}", talks::LONG);
    let (mut empty, mut scrubbing, mut heap) = (Vec::new(), Vec::new(), Vec::new());
    let milliseconds = plan.seconds * 1_000;
    for _ in 0..plan.turns {
        chromium.go("about:blank")?;
        let between = chromium.value(&format!("detenteBench.empty({milliseconds})"))?;
        empty.push(Frames::of(&between, None));
    }
    chromium.go(&talk)?;
    chromium.value("detenteBench.ready()")?;
    // Not measured: what a page does first it does more slowly, and its memory grows to what it needs.
    chromium.value("detenteBench.scrub(2000, 40)")?;
    heap.push(chromium.heap()?);
    for _ in 0..plan.turns {
        let done = chromium.value(&format!("detenteBench.scrub({milliseconds}, {STEP})"))?;
        let turn = Frames::of(&done["between"], done["danced"].as_u64());
        if turn.stood_still() {
            let message = format!("the dance moved {:?} times in {} frames", turn.danced, turn.frames);
            return Err(Failure::internal(message));
        }
        scrubbing.push(turn);
        heap.push(chromium.heap()?);
    }
    let middle = |turns: &[Frames]| median(turns.iter().map(|turn| turn.p95_ms));
    Ok(Document {
        chromium: version,
        talks: plan.talks,
        rounds: plan.rounds,
        first_row_ms,
        empty_p95_ms: middle(&empty),
        scrubbing_p95_ms: middle(&scrubbing),
        empty,
        scrubbing,
        heap,
    })
}

impl Frames {
    /// Whether the page kept its frames by drawing less than what is measured.
    fn stood_still(&self) -> bool {
        self.danced.is_some_and(|danced| danced * 10 < self.frames as u64 * 9)
    }

    fn of(between: &Json, danced: Option<u64>) -> Self {
        let mut all: Vec<f64> = between.as_array().into_iter().flatten().filter_map(Json::as_f64).collect();
        all.sort_unstable_by(f64::total_cmp);
        let quantile = |q: f64| {
            let place = (all.len().saturating_sub(1)) as f64 * q;
            all.get(place as usize).copied().unwrap_or(f64::NAN)
        };
        let (p50_ms, p95_ms, worst_ms) = (quantile(0.5), quantile(0.95), quantile(1.0));
        Self { frames: all.len(), p50_ms, p95_ms, worst_ms, danced }
    }
}

fn print(document: &Document) {
    line(&format!("{}, without a graphics card; medians of each turn below", document.chromium));
    let rows: Vec<String> = document.first_row_ms.iter().map(|ms| format!("{ms:.0}")).collect();
    line(&format!(
        "{} talks: first row visible after {:.0} ms ({}) (target: below 1000)",
        document.talks,
        median(document.first_row_ms.iter().copied()),
        rows.join(", "),
    ));
    line("                      frames    p50 ms    p95 ms  worst ms    dance moved");
    for (name, turns) in [("an empty page", &document.empty), ("scrubbing", &document.scrubbing)] {
        for turn in turns {
            let danced = turn.danced.map_or(String::new(), |danced| danced.to_string());
            line(&format!(
                "{name:<20}{:>8}{:>10.1}{:>10.1}{:>10.1}{danced:>15}",
                turn.frames, turn.p50_ms, turn.p95_ms, turn.worst_ms
            ));
        }
    }
    line(&format!(
        "a talk of {} rounds: p95 between frames {:.1} ms beside {:.1} ms of an empty page (target: 33 at most)",
        document.rounds, document.scrubbing_p95_ms, document.empty_p95_ms
    ));
    if document.empty_p95_ms > 25.0 {
        line(
            "the empty page alone takes most of a frame here: judge the page beside it, or on a calmer machine",
        );
    }
    let heap: Vec<String> = document.heap.iter().map(|bytes| format!("{:.1}", *bytes as f64 / 1e6)).collect();
    line(&format!("JavaScript holds, in MB, at first and after each turn: {}", heap.join(", ")));
}
