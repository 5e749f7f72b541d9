//! `detente run`: a whole talk, each party in a process of its own, and what came of it.

mod children;
mod drawing;
mod follow;
mod gap;
mod live;
mod page;
mod report;
mod seats;
mod traces;
mod view;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use delegation::service::Settings;
use delegation::{MandateBriefing, Player, Prepared};
use observatory::Viewer;
use scenario::{Party, Scenario};
use scoring_server::Bench;
use strategy::{Brief, Seed as TalkSeed, StrategyError};
use tariff::PartyId;

use crate::output::{Failure, Format, exit};
use crate::{clients, parties};

/// What can be set for a run.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  detente run geneva-2025
  detente run geneva-2025 --strategy USA=micro --strategy CHN=conceder --rounds 30
  detente run geneva-2025 --seed 7 --format json > outcome.json
  detente run geneva-2025 --strategy USA=micro:rungs=100 --strategy CHN=micro:rungs=100
  detente run geneva-2025 --strategy CHN=grpc://127.0.0.1:9000?fallback=boulware
  detente run protocol-of-talks
  detente run geneva-2025 --no-page && detente trace
  detente run geneva-2025 --page=127.0.0.1:7405
  detente run geneva-2025 --strategy USA=person --strategy CHN=conceder

A talk that fails is an answer, not an error: the exit code is 0, and `outcome` says which it was.")]
pub(crate) struct RunOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(default_value = "geneva-2025", value_name = "SCENARIO")]
    scenario: String,
    /// Seed of every random choice
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// How a party bargains: USA=boulware, CHN=micro:rungs=100, USA=parts.toml or
    /// CHN=grpc://127.0.0.1:9000; USA=person takes the seat yourself, at the address that is printed; once
    /// a party; `detente strategies` lists those that are built in
    #[arg(long, value_name = "PARTY=SPEC")]
    strategy: Vec<String>,
    /// A party's mandate, in place of its own for the scenario; once a party
    #[arg(long, value_name = "PARTY=FILE")]
    mandate: Vec<String>,
    /// Rounds until the talk fails, in place of the scenario's
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// How long a turn may last, such as 5m; one that lasts longer is missed
    #[arg(long, value_parser = turn_limit, value_name = "DURATION")]
    turn_limit: Option<Duration>,
    /// The record; talks of earlier runs in it stay
    #[arg(long, env = "DETENTE_RECORD", default_value = "detente.db", value_name = "FILE")]
    record: PathBuf,
    /// Where the traces are kept, unless OTEL_EXPORTER_OTLP_ENDPOINT names a collector; by default
    /// detente-traces.db beside the record
    #[arg(long, env = "DETENTE_TRACES", value_name = "FILE")]
    traces: Option<PathBuf>,
    /// Keep no traces
    #[arg(long, conflicts_with = "traces")]
    no_traces: bool,
    /// Serve the page, and keep it until Ctrl-C: the default on a terminal, on a free port of loopback
    #[arg(long, value_name = "ADDR", num_args = 0..=1, require_equals = true, default_missing_value = "127.0.0.1:0")]
    page: Option<SocketAddr>,
    /// Serve no page, and end when the talk does
    #[arg(long, conflicts_with = "page")]
    no_page: bool,
    /// Where a collector's viewer shows a trace, for the page to link to: an address with {trace} for its
    /// id, such as http://127.0.0.1:16686/trace/{trace}
    #[arg(long, env = "DETENTE_VIEWER", value_name = "URL")]
    viewer: Option<Viewer>,
    /// Hold each move back this long, such as 300ms; that is the default on a terminal
    #[arg(long, value_parser = delegation::service::duration, value_name = "DURATION")]
    pace: Option<Duration>,
}

/// A run that has what it needs.
pub(crate) struct Plan {
    pub(crate) options: RunOptions,
    pub(crate) bench: Arc<Bench>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) rounds: u32,
    pub(crate) pace: Duration,
    pub(crate) live: bool,
}

/// One party of a run.
pub(crate) struct Seat {
    pub(crate) party: PartyId,
    pub(crate) name: String,
    pub(crate) briefing: MandateBriefing,
    /// The mandate on the agenda, as the party's delegation will have it.
    pub(crate) prepared: Prepared,
    pub(crate) mandate_file: Option<PathBuf>,
}

pub(crate) fn run(options: RunOptions, format: Format) -> Result<(), Failure> {
    let live = format == Format::Text && view::is_terminal();
    let plan = Plan::new(options, live)?;
    check_record(&plan.options.record)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async {
        let shutdown = ambient::shutdown_on_signal().map_err(Failure::internal)?;
        let traces = traces::Traces::start(plan.traces(), !plan.options.no_traces).await;
        let mut page = None;
        let followed = talk(&plan, &traces, &mut page, &shutdown, format).await;
        // Only now has every process sent its last spans.
        let kept = traces.end().await;
        let (ended, processes) = followed?;
        report::Report::new(&plan, ended, processes, kept)?.print(&plan, format);
        if let Some(page) = page {
            page.announce(format, true);
            shutdown.cancelled().await;
            page.end().await;
        }
        Ok(())
    })
}

/// The talk from convening to its end; its processes end in order, whatever happens in between.
async fn talk(
    plan: &Plan,
    traces: &traces::Traces,
    page: &mut Option<page::Page>,
    shutdown: &tokio_util::sync::CancellationToken,
    format: Format,
) -> Result<(follow::Ended, Vec<children::Process>), Failure> {
    let mut children = children::Children::start(plan, traces.endpoint(), shutdown).await?;
    let followed = async {
        seats::announce(children.seats(), format);
        if let Some(wanted) = plan.page() {
            let links = seats::links(children.seats());
            let serving = page::Page::start(plan, wanted, children.mediator(), traces, links).await?;
            serving.announce(format, false);
            *page = Some(serving);
        }
        let drawings = page.as_ref().map(page::Page::drawings);
        follow::follow(plan, &mut children, drawings, shutdown, format).await
    };
    let followed = followed.await;
    let processes = children.stop().await;
    followed.map(|ended| (ended, processes))
}

/// Refuses a mandate under which no offer can be made: its party would hold up the talk for ever.
fn check_mandate(party: &PartyId, prepared: &Prepared) -> Result<(), Failure> {
    let seed = TalkSeed { seed: 0, talk: 0 };
    let brief = Brief::new(party.clone(), &prepared.preferences, None, seed).map_err(Failure::internal)?;
    let nothing = |error: StrategyError| {
        let failure = Failure::new(exit::USAGE, "NOTHING_ACCEPTABLE", error.to_string());
        failure.hint("lower its walk_away, or move a red line")
    };
    brief.best().map(drop).map_err(nothing)
}

/// Opens the record as its writer would, so that what is wrong with it shows before anything starts.
fn check_record(path: &std::path::Path) -> Result<(), Failure> {
    drop(record::SqliteLog::open(path)?);
    Ok(())
}

/// A limit that some turn can keep to.
fn turn_limit(text: &str) -> Result<Duration, String> {
    let limit = delegation::service::duration(text)?;
    if limit.as_micros() == 0 { Err(format!("{text:?}: expected more than no time")) } else { Ok(limit) }
}

/// How long a turn may last where a strategy from outside decides and the scenario says nothing: one
/// that hangs or breaks must miss its turn.
const TURN_LIMIT_OF_AGENTS: Duration = Duration::from_secs(20);

impl Plan {
    /// The limit of a turn that this run adds to the scenario's terms: what was asked for. A limit is for
    /// every seat, so where a person sits there is none otherwise.
    pub(crate) fn turn_limit(&self) -> Option<Duration> {
        if self.options.turn_limit.is_some() || self.has_a_person() {
            return self.options.turn_limit;
        }
        let may_miss = |seat: &Seat| seat.briefing.strategy.may_miss();
        self.seats.iter().any(may_miss).then_some(TURN_LIMIT_OF_AGENTS + self.pace)
    }

    fn has_a_person(&self) -> bool {
        self.seats.iter().any(|seat| seat.briefing.strategy.is_person())
    }

    /// Where the traces are kept: as asked for, or beside the record.
    fn traces(&self) -> PathBuf {
        let beside = || self.options.record.with_file_name("detente-traces.db");
        self.options.traces.clone().unwrap_or_else(beside)
    }

    /// Where the page is to be served, if at all.
    fn page(&self) -> Option<SocketAddr> {
        let on_a_terminal = self.live && !self.options.no_page;
        self.options.page.or_else(|| on_a_terminal.then(|| SocketAddr::from(([127, 0, 0, 1], 0))))
    }

    /// Whether every party says the same under the same seed, as far as this program can know.
    pub(crate) fn is_reproducible(&self) -> bool {
        self.seats.iter().all(|seat| seat.briefing.strategy.deterministic())
    }

    fn new(options: RunOptions, live: bool) -> Result<Self, Failure> {
        let scenario = Arc::new(Scenario::load(&options.scenario)?);
        let given = Given {
            strategies: parties::strategies(&options.strategy)?,
            mandates: parties::mandates(&options.mandate)?,
            seed: options.seed,
        };
        given.check_seats(&scenario)?;
        let bench = Arc::new(Bench::new(scenario).map_err(Failure::internal)?);
        let rounds = clients::rounds(options.rounds, &bench)?;
        let parties = bench.scenario().parties().iter();
        let seats = parties.map(|party| given.seat(&bench, party)).collect::<Result<_, _>>()?;
        let pace = options.pace.unwrap_or(if live { Duration::from_millis(300) } else { Duration::ZERO });
        Ok(Self { options, bench, seats, rounds, pace, live })
    }
}

/// What is given for single parties.
struct Given {
    strategies: BTreeMap<PartyId, Player>,
    mandates: BTreeMap<PartyId, PathBuf>,
    seed: u64,
}

impl Given {
    fn check_seats(&self, scenario: &Scenario) -> Result<(), Failure> {
        let seats: Vec<&str> = scenario.parties().iter().map(|party| party.id.as_str()).collect();
        let mut named = self.strategies.keys().chain(self.mandates.keys());
        named.try_for_each(|party| parties::check_seat(party.as_str(), scenario.name(), &seats))
    }

    fn seat(&self, bench: &Bench, party: &Party) -> Result<Seat, Failure> {
        let profile = parties::profile(&party.id);
        let mandate_file = self.mandates.get(&party.id).cloned();
        let settings = Settings {
            scenario: bench.scenario(),
            mandate: mandate_file.as_deref(),
            strategy: self.strategies.get(&party.id),
            seed: self.seed,
        };
        let briefing = settings.briefing(&profile)?;
        let prepared = briefing.prepare(&party.id, bench.agenda())?;
        check_mandate(&party.id, &prepared).map_err(|failure| match &mandate_file {
            Some(file) => failure.at(file.display().to_string()),
            None => failure,
        })?;
        Ok(Seat { party: party.id.clone(), name: party.name.clone(), briefing, prepared, mandate_file })
    }
}
