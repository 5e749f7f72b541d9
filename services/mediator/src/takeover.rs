//! A mediator begins on a record that has talks already: those that are not over become its own.

use std::sync::Arc;

use record::{Draft, ReadError, TalkId, Tip};
use talks::{Event, Phase};
use telemetry::RETOLD;
use transcript::Transcript;
use wire::{Refused, encode_event};

use crate::retold::Retold;
use crate::story::Story;
use crate::table::{Table, broken, is_last};

/// What a look through the record found.
#[derive(Default)]
struct Found {
    unfinished: Vec<(Transcript, Retold)>,
    /// Talks that ended, and when: of the last moments only.
    ended: Vec<(TalkId, i64)>,
    /// When anything happened last, takeovers apart.
    latest_us: i64,
}

impl Found {
    /// From when on a mediator that was killed may have left spans unsent.
    fn since_us(&self) -> i64 {
        self.latest_us.saturating_sub(i64::try_from(RETOLD.as_micros()).unwrap_or(i64::MAX))
    }

    fn ended(&mut self, talk: TalkId, time_us: i64) {
        self.latest_us = self.latest_us.max(time_us);
        let since_us = self.since_us();
        self.ended.push((talk, time_us));
        self.ended.retain(|(_, time_us)| *time_us >= since_us);
    }

    fn unfinished(&mut self, transcript: Transcript, retold: Retold) {
        self.latest_us = self.latest_us.max(retold.latest_us());
        self.unfinished.push((transcript, retold));
    }
}

impl Table {
    /// Takes over every talk that is not finished. One whose record is broken stays out, and is
    /// reported; the others go on.
    pub(crate) async fn take_over_unfinished(self: &Arc<Self>) -> Result<(), ReadError> {
        let found = self.look_through().await?;
        let since_us = found.since_us();
        for (transcript, retold) in found.unfinished {
            let talk = transcript.id().clone();
            left_out(&talk, self.take_over(transcript, retold, since_us).await)?;
        }
        for (talk, time_us) in found.ended {
            if time_us >= since_us {
                left_out(&talk, self.tell_again(&talk, since_us).await)?;
            }
        }
        Ok(())
    }

    async fn look_through(&self) -> Result<Found, ReadError> {
        let (mut found, mut cursor) = (Found::default(), None);
        loop {
            let page = self.log.talks(cursor, 256).await?;
            let Some(last) = page.last() else { return Ok(found) };
            cursor = Some(last.cursor);
            for listed in page {
                left_out(&listed.talk, self.look_at(&listed.talk, listed.tip, &mut found).await)?;
            }
        }
    }

    async fn look_at(&self, id: &TalkId, tip: Tip, found: &mut Found) -> Result<(), Refused> {
        let last = self.log.read(id, tip.seq.saturating_sub(1), record::Page::default()).await?;
        if let Some(last) = last.last().filter(|entry| is_last(entry)) {
            found.ended(id.clone(), last.time_us);
            return Ok(());
        }
        let mut retold = Retold::default();
        let transcript = self.replay(id, |entry, transcript| retold.note(entry, transcript)).await?;
        if !matches!(transcript.talk().phase(), Phase::Closed(_)) {
            found.unfinished(transcript, retold);
        }
        Ok(())
    }

    /// A takeover is an entry under the next epoch: whoever held the talk before can write no more.
    async fn take_over(
        self: &Arc<Self>,
        mut transcript: Transcript,
        retold: Retold,
        since_us: i64,
    ) -> Result<(), Refused> {
        let tip = transcript.tip();
        let event = Event::EpochTaken { epoch: tip.epoch + 1 };
        let (kind, payload) = encode_event(&event, "");
        let draft = Draft {
            epoch: tip.epoch + 1,
            time_us: self.clock.now_us().max(transcript.talk().tip().time.0),
            kind: kind as u16,
            payload,
            signatures: Vec::new(),
            trace: transcript.latest_trace().map(str::to_owned),
        };
        let entries = self.log.append(transcript.id(), tip, vec![draft]).await?;
        for entry in &entries {
            transcript.accept(entry).map_err(|e| broken(&e))?;
        }
        retold.tell(&transcript, since_us);
        Story::note_taken_over(&transcript, tip.epoch + 1);
        self.seat(transcript);
        Ok(())
    }

    /// A talk that ended just before its mediator did is nobody's any more; its spans are told all the same.
    async fn tell_again(&self, id: &TalkId, since_us: i64) -> Result<(), Refused> {
        let mut retold = Retold::default();
        let transcript = self.replay(id, |entry, transcript| retold.note(entry, transcript)).await?;
        retold.tell(&transcript, since_us);
        Ok(())
    }
}

/// A talk that cannot be read or taken is reported; a record that cannot be read at all ends the start.
fn left_out(talk: &TalkId, taken: Result<(), Refused>) -> Result<(), ReadError> {
    match taken {
        Err(refused) if refused.reason == "RECORD_UNAVAILABLE" => {
            Err(ReadError::Unavailable(refused.message))
        }
        Err(refused) => {
            tracing::error!(%talk, reason = refused.reason, "left out: {}", refused.message);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
