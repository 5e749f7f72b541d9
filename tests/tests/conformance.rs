//! The answers of the mediator to right and wrong input, as any client sees them: code, reason,
//! and whether the stream lives. The numbers are those of the conformance table in docs/wire.md.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod conformance {
    mod at_the_table;
    mod endings;
    mod malformed;
    mod seats;
    mod survival;
}

use std::sync::Arc;

use detente_tests::mediators::{Client, Mediator};
use detente_tests::seats::{Refusal, Seat};
use detente_tests::talks_at::{convene, small_offer, small_terms};
use record::{MemoryLog, TalkId};
use tonic::Code;
use wire::{PublicTerms, WireAct};

/// A mediator with one open talk of USA and CHN, both seated.
struct Room {
    mediator: Mediator,
    log: Arc<MemoryLog>,
    client: Client,
    terms: PublicTerms,
    talk: TalkId,
    usa: Seat,
    chn: Seat,
}

impl Room {
    async fn open() -> Self {
        Self::with(small_terms(&["USA", "CHN"], 3)).await
    }

    async fn with(terms: PublicTerms) -> Self {
        let log = Arc::new(MemoryLog::new());
        let mediator = Mediator::over(log.clone()).await;
        Self::seated(mediator, log, terms).await
    }

    async fn seated(mediator: Mediator, log: Arc<MemoryLog>, terms: PublicTerms) -> Self {
        let mut client = mediator.client().await;
        let talk = convene(&mut client, "room", &terms).await;
        let mut usa = Seat::take(&mut client, &talk, "USA").await.unwrap();
        let mut chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
        usa.entry(2).await;
        chn.entry(2).await;
        Self { mediator, log, client, terms, talk, usa, chn }
    }

    fn propose(&self, bps: i64) -> WireAct {
        WireAct::Propose(small_offer(&self.terms, bps))
    }

    /// The talk's last sequence.
    async fn tip(&self) -> u64 {
        use record::Log as _;
        self.log.tip(&self.talk).await.unwrap().seq
    }

    /// A move by the party at turn is still taken: the streams live and nothing is stuck.
    async fn goes_on(&mut self) {
        let act = self.propose(500);
        self.usa.act(&self.terms, 1, act).await.unwrap();
    }
}

/// What stands in a table row.
#[track_caller]
fn assert_refused(refused: &Refusal, code: Code, reason: &str) {
    assert_eq!((refused.code, refused.reason.as_str()), (code, reason), "{refused:?}");
}
