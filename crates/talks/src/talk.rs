use tariff::PartyId;

use crate::alternating::Table;
use crate::{
    Act, Command, Corrupt, Decision, Event, Failure, Fingerprint, Outcome, Past, Phase, Refusal, Seq, Stamp,
    Submission, Terms, Time, What,
};

/// One talk, from its convening to its end: who may do what, and what came of it.
///
/// Two talks are equal when the same entries led to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    pub(crate) terms: Terms,
    pub(crate) tip: Stamp,
    pub(crate) phase: Phase,
    pub(crate) opened: Option<Time>,
    /// The ending that the last entry brought about, until the entry that says so follows.
    pub(crate) due: Option<Outcome>,
    pub(crate) table: Table,
    /// For each seat, by `client_seq`, what it submitted and where that stands.
    pub(crate) answered: Vec<Vec<(Seq, Fingerprint)>>,
    pub(crate) history: Vec<Past>,
}

/// A submission that nothing speaks against.
pub(crate) enum Judged {
    /// It may be taken.
    Fits {
        /// The seat of its party.
        seat: usize,
    },
    /// It was taken before.
    Before {
        /// The entry of the original.
        entry: Seq,
    },
}

impl Talk {
    /// A talk under `terms`, as the entry with this stamp convened it. Records number it 1.
    #[must_use]
    pub fn convene(terms: Terms, stamp: Stamp) -> Self {
        let table = Table::new(&terms, stamp.time);
        let answered = vec![Vec::new(); terms.parties().len()];
        Self {
            terms,
            tip: stamp,
            phase: Phase::Convened,
            opened: None,
            due: None,
            table,
            answered,
            history: Vec::new(),
        }
    }

    /// What `command` leads to at mediator time `now`; nothing is changed. A `now` before the last
    /// entry counts as the time of that entry.
    ///
    /// A submission is judged in this order: does the sender have a seat; was it taken before (then
    /// the answer is the same as ever, even after the end); is the talk over; is its number the
    /// next. A walk-away is then taken. Other moves must also find the talk open, come in time, be
    /// meant for this round, come in turn, and answer the standing offer.
    ///
    /// Time runs out in the record and not in anybody's hand: a move that comes after the deadline
    /// or after the end of its turn is [`Refusal::Late`] until a [`Command::Tick`] has written the
    /// entry which says so. So a runtime ticks before it submits. One tick misses at most one turn,
    /// for the next turn starts when the entry is written.
    ///
    /// # Errors
    /// The refusal says what to do instead. After the end nothing is appended, not even a takeover.
    pub fn decide(&self, now: Time, command: &Command) -> Result<Decision, Refusal> {
        let now = now.max(self.tip.time);
        match command {
            Command::Submit(given) => self.decide_submission(now, given),
            Command::Tick => Ok(Decision::Append(self.overdue(now))),
            Command::Open => self.decide_step(now, Event::Opened),
            Command::Adjourn => self.decide_step(now, Event::Adjourned),
            Command::Reconvene => self.decide_step(now, Event::Reconvened),
            Command::TakeOver { epoch } => {
                self.check_takeover(*epoch)?;
                Ok(Decision::Append(vec![Event::EpochTaken { epoch: *epoch }]))
            }
        }
    }

    /// The stamp under which `event` would be appended at `now`.
    #[must_use]
    pub fn next_stamp(&self, now: Time, event: &Event) -> Stamp {
        let epoch = if let Event::EpochTaken { epoch } = event { *epoch } else { self.tip.epoch };
        Stamp { seq: self.tip.seq.next(), time: now.max(self.tip.time), epoch }
    }

    /// Takes an entry of the record into account. Whether a turn or the deadline had really passed
    /// when the mediator wrote so is not asked again: its entry is what counts.
    ///
    /// # Errors
    /// An entry which cannot stand here; the talk is then unchanged.
    pub fn apply(&mut self, stamp: Stamp, event: &Event) -> Result<(), Corrupt> {
        self.check_stamp(stamp, event)?;
        self.check_event(event).map_err(|refusal| Corrupt::Refused { seq: stamp.seq, refusal })?;
        if !self.is_due(event) {
            return Err(Corrupt::NotDue { seq: stamp.seq, event: Box::new(event.clone()) });
        }
        self.tip = stamp;
        self.carry_out(stamp, event);
        Ok(())
    }

    fn decide_submission(&self, now: Time, given: &Submission) -> Result<Decision, Refusal> {
        let seat = match self.judge(now, given)? {
            Judged::Fits { seat } => seat,
            Judged::Before { entry } => return Ok(Decision::Duplicate { entry }),
        };
        let ending = self.table.ending_of_move(&self.terms, seat, &given.act);
        Ok(Decision::Append(with_ending(Event::Moved(given.clone()), ending)))
    }

    /// Whether a submission may be taken.
    pub(crate) fn judge(&self, now: Time, given: &Submission) -> Result<Judged, Refusal> {
        let seat = self.seat_of(given)?;
        if let Some((entry, fingerprint)) = self.answer_to(seat, given.client_seq) {
            let same = fingerprint == given.fingerprint;
            return if same { Ok(Judged::Before { entry }) } else { Err(Refusal::RequestIdReused { entry }) };
        }
        self.check_number(seat, given)?;
        if !matches!(given.act, Act::WalkAway) {
            self.check_open()?;
            self.check_time(now)?;
            self.table.check(&self.terms, seat, given)?;
        }
        Ok(Judged::Fits { seat })
    }

    /// Whether the party at turn may do this now.
    pub(crate) fn check_turn(&self, now: Time, act: &Act) -> Result<(), Refusal> {
        if matches!(act, Act::WalkAway) {
            return if self.is_closed() { Err(Refusal::TalkClosed) } else { Ok(()) };
        }
        self.check_open()?;
        self.check_time(now)?;
        self.table.check_act(&self.terms, self.table.seat, act)
    }

    fn decide_step(&self, now: Time, step: Event) -> Result<Decision, Refusal> {
        self.check_event(&step)?;
        self.check_time(now)?;
        Ok(Decision::Append(vec![step]))
    }

    /// What has become due and is not yet written. The deadline comes before a turn's limit.
    fn overdue(&self, now: Time) -> Vec<Event> {
        if let Some(outcome) = &self.due {
            return vec![Event::Closed(outcome.clone())];
        }
        if self.is_closed() {
            return Vec::new();
        }
        if self.terms.deadline().is_some_and(|d| d <= now) {
            return vec![Event::Closed(Outcome::Failed(Failure::DeadlinePassed))];
        }
        if self.turn_ends().is_some_and(|end| end <= now) {
            let party = self.terms.parties()[self.table.seat].clone();
            return with_ending(Event::TurnMissed { party }, self.table.ending_of_miss(&self.terms));
        }
        Vec::new()
    }

    fn check_stamp(&self, stamp: Stamp, event: &Event) -> Result<(), Corrupt> {
        let expected = self.next_stamp(stamp.time, event);
        let seq = stamp.seq;
        if seq != expected.seq || seq == self.tip.seq {
            return Err(Corrupt::Sequence { expected: expected.seq, found: seq });
        }
        if stamp.time < self.tip.time {
            return Err(Corrupt::TimeBackwards { seq, previous: self.tip.time, found: stamp.time });
        }
        if stamp.epoch != expected.epoch {
            return Err(Corrupt::Epoch { seq, expected: expected.epoch, found: stamp.epoch });
        }
        Ok(())
    }

    /// Whether the rules allow `event` here, as far as anybody asks for it. Time is not asked.
    fn check_event(&self, event: &Event) -> Result<(), Refusal> {
        match event {
            Event::Opened => self.check_phase(&Phase::Convened, Refusal::AlreadyOpen),
            Event::Reconvened => self.check_phase(&Phase::Adjourned, Refusal::NotAdjourned),
            Event::Adjourned => self.check_open(),
            Event::EpochTaken { epoch } => self.check_takeover(*epoch),
            Event::TurnMissed { party } => self.check_missed(party),
            Event::Moved(given) => self.check_moved(given),
            Event::Closed(_) if matches!(self.phase, Phase::Closed(_)) => Err(Refusal::TalkClosed),
            Event::Closed(_) => Ok(()),
        }
    }

    fn check_moved(&self, given: &Submission) -> Result<(), Refusal> {
        let seat = self.seat_of(given)?;
        self.check_number(seat, given)?;
        if matches!(given.act, Act::WalkAway) {
            return Ok(());
        }
        self.check_open()?;
        self.table.check(&self.terms, seat, given)
    }

    fn check_missed(&self, party: &PartyId) -> Result<(), Refusal> {
        self.check_open()?;
        let turn = &self.terms.parties()[self.table.seat];
        if turn == party { Ok(()) } else { Err(Refusal::OutOfTurn { turn: turn.clone() }) }
    }

    /// A number that was not answered yet must be the next, in a talk that still goes on.
    fn check_number(&self, seat: usize, given: &Submission) -> Result<(), Refusal> {
        let expected = self.answered[seat].len() as u64 + 1;
        if self.is_closed() {
            return Err(Refusal::TalkClosed);
        }
        if given.client_seq == expected { Ok(()) } else { Err(Refusal::SequenceGap { expected }) }
    }

    fn check_phase(&self, needed: &Phase, otherwise: Refusal) -> Result<(), Refusal> {
        match &self.phase {
            _ if self.is_closed() => Err(Refusal::TalkClosed),
            phase if phase == needed => Ok(()),
            _ => Err(otherwise),
        }
    }

    fn check_open(&self) -> Result<(), Refusal> {
        match self.phase {
            _ if self.is_closed() => Err(Refusal::TalkClosed),
            Phase::Convened => Err(Refusal::NotOpen),
            Phase::Adjourned => Err(Refusal::Adjourned),
            Phase::Open | Phase::Closed(_) => Ok(()),
        }
    }

    fn check_time(&self, now: Time) -> Result<(), Refusal> {
        let over = |end: &Time| *end <= now;
        match self.terms.deadline().filter(over).or_else(|| self.turn_ends().filter(over)) {
            Some(since) => Err(Refusal::Late { since }),
            None => Ok(()),
        }
    }

    fn check_takeover(&self, epoch: u64) -> Result<(), Refusal> {
        if matches!(self.phase, Phase::Closed(_)) {
            return Err(Refusal::TalkClosed);
        }
        let expected = self.tip.epoch.saturating_add(1);
        let next = epoch == expected && epoch > self.tip.epoch;
        if next { Ok(()) } else { Err(Refusal::StaleEpoch { expected }) }
    }

    /// Whether what only a mediator can say follows from the record.
    fn is_due(&self, event: &Event) -> bool {
        match event {
            Event::Closed(Outcome::Failed(Failure::DeadlinePassed)) if self.due.is_none() => {
                self.terms.deadline().is_some()
            }
            Event::Closed(outcome) => self.due.as_ref() == Some(outcome),
            Event::TurnMissed { .. } => self.terms.turn_limit_us().is_some(),
            _ => true,
        }
    }

    pub(crate) fn carry_out(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::Opened | Event::Reconvened => self.go_on(stamp.time),
            Event::Adjourned => self.phase = Phase::Adjourned,
            Event::EpochTaken { .. } => self.table.began = stamp.time,
            Event::Closed(outcome) => {
                self.due = None;
                self.phase = Phase::Closed(outcome.clone());
            }
            Event::TurnMissed { party } => {
                self.due = self.table.ending_of_miss(&self.terms);
                self.pass(stamp, party.clone(), What::Missed);
            }
            Event::Moved(given) => {
                if let Some(seat) = self.terms.seat(&given.party) {
                    self.carry_out_move(stamp, seat, given.act.clone(), given.fingerprint);
                }
            }
        }
    }

    #[inline]
    pub(crate) fn carry_out_move(&mut self, stamp: Stamp, seat: usize, act: Act, fingerprint: Fingerprint) {
        self.answered[seat].push((stamp.seq, fingerprint));
        self.due = self.table.ending_of_move(&self.terms, seat, &act);
        let what = match act {
            Act::Propose(offer) => What::Proposed(offer),
            Act::Accept { offer } => What::Accepted { offer },
            Act::WalkAway => What::WalkedAway,
        };
        self.pass(stamp, self.terms.parties()[seat].clone(), what);
    }

    /// The turn at hand is over, and the talk if an ending is due.
    #[inline]
    fn pass(&mut self, stamp: Stamp, party: PartyId, what: What) {
        let turn = Past { seq: stamp.seq, time: stamp.time, round: self.table.round, party, what };
        self.table.take(&self.terms, &turn, self.history.len(), self.due.is_some());
        self.history.push(turn);
    }

    fn go_on(&mut self, time: Time) {
        self.phase = Phase::Open;
        self.opened.get_or_insert(time);
        self.table.began = time;
    }

    fn seat_of(&self, given: &Submission) -> Result<usize, Refusal> {
        self.terms.seat(&given.party).ok_or_else(|| Refusal::NotAParty { party: given.party.clone() })
    }

    /// The entry and fingerprint of an earlier submission under this number.
    fn answer_to(&self, seat: usize, client_seq: u64) -> Option<(Seq, Fingerprint)> {
        let place = usize::try_from(client_seq.checked_sub(1)?).ok()?;
        self.answered[seat].get(place).copied()
    }

    /// Closed, or about to be by the very next entry.
    pub(crate) fn is_closed(&self) -> bool {
        self.due.is_some() || matches!(self.phase, Phase::Closed(_))
    }

    /// Whether it is somebody's turn.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Open) && self.due.is_none()
    }

    pub(crate) fn turn_ends(&self) -> Option<Time> {
        if self.is_running() { self.table.turn_ends(&self.terms) } else { None }
    }
}

fn with_ending(event: Event, ending: Option<Outcome>) -> Vec<Event> {
    std::iter::once(event).chain(ending.map(Event::Closed)).collect()
}
