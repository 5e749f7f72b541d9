//! Deciding and applying in one step, where nothing has to be durable in between.

use crate::talk::Judged;
use crate::{Command, Decision, Event, Refusal, Seq, Submission, Talk, Time};

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
            return self.submit(now, given);
        }
        match self.decide(now, &command)? {
            Decision::Duplicate { entry } => Ok(Advanced::Duplicate(entry)),
            Decision::Append(events) => {
                events.iter().for_each(|event| self.add(now, event));
                Ok(Advanced::Added(events.len()))
            }
        }
    }

    /// [`Talk::advance`] of a submission.
    ///
    /// # Errors
    /// As [`Talk::decide`]; the talk is then unchanged.
    pub fn submit(&mut self, now: Time, given: Submission) -> Result<Advanced, Refusal> {
        let now = now.max(self.tip.time);
        let seat = match self.judge(now, &given)? {
            Judged::Fits { seat } => seat,
            Judged::Before { entry } => return Ok(Advanced::Duplicate(entry)),
        };
        self.tip.seq = self.tip.seq.next();
        self.tip.time = now;
        self.carry_out_move(self.tip, seat, given);
        let Some(outcome) = self.due.take() else { return Ok(Advanced::Added(1)) };
        self.add(now, &Event::Closed(outcome));
        Ok(Advanced::Added(2))
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
