//! `detente bench traces`: what it costs a talk to be traced.

pub(crate) mod seats;
mod text;

use std::path::Path;
use std::time::{Duration, Instant};

use observatory::Tally;
use seats::{Fates, Played};
use serde::Serialize;

use super::children::{Server, ask, outcome};
use super::measure::median;
use crate::output::{Failure, Format, print_json};

/// So long at most it takes until the last spans are at the observatory.
const ARRIVAL: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seconds: u64,
    pub(crate) turns: u32,
    pub(crate) talks: u32,
    pub(crate) pace: u32,
}

#[derive(Debug, Serialize)]
struct Document {
    talks: u32,
    turns: u32,
    seconds: u64,
    paced: Compared,
    unpaced: Compared,
    spans_per_move: f64,
    /// Of the mediator and the seats, more than without tracing; and of the observatory.
    cpu_us_per_span: Option<f64>,
    observatory_cpu_us_per_span: Option<f64>,
    /// Traced over untraced; what the numbers are judged by.
    p99_ratio: f64,
    throughput_ratio: f64,
}

/// The same talks with tracing off and on, in turns.
#[derive(Debug, Serialize)]
struct Compared {
    off: Vec<Turn>,
    on: Vec<Turn>,
}

/// One measurement.
#[derive(Debug, Serialize)]
struct Turn {
    #[serde(flatten)]
    played: Played,
    /// Of mediator and seats.
    cpu_us_per_move: Option<f64>,
    /// What became of the spans of mediator and seats.
    spans: Fates,
    #[serde(skip_serializing_if = "Option::is_none")]
    observatory: Option<Observed>,
}

#[derive(Debug, Serialize)]
struct Observed {
    received: u64,
    stored: u64,
    shed: u64,
    cpu_us_per_span: Option<f64>,
}

impl Compared {
    fn medians(&self, of: impl Fn(&Turn) -> f64) -> [f64; 2] {
        [&self.off, &self.on].map(|turns| median(turns.iter().map(&of)))
    }

    fn ratio(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        let [off, on] = self.medians(of);
        on / off
    }
}

pub(crate) fn bench(plan: Plan, format: Format) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    let paced = compare(folder.path(), plan, Some(plan.pace))?;
    let unpaced = compare(folder.path(), plan, None)?;
    let document = document(plan, paced, unpaced);
    match format {
        Format::Json => print_json(&document),
        Format::Text => text::print(&document, plan.pace),
    }
    Ok(())
}

fn document(plan: Plan, paced: Compared, unpaced: Compared) -> Document {
    let spans_per_move =
        median(paced.on.iter().map(|turn| turn.spans.ended as f64 / turn.played.moves as f64));
    let [off, on] = paced.medians(|turn| turn.cpu_us_per_move.unwrap_or(f64::NAN));
    let observed = paced.on.iter().filter_map(|turn| turn.observatory.as_ref());
    let observed = median(observed.map(|observed| observed.cpu_us_per_span.unwrap_or(f64::NAN)));
    let known = |value: f64| value.is_finite().then_some(value);
    Document {
        talks: plan.talks,
        turns: plan.turns,
        seconds: plan.seconds,
        spans_per_move,
        cpu_us_per_span: known((on - off) / spans_per_move),
        observatory_cpu_us_per_span: known(observed),
        p99_ratio: paced.ratio(|turn| turn.played.p99_us),
        throughput_ratio: unpaced.ratio(|turn| turn.played.per_second),
        paced,
        unpaced,
    }
}

/// Off, on, on, off, and so on, so that neither has the better places.
fn compare(folder: &Path, plan: Plan, pace: Option<u32>) -> Result<Compared, Failure> {
    let mut compared = Compared { off: Vec::new(), on: Vec::new() };
    for turn in 0..plan.turns {
        for on in [turn % 2 == 1, turn % 2 == 0] {
            let here = tempfile::tempdir_in(folder).map_err(Failure::internal)?;
            let done = if on { traced(here.path(), plan, pace)? } else { untraced(here.path(), plan, pace)? };
            if on { compared.on.push(done) } else { compared.off.push(done) }
        }
    }
    Ok(compared)
}

fn untraced(folder: &Path, plan: Plan, pace: Option<u32>) -> Result<Turn, Failure> {
    // The same figures are kept as with tracing, and only shown to nobody.
    let mediator = mediator(folder, &["--metrics", "127.0.0.1:0"])?;
    let before = mediator.cpu_s();
    let played = play(&mediator, plan, pace, None)?;
    let cpu_us_per_move = per_move(&mediator, before, &played);
    Ok(Turn { played, cpu_us_per_move, spans: Fates::default(), observatory: None })
}

fn traced(folder: &Path, plan: Plan, pace: Option<u32>) -> Result<Turn, Failure> {
    let store = folder.join("traces.db").display().to_string();
    let any = "127.0.0.1:0";
    let observatory =
        Server::start(&["serve", "observatory", "--listen", any, "--store", &store, "--no-page"])?;
    let mediator = mediator(folder, &["--otlp", &observatory.address, "--metrics", any])?;
    let (before, observed_before) = (mediator.cpu_s(), observatory.cpu_s());
    let played = play(&mediator, plan, pace, Some(&observatory.address))?;
    let spans = settled(&mediator)?.and(played.spans);
    let tally = arrived(&observatory)?;
    let cpu_us_per_move = per_move(&mediator, before, &played);
    let used = observed_before.zip(observatory.cpu_s()).map(|(before, now)| now - before);
    let (received, stored, shed) = (tally.received_spans, tally.stored_spans, tally.shed);
    let cpu_us_per_span = used.map(|used| used * 1e6 / received as f64);
    Ok(Turn {
        played,
        cpu_us_per_move,
        spans,
        observatory: Some(Observed { received, stored, shed, cpu_us_per_span }),
    })
}

pub(crate) fn mediator(folder: &Path, further: &[&str]) -> Result<Server, Failure> {
    let record = folder.join("talks.db").display().to_string();
    let arguments = ["serve", "mediator", "--listen", "127.0.0.1:0", "--record", &record];
    Server::start(&[&arguments[..], further].concat())
}

/// Lets seats in a process of their own play at `mediator`.
pub(crate) fn play(
    mediator: &Server,
    plan: Plan,
    pace: Option<u32>,
    export: Option<&str>,
) -> Result<Played, Failure> {
    let numbers = [plan.talks.to_string(), plan.seconds.to_string(), pace.unwrap_or(0).to_string()];
    let [talks, seconds, moves] = &numbers;
    let mut arguments = vec!["bench", "seats", "--format", "json", "--mediator", &mediator.address];
    arguments.extend(["--talks", talks, "--seconds", seconds]);
    if pace.is_some() {
        arguments.extend(["--pace", moves]);
    }
    if let Some(export) = export {
        arguments.extend(["--export", export]);
    }
    serde_json::from_value(outcome(&arguments)?).map_err(Failure::internal)
}

/// CPU time of mediator and seats for each move.
fn per_move(mediator: &Server, before: Option<f64>, played: &Played) -> Option<f64> {
    let used = mediator.cpu_s()? - before? + played.cpu_s;
    Some(used * 1e6 / played.moves as f64)
}

/// What became of the mediator's spans, once all of them are sent or dropped.
fn settled(mediator: &Server) -> Result<Fates, Failure> {
    let address =
        mediator.said("metrics").ok_or_else(|| Failure::internal("the mediator shows no metrics"))?;
    until("the mediator's spans are sent", || {
        let fates = Fates::read(&ask(address, "/metrics")?);
        Ok(fates.are_settled().then_some(fates))
    })
}

/// What the observatory has counted, once all it received is stored or dropped.
pub(crate) fn arrived(observatory: &Server) -> Result<Tally, Failure> {
    let authority = observatory.address.trim_start_matches("http://");
    until("the observatory has stored what it received", || {
        let tally: Tally = serde_json::from_str(&ask(authority, "/status")?).map_err(Failure::internal)?;
        let fate = tally.stored_spans + tally.repeated + tally.dropped() + tally.invalid;
        Ok((fate >= tally.received_spans).then_some(tally))
    })
}

fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>, Failure>) -> Result<T, Failure> {
    let began = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if began.elapsed() > ARRIVAL {
            return Err(Failure::internal(format!("waited {ARRIVAL:?} until {what}")));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}
