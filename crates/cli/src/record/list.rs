use serde_json::json;
use transcript::Transcript;

use super::Opened;
use crate::output::{Failure, Format, line, print_json};
use crate::summaries::{Summary, second};
use crate::tables::Sheet;

pub(crate) fn list(record: &Opened, limit: usize, format: Format) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for talk in record.talks(limit)? {
        // A damaged talk must not hide the others.
        let entries = record.entries(&talk);
        let summary =
            entries.and_then(|entries| Ok(Summary::of_record(&Transcript::replay(&talk, &entries)?)));
        rows.push((talk, summary));
    }
    if format == Format::Json {
        let document = |(talk, summary): &(record::TalkId, Result<Summary, Failure>)| match summary {
            Ok(summary) => json!(summary),
            Err(failure) => json!({ "talk": talk.as_str(), "phase": "unreadable", "error": failure }),
        };
        print_json(
            &json!({ "record": record.place(), "talks": rows.iter().map(document).collect::<Vec<_>>() }),
        );
        return Ok(());
    }
    if rows.is_empty() {
        line("no talks");
        return Ok(());
    }
    let mut sheet = Sheet::new(5, &["talk", "scenario", "parties", "convened", "phase", "rounds", "entries"]);
    for (talk, summary) in rows {
        match summary {
            Ok(s) => {
                let (rounds, entries) = (s.round.to_string(), s.entries.to_string());
                sheet.row([
                    s.talk,
                    s.scenario,
                    s.parties.join(", "),
                    second(&s.convened),
                    s.phase.to_owned(),
                    rounds,
                    entries,
                ])
            }
            Err(failure) => {
                let blank = String::new;
                sheet.row([talk.to_string(), blank(), blank(), blank(), failure.message, blank(), blank()])
            }
        };
    }
    line(&sheet.to_string());
    Ok(())
}
