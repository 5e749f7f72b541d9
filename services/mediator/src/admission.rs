//! Who may take a seat: the first message of a stream, checked against the talk and its record.

use std::time::Duration;

use record::Page;
use tariff::PartyId;
use tonic::{Code, Status, Streaming};
use wire::Refused;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_request::Message as Up;

use crate::table::{Handle, Table};

/// The first message: which talk, and Hello.
pub(crate) async fn first(
    within: Duration,
    incoming: &mut Streaming<pb::AttendRequest>,
) -> Result<(String, pb::Hello), Status> {
    let first = tokio::time::timeout(within, incoming.message()).await.map_err(|_| {
        Refused::new(Code::DeadlineExceeded, "NO_HELLO", "no Hello came in time: send it first")
    })??;
    let Some(pb::AttendRequest { talk, message: Some(Up::Hello(hello)), .. }) = first else {
        let message = "the first message was not Hello: send it first";
        return Err(Refused::new(Code::FailedPrecondition, "NO_HELLO", message).into());
    };
    Ok((talk, hello))
}

/// The talk and the seat in it, if this is who may take it, and where it left off.
pub(crate) async fn admit(
    table: &Table,
    talk: &str,
    hello: &pb::Hello,
) -> Result<(Handle, PartyId), Refused> {
    let handle = table.find(talk).await?;
    let party = seat_of(&handle, hello)?;
    handle.check_held()?;
    check_resume(table, &handle, hello).await?;
    Ok((handle, party))
}

fn seat_of(handle: &Handle, hello: &pb::Hello) -> Result<PartyId, Refused> {
    let parties = handle.shared.look(|t| t.talk().terms().parties().to_vec());
    parties.iter().find(|p| p.as_str() == hello.party).cloned().ok_or_else(|| {
        let seats = parties.iter().map(PartyId::as_str).collect::<Vec<_>>().join(", ");
        let party: String = hello.party.chars().take(32).collect();
        let message = format!("{party:?} has no seat in this talk: the seats are {seats}");
        Refused::new(Code::PermissionDenied, "NOT_A_PARTY", message)
    })
}

/// A seat that has seen entries this record does not hold, or other ones, must not go on.
async fn check_resume(table: &Table, handle: &Handle, hello: &pb::Hello) -> Result<(), Refused> {
    let rolled_back = |message: String| Refused::new(Code::DataLoss, "HISTORY_ROLLED_BACK", message);
    let tip = handle.shared.look(transcript::Transcript::tip);
    if hello.after_seq > tip.seq {
        let message = format!("the seat holds entry {}, the record ends at {}", hello.after_seq, tip.seq);
        return Err(rolled_back(message).with("tip", tip.seq));
    }
    if hello.after_seq == 0 || hello.after_hash.is_empty() {
        return Ok(());
    }
    let page = Page { entries: 1, ..Page::default() };
    let entries = handle.shared.entries(&*table.log, hello.after_seq - 1, page).await?;
    if entries.first().is_some_and(|e| e.hash().as_bytes() == hello.after_hash.as_ref()) {
        return Ok(());
    }
    Err(rolled_back(format!("the seat's entry {} is not the record's", hello.after_seq)))
}
