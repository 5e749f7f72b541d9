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
    /// When the turn or the talk ends by the clock, whichever is first, in mediator time.
    pub(super) wakeup_us: Option<i64>,
    pub(super) standing: Option<Standing>,
    pub(super) told: Vec<Told>,
    /// What the person decided for a turn, until that turn has passed.
    answer: Option<(Turn, WireAct)>,
    /// Why the mediator refused the last answer, until the turn it was for has passed.
    refused: Option<(Turn, String)>,
    /// The turn that passed before its answer was taken, until the person makes another move.
    pub(super) late: Option<Turn>,
    /// Whether the delegation has left the talk.
    pub(super) left: bool,
    /// When the talk was over, or left.
    ended: Option<Instant>,
}

/// The party's turn: how many moves of its stand before it, and the round.
pub(super) type Turn = (u64, u32);

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
            wakeup_us: None,
            standing: None,
            told: Vec::new(),
            answer: None,
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
        state.pass(talk.last_client_seq(&self.party).unwrap_or(0));
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

    /// Whether the turn at hand is answered, and the answer on its way.
    pub(super) fn is_sent(&self, state: &State) -> bool {
        state.answer.as_ref().is_some_and(|(at, _)| Some(*at) == state.turn)
    }

    /// Keeps what the person decided for a turn. False if that turn is over, or decided already.
    pub(super) fn answer(&self, at: Turn, act: WireAct) -> bool {
        let mut state = self.state();
        let open = state.turn == Some(at) && state.answer.is_none() && !state.left;
        if open {
            state.answer = Some((at, act));
            state.refused = None;
            state.late = None;
        }
        open
    }

    /// What the person decided for the turn at hand, as often as it is asked for: a move that got lost
    /// with a connection is made again.
    pub(super) fn answered(&self) -> Option<WireAct> {
        let state = self.state();
        let (at, act) = state.answer.as_ref()?;
        (Some(*at) == state.turn).then(|| act.clone())
    }

    /// Forgets an answer that the mediator did not take.
    pub(super) fn refuse(&self, why: &str) {
        let mut state = self.state();
        let at = state.answer.take().map(|(at, _)| at);
        state.refused = at.or(state.turn).map(|at| (at, why.to_owned()));
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

    /// Lets go of what was about a turn that has passed. `said` is how many moves of the party stand: one
    /// that was decided and is not among them came too late, and the person is to know.
    fn pass(&mut self, said: u64) {
        if matches!(self.phase, Phase::Closed(_)) {
            self.ended.get_or_insert_with(Instant::now);
        }
        let answered = self.answer.as_ref().map(|(at, _)| *at);
        let refused = self.refused.as_ref().map(|(at, _)| *at);
        // A talk that is paused takes its turn up again.
        let gone = |at: &Turn| Some(*at) != self.turn && self.phase != Phase::Adjourned;
        let Some(passed) = answered.or(refused).filter(gone) else { return };
        (self.answer, self.refused) = (None, None);
        if passed.0 == said {
            self.late = Some(passed);
        }
    }
}

/// The turn at hand, if it is this party's.
pub(super) fn turn(talk: &Talk, party: &PartyId) -> Option<Turn> {
    (talk.turn() == Some(party)).then(|| (talk.last_client_seq(party).unwrap_or(0), talk.round()))
}
