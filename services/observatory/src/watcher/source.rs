//! Where public entries come from: a mediator that runs, its record, or the one after the other.

use std::path::Path;
use std::time::Duration;

use record::{Cursor, Entry, Page, SqliteReader, TalkId};
use tonic::transport::{Channel, Endpoint};
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::mediation_service_client::MediationServiceClient;
use wire::{MEDIATION_MESSAGE_LIMIT, entry_from_pb};

/// Talks in one page of a list.
const PAGE: u32 = 500;
const PAGE_OF_ENTRIES: Page = Page { entries: 512, bytes: 4 << 20 };

/// Why public entries cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The mediator's address is none.
    #[error("{0:?} is no address of a mediator: give something like http://127.0.0.1:7400")]
    Address(String),
    /// The record cannot be opened.
    #[error(transparent)]
    Open(#[from] record::OpenError),
    /// The record cannot be read.
    #[error("the record cannot be read: {0}")]
    Read(#[from] record::ReadError),
    /// The mediator does not answer, or not so.
    #[error("the mediator does not answer: {0}")]
    Mediator(Box<tonic::Status>),
    /// An entry from the mediator is none.
    #[error("the mediator sent what is no entry: {0}")]
    Entry(#[from] wire::WireError),
    /// Neither a mediator nor a record is known.
    #[error("neither a mediator nor a record is known: give --mediator or --record")]
    None,
    /// The reading was cut off.
    #[error("the reading was cut off")]
    Cut,
}

impl From<tonic::Status> for SourceError {
    fn from(status: tonic::Status) -> Self {
        Self::Mediator(Box::new(status))
    }
}

/// A mediator, a record, or both: then the record speaks for a mediator that has left.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    mediator: Option<MediationServiceClient<Channel>>,
    record: Option<SqliteReader>,
}

/// Where a list goes on.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Mediator(String),
    Record(Cursor),
}

/// Talks with their last entry, the one begun last first, and where the list goes on.
pub(super) type Listing = (Vec<(TalkId, u64)>, Option<Place>);

impl Source {
    pub(super) fn new(mediator: Option<&str>, record: Option<&Path>) -> Result<Self, SourceError> {
        let mediator = mediator.map(client).transpose()?;
        let record = record.map(SqliteReader::open).transpose()?;
        Ok(Self { mediator, record })
    }

    /// A page of talks.
    pub(super) async fn list(&self, place: Option<Place>) -> Result<Listing, SourceError> {
        match (&self.mediator, &self.record, place) {
            (_, Some(record), Some(Place::Record(cursor))) => list_record(record, Some(cursor)).await,
            (Some(mediator), record, place) => {
                let token = if let Some(Place::Mediator(token)) = place { token } else { String::new() };
                match (list_mediator(mediator.clone(), token).await, record) {
                    (Err(_), Some(record)) => list_record(record, None).await,
                    (listed, _) => listed,
                }
            }
            (None, Some(record), _) => list_record(record, None).await,
            (None, None, _) => Err(SourceError::None),
        }
    }

    /// Up to a page of a talk's entries after one; none for a talk there is not.
    pub(super) async fn entries(&self, talk: &TalkId, after: u64) -> Result<Vec<Entry>, SourceError> {
        if let Some(mediator) = &self.mediator {
            let request = pb::ListEntriesRequest { talk: talk.to_string(), after_seq: after, page_size: 512 };
            match (mediator.clone().list_entries(request).await, &self.record) {
                (Ok(answer), _) => {
                    let entries = answer.into_inner().entries;
                    return entries.iter().map(|entry| Ok(entry_from_pb(entry)?)).collect();
                }
                (Err(status), None) if status.code() == tonic::Code::NotFound => return Ok(Vec::new()),
                (Err(status), None) => return Err(status.into()),
                (Err(_), Some(_)) => {}
            }
        }
        let Some(record) = self.record.clone() else { return Err(SourceError::None) };
        let talk = talk.clone();
        let read = tokio::task::spawn_blocking(move || record.read(&talk, after, PAGE_OF_ENTRIES));
        Ok(read.await.map_err(|_| SourceError::Cut)??)
    }

    /// Entries as they come, where there is a mediator to tell them.
    pub(super) async fn follow(
        &self,
        talk: &TalkId,
        after: u64,
    ) -> Option<Result<tonic::Streaming<pb::WatchEntriesResponse>, SourceError>> {
        let mut mediator = self.mediator.clone()?;
        let request = pb::WatchEntriesRequest { talk: talk.to_string(), after_seq: after };
        let stream = mediator.watch_entries(request).await;
        Some(stream.map(tonic::Response::into_inner).map_err(SourceError::from))
    }
}

/// A client that connects when it is first used, and again after every break.
fn client(address: &str) -> Result<MediationServiceClient<Channel>, SourceError> {
    let full = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let endpoint = Endpoint::from_shared(full).map_err(|_| SourceError::Address(address.to_owned()))?;
    let channel = endpoint.connect_timeout(Duration::from_secs(2)).tcp_nodelay(true).connect_lazy();
    Ok(MediationServiceClient::new(channel).max_decoding_message_size(4 * MEDIATION_MESSAGE_LIMIT))
}

async fn list_mediator(
    mut mediator: MediationServiceClient<Channel>,
    page_token: String,
) -> Result<Listing, SourceError> {
    let request = pb::ListTalksRequest { page_size: PAGE, page_token };
    let page = mediator.list_talks(request).await?.into_inner();
    // A name that is none cannot be asked for either.
    let named = |talk: &pb::Talk| Some((TalkId::new(&talk.talk).ok()?, talk.tip_seq));
    let next = Some(page.next_page_token).filter(|token| !token.is_empty()).map(Place::Mediator);
    Ok((page.talks.iter().filter_map(named).collect(), next))
}

async fn list_record(record: &SqliteReader, after: Option<Cursor>) -> Result<Listing, SourceError> {
    let record = record.clone();
    let listed = tokio::task::spawn_blocking(move || record.talks(after, PAGE as usize)).await;
    let listed = listed.map_err(|_| SourceError::Cut)??;
    let next = listed.last().filter(|_| listed.len() == PAGE as usize).map(|last| Place::Record(last.cursor));
    Ok((listed.into_iter().map(|listed| (listed.talk, listed.tip.seq)).collect(), next))
}
