use serde_json::json;

use super::Opened;
use crate::entries::Follower;
use crate::output::{Failure, Format, line, print_json};
use crate::summaries::Summary;
use crate::teller::Teller;

pub(crate) fn show(record: &Opened, talk: Option<&str>, format: Format) -> Result<(), Failure> {
    let talk = record.choose(talk)?;
    let mut follower = Follower::new(talk.clone());
    let (mut documents, mut lines) = (Vec::new(), Vec::new());
    let mut teller: Option<Teller> = None;
    for entry in record.entries(&talk)? {
        let told = follower.take(&entry)?;
        let Some(transcript) = follower.transcript() else { continue };
        let teller = teller.get_or_insert_with(|| Teller::of(transcript));
        let said = teller.entry(transcript, &told);
        let mut seq = format!("{:>4}", entry.seq);
        for said in said {
            lines.push(format!("{seq}  {said}"));
            seq = " ".repeat(4);
        }
        documents.push(told.document);
    }
    let summary = follower.transcript().map(Summary::of_record);
    if format == Format::Json {
        print_json(&json!({ "record": record.place(), "summary": summary, "entries": documents }));
        return Ok(());
    }
    line(&summary.map(|summary| summary.text()).unwrap_or_default());
    line("");
    line(&lines.join("\n"));
    Ok(())
}
