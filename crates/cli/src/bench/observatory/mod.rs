//! How many spans an observatory stores, beside bare inserts into SQLite; and how many it takes as a
//! process, beside talks on the same cores.

mod load;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ambient::SystemClock;
use observatory::{Receiver, Store, StoreOptions};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use serde_json::json;

use super::measure::Rate;
use crate::output::{Failure, Format, line, print_json};
use load::Load;

/// Spans of one request, and rows of one commit of the bare table.
const BATCH: u64 = 512;
/// Talks at once.
const TALKS: u64 = 64;

pub(crate) fn bench(length: Duration, format: Format) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    let (stored, shed) = stored(&folder.path().join("traces.db"), length)?;
    let bare = bare(&folder.path().join("bare.db"), length)?;
    let (stored, bare) = (stored.per_second(), bare.per_second());
    let loads = load::loads(folder.path(), length)?;
    if format == Format::Json {
        print_json(&json!({
            "spans_stored_per_second": stored, "bare_inserts_per_second": bare,
            "ratio": stored / bare, "shed": shed, "beside_talks": loads,
        }));
        return Ok(());
    }
    line(&format!("spans received and stored   {stored:>9.0} /s"));
    line(&format!("bare inserts into SQLite    {bare:>9.0} /s"));
    line(&format!("ratio                       {:>9.2}", stored / bare));
    line(&format!("shed and sent again         {shed:>9}"));
    print_loads(&loads);
    Ok(())
}

fn print_loads(loads: &[Load; 3]) {
    let (talks, moves, spans) = (load::TALKS, load::MOVES, load::SPANS);
    line(&format!(
        "\nover gRPC, beside {talks} talks of {moves} moves a second together (target: {spans} spans/s stored):"
    ));
    line("spans offered /s  received    stored      shed      told  answer p99 ms   moves /s  move p99 ms");
    for load in loads {
        let offered = load.offered.map_or("all it can".to_owned(), |offered| offered.to_string());
        line(&format!(
            "{offered:<16}{:>10.0}{:>10.0}{:>10.0}{:>10.0}{:>15.1}{:>11.0}{:>13.1}",
            load.received,
            load.stored,
            load.shed,
            load.told,
            load.answer_p99_ms,
            load.moves,
            load.move_p99_ms
        ));
    }
}

/// Sends as fast as the store takes; what it sheds is sent again and not counted.
fn stored(path: &std::path::Path, length: Duration) -> Result<(Rate, u64), Failure> {
    let (store, _) = Store::open(path, &StoreOptions::default(), Arc::new(SystemClock))?;
    let receiver = Receiver::new(store.clone());
    let (began, mut number, mut rate) = (Instant::now(), 0, Rate::default());
    while began.elapsed() < length {
        let bytes = request(number).encode_to_vec();
        let request = ExportTraceServiceRequest::decode(&bytes[..]).map_err(Failure::internal)?;
        if receiver.traces(request).partial_success.is_some() {
            // The queue is full: the writer has all it can do.
            store.flush();
        }
        number += 1;
    }
    store.flush();
    let tally = store.counts();
    let stored = usize::try_from(tally.stored_spans).unwrap_or(usize::MAX);
    rate.add(stored, began.elapsed());
    Ok((rate, tally.shed))
}

fn bare(path: &std::path::Path, length: Duration) -> Result<Rate, Failure> {
    let mut conn = rusqlite::Connection::open(path).map_err(Failure::internal)?;
    conn.pragma_update(None, "journal_mode", "WAL").map_err(Failure::internal)?;
    conn.pragma_update(None, "synchronous", "NORMAL").map_err(Failure::internal)?;
    conn.execute_batch("CREATE TABLE spans (id INTEGER PRIMARY KEY, content BLOB NOT NULL)")
        .map_err(Failure::internal)?;
    let content = request(0).encode_to_vec();
    let content = &content[..content.len() / BATCH as usize];
    let (began, mut rows, mut rate) = (Instant::now(), 0, Rate::default());
    while began.elapsed() < length {
        insert(&mut conn, content).map_err(Failure::internal)?;
        rows += BATCH as usize;
    }
    rate.add(rows, began.elapsed());
    Ok(rate)
}

fn insert(conn: &mut rusqlite::Connection, content: &[u8]) -> rusqlite::Result<()> {
    let commit = conn.transaction()?;
    for _ in 0..BATCH {
        commit.prepare_cached("INSERT INTO spans (content) VALUES (?1)")?.execute([content])?;
    }
    commit.commit()
}

fn request(number: u64) -> ExportTraceServiceRequest {
    let spans = (0..BATCH).map(|place| span(number * BATCH + place)).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let of_resource = ResourceSpans { scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![of_resource] }
}

/// A span as a mediator sends it.
fn span(number: u64) -> Span {
    let talk = number % TALKS + 1;
    // Ids are as good as random, as those of the real thing.
    let id = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
    let attribute = |key: &str, value| {
        let value = Some(AnyValue { value: Some(value) });
        KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
    };
    let start = 1_746_835_200_000_000_000 + number * 1_000;
    Span {
        trace_id: [talk.to_be_bytes(), talk.to_be_bytes()].concat(),
        span_id: id.to_vec(),
        parent_span_id: talk.to_be_bytes().to_vec(),
        name: "decide".to_owned(),
        start_time_unix_nano: start,
        end_time_unix_nano: start + 500_000,
        attributes: vec![
            attribute(telemetry::names::PARTY, Value::StringValue("USA".to_owned())),
            attribute(telemetry::names::ACT, Value::StringValue("propose".to_owned())),
            attribute(telemetry::names::CLIENT_SEQ, Value::IntValue(7)),
            attribute(telemetry::names::ISSUE_CHANGES, Value::IntValue(3)),
        ],
        ..Span::default()
    }
}
