//! What the tests of the record share.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part, and stops at the first surprise"
)]

use std::sync::Arc;

use detente_record::{Draft, Entry, Log, Page, Signature, TalkId, Tip};

/// Everything a page may hold.
pub const ALL: Page = Page { entries: usize::MAX, bytes: usize::MAX };

pub fn talk(name: &str) -> TalkId {
    TalkId::new(name).unwrap()
}

pub fn draft(epoch: u64, payload: impl Into<Vec<u8>>) -> Draft {
    let payload: Vec<u8> = payload.into();
    let signature = Signature { key_id: "usa-1".into(), bytes: vec![7; 64].into() };
    let signatures = if payload.len().is_multiple_of(2) { vec![] } else { vec![signature] };
    Draft {
        epoch,
        time_us: 1_746_835_200_000_000 + payload.len() as i64,
        kind: 3,
        payload: payload.into(),
        signatures,
        trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
    }
}

/// Appends one entry at the tip, whatever that is.
pub async fn append_one(log: &Arc<dyn Log>, talk: &TalkId, payload: impl Into<Vec<u8>>) -> Entry {
    let tip = log.tip(talk).await.unwrap();
    log.append(talk, tip, vec![draft(tip.epoch.max(1), payload)]).await.unwrap().remove(0)
}

/// Appends so many entries, each on its own.
pub async fn fill(log: &Arc<dyn Log>, talk: &TalkId, count: u64) -> Tip {
    for n in 1..=count {
        append_one(log, talk, format!("{talk} {n}")).await;
    }
    log.tip(talk).await.unwrap()
}

pub async fn all(log: &Arc<dyn Log>, talk: &TalkId) -> Vec<Entry> {
    log.read(talk, 0, ALL).await.unwrap()
}
