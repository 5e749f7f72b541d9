//! What strategies and people may know of a talk: all of it is public.

use tariff::{Offer, PartyId};

use crate::alternating::Laid;
use crate::{Outcome, Past, Phase, Seq, Stamp, Standing, Talk, Terms, Time, What};

impl Talk {
    /// The terms it was convened under.
    #[inline]
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Where it stands in its life.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The stamp of the last entry.
    #[inline]
    #[must_use]
    pub fn tip(&self) -> Stamp {
        self.tip
    }

    /// The mediator's epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.tip.epoch
    }

    /// When it was opened.
    #[inline]
    #[must_use]
    pub fn opened(&self) -> Option<Time> {
        self.opened
    }

    /// How it ended, once the entry that says so is there.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        if let Phase::Closed(outcome) = &self.phase { Some(outcome) } else { None }
    }

    /// What was agreed, if it was.
    #[must_use]
    pub fn agreed(&self) -> Option<&Offer> {
        let Some(Outcome::Agreed { offer }) = self.outcome() else { return None };
        self.offer_at(*offer)
    }

    /// Whose turn it is; nobody's unless the talk is open.
    #[inline]
    #[must_use]
    pub fn turn(&self) -> Option<&PartyId> {
        self.is_running().then(|| &self.terms.parties()[self.table.seat])
    }

    /// The current round, from 1; after the end, the one it ended in.
    #[inline]
    #[must_use]
    pub fn round(&self) -> u32 {
        self.table.round
    }

    /// How many whole rounds come after the current one.
    #[must_use]
    pub fn rounds_left(&self) -> u32 {
        self.terms.rounds() - self.table.round
    }

    /// The offer on the table.
    #[must_use]
    pub fn standing(&self) -> Option<Standing<'_>> {
        let Laid { seq, place, acceptances, .. } = self.table.standing.as_ref()?;
        let Past { party, what: What::Proposed(offer), .. } = self.history.get(*place)? else { return None };
        Some(Standing { seq: *seq, by: party, offer, acceptances })
    }

    /// Every move and missed turn, oldest first.
    #[inline]
    #[must_use]
    pub fn history(&self) -> &[Past] {
        &self.history
    }

    /// The offer that this entry proposed.
    #[must_use]
    pub fn offer_at(&self, seq: Seq) -> Option<&Offer> {
        let place = self.history.binary_search_by_key(&seq, |past| past.seq).ok()?;
        if let What::Proposed(offer) = &self.history[place].what { Some(offer) } else { None }
    }

    /// How many submissions of a party stand in the record: its last `client_seq`, 0 at first.
    #[inline]
    #[must_use]
    pub fn last_client_seq(&self, party: &PartyId) -> Option<u64> {
        self.terms.seat(party).map(|seat| self.answered[seat].len() as u64)
    }

    /// When a [`crate::Command::Tick`] can next have an effect. Never later than anything becomes
    /// due; nothing once the talk has ended.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Time> {
        if self.due.is_some() {
            return Some(self.tip.time);
        }
        let deadline = self.terms.deadline().filter(|_| !self.is_closed());
        deadline.into_iter().chain(self.turn_ends()).min()
    }
}
