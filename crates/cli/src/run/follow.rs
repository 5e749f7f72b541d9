//! From convening to the end: the run watches the talk as anybody could, by its public record.

use std::time::Duration;

use observatory::Drawings;
use record::TalkId;
use talks::{Act, Event, Phase, Submission};
use tokio_util::sync::CancellationToken;
use transcript::Transcript;
use wire::pb::mediation::v1 as pb;
use wire::{entry_from_pb, trace_from_pb};

use super::children::{Children, interrupted};
use super::drawing::Artist;
use super::view::View;
use super::{Format, Plan};
use crate::clients;
use crate::output::Failure;
use crate::summaries::trace_id;

/// A talk that was followed to its end.
pub(crate) struct Ended {
    pub(crate) transcript: Transcript,
    pub(crate) trace_id: String,
}

pub(crate) async fn follow(
    plan: &Plan,
    children: &mut Children,
    drawings: Option<&Drawings>,
    shutdown: &CancellationToken,
    format: Format,
) -> Result<Ended, Failure> {
    let mut client = clients::mediator(children.mediator()).await?;
    let request = pb::ConveneTalkRequest {
        request_id: ambient::fresh_id(),
        terms: Some(clients::terms(&plan.bench, plan.rounds, plan.turn_limit())?),
        trace: None,
    };
    let talk = client.convene_talk(request).await?.into_inner().talk.unwrap_or_default();
    let id = TalkId::new(&talk.talk).map_err(Failure::internal)?;
    let request = pb::WatchEntriesRequest { talk: talk.talk.clone(), after_seq: 0 };
    let mut entries = client.watch_entries(request).await?.into_inner();
    let mut view = View::begin(plan, format);
    let artist = drawings.map(|drawings| Artist::begin(plan, &talk.talk, drawings));
    let mut transcript: Option<Transcript> = None;
    let mut watchdog = tokio::time::interval(Duration::from_millis(500));
    loop {
        let batch = tokio::select! {
            batch = entries.message() => match batch {
                Ok(batch) => batch,
                Err(status) => {
                    view.end();
                    return Err(children.lost(status).await);
                }
            },
            () = shutdown.cancelled() => {
                view.end();
                return Err(interrupted());
            }
            _ = watchdog.tick() => {
                if let Some(failure) = children.ended().await {
                    view.end();
                    return Err(failure);
                }
                continue;
            }
        };
        let Some(batch) = batch else {
            view.end();
            return Err(Failure::internal("the mediator ended the watch early"));
        };
        for entry in &batch.entries {
            let entry = entry_from_pb(entry).map_err(Failure::internal)?;
            match &mut transcript {
                None => transcript = Some(Transcript::open(&id, &entry).map_err(Failure::internal)?),
                Some(transcript) => {
                    let event = transcript.accept(&entry).map_err(Failure::internal)?;
                    if let (Some(artist), Event::Moved(Submission { act: Act::Propose(offer), .. })) =
                        (&artist, &event)
                    {
                        artist.place(entry.seq, offer);
                    }
                    view.show(transcript, &event);
                }
            }
        }
        if let Some(artist) = &artist {
            artist.show();
        }
        if let Some(over) = transcript.take_if(|t| matches!(t.talk().phase(), Phase::Closed(_))) {
            view.end();
            let trace = trace_from_pb(talk.trace.as_ref()).unwrap_or_default();
            let trace_id = trace_id(&trace).unwrap_or_default();
            return Ok(Ended { transcript: over, trace_id });
        }
    }
}
