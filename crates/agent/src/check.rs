//! The conformance kit: what an agent must be able to do, tried out.

mod pace;
mod tables;

use std::time::{Duration, Instant};

use strategy::{Decision, Factory, Place, Seat, Situation, Strategy, StrategyError, StrategySpec, play};
use talks::{Outcome, Talk, Terms};
use tariff::TariffError;

use crate::{DECISION_LIMIT, Source, agent_at};
use pace::Pace;
use tables::Table;

/// How long a turn may take in the kit.
const TURN_LIMIT: Duration = Duration::from_secs(10);
/// The seed of every talk in the kit.
const SEED: u64 = 7;

/// What was found of one thing an agent must be able to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was tried.
    pub check: &'static str,
    /// Whether it went well; none where it does not apply.
    pub passed: Option<bool>,
    /// What was seen.
    pub seen: String,
    /// What to do about a failure; empty otherwise.
    pub advice: &'static str,
}

impl Finding {
    fn passed(check: &'static str, seen: impl Into<String>) -> Self {
        Self { check, passed: Some(true), seen: seen.into(), advice: "" }
    }

    fn failed(check: &'static str, seen: impl Into<String>, advice: &'static str) -> Self {
        Self { check, passed: Some(false), seen: seen.into(), advice }
    }

    fn beside_the_point(check: &'static str, seen: impl Into<String>) -> Self {
        Self { check, passed: None, seen: seen.into(), advice: "" }
    }
}

/// Tries out the strategies of `source`: legal moves on agendas of all kinds, its time per turn, the
/// same moves under the same seed, the same move after a reconnection, and the last round, whoever
/// has the last word.
/// `progress` hears of every finding as it is made. Blocks; not for use inside a runtime.
///
/// # Errors
/// The kit's own tables cannot be set, which a test rules out.
pub fn check(source: &Source, mut progress: impl FnMut(&Finding)) -> Result<Vec<Finding>, TariffError> {
    let (tables, numbers) = (Table::all()?, Table::numbers()?);
    let factory = source.factory();
    let mut findings = Vec::new();
    let mut add = |finding: Finding| {
        progress(&finding);
        findings.push(finding);
    };
    let declared = declared(&*factory);
    let parties = match &declared {
        Ok(declared) => declared.max_parties,
        Err(_) => 0,
    };
    let deterministic = declared.as_ref().is_ok_and(|d| d.deterministic);
    let closed_form = declared.as_ref().is_ok_and(|d| d.needs_closed_form);
    let there = declared.is_ok();
    add(match declared {
        Ok(declared) => Finding::passed("handshake", declared.said),
        Err(error) => Finding::failed(
            "handshake",
            error,
            "start the agent, and name where it listens: grpc://HOST:PORT",
        ),
    });
    if !there {
        return Ok(findings);
    }
    let most = factory.decision_limit().unwrap_or(DECISION_LIMIT);
    let mut pace = Pace::new(most.min(TURN_LIMIT / 2));
    for table in &tables {
        add(legal(&*factory, table, parties, closed_form, &mut pace));
    }
    add(pace.finding());
    add(repeated(&*factory, &numbers, deterministic));
    add(resumed(&*factory, &numbers, deterministic));
    add(last_round(&*factory, &numbers));
    Ok(findings)
}

struct Declared {
    said: String,
    deterministic: bool,
    max_parties: usize,
    needs_closed_form: bool,
}

fn declared(factory: &dyn Factory) -> Result<Declared, String> {
    let spec = factory.spec();
    if factory.place() == Place::InProcess {
        let name = factory.open().map_err(|error| error.to_string())?.name().to_owned();
        let (deterministic, needs_closed_form) = (factory.deterministic(), factory.needs_closed_form());
        return Ok(Declared { said: name, deterministic, max_parties: usize::MAX, needs_closed_form });
    }
    let address = spec.trim_start_matches("grpc://").split('?').next().unwrap_or_default().to_owned();
    let runtime = crate::remote::runtime().ok_or("no thread could be started")?;
    let agent = runtime.block_on(agent_at(&address)).map_err(|error| error.to_string())?;
    let how = if agent.deterministic { "deterministic" } else { "not deterministic" };
    Ok(Declared {
        said: format!("{}, {how}, at most {} parties", agent.name, agent.max_parties),
        deterministic: agent.deterministic,
        max_parties: agent.max_parties,
        needs_closed_form: agent.needs_closed_form,
    })
}

/// A strategy under observation: how long it took, and the first turn it had no move for.
struct Observed {
    inner: Box<dyn Strategy>,
    decisions: Vec<Decision>,
    failure: Option<String>,
    /// How long each turn took, with its round.
    spent: Vec<(u32, Duration)>,
}

impl Observed {
    fn open(factory: &dyn Factory) -> Result<Self, String> {
        let inner = factory.open().map_err(|error| error.to_string())?;
        Ok(Self { inner, decisions: Vec::new(), failure: None, spent: Vec::new() })
    }
}

impl Strategy for Observed {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        let began = Instant::now();
        let decided = self.inner.decide(situation);
        self.spent.push((situation.talk().round(), began.elapsed()));
        match &decided {
            Ok(decision) => self.decisions.push(decision.clone()),
            Err(error) => {
                let round = situation.talk().round();
                self.failure.get_or_insert_with(|| format!("round {round}: {error}"));
            }
        }
        decided
    }

    fn conclude(&mut self, talk: &Talk, brief: &strategy::Brief) {
        self.inner.conclude(talk, brief);
    }
}

fn legal(
    factory: &dyn Factory,
    table: &Table,
    parties: usize,
    closed_form: bool,
    pace: &mut Pace,
) -> Finding {
    let check = table.name;
    if table.parties > parties {
        return Finding::beside_the_point(check, format!("it plays with at most {parties} parties"));
    }
    if table.black_box && closed_form {
        return Finding::beside_the_point(check, "it asks for its utility in closed form");
    }
    for opponent in ["conceder", "boulware"] {
        match talk(factory, table, opponent, table.rounds, 0) {
            Ok((_, observed)) => {
                pace.take(check, &observed.spent);
                let Some(why) = observed.failure else { continue };
                let advice = "answer every turn with a complete offer of the agenda, an acceptance of a standing offer, or a walk-away, in time";
                return Finding::failed(check, format!("against {opponent}, {why}"), advice);
            }
            Err(error) => return Finding::failed(check, error, "see the agent's own log"),
        }
    }
    Finding::passed(check, format!("{} issues, {} parties", table.agenda.len(), table.parties))
}

fn repeated(factory: &dyn Factory, table: &Table, deterministic: bool) -> Finding {
    let check = "same seed, same moves";
    if !deterministic {
        return Finding::beside_the_point(check, "it does not declare itself deterministic");
    }
    let moves = || talk(factory, table, "boulware", 12, 0).map(|(_, observed)| observed.decisions);
    match (moves(), moves()) {
        (Ok(first), Ok(second)) if first == second => {
            Finding::passed(check, format!("{} moves", first.len()))
        }
        (Ok(first), Ok(second)) => {
            let at =
                first.iter().zip(&second).position(|(a, b)| a != b).unwrap_or(first.len().min(second.len()));
            let advice = "draw random numbers from the brief's seed and the round alone, or do not declare deterministic";
            Finding::failed(
                check,
                format!("move {} differs between two talks under one seed", at + 1),
                advice,
            )
        }
        (Err(error), _) | (_, Err(error)) => Finding::failed(check, error, "see the agent's own log"),
    }
}

/// A fresh stream is told the history as facts and asked for the turn at hand only.
fn resumed(factory: &dyn Factory, table: &Table, deterministic: bool) -> Finding {
    let check = "the turn at hand after a reconnection";
    let mut differing = None;
    let played = watched(factory, table, 12, |situation, decision| {
        let mut fresh = factory.open().map_err(|error| error.to_string())?;
        let again = fresh.decide(situation).map_err(|error| error.to_string())?;
        fresh.conclude(situation.talk(), situation.brief());
        if again != *decision {
            differing.get_or_insert(situation.talk().round());
        }
        Ok(())
    });
    let advice = "take the history of the first turn of a stream as facts: decide by it, not by what this instance lived through";
    match (played, differing) {
        (Err(error), _) => Finding::failed(check, error, advice),
        (Ok(()), Some(round)) if deterministic => {
            Finding::failed(check, format!("in round {round} a fresh stream decides otherwise"), advice)
        }
        (Ok(()), Some(_)) => Finding::passed(check, "it answers, not always alike, as it declares"),
        (Ok(()), None) => Finding::passed(check, "every turn is decided alike"),
    }
}

/// The one round there is: with the first word, and with the last.
fn last_round(factory: &dyn Factory, table: &Table) -> Finding {
    let check = "the last round";
    let mut seen = Vec::new();
    for (seat, word) in [(0, "first"), (1, "last")] {
        match talk(factory, table, "boulware", 1, seat) {
            Ok((talk, Observed { failure: None, .. })) => {
                seen.push(format!("with the {word} word {}", outcome(&talk)));
            }
            Ok((_, Observed { failure: Some(why), .. })) => {
                let advice = "answer in the last round too: progress is 1, rounds_left 0";
                return Finding::failed(check, format!("with the {word} word, {why}"), advice);
            }
            Err(error) => return Finding::failed(check, error, "see the agent's own log"),
        }
    }
    Finding::passed(check, seen.join(", "))
}

fn outcome(talk: &Talk) -> String {
    let agreed = matches!(talk.outcome(), Some(Outcome::Agreed { .. }));
    (if agreed { "it agrees" } else { "it does not agree, which is legal" }).to_owned()
}

/// The strategy in a seat against native ones in the others.
fn talk(
    factory: &dyn Factory,
    table: &Table,
    opponent: &str,
    rounds: u32,
    seat: usize,
) -> Result<(Talk, Observed), String> {
    let briefs = table.briefs(SEED)?;
    let mut observed = Observed::open(factory)?;
    let spec: StrategySpec = opponent.parse().map_err(|error: strategy::SpecError| error.to_string())?;
    let mut others: Vec<_> = briefs[1..].iter().map(|_| spec.open()).collect();
    let mut sitting: Vec<&mut dyn Strategy> = others.iter_mut().map(|other| &mut **other as _).collect();
    sitting.insert(seat.min(sitting.len()), &mut observed);
    let seated = briefs.iter().zip(sitting).map(|(brief, strategy)| Seat { brief, strategy });
    let mut seats: Vec<Seat<'_>> = seated.collect();
    let talk = play(terms(table, rounds)?, &mut seats).map_err(|error| error.to_string())?;
    drop(seats);
    Ok((talk, observed))
}

/// A talk against Boulware in which every decision of the strategy is shown to `watch`.
fn watched(
    factory: &dyn Factory,
    table: &Table,
    rounds: u32,
    watch: impl FnMut(&Situation<'_>, &Decision) -> Result<(), String> + Send,
) -> Result<(), String> {
    struct Watching<W> {
        inner: Box<dyn Strategy>,
        watch: W,
        failure: Option<String>,
    }
    impl<W: FnMut(&Situation<'_>, &Decision) -> Result<(), String> + Send> Strategy for Watching<W> {
        fn name(&self) -> &str {
            self.inner.name()
        }
        fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
            let decision = self.inner.decide(situation)?;
            if let Err(why) = (self.watch)(situation, &decision) {
                self.failure.get_or_insert(format!("round {}: {why}", situation.talk().round()));
            }
            Ok(decision)
        }
        fn conclude(&mut self, talk: &Talk, brief: &strategy::Brief) {
            self.inner.conclude(talk, brief);
        }
    }
    let inner = factory.open().map_err(|error| error.to_string())?;
    let mut watching = Watching { inner, watch, failure: None };
    let briefs = table.briefs(SEED)?;
    let spec: StrategySpec = "boulware".parse().map_err(|error: strategy::SpecError| error.to_string())?;
    let mut opponent = spec.open();
    let mut seats = [
        Seat { brief: &briefs[0], strategy: &mut watching },
        Seat { brief: &briefs[1], strategy: &mut *opponent },
    ];
    play(terms(table, rounds)?, &mut seats).map_err(|error| error.to_string())?;
    watching.failure.map_or(Ok(()), Err)
}

fn terms(table: &Table, rounds: u32) -> Result<Terms, String> {
    let limit = i64::try_from(TURN_LIMIT.as_micros()).unwrap_or(i64::MAX);
    let terms = table.terms(rounds)?;
    terms.with_turn_limit_us(limit).map_err(|error| error.to_string())
}
