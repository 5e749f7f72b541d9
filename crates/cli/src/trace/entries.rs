//! The waterfall of a record alone: its entries and the times between them.

use serde::Serialize;
use serde_json::json;
use talks::Event;

use super::picture::length;
use crate::entries::Follower;
use crate::output::{Failure, Format, line, print_json};
use crate::record::Opened;
use crate::tables::Sheet;

/// Characters of a bar.
const BAR: i64 = 32;

#[derive(Serialize)]
struct Row {
    seq: u64,
    what: String,
    party: Option<String>,
    offset_us: i64,
    /// Since the entry before: how long the table waited for it.
    wait_us: i64,
    trace: Option<String>,
}

pub(super) fn show(record: &Opened, talk: Option<&str>, format: Format) -> Result<(), Failure> {
    let talk = record.choose(talk)?;
    let rows = rows(record, &talk)?;
    if format == Format::Json {
        print_json(&json!({ "talk": talk.as_str(), "record": record.place(), "entries": rows }));
        return Ok(());
    }
    line(&format!("talk      {talk}\nrecord    {}: entries only, no spans\n", record.place()));
    let longest = rows.iter().map(|row| row.wait_us).max().unwrap_or(0).max(1);
    let mut sheet = Sheet::new(3, &["entry", "what", "party", "at", "after", "waited"]);
    for row in rows {
        let width = usize::try_from(row.wait_us * BAR / longest).unwrap_or(0);
        let (at, after) = (length(row.offset_us * 1_000), length(row.wait_us * 1_000));
        let party = row.party.unwrap_or_default();
        sheet.row([row.seq.to_string(), row.what, party, at, after, format!("{:<32}", "█".repeat(width))]);
    }
    line(&sheet.to_string());
    Ok(())
}

fn rows(record: &Opened, talk: &record::TalkId) -> Result<Vec<Row>, Failure> {
    let mut follower = Follower::new(talk.clone());
    let (mut rows, mut first, mut before) = (Vec::new(), None, None);
    for entry in record.entries(talk)? {
        let told = follower.take(&entry)?;
        let began = *first.get_or_insert(entry.time_us);
        let (what, party) = said(told.event.as_ref());
        rows.push(Row {
            seq: entry.seq,
            what,
            party,
            offset_us: entry.time_us - began,
            wait_us: before.map_or(0, |before| entry.time_us - before),
            trace: entry.trace.clone(),
        });
        before = Some(entry.time_us);
    }
    Ok(rows)
}

fn said(event: Option<&Event>) -> (String, Option<String>) {
    let of = |what: &str, party: Option<&tariff::PartyId>| (what.to_owned(), party.map(ToString::to_string));
    match event {
        None => of("convened", None),
        Some(Event::Opened) => of("opened", None),
        Some(Event::Moved(given)) => match given.act {
            talks::Act::Propose(_) => of("propose", Some(&given.party)),
            talks::Act::Accept { .. } => of("accept", Some(&given.party)),
            talks::Act::WalkAway => of("walk away", Some(&given.party)),
        },
        Some(Event::TurnMissed { party }) => of("turn missed", Some(party)),
        Some(Event::EpochTaken { .. }) => of("taken over", None),
        Some(Event::Adjourned) => of("adjourned", None),
        Some(Event::Reconvened) => of("reconvened", None),
        Some(Event::Closed(_)) => of("closed", None),
    }
}
