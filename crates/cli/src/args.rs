//! The command line: what can be asked, and the help that goes with it.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::agent::AgentCommand;
use crate::backtest::BacktestCommand;
use crate::explain::ExplainOptions;
use crate::lab::LabCommand;
use crate::landing::LandingOptions;
use crate::model::ModelOptions;
use crate::output::{Failure, Format, exit};
use crate::record::RecordCommand;
use crate::run::RunOptions;
use crate::scenario::ScenarioCommand;
use crate::score::ScoreOptions;
use crate::serve::ServeCommand;
use crate::talk::TalkArguments;
use crate::tariffs::TariffsCommand;
use crate::trace::TraceArguments;
use crate::watch::WatchArguments;

/// Tariff talks between separate services: run them, watch them, score offers, read records.
#[derive(Parser)]
#[command(name = "detente", version, after_help = EXAMPLES)]
pub(crate) struct Detente {
    /// How results are printed
    #[arg(long, global = true, default_value = "text", value_enum)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) process: process::Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  detente run geneva-2025
  detente run geneva-2025 --strategy USA=micro --strategy CHN=conceder --seed 7
  detente score geneva-2025 --status-quo
  detente explain geneva-2025 --party USA --status-quo
  detente landing-zone geneva-2025 --picture zone.svg
  detente record show
  detente trace
  detente serve mediator --listen 127.0.0.1:7400 --record talks.db

Exit codes:
  0    done; a talk that fails is done too, and says so
  64   what was asked for is not valid: a flag, a file, an offer, a scenario
  65   what was read is damaged, such as a record
  66   what was named is not there
  69   a service, a record or an address cannot be used now, or a file cannot be written
  70   something failed that should not
  130  interrupted

With --format json, what goes wrong is one document on standard output:
  {\"error\": {\"code\", \"message\", \"where\", \"hint\"}}";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a scenario's talks: mediator and delegations as processes of their own
    Run(RunOptions),
    /// Talks at a mediator that already runs: convene, get, list, watch, adjourn, reconvene
    #[command(after_help = "Examples:\n  detente talk list\n  detente talk convene geneva-2025 --wait")]
    Talk(TalkArguments),
    /// Follow a talk as it goes on: plain lines, or JSON lines with --format json
    #[command(
        after_help = "Examples:\n  detente watch\n  detente watch TALK --mediator 127.0.0.1:7400\n  detente watch --format json | jq .decoded"
    )]
    Watch(WatchArguments),
    /// Where the time of a talk went: every span of every service, round by round
    #[command(
        after_help = "Examples:\n  detente trace\n  detente trace TALK\n  detente trace TALK --store observatory.db --format json\n  detente trace TALK --record detente.db\n  detente trace list"
    )]
    Trace(TraceArguments),
    /// Show talks on a page; receive traces, metrics and logs over OTLP
    #[command(
        after_help = "Examples:\n  detente observe\n  detente observe --listen 127.0.0.1:4317 --store talks-traces.db\n  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 detente run geneva-2025"
    )]
    Observe(observatory::Options),
    /// What an offer does to deficit, trade, revenue and prices
    Score(ScoreOptions),
    /// A trade model on your own data: smart, gsim, armington, ossa, caliendo-parro, deficit-ge
    Model(ModelOptions),
    /// Tariffs that theory would choose: optimal, nash, cooperative
    #[command(
        subcommand,
        after_help = "Examples:\n  detente tariffs nash world.json\n  detente tariffs reciprocal"
    )]
    Tariffs(TariffsCommand),
    /// What an offer is worth to a party, objective by objective
    Explain(ExplainOptions),
    /// Which deals there are to be had, all mandates known: the efficient edge and the classical solutions
    LandingZone(LandingOptions),
    /// What can be talked about: list, show, check, new
    #[command(
        subcommand,
        after_help = "Examples:\n  detente scenario list\n  detente scenario show geneva-2025"
    )]
    Scenario(ScenarioCommand),
    /// What was said: list, show, replay, export
    #[command(
        subcommand,
        after_help = "Examples:\n  detente record list\n  detente record show --record talks.db"
    )]
    Record(RecordCommand),
    /// The model beside what others published
    #[command(
        subcommand,
        after_help = "Examples:\n  detente backtest wto\n  detente backtest timeline --format json"
    )]
    Backtest(BacktestCommand),
    /// The ways to bargain that are built in, with what can be set about them
    #[command(after_help = "Example:\n  detente strategies")]
    Strategies,
    /// Tournaments: strategies ranked over scenarios, with statistics and plots
    #[command(
        subcommand,
        after_help = "Examples:\n  detente lab run standard\n  detente lab report lab-standard --html standard.html"
    )]
    Lab(LabCommand),
    /// Strategies that run elsewhere: check, serve, new
    #[command(
        subcommand,
        after_help = "Examples:\n  detente agent check grpc://127.0.0.1:9000\n  detente agent new my-agent --lang python"
    )]
    Agent(AgentCommand),
    /// Run one service
    #[command(
        subcommand,
        after_help = "Examples:\n  detente serve mediator --record talks.db\n  detente serve scoring"
    )]
    Serve(ServeCommand),
    /// Measure this project beside its bare limits
    #[command(subcommand, after_help = "Examples:\n  detente bench score\n  detente bench wire --seconds 5")]
    Bench(crate::bench::BenchCommand),
    /// Print completions for a shell
    #[command(after_help = "Example:\n  detente completions bash > /etc/bash_completion.d/detente")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What was asked for; otherwise the exit code after help, or after what is wrong with the question.
pub(crate) fn parse() -> Result<Detente, ExitCode> {
    Detente::try_parse_from(joined(std::env::args_os())).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        _ if json_is_asked_for(std::env::args()) => misunderstood(&error).report(Format::Json),
        _ => {
            let _ = error.print();
            ExitCode::from(exit::USAGE)
        }
    })
}

/// `--page ADDR` as `--page=ADDR`: what follows `--page` of `run` could be its scenario, unless it is an
/// address.
fn joined(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    for argument in arguments {
        match joined.last_mut() {
            Some(last) if last == "--page" && is_address(&argument) => {
                last.push("=");
                last.push(argument);
            }
            _ => joined.push(argument),
        }
    }
    joined
}

fn is_address(text: &OsStr) -> bool {
    let port = text.to_str().and_then(|text| text.rsplit_once(':')).map(|(_, port)| port);
    port.is_some_and(|port| port.parse::<u16>().is_ok())
}

/// The format as far as a command line that cannot be understood says it.
fn json_is_asked_for(arguments: impl Iterator<Item = String>) -> bool {
    let arguments: Vec<String> = arguments.collect();
    arguments.windows(2).any(|pair| pair == ["--format", "json"])
        || arguments.iter().any(|a| a == "--format=json")
}

fn misunderstood(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let message =
        lines.next().unwrap_or("the command line is not valid").trim_start_matches("error: ").to_owned();
    let named = lines.clone().take_while(|line| line.starts_with('-') || line.starts_with('<'));
    let message = named.fold(message, |message, name| format!("{message} {name}"));
    let hint = lines.find(|line| line.starts_with("tip: ") || line.starts_with("Usage: "));
    let failure = Failure::new(exit::USAGE, "BAD_ARGUMENT", message).at("command line");
    failure.hint(hint.unwrap_or("`detente --help` shows what can be asked"))
}

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Detente::command(), "detente", &mut script);
    crate::output::write(&String::from_utf8_lossy(&script));
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn an_address_after_page_belongs_to_it_and_a_scenario_does_not() {
        let joined =
            |line: &str| super::joined(line.split(' ').map(Into::into)).join(std::ffi::OsStr::new(" "));
        for (given, read) in [
            ("run --page 127.0.0.1:7405", "run --page=127.0.0.1:7405"),
            ("run --page [::1]:7405 laptop", "run --page=[::1]:7405 laptop"),
            ("run --page localhost:7405", "run --page=localhost:7405"),
            ("run --page usmca-2026:CAN", "run --page usmca-2026:CAN"),
            ("run --page laptop", "run --page laptop"),
            ("run laptop --page", "run laptop --page"),
        ] {
            assert_eq!(joined(given), read);
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        super::Detente::command().debug_assert();
    }

    #[test]
    fn every_command_and_group_shows_an_example() {
        let mut silent = Vec::new();
        let mut commands = vec![(String::new(), super::Detente::command())];
        while let Some((path, command)) = commands.pop() {
            let path = format!("{path} {}", command.get_name());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            if !(help.contains("Example") && help.contains(&format!("\n {path}"))) {
                silent.push(path.clone());
            }
            let shown = command.get_subcommands().filter(|inner| !inner.is_hide_set());
            commands.extend(shown.map(|inner| (path.clone(), inner.clone())));
        }
        assert!(silent.is_empty(), "{silent:?}");
    }
}
