//! Deciding and applying in one step, where nothing has to be durable in between.

use crate::talk::Judged;
use crate::{Act, Command, Decision, Event, Fingerprint, Refusal, Seq, Talk, Time};

/// What became of a command that was carried out at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advanced {
    /// So many entries were added; a tick that found nothing due adds none.
    Added(usize),
    /// The submission was taken before; this is its entry.
    Duplicate(Seq),
}

impl Talk {
    /// [`Talk::decide`] and [`Talk::apply`] of all its events in one step, under the stamps of
    /// [`Talk::next_stamp`]: for callers that keep no record, such as a lab. The same judgement by
    /// the same checks; only the events are not put together, for nobody would read them.
    ///
    /// # Errors
    /// As [`Talk::decide`]; the talk is then unchanged.
    pub fn advance(&mut self, now: Time, command: Command) -> Result<Advanced, Refusal> {
        if let Command::Submit(given) = command {
            return match self.judge(now.max(self.tip.time), &given)? {
                Judged::Fits { seat } => Ok(self.add_move(now, seat, given.act, given.fingerprint)),
                Judged::Before { entry } => Ok(Advanced::Duplicate(entry)),
            };
        }
        match self.decide(now, &command)? {
            Decision::Duplicate { entry } => Ok(Advanced::Duplicate(entry)),
            Decision::Append(events) => {
                events.iter().for_each(|event| self.add(now, event));
                Ok(Advanced::Added(events.len()))
            }
        }
    }

    /// [`Talk::advance`] of a move of the party at turn, for callers that hand each in once and so
    /// need neither numbers nor fingerprints. The same judgement, except that a number that nobody
    /// gave cannot be wrong.
    ///
    /// # Errors
    /// As [`Talk::decide`]; the talk is then unchanged.
    pub fn take_turn(&mut self, now: Time, act: Act) -> Result<Advanced, Refusal> {
        self.check_turn(now.max(self.tip.time), &act)?;
        Ok(self.add_move(now, self.table.seat, act, Fingerprint([0; 32])))
    }

    /// Adds a move that was just judged.
    fn add_move(&mut self, now: Time, seat: usize, act: Act, fingerprint: Fingerprint) -> Advanced {
        self.tip.seq = self.tip.seq.next();
        self.tip.time = now.max(self.tip.time);
        self.carry_out_move(self.tip, seat, act, fingerprint);
        let Some(outcome) = self.due.take() else { return Advanced::Added(1) };
        self.add(now, &Event::Closed(outcome));
        Advanced::Added(2)
    }

    /// Makes room for so many more turns, so that the history need not move while it grows.
    pub fn reserve(&mut self, turns: usize) {
        self.history.reserve(turns);
        let each = turns / self.answered.len();
        self.answered.iter_mut().for_each(|answers| answers.reserve(each));
    }

    /// Adds an event that was just decided, and so needs no second judgement.
    fn add(&mut self, now: Time, event: &Event) {
        self.tip = self.next_stamp(now, event);
        self.carry_out(self.tip, event);
    }
}
