use record::TalkId;
use tonic::Streaming;
use wire::entry_from_pb;
use wire::pb::mediation::v1 as pb;

use crate::clients;
use crate::entries::{Follower, Told};
use crate::output::{Failure, Format, exit, json_line, line};
use crate::summaries::moment;
use crate::teller::Teller;

/// Whether people are told which talk it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    /// They named it.
    None,
    /// They did not.
    Talk,
}

/// Prints a talk's entries after `after`, to its end. All of them are read, for each is checked
/// against the one before.
pub(crate) async fn watch(
    mediator: &str,
    talk: String,
    after: u64,
    format: Format,
    heading: Heading,
) -> Result<(), Failure> {
    let mut teller: Option<Teller> = None;
    follow(mediator, talk, |entry, follower, told| {
        let Some(transcript) = follower.transcript() else { return Ok(()) };
        if teller.is_none() && heading == Heading::Talk && format == Format::Text {
            line(&format!("talk {}", transcript.id()));
        }
        let teller = teller.get_or_insert_with(|| Teller::of(transcript));
        // Told even where it is not shown: what moved is told against what came before.
        let said = teller.entry(transcript, &told);
        if entry.seq <= after {
            return Ok(());
        }
        match format {
            Format::Json => json_line(&told.document)?,
            Format::Text => {
                let time: String = moment(entry.time_us).chars().skip(11).take(8).collect();
                let mut head = format!("{:>4}  {time}", entry.seq);
                for said in said {
                    line(&format!("{head}  {said}"));
                    head = " ".repeat(14);
                }
            }
        }
        Ok(())
    })
    .await
}

/// Waits until a talk is over.
pub(crate) async fn to_the_end(mediator: &str, talk: String) -> Result<(), Failure> {
    follow(mediator, talk, |_, _, _| Ok(())).await
}

async fn follow(
    mediator: &str,
    talk: String,
    mut take: impl FnMut(&record::Entry, &Follower, Told) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let missing = || {
        let failure = Failure::new(exit::NOT_FOUND, "NO_SUCH_TALK", "that is not the name of a talk");
        failure.at(mediator).hint(listed(mediator))
    };
    let id = TalkId::new(&talk).map_err(|_| missing())?;
    let mut client = clients::mediator(mediator).await?;
    let request = pb::WatchEntriesRequest { talk: talk.clone(), after_seq: 0 };
    let mut entries: Streaming<pb::WatchEntriesResponse> =
        client.watch_entries(request).await.map_err(|status| unknown(status, mediator))?.into_inner();
    let mut follower = Follower::new(id);
    while let Some(batch) =
        entries.message().await.map_err(|status| lost(status, mediator, &talk, &follower))?
    {
        for entry in &batch.entries {
            let entry = entry_from_pb(entry).map_err(Failure::internal)?;
            let told = follower.take(&entry)?;
            take(&entry, &follower, told)?;
        }
    }
    Ok(())
}

/// The watch ended before the talk did.
fn lost(status: tonic::Status, mediator: &str, talk: &str, follower: &Follower) -> Failure {
    let Some(transcript) = follower.transcript() else { return unknown(status, mediator) };
    let seen = transcript.tip().seq;
    let on = format!("`detente talk watch {talk} --after {seen} --mediator {mediator}` goes on from here");
    Failure::from(status).at(mediator).hint(on)
}

/// Nothing of the talk came.
fn unknown(status: tonic::Status, mediator: &str) -> Failure {
    let nowhere = status.code() == tonic::Code::NotFound;
    let failure = Failure::from(status).at(mediator);
    if nowhere { failure.hint(listed(mediator)) } else { failure }
}

fn listed(mediator: &str) -> String {
    format!("`detente talk list --mediator {mediator}` shows the talks")
}
