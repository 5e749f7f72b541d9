//! Tournaments put together: scenarios with the mandates that ship, strategies from anywhere.

use std::sync::Arc;

use agent::Source;
use delegation::service::Settings;
use lab::{Arena, ArenaError, Profile, Tournament, TournamentFile};
use rayon::prelude::*;
use scenario::Scenario;
use scoring_server::Bench;
use strategy::{Factory, Place};

use crate::output::{Failure, exit};
use crate::parties;

pub(crate) fn tournament(file: &TournamentFile) -> Result<Tournament, Failure> {
    let entrant = |spec: &String| {
        let source = spec.parse::<Source>();
        let source = source.map_err(|e| bad(e.to_string()).at(format!("strategies: {spec}")))?;
        let factory = source.factory();
        answers(spec, factory.as_ref())?;
        Ok::<_, Failure>((spec.clone(), factory))
    };
    Ok(Tournament {
        entrants: file.strategies.iter().map(entrant).collect::<Result<_, _>>()?,
        arenas: file.scenarios.par_iter().map(|name| arena(name)).collect::<Result<_, _>>()?,
        rounds: file.rounds.clone(),
        information: file.information.clone(),
        repetitions: file.repetitions,
        seed: file.seed,
        self_play: file.self_play,
        model_rounds: file.model_rounds,
    })
}

/// Whether somebody answers for an agent elsewhere: one that is not there would be ranked as if it had
/// bargained badly. Files declare agents too, so it is the factory that knows the address.
fn answers(spec: &str, factory: &dyn Factory) -> Result<(), Failure> {
    let text = factory.spec();
    let remote = text.strip_prefix("grpc://").filter(|_| factory.place() == Place::Remote);
    let Some(address) = remote.and_then(|rest| rest.split('?').next()) else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let asked = runtime.map_err(Failure::internal)?.block_on(agent::agent_at(address));
    let nobody = |error: agent::AgentError| {
        let failure = Failure::new(exit::UNAVAILABLE, "NO_AGENT", error.to_string());
        failure.at(format!("strategies: {spec}")).hint("start the agent, or leave it out of the tournament")
    };
    asked.map(drop).map_err(nobody)
}

fn arena(name: &str) -> Result<Arena, Failure> {
    let bench = Bench::new(Arc::new(Scenario::load(name)?)).map_err(Failure::internal)?;
    let scenario = bench.scenario();
    let profile = |party: &scenario::Party| {
        let settings = Settings { scenario, mandate: None, strategy: None, seed: 0 };
        let briefing = settings.briefing(&parties::profile(&party.id))?;
        let prepared = briefing.prepare(&party.id, bench.agenda())?;
        let (party, preferences) = (party.id.clone(), prepared.preferences);
        let (prior, motives) = (prepared.compiled.prior().cloned(), prepared.compiled.motives());
        Ok::<_, Failure>(Profile { party, preferences, prior, motives })
    };
    let profiles = scenario.parties().iter().map(profile).collect::<Result<Vec<_>, _>>()?;
    Arena::new(scenario.name(), scenario.rounds(), profiles).map_err(|error| {
        let failure = bad(error.to_string()).at(name);
        match error {
            ArenaError::Parties { .. } => {
                failure.hint(format!("leave it out; `detente run {name}` plays a talk of that many"))
            }
            _ => failure,
        }
    })
}

pub(crate) fn bad(message: String) -> Failure {
    Failure::new(exit::USAGE, "BAD_TOURNAMENT", message)
}
