//! The mediation service: each call is a few lines over the table.

use std::pin::Pin;
use std::sync::Arc;

use futures::{Stream, StreamExt as _, stream};
use record::{Cursor, Page};
use tariff::PartyId;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status, Streaming};
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::mediation_service_server::MediationService;
use wire::{Refused, decode_terms, entry_to_pb, signatures_from_pb, trace_from_pb};

use crate::seat::Seat;
use crate::table::Table;
use crate::task::{Ask, Handed, answer_after_the_end};
use crate::watch;

pub(crate) type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The service over one table.
pub(crate) struct Mediation {
    pub(crate) table: Arc<Table>,
    pub(crate) drain: CancellationToken,
}

#[tonic::async_trait]
impl MediationService for Mediation {
    type WatchTalksStream = Streamed<pb::WatchTalksResponse>;
    type WatchEntriesStream = Streamed<pb::WatchEntriesResponse>;
    type AttendStream = Streamed<pb::AttendResponse>;

    async fn convene_talk(
        &self,
        request: Request<pb::ConveneTalkRequest>,
    ) -> Result<Response<pb::ConveneTalkResponse>, Status> {
        let talk = self.counted(self.convene(request.into_inner()).await)?;
        Ok(Response::new(pb::ConveneTalkResponse { talk: Some(talk) }))
    }

    async fn get_talk(
        &self,
        request: Request<pb::GetTalkRequest>,
    ) -> Result<Response<pb::GetTalkResponse>, Status> {
        let handle = self.table.find(&request.get_ref().talk).await?;
        let terms = handle.shared.look(|t| wire::encode_terms(t.public()));
        Ok(Response::new(pb::GetTalkResponse { talk: Some(handle.shared.summary()), terms: Some(terms) }))
    }

    async fn list_talks(
        &self,
        request: Request<pb::ListTalksRequest>,
    ) -> Result<Response<pb::ListTalksResponse>, Status> {
        let request = request.into_inner();
        let after = page_token(&request.page_token)?;
        let size = if request.page_size == 0 { 50 } else { request.page_size.min(500) } as usize;
        let listed = self.table.log.talks(after, size).await.map_err(Refused::from)?;
        let next = listed.get(size - 1).map(|last| last.cursor.0.to_string());
        let mut talks = Vec::with_capacity(listed.len());
        for listed in listed {
            // One broken record must not hide the others.
            match self.table.find(listed.talk.as_str()).await {
                Ok(handle) => talks.push(handle.shared.summary()),
                Err(_) => talks.push(pb::Talk { talk: listed.talk.to_string(), ..pb::Talk::default() }),
            }
        }
        Ok(Response::new(pb::ListTalksResponse { talks, next_page_token: next.unwrap_or_default() }))
    }

    async fn watch_talks(
        &self,
        request: Request<pb::WatchTalksRequest>,
    ) -> Result<Response<Self::WatchTalksStream>, Status> {
        let party = PartyId::new(&request.get_ref().party).map_err(Refused::from)?;
        Ok(Response::new(watch::talks(self.table.clone(), party, self.drain.clone())))
    }

    async fn list_entries(
        &self,
        request: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let request = request.into_inner();
        let handle = self.table.find(&request.talk).await?;
        let size = if request.page_size == 0 { 64 } else { request.page_size.min(512) } as usize;
        let page = Page { entries: size, ..Page::default() };
        let tip_seq = handle.shared.look(|t| t.tip().seq);
        let entries =
            handle.shared.entries(&*self.table.log, request.after_seq, page).await.map_err(Refused::from)?;
        let entries = entries.iter().map(|e| entry_to_pb(e)).collect();
        Ok(Response::new(pb::ListEntriesResponse { entries, tip_seq }))
    }

    async fn watch_entries(
        &self,
        request: Request<pb::WatchEntriesRequest>,
    ) -> Result<Response<Self::WatchEntriesStream>, Status> {
        let request = request.into_inner();
        let handle = self.table.find(&request.talk).await?;
        Ok(Response::new(watch::entries(self.table.clone(), handle, request.after_seq, self.drain.clone())))
    }

    async fn adjourn_talk(
        &self,
        request: Request<pb::AdjournTalkRequest>,
    ) -> Result<Response<pb::AdjournTalkResponse>, Status> {
        let pb::AdjournTalkRequest { talk, reason } = request.into_inner();
        let talk = self.counted(self.step(&talk, |reply| Ask::Adjourn(reason, reply)).await)?;
        Ok(Response::new(pb::AdjournTalkResponse { talk: Some(talk) }))
    }

    async fn reconvene_talk(
        &self,
        request: Request<pb::ReconveneTalkRequest>,
    ) -> Result<Response<pb::ReconveneTalkResponse>, Status> {
        let talk = self.counted(self.step(&request.get_ref().talk, Ask::Reconvene).await)?;
        Ok(Response::new(pb::ReconveneTalkResponse { talk: Some(talk) }))
    }

    async fn submit_move(
        &self,
        request: Request<pb::SubmitMoveRequest>,
    ) -> Result<Response<pb::SubmitMoveResponse>, Status> {
        let ack = self.counted(self.submit(request.into_inner()).await)?;
        Ok(Response::new(pb::SubmitMoveResponse { ack: Some(ack) }))
    }

    async fn attend(
        &self,
        request: Request<Streaming<pb::AttendRequest>>,
    ) -> Result<Response<Self::AttendStream>, Status> {
        self.refuse_if_draining()?;
        let claim = Seat::claim(self.table.clone(), self.drain.clone(), request.into_inner());
        // The headers go out at once; Hello is read as part of the stream.
        let seated = stream::once(claim).map(|claimed| match claimed {
            Ok(seat) => stream::unfold(seat, |mut seat| async move {
                let message = seat.next().await?;
                Some((message, seat))
            })
            .left_stream(),
            Err(status) => stream::once(std::future::ready(Err(status))).right_stream(),
        });
        Ok(Response::new(Box::pin(seated.flatten())))
    }
}

impl Mediation {
    async fn convene(&self, request: pb::ConveneTalkRequest) -> Result<pb::Talk, Refused> {
        self.refuse_if_draining()?;
        let missing = || Refused::new(Code::InvalidArgument, "MALFORMED", "terms are missing").at("terms");
        let terms = decode_terms(&request.terms.ok_or_else(missing)?)?;
        let trace = trace_from_pb(request.trace.as_ref());
        // An owned task: a caller that goes away must not leave a talk half convened.
        let table = self.table.clone();
        let convene = async move { table.convene(&request.request_id, &terms, trace).await };
        let handle = tokio::spawn(convene).await.map_err(|_| crate::table::gone())??;
        Ok(handle.shared.summary())
    }

    async fn step(
        &self,
        talk: &str,
        ask: impl FnOnce(oneshot::Sender<Result<(), Refused>>) -> Ask,
    ) -> Result<pb::Talk, Refused> {
        let handle = self.table.find(talk).await?;
        handle.ask(ask).await?;
        Ok(handle.shared.summary())
    }

    async fn submit(&self, request: pb::SubmitMoveRequest) -> Result<pb::Ack, Refused> {
        self.refuse_if_draining()?;
        let handle = self.table.find(&request.talk).await?;
        let handed = handed(request)?;
        if handle.shared.is_closed() {
            return answer_after_the_end(&handle.shared, &handed);
        }
        handle.ask(|reply| Ask::Submit(handed, reply)).await
    }

    /// Counts what was refused of what would have changed a talk.
    fn counted<T>(&self, answer: Result<T, Refused>) -> Result<T, Status> {
        answer.inspect_err(|refused| self.table.instruments.refused(refused.reason)).map_err(Status::from)
    }

    fn refuse_if_draining(&self) -> Result<(), Refused> {
        if self.drain.is_cancelled() {
            return Err(Refused::unavailable("DRAINING", "the mediator is going away: come back"));
        }
        Ok(())
    }
}

fn handed(request: pb::SubmitMoveRequest) -> Result<Handed, Refused> {
    let missing = || Refused::new(Code::InvalidArgument, "MALFORMED", "the move is missing").at("submit");
    let submit = request.submit.ok_or_else(missing)?;
    Ok(Handed {
        party: PartyId::new(&request.party)?,
        client_seq: request.client_seq,
        payload: submit.payload,
        signatures: signatures_from_pb(&submit.signatures),
        trace: trace_from_pb(request.trace.as_ref()),
    })
}

fn page_token(token: &str) -> Result<Option<Cursor>, Refused> {
    if token.is_empty() {
        return Ok(None);
    }
    let bad =
        |_| Refused::new(Code::InvalidArgument, "BAD_PAGE_TOKEN", "page_token is not one of this service's");
    token.parse().map(Cursor).map(Some).map_err(|e: std::num::ParseIntError| bad(e).at("page_token"))
}
