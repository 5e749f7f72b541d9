//! `detente run`: a whole talk, each party in a process of its own, and what came of it.

mod children;
mod follow;
mod report;
mod view;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use delegation::MandateBriefing;
use scenario::Scenario;
use scoring_server::Bench;
use tariff::PartyId;

use crate::output::{Failure, Format, exit};
use crate::parties;

/// What can be set for a run.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  detente run geneva-2025
  detente run geneva-2025 --strategy USA=micro --strategy CHN=conceder --rounds 30
  detente run geneva-2025 --seed 7 --format json > outcome.json
  detente run protocol-of-talks")]
pub(crate) struct RunOptions {
    /// The scenario: a shipped one's name, or a folder
    #[arg(default_value = "geneva-2025", value_name = "SCENARIO")]
    scenario: String,
    /// Seed of every random choice
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// How a party bargains, such as USA=boulware; once a party
    #[arg(long, value_name = "PARTY=SPEC")]
    strategy: Vec<String>,
    /// A party's mandate, in place of its own for the scenario; once a party
    #[arg(long, value_name = "PARTY=FILE")]
    mandate: Vec<String>,
    /// Rounds until the talk fails, in place of the scenario's
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// The record; talks of earlier runs in it stay
    #[arg(long, default_value = "detente.db", value_name = "FILE")]
    record: PathBuf,
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
    pub(crate) mandate_file: Option<PathBuf>,
}

pub(crate) fn run(options: RunOptions, format: Format) -> Result<(), Failure> {
    let live = format == Format::Text && view::is_terminal();
    let plan = Plan::new(options, live)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    let outcome = runtime.block_on(async {
        let shutdown = ambient::shutdown_on_signal().map_err(Failure::internal)?;
        let mut children = children::Children::start(&plan, &shutdown).await?;
        let followed = follow::follow(&plan, &mut children, &shutdown, format).await;
        let processes = children.stop().await;
        followed.map(|ended| report::Report::new(&plan, ended, processes))
    });
    outcome??.print(&plan, format);
    Ok(())
}

impl Plan {
    fn new(options: RunOptions, live: bool) -> Result<Self, Failure> {
        let scenario = Arc::new(Scenario::load(&options.scenario)?);
        let strategies = parties::strategies(&options.strategy)?;
        let mandates = parties::mandates(&options.mandate)?;
        let known: Vec<_> = scenario.parties().iter().map(|p| p.id.clone()).collect();
        if let Some(stranger) = strategies.keys().chain(mandates.keys()).find(|party| !known.contains(party)) {
            let message = format!("{stranger} has no seat in {}", scenario.name());
            let seats = known.iter().map(PartyId::as_str).collect::<Vec<_>>().join(", ");
            return Err(Failure::new(exit::USAGE, "NOT_A_PARTY", message).hint(format!("the seats are {seats}")));
        }
        let rounds = options.rounds.unwrap_or(scenario.rounds());
        if rounds == 0 || rounds > talks::MAX_ROUNDS {
            let message = format!("{rounds} rounds: expected 1 to {}", talks::MAX_ROUNDS);
            return Err(Failure::new(exit::USAGE, "BAD_ARGUMENT", message).at("--rounds"));
        }
        let seats = scenario
            .parties()
            .iter()
            .map(|party| {
                let profile = parties::profile(&party.id);
                let mandate_file = mandates.get(&party.id).cloned();
                let settings = delegation::service::Settings {
                    scenario: &scenario,
                    mandate: mandate_file.as_deref(),
                    strategy: strategies.get(&party.id),
                    seed: options.seed,
                };
                let briefing = settings.briefing(&profile)?;
                Ok(Seat { party: party.id.clone(), name: party.name.clone(), briefing, mandate_file })
            })
            .collect::<Result<_, delegation::service::ServiceError>>()?;
        let pace = options.pace.unwrap_or(if live { Duration::from_millis(300) } else { Duration::ZERO });
        let bench = Arc::new(Bench::new(scenario).map_err(Failure::internal)?);
        Ok(Self { options, bench, seats, rounds, pace, live })
    }
}
