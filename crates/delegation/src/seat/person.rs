use std::sync::Arc;
use std::time::Instant;

use agent::PERSON;
use talks::Outcome;
use tariff::PartyId;
use telemetry::{SeatInstruments, names};
use transcript::Transcript;
use wire::{PublicTerms, WireAct};

use super::desk::Desk;
use super::table::{Setup, Table, Turn, turn};
use crate::briefing::{Briefing, BriefingError};
use crate::negotiator::score;
use crate::{MandateBriefing, Negotiator, NegotiatorError, Prompt};

/// Prepares a person for a talk as [`MandateBriefing`] prepares a strategy, and seats them at a desk.
#[derive(Clone)]
pub struct SeatBriefing {
    /// The scenario and the mandate.
    pub briefing: MandateBriefing,
    /// Where they sit.
    pub desk: Desk,
}

impl Briefing for SeatBriefing {
    fn brief(&self, party: &PartyId, terms: &PublicTerms) -> Result<Box<dyn Negotiator>, BriefingError> {
        let (brief, prepared) = self.briefing.understand(party, terms)?;
        let (best, _) = brief.best()?;
        let status_quo = self.briefing.scenario.status_quo_offer(terms.terms.agenda())?;
        let setup = Setup {
            briefing: self.briefing.clone(),
            best: best.clone(),
            public: terms.clone(),
            prepared,
            status_quo,
        };
        Ok(Box::new(Person {
            party: party.clone(),
            desk: self.desk.clone(),
            setup: Arc::new(setup),
            table: None,
            asked: None,
            instruments: SeatInstruments::new(),
        }))
    }
}

/// Somebody at a page.
struct Person {
    party: PartyId,
    desk: Desk,
    setup: Arc<Setup>,
    /// The talk's name comes with its first entry, and with it the table.
    table: Option<Arc<Table>>,
    /// The turn the person was asked about, and when.
    asked: Option<(Turn, Instant)>,
    instruments: SeatInstruments,
}

impl Person {
    fn table(&mut self, transcript: &Transcript) -> Arc<Table> {
        let (desk, party, setup) = (&self.desk, &self.party, &self.setup);
        let sit = || {
            let table = Arc::new(Table::new(transcript.id().clone(), party.clone(), setup.clone()));
            desk.place(table.clone());
            table
        };
        self.table.get_or_insert_with(sit).clone()
    }

    fn see(&mut self, transcript: &Transcript) -> Arc<Table> {
        let table = self.table(transcript);
        table.saw(transcript);
        self.desk.tell();
        table
    }
}

impl Person {
    /// Waits until something is decided at this table.
    fn word(&self, table: Arc<Table>) -> Prompt {
        let mut changed = self.desk.follow();
        Box::pin(async move {
            while table.answered().is_none() {
                if changed.changed().await.is_err() {
                    // The desk is gone, so nobody will say anything.
                    std::future::pending::<()>().await;
                }
            }
        })
    }
}

impl Negotiator for Person {
    /// Waits for the page. Nothing else waits with it: no thread, and no other talk.
    fn prompt(&mut self, transcript: &Transcript) -> Option<Prompt> {
        let table = self.see(transcript);
        // A turn that is asked for again, as after a lost connection, began when it was first; one that was
        // missed is no decision.
        let at = turn(transcript.talk(), &self.party);
        if self.asked.map(|(asked, _)| asked) != at {
            self.asked = at.map(|at| (at, Instant::now()));
        }
        Some(self.word(table))
    }

    /// A person may have enough while others think.
    fn leaves(&mut self, transcript: &Transcript) -> Option<Prompt> {
        let table = self.table(transcript);
        Some(self.word(table))
    }

    fn decide(&mut self, transcript: &Transcript) -> Result<WireAct, NegotiatorError> {
        let table = self.table(transcript);
        if let (Some(standing), Some(model)) = (transcript.talk().standing(), &self.setup.prepared.model) {
            score(model.as_ref(), standing.offer);
        }
        // What the move is worth to the person's party is not even a private attribute here.
        let _span = tracing::info_span!(names::EVALUATE_SPAN, { names::STRATEGY } = PERSON).entered();
        let act = table.answered();
        let at = turn(transcript.talk(), &self.party);
        if let Some((_, asked)) = self.asked.take().filter(|(asked, _)| Some(*asked) == at) {
            self.instruments.decided(PERSON, asked.elapsed());
        }
        act.ok_or_else(|| NegotiatorError("the person has not decided".to_owned()))
    }

    fn refused(&mut self, why: &str) -> bool {
        if let Some(table) = &self.table {
            table.refuse(why);
            self.desk.tell();
        }
        true
    }

    fn observe(&mut self, transcript: &Transcript) {
        self.see(transcript);
    }

    fn conclude(&mut self, transcript: &Transcript, _: &Outcome) {
        self.see(transcript);
    }
}

impl Drop for Person {
    /// However the delegation leaves a talk, the page says so.
    fn drop(&mut self) {
        if let Some(table) = &self.table {
            table.leave();
            self.desk.tell();
        }
    }
}
