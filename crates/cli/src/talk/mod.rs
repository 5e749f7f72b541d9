//! `detente talk`: talks at a mediator that already runs.

pub(crate) mod watch;

use clap::Subcommand;
use serde_json::json;
use watch::Heading;
use wire::pb::mediation::v1 as pb;

use crate::clients;
use crate::output::{Failure, Format, exit, line, print_json};
use crate::score::bench;
use crate::summaries::{Summary, second};
use crate::tables::Sheet;

#[derive(clap::Args)]
pub(crate) struct TalkArguments {
    /// Where the mediator listens
    #[arg(
        long,
        global = true,
        env = "DETENTE_MEDIATOR",
        default_value = "http://127.0.0.1:7400",
        value_name = "ADDR"
    )]
    mediator: String,
    #[command(subcommand)]
    command: TalkCommand,
}

#[derive(Subcommand)]
enum TalkCommand {
    /// Ask for a talk; it opens once every seat is taken
    #[command(after_help = "\
Examples:
  detente talk convene geneva-2025 --wait
  detente talk convene geneva-2025 --rounds 30 --request-id may-10 --mediator 127.0.0.1:7400")]
    Convene {
        /// The scenario: a shipped one's name, or a folder
        #[arg(value_name = "SCENARIO")]
        scenario: String,
        /// Rounds until the talk fails, in place of the scenario's
        #[arg(long, value_name = "N")]
        rounds: Option<u32>,
        /// Names this request: repeating it with the same terms returns the same talk
        #[arg(long, value_name = "ID")]
        request_id: Option<String>,
        /// Follow the talk to its end
        #[arg(long)]
        wait: bool,
    },
    /// How a talk stands
    #[command(after_help = "Example:\n  detente talk get TALK")]
    Get {
        /// The talk
        talk: String,
    },
    /// The talks of the mediator, newest first
    #[command(
        after_help = "Examples:\n  detente talk list\n  detente talk list --page-size 10 --page-token TOKEN"
    )]
    List {
        /// At most so many
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
        page_size: u32,
        /// Goes on where an earlier page ended
        #[arg(long, default_value = "", value_name = "TOKEN")]
        page_token: String,
    },
    /// Follow a talk to its end: plain lines, or JSON lines with --format json
    #[command(
        after_help = "Examples:\n  detente talk watch TALK\n  detente talk watch TALK --after 12 --format json"
    )]
    Watch {
        /// The talk
        talk: String,
        /// Show entries after this one
        #[arg(long, default_value_t = 0, value_name = "SEQ")]
        after: u64,
    },
    /// Pause a talk
    #[command(after_help = "Example:\n  detente talk adjourn TALK --reason 'back on Monday'")]
    Adjourn {
        /// The talk
        talk: String,
        /// Why; stands in the record
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
    },
    /// Take an adjourned talk up again
    #[command(after_help = "Example:\n  detente talk reconvene TALK")]
    Reconvene {
        /// The talk
        talk: String,
    },
}

pub(crate) fn talk(arguments: TalkArguments, format: Format) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(run(arguments, format))
}

async fn run(arguments: TalkArguments, format: Format) -> Result<(), Failure> {
    let mediator = arguments.mediator;
    match arguments.command {
        TalkCommand::Convene { scenario, rounds, request_id, wait } => {
            convene(&mediator, &scenario, rounds, request_id, wait, format).await
        }
        TalkCommand::Get { talk } => show(get(&mediator, talk).await?, format),
        TalkCommand::List { page_size, page_token } => list(&mediator, page_size, page_token, format).await,
        TalkCommand::Watch { talk, after } => {
            watch::watch(&mediator, talk, after, format, Heading::None).await
        }
        TalkCommand::Adjourn { talk, reason } => {
            let request = pb::AdjournTalkRequest { talk, reason };
            let talk = clients::mediator(&mediator).await?.adjourn_talk(request).await?.into_inner().talk;
            show(talk.unwrap_or_default(), format)
        }
        TalkCommand::Reconvene { talk } => {
            let request = pb::ReconveneTalkRequest { talk };
            let talk = clients::mediator(&mediator).await?.reconvene_talk(request).await?.into_inner().talk;
            show(talk.unwrap_or_default(), format)
        }
    }
}

async fn convene(
    mediator: &str,
    scenario: &str,
    rounds: Option<u32>,
    request_id: Option<String>,
    wait: bool,
    format: Format,
) -> Result<(), Failure> {
    let bench = bench(scenario)?;
    let terms = clients::terms(&bench, clients::rounds(rounds, &bench)?, None)?;
    let request_id = request_id.unwrap_or_else(ambient::fresh_id);
    let request = pb::ConveneTalkRequest { request_id, terms: Some(terms), trace: None };
    let convened =
        clients::mediator(mediator).await?.convene_talk(request).await?.into_inner().talk.unwrap_or_default();
    if !wait {
        return show(convened, format);
    }
    let name = convened.talk.clone();
    // One document in the end: the entries are for people only.
    if format == Format::Text {
        watch::watch(mediator, name.clone(), 0, format, Heading::Talk).await?;
        return Ok(());
    }
    watch::to_the_end(mediator, name.clone()).await?;
    show(get(mediator, name).await?, format)
}

async fn get(mediator: &str, talk: String) -> Result<pb::Talk, Failure> {
    let response = clients::mediator(mediator).await?.get_talk(pb::GetTalkRequest { talk }).await?;
    let missing = || Failure::new(exit::INTERNAL, "INTERNAL", "the mediator answered without a talk");
    response.into_inner().talk.ok_or_else(missing)
}

async fn list(mediator: &str, page_size: u32, page_token: String, format: Format) -> Result<(), Failure> {
    let request = pb::ListTalksRequest { page_size, page_token };
    let page = clients::mediator(mediator).await?.list_talks(request).await?.into_inner();
    let talks = page.talks.into_iter().map(Summary::of_mediator).collect::<Result<Vec<_>, _>>()?;
    let next = Some(page.next_page_token).filter(|token| !token.is_empty());
    if format == Format::Json {
        print_json(&json!({ "talks": talks, "next_page_token": next }));
        return Ok(());
    }
    if talks.is_empty() {
        line("no talks");
        return Ok(());
    }
    let mut sheet =
        Sheet::new(6, &["talk", "scenario", "parties", "convened", "phase", "attending", "round", "entries"]);
    for t in talks {
        let attending = t.attending.unwrap_or_default().join(", ");
        let (round, entries) = (t.round.to_string(), t.entries.to_string());
        sheet.row([
            t.talk,
            t.scenario,
            t.parties.join(", "),
            second(&t.convened),
            t.phase.to_owned(),
            attending,
            round,
            entries,
        ]);
    }
    line(&sheet.to_string());
    if let Some(token) = next {
        line(&format!("\nmore with --page-token {token}"));
    }
    Ok(())
}

fn show(talk: pb::Talk, format: Format) -> Result<(), Failure> {
    let summary = Summary::of_mediator(talk)?;
    match format {
        Format::Json => print_json(&summary),
        Format::Text => line(&summary.text()),
    }
    Ok(())
}
