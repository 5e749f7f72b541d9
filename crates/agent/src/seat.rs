//! A party's talk as the agent's side follows it.

use strategy::{Brief, Decision, Situation, Strategy};
use talks::{
    Act, Command, Decision as Decided, Event, Fingerprint, Seq, Stamp, Submission, Talk, Terms, Time,
};
use wire::pb::strategy::v1 as pb;
use wire::{PluginAct, PluginTurn, decode_plugin_turn, encode_plugin_act};

use crate::brief::{self, BriefError, Briefed};

/// A strategy in one talk, which it follows by what its host tells.
pub(crate) struct Seat {
    brief: Brief,
    terms: Terms,
    strategy: Box<dyn Strategy>,
    talk: Option<Talk>,
}

impl Seat {
    pub(crate) fn new(given: &pb::Brief, strategy: Box<dyn Strategy>) -> Result<Self, BriefError> {
        let Briefed { brief, terms } = brief::decode(given)?;
        Ok(Self { brief, terms, strategy, talk: None })
    }

    /// Takes in what happened and decides.
    pub(crate) fn turn(&mut self, turn: &pb::Turn) -> Result<pb::Move, String> {
        let talk = match &mut self.talk {
            Some(talk) => talk,
            none => none.insert(opened(self.terms.clone(), Time(turn.opened_us))?),
        };
        turn.history.iter().try_for_each(|happened| note(talk, happened))?;
        if talk.history().len() as u64 + 1 != turn.turn {
            return Err(format!(
                "turn {} was announced, the history is at {}",
                turn.turn,
                talk.history().len()
            ));
        }
        let situation = Situation::new(talk, &self.brief).map_err(|error| error.to_string())?;
        let act = match self.strategy.decide(&situation).map_err(|error| error.to_string())? {
            Decision::Propose(offer) => PluginAct::Propose(offer),
            Decision::Accept => PluginAct::Accept,
            Decision::WalkAway => PluginAct::WalkAway,
        };
        Ok(encode_plugin_act(talk.terms().agenda(), turn.turn, &act))
    }

    pub(crate) fn conclude(&mut self) {
        if let Some(talk) = &self.talk {
            self.strategy.conclude(talk, &self.brief);
        }
    }
}

fn opened(terms: Terms, at: Time) -> Result<Talk, String> {
    let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: at, epoch: 1 });
    apply(&mut talk, at, &Event::Opened)?;
    Ok(talk)
}

/// Applies a turn of the history. Entries are numbered anew: only their order is told.
fn note(talk: &mut Talk, happened: &pb::Happened) -> Result<(), String> {
    let (party, time, what) =
        decode_plugin_turn(talk.terms().agenda(), happened).map_err(|error| error.to_string())?;
    let act = match what {
        PluginTurn::Missed => return apply(talk, time, &Event::TurnMissed { party }),
        PluginTurn::Proposed(offer) => Act::Propose(offer),
        PluginTurn::Accepted(place) => {
            let named = talk.history().get(place).map(|past| past.seq);
            Act::Accept { offer: named.ok_or("an acceptance names no turn of the history")? }
        }
        PluginTurn::WalkedAway => Act::WalkAway,
    };
    let client_seq = talk.last_client_seq(&party).unwrap_or(0) + 1;
    let fingerprint = Fingerprint([0; 32]);
    let given = Submission { party, client_seq, round: None, reply_to: None, act, fingerprint };
    let Decided::Append(events) =
        talk.decide(talk.tip().time, &Command::Submit(given)).map_err(|refusal| refusal.to_string())?
    else {
        return Ok(());
    };
    events.iter().try_for_each(|event| apply(talk, time, event))
}

fn apply(talk: &mut Talk, time: Time, event: &Event) -> Result<(), String> {
    let stamp = talk.next_stamp(time, event);
    talk.apply(stamp, event).map_err(|corrupt| corrupt.to_string())
}
