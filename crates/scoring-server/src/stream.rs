//! Batch after batch over one stream.

use std::pin::Pin;
use std::sync::Arc;

use futures::stream::{self, Stream, StreamExt as _};
use prost::Message as _;
use scoring::{Impact, Model, ScoringError};
use tariff::Offer;
use tonic::{Code, Status, Streaming};
use wire::pb::scoring::v1 as pb;
use wire::pb::scoring::v1::score_stream_response::Answer;
use wire::{HeadlineColumnsBuilder, ImpactColumnsBuilder, Refused, decode_packed};

use crate::{Bench, MOST_OFFERS, Scoring, check_count, check_size, counted, model_of, not_scored};

/// Batches of one stream in work: one is scored while the next is decoded and the last encoded.
const IN_FLIGHT: usize = 3;

/// The answers of a stream, in the order of its batches.
pub type Answers = Pin<Box<dyn Stream<Item = Result<pb::ScoreStreamResponse, Status>> + Send>>;

impl Scoring {
    /// Answers every batch of `incoming` until it ends or the service does.
    pub(crate) fn answers(&self, incoming: Streaming<pb::ScoreStreamRequest>) -> Answers {
        let scoring = self.clone();
        let answers = incoming.map(move |batch| {
            let scoring = scoring.clone();
            async move { Ok(scoring.answer(batch?).await) }
        });
        let draining = || Err(Refused::unavailable("DRAINING", "the service ends: come back").status());
        let ended = self.shutdown.clone();
        let drained = self.shutdown.clone();
        // A stream that is cut off says so; one that its client ends just ends.
        let farewell = stream::once(async move { drained.is_cancelled().then(draining) });
        let answers = answers.buffered(IN_FLIGHT).take_until(ended.cancelled_owned());
        Box::pin(answers.chain(farewell.filter_map(std::future::ready)))
    }

    async fn answer(&self, request: pb::ScoreStreamRequest) -> pb::ScoreStreamResponse {
        let batch = request.batch;
        let answer = match self.columns(request).await {
            Ok(answer) => answer,
            Err(refused) => Answer::Refused(refused.rpc_status()),
        };
        pb::ScoreStreamResponse { batch, answer: Some(answer) }
    }

    async fn columns(&self, request: pb::ScoreStreamRequest) -> Result<Answer, Refused> {
        let bench = self.bench(&request.scenario)?;
        let detail = pb::Detail::try_from(request.detail).map_err(|_| unknown_detail(request.detail))?;
        let packed = request.offers.unwrap_or_default();
        let (values, issues) = (packed.values.len(), bench.agenda().len());
        // What makes no whole offers is refused below, unless it is too much to look at.
        if values % issues == 0 || values > MOST_OFFERS * issues {
            check_count(values.div_ceil(issues))?;
        }
        let offers = decode_packed(bench.agenda(), &packed)?;
        let instruments = self.instruments.clone();
        let batch = move || counted(&instruments, offers.len(), || score(&bench, &offers, detail));
        self.work_in_order(batch).await?
    }
}

fn score(bench: &Arc<Bench>, offers: &[Offer], detail: pb::Detail) -> Result<Answer, Refused> {
    let model = &**model_of(bench)?;
    match detail {
        pb::Detail::Unspecified | pb::Detail::Headlines => headlines(model, offers),
        pb::Detail::Full => impacts(model, offers),
    }
    .map_err(|error| not_scored(&error))
    .and_then(|answer| {
        let bytes = match &answer {
            Answer::Headlines(columns) => columns.encoded_len(),
            Answer::Impacts(columns) => columns.encoded_len(),
            Answer::Refused(_) => 0,
        };
        check_size(bytes, offers.len())?;
        Ok(answer)
    })
}

fn headlines(model: &dyn Model, offers: &[Offer]) -> Result<Answer, ScoringError> {
    let facts = model.base().facts();
    let mut columns = HeadlineColumnsBuilder::new([&facts.home, &facts.partner], offers.len());
    for offer in offers {
        columns.push(&model.headlines(offer)?);
    }
    Ok(Answer::Headlines(columns.finish()))
}

fn impacts(model: &dyn Model, offers: &[Offer]) -> Result<Answer, ScoringError> {
    let mut columns: Option<ImpactColumnsBuilder> = None;
    for offer in offers {
        let impact: Impact = model.impact(offer)?;
        columns.get_or_insert_with(|| ImpactColumnsBuilder::new(&impact, offers.len())).push(&impact);
    }
    Ok(Answer::Impacts(columns.map(ImpactColumnsBuilder::finish).unwrap_or_default()))
}

fn unknown_detail(given: i32) -> Refused {
    let message = format!("detail {given} is from a later version of the contract");
    Refused::new(Code::InvalidArgument, "UNSUPPORTED_VERSION", message).at("detail")
}
