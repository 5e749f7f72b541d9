//! `detente trace`: where the time of a talk went, from the store of its traces or from its record.

mod entries;
mod picture;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use observatory::model::TraceId;
use observatory::waterfall::{Tree, critical, waits};
use observatory::{Reader, to_otlp_json};
use serde_json::json;

use crate::output::{Failure, Format, exit, line, print_json};
use crate::record::RecordFile;
use crate::summaries::{moment, second};
use crate::tables::Sheet;

/// Spans and events of one trace that are read at most.
const MOST: usize = 500_000;
/// Where traces are kept by default: those of `detente run`, those of `detente observe`.
const USUAL: [&str; 2] = ["detente-traces.db", "observatory.db"];

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TraceArguments {
    #[command(subcommand)]
    command: Option<TraceCommand>,
    /// A talk, or the 32 digits of a trace; by default the trace that came in last
    #[arg(value_name = "TALK_OR_TRACE")]
    name: Option<String>,
    #[command(flatten)]
    store: StoreFile,
    /// Read a talk's record instead of a store: its entries and their times only
    #[arg(long, value_name = "FILE", conflicts_with = "store")]
    record: Option<PathBuf>,
}

#[derive(Subcommand)]
enum TraceCommand {
    /// The traces of a store, the one that came in last first
    #[command(
        after_help = "Examples:\n  detente trace list\n  detente trace list --store observatory.db --limit 10"
    )]
    List {
        #[command(flatten)]
        store: StoreFile,
        /// At most so many
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// A trace as OTLP JSON, for any other tool
    #[command(
        after_help = "Example:\n  detente trace export TALK > otlp.json\n  curl -H 'Content-Type: application/json' -d @otlp.json http://127.0.0.1:4318/v1/traces"
    )]
    Export {
        /// A talk, or the 32 digits of a trace; by default the trace that came in last
        #[arg(value_name = "TALK_OR_TRACE")]
        name: Option<String>,
        #[command(flatten)]
        store: StoreFile,
    },
}

/// Where the traces are.
#[derive(Debug, Clone, clap::Args)]
struct StoreFile {
    /// The store; by default detente-traces.db, or else observatory.db
    #[arg(long, env = "DETENTE_TRACES", value_name = "FILE")]
    store: Option<PathBuf>,
}

pub(crate) fn trace(arguments: TraceArguments, format: Format) -> Result<(), Failure> {
    match (arguments.command, arguments.record) {
        (Some(TraceCommand::List { store, limit }), _) => list(&store.open()?, limit as usize, format),
        (Some(TraceCommand::Export { name, store }), _) => export(&store.open()?, name.as_deref()),
        (None, Some(path)) => entries::show(&RecordFile::at(path).open()?, arguments.name.as_deref(), format),
        (None, None) => show(&arguments.store.open()?, arguments.name.as_deref(), format),
    }
}

impl StoreFile {
    fn open(&self) -> Result<Reader, Failure> {
        let usual = || USUAL.iter().map(Path::new).find(|path| path.exists()).unwrap_or(Path::new(USUAL[0]));
        Ok(Reader::open(self.store.as_deref().unwrap_or_else(usual))?)
    }
}

/// The trace that is asked for, or the one that came in last.
fn choose(reader: &Reader, name: Option<&str>) -> Result<TraceId, Failure> {
    let missing = |message: String| {
        let place = reader.path().display().to_string();
        let list = format!("`detente trace list --store {place}` shows the traces");
        Failure::new(exit::NOT_FOUND, "NO_SUCH_TRACE", message).at(place).hint(list)
    };
    match name {
        None => {
            let latest = reader.traces(None, 1)?.pop();
            Ok(latest.ok_or_else(|| missing("the store holds no trace".to_owned()))?.trace_id)
        }
        Some(name) => {
            let shown: String = name.chars().take(80).collect();
            let none = || missing(format!("there is no talk or trace {shown:?} in this store"));
            reader.find(name)?.ok_or_else(none)
        }
    }
}

fn list(reader: &Reader, limit: usize, format: Format) -> Result<(), Failure> {
    let traces = reader.traces(None, limit)?;
    if format == Format::Json {
        print_json(&json!({ "traces": traces }));
        return Ok(());
    }
    if traces.is_empty() {
        line("no traces");
        return Ok(());
    }
    let mut sheet = Sheet::new(3, &["trace", "talk", "began", "length", "spans", "errors"]);
    for trace in traces {
        let began = second(&moment(trace.first_ns / 1_000));
        let length = picture::length(trace.last_ns.saturating_sub(trace.first_ns));
        let talks = picture::plain(&trace.talks.join(", "));
        let (spans, errors) = (trace.spans.to_string(), trace.errors.to_string());
        sheet.row([trace.trace_id.to_string(), talks, began, length, spans, errors]);
    }
    line(&sheet.to_string());
    Ok(())
}

fn export(reader: &Reader, name: Option<&str>) -> Result<(), Failure> {
    let trace = choose(reader, name)?;
    let (spans, events) = (reader.spans(trace, MOST)?, reader.events(trace, MOST)?);
    line(&to_otlp_json(&spans, &events).map_err(Failure::internal)?);
    Ok(())
}

fn show(reader: &Reader, name: Option<&str>, format: Format) -> Result<(), Failure> {
    let trace = choose(reader, name)?;
    let (spans, events) = (reader.spans(trace, MOST)?, reader.events(trace, MOST)?);
    let tree = Tree::new(&spans);
    let (path, waits) = (critical(&tree), waits(&tree));
    if format == Format::Json {
        print_json(&json!({
            "trace_id": trace, "spans": spans, "events": events,
            "critical_path": path, "waiting_for": waits, "orphans": tree.orphans(),
        }));
        return Ok(());
    }
    line(&picture::picture(trace, &tree, &events, &path, &waits));
    Ok(())
}
