//! One talk as the person sees it, and the answer they gave to the turn at hand.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use record::TalkId;
use scoring_server::{Sheet, SheetError};
use talks::{Past, Phase, Talk, What};
use tariff::{Agenda, Offer, PartyId};
use transcript::{Digest, Transcript};
use wire::{PublicTerms, WireAct};

use crate::{MandateBriefing, Prepared};

/// What is fixed about a table.
pub(super) struct Setup {
    pub(super) briefing: MandateBriefing,
    pub(super) prepared: Prepared,
    pub(super) public: PublicTerms,
    pub(super) status_quo: Offer,
    /// The offer that is worth most to the party of all that keep to its red lines.
    pub(super) best: Offer,
}

/// One talk of the person's.
pub(super) struct Table {
    id: TalkId,
    party: PartyId,
    setup: Arc<Setup>,
    digest: Digest,
    sheet: OnceLock<Option<Sheet>>,
    state: Mutex<State>,
}

/// Where the talk is.
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) turn: Option<Turn>,
    pub(super) whose: Option<PartyId>,
    pub(super) round: u32,
    /// How many moves of the party stand.
    said: u64,
    /// When the turn or the talk ends by the clock, whichever is first, in mediator time.
    pub(super) wakeup_us: Option<i64>,
    pub(super) standing: Option<Standing>,
    pub(super) told: Vec<Told>,
    /// What the person decided for a turn, until that turn has passed.
    answer: Option<(Turn, WireAct)>,
    /// Where the person walked away, until that is in the record.
    leaving: Option<Leaving>,
    /// Why the mediator refused the last answer, until the turn it was for has passed.
    refused: Option<(Turn, String)>,
    /// What was not said, for something else was said first, until the person makes another move.
    pub(super) late: Option<Late>,
    /// Whether the delegation has left the talk.
    pub(super) left: bool,
    /// When the talk was over, or left.
    ended: Option<Instant>,
}

/// The party's turn: how many moves of its stand before it, and the round.
pub(super) type Turn = (u64, u32);

/// A party may walk away in its turn and out of it; what counts is what it knew then.
struct Leaving {
    at: Turn,
    /// How many moves and missed turns there were.
    told: usize,
}

/// A decision of the person's that came too late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Late {
    pub(super) at: Turn,
    /// Whether it was to walk away.
    pub(super) leaving: bool,
}

/// Why nothing can be said just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotNow {
    #[error("the talk is over")]
    Over,
    #[error("something was said meanwhile: look at it first")]
    MovedOn,
    #[error("a move is on its way already")]
    Sent,
}

/// The offer on the table.
#[derive(Clone)]
pub(super) struct Standing {
    pub(super) seq: u64,
    pub(super) hash: [u8; 32],
    pub(super) party: PartyId,
    pub(super) offer: Offer,
}

/// A move or a missed turn, with what it means to the party.
pub(super) struct Told {
    pub(super) past: Past,
    /// Of an offer: what it is worth, and whether it keeps to every red line.
    pub(super) worth: Option<(f64, bool)>,
    pub(super) words: Vec<String>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A mandate is at this table, so nothing of it is shown.
        f.debug_struct("Table").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Table {
    pub(super) fn new(id: TalkId, party: PartyId, setup: Arc<Setup>) -> Self {
        let digest = Digest::new(setup.prepared.preferences.agenda());
        let state = State {
            phase: Phase::Convened,
            turn: None,
            whose: None,
            round: 1,
            said: 0,
            wakeup_us: None,
            standing: None,
            told: Vec::new(),
            answer: None,
            leaving: None,
            refused: None,
            late: None,
            left: false,
            ended: None,
        };
        Self { id, party, setup, digest, sheet: OnceLock::new(), state: Mutex::new(state) }
    }

    pub(super) fn id(&self) -> &TalkId {
        &self.id
    }

    pub(super) fn party(&self) -> &PartyId {
        &self.party
    }

    pub(super) fn setup(&self) -> &Setup {
        &self.setup
    }

    pub(super) fn agenda(&self) -> &Agenda {
        self.setup.prepared.preferences.agenda()
    }

    /// What the issue at a place of the agenda is called.
    pub(super) fn title(&self, place: usize) -> &str {
        let named = self.setup.briefing.scenario.issue_title(place);
        named.unwrap_or_else(|| self.agenda().issues()[place].id().as_str())
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the talk was over for this party, if it is.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.state().ended
    }

    /// What writes impacts down, made ready when it is first needed.
    pub(super) fn sheet(&self) -> Result<Option<&Sheet>, SheetError> {
        if self.sheet.get().is_none() {
            let sheet = Sheet::new(&self.setup.briefing.scenario, self.agenda())?;
            // Two who made one made the same.
            let _ = self.sheet.set(sheet);
        }
        Ok(self.sheet.get().and_then(Option::as_ref))
    }

    /// Takes in what the talk has come to. Only what is new in its history is looked at.
    pub(super) fn saw(&self, transcript: &Transcript) {
        let talk = transcript.talk();
        let mut state = self.state();
        for past in talk.history().get(state.told.len()..).unwrap_or_default() {
            let told = self.told(&state.told, past);
            state.told.push(told);
        }
        state.phase = talk.phase().clone();
        state.turn = turn(talk, &self.party);
        state.whose = talk.turn().cloned();
        state.round = talk.round();
        state.wakeup_us = talk.next_wakeup().map(|time| time.0);
        state.standing = transcript.standing().zip(talk.standing()).map(|(names, standing)| Standing {
            seq: names.seq.0,
            hash: names.hash,
            party: standing.by.clone(),
            offer: standing.offer.clone(),
        });
        state.said = talk.last_client_seq(&self.party).unwrap_or(0);
        state.pass();
    }

    fn told(&self, before: &[Told], past: &Past) -> Told {
        let What::Proposed(offer) = &past.what else {
            return Told { past: past.clone(), worth: None, words: Vec::new() };
        };
        let of_theirs = |told: &&Told| told.past.party == past.party && told.worth.is_some();
        let words = match before.iter().rev().find(of_theirs).map(|told| &told.past.what) {
            Some(What::Proposed(earlier)) => self.digest.moved(earlier, offer),
            _ => Vec::new(),
        };
        let preferences = &self.setup.prepared.preferences;
        let worth = Some((preferences.utility().value(offer), preferences.permits(offer)));
        Told { past: past.clone(), worth, words }
    }

    /// Keeps what the person decided for a turn.
    pub(super) fn answer(&self, at: Turn, act: WireAct) -> Result<(), NotNow> {
        let mut state = self.state();
        state.check_silent()?;
        if state.turn != Some(at) {
            return Err(NotNow::MovedOn);
        }
        state.answer = Some((at, act));
        state.go_on();
        Ok(())
    }

    /// Keeps that the person walks away, who has been told of so many moves and missed turns.
    pub(super) fn depart(&self, told: usize) -> Result<(), NotNow> {
        let mut state = self.state();
        state.check_silent()?;
        if told != state.told.len() {
            return Err(NotNow::MovedOn);
        }
        state.leaving = Some(Leaving { at: (state.said, state.round), told });
        state.go_on();
        Ok(())
    }

    /// What the person decided for the talk as it is, as often as it is asked for: a move that got lost
    /// with a connection is made again.
    pub(super) fn answered(&self) -> Option<WireAct> {
        let state = self.state();
        if state.leaving.is_some() {
            return Some(WireAct::WalkAway(String::new()));
        }
        let (at, act) = state.answer.as_ref()?;
        (Some(*at) == state.turn).then(|| act.clone())
    }

    /// Forgets an answer that the mediator did not take.
    pub(super) fn refuse(&self, why: &str) {
        let mut state = self.state();
        let left = state.leaving.take().map(|leaving| leaving.at);
        let at = left.or(state.answer.take().map(|(at, _)| at)).or(state.turn);
        state.refused = at.map(|at| (at, why.to_owned()));
    }

    pub(super) fn leave(&self) {
        let mut state = self.state();
        state.left = true;
        state.ended.get_or_insert_with(Instant::now);
    }
}

impl State {
    /// Why the mediator refused the last answer to the turn at hand.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.refused.as_ref().map(|(_, why)| why.as_str())
    }

    /// Whether what the person decided is on its way.
    pub(super) fn is_sent(&self) -> bool {
        let answered = self.answer.as_ref().is_some_and(|(at, _)| Some(*at) == self.turn);
        self.leaving.is_some() || answered
    }

    /// That the person may say something, and nothing of theirs is on its way.
    fn check_silent(&self) -> Result<(), NotNow> {
        if self.left || matches!(self.phase, Phase::Closed(_)) {
            return Err(NotNow::Over);
        }
        if self.is_sent() { Err(NotNow::Sent) } else { Ok(()) }
    }

    /// What was told of an earlier decision is done with.
    fn go_on(&mut self) {
        (self.refused, self.late) = (None, None);
    }

    /// Lets go of what was about something that has passed. What was decided and is not among the moves of
    /// the party came too late, and the person is to know.
    fn pass(&mut self) {
        if matches!(self.phase, Phase::Closed(_)) {
            self.ended.get_or_insert_with(Instant::now);
        }
        let (known, said) = (self.told.len(), self.said);
        if let Some(Leaving { at, .. }) = self.leaving.take_if(|leaving| leaving.told != known)
            && at.0 == said
        {
            self.late = Some(Late { at, leaving: true });
        }
        let answered = self.answer.as_ref().map(|(at, _)| *at);
        let refused = self.refused.as_ref().map(|(at, _)| *at);
        // A talk that is paused takes its turn up again.
        let gone = |at: &Turn| Some(*at) != self.turn && self.phase != Phase::Adjourned;
        let Some(passed) = answered.or(refused).filter(gone) else { return };
        (self.answer, self.refused) = (None, None);
        if passed.0 == said {
            self.late = Some(Late { at: passed, leaving: false });
        }
    }
}

/// The turn at hand, if it is this party's.
pub(super) fn turn(talk: &Talk, party: &PartyId) -> Option<Turn> {
    (talk.turn() == Some(party)).then(|| (talk.last_client_seq(party).unwrap_or(0), talk.round()))
}
