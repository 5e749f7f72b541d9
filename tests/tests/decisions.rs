//! What a delegation does with a decision when the mediator goes away while it is being made.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use delegation::{Briefing, BriefingError, Config, Negotiator, NegotiatorError};
use detente_tests::mediators::{GENEVA_US, Mediator, free_port};
use detente_tests::seats::Seat;
use detente_tests::talks_at::{convene, entries, moves, party, small_offer, small_terms, sound};
use detente_tests::{PATIENCE, patiently};
use record::{Log as _, MemoryLog};
use tariff::PartyId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use transcript::Transcript;
use wire::{PublicTerms, WireAct};

/// Says that it is asked, waits for its answer, gives it.
struct Slow {
    asked: UnboundedSender<u32>,
    answers: Arc<Mutex<Receiver<WireAct>>>,
}

impl Negotiator for Slow {
    fn decide(&mut self, transcript: &Transcript) -> Result<WireAct, NegotiatorError> {
        self.asked.send(transcript.talk().round()).unwrap();
        self.answers
            .lock()
            .unwrap()
            .recv_timeout(PATIENCE)
            .map_err(|error| NegotiatorError(error.to_string()))
    }
}

struct SlowBriefing(UnboundedSender<u32>, Arc<Mutex<Receiver<WireAct>>>);

impl Briefing for SlowBriefing {
    fn brief(&self, _: &PartyId, _: &PublicTerms) -> Result<Box<dyn Negotiator>, BriefingError> {
        Ok(Box::new(Slow { asked: self.0.clone(), answers: self.1.clone() }))
    }
}

/// A delegation of the USA, whoever it is that decides for it.
fn slow_delegation(url: &str) -> (Config, UnboundedReceiver<u32>, Sender<WireAct>) {
    let ((asked, hears), (answer, answers)) = (unbounded_channel(), channel());
    let briefing = Arc::new(SlowBriefing(asked, Arc::new(Mutex::new(answers))));
    let longest_wait = Duration::from_millis(50);
    let config = Config { longest_wait, ..Config::new(party("USA"), url.to_owned(), briefing) };
    (config, hears, answer)
}

#[tokio::test]
async fn a_decision_under_way_when_the_mediator_goes_is_handed_in_when_it_is_back() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let (url, address) = (mediator.url(), mediator.address());
    let terms = small_terms(&["USA", "CHN"], 3);
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "slow", &terms).await;
    let (config, mut asked, answer) = slow_delegation(&url);
    let attending = tokio::spawn(delegation::attend_talk(config, talk.clone(), CancellationToken::new()));
    let _chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    assert_eq!(patiently("the question", asked.recv()).await, Some(1));

    mediator.kill().await;
    let log = Arc::new(log.crash());
    let mediator = Mediator::at(address, log.clone()).await;
    let mut client = mediator.client().await;
    let mut chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    answer.send(WireAct::Propose(small_offer(&terms, 500))).unwrap();
    // Entry 3 is the takeover.
    let offer = chn.entry(4).await;
    chn.act(&terms, 1, WireAct::Accept(offer.hash().0)).await.unwrap();
    patiently("the end", attending).await.unwrap().unwrap();
    let left = entries(&*log, &talk).await;
    assert_eq!(moves(&left).len(), 2);
    drop(sound(&talk, &left));
    assert!(asked.try_recv().is_err(), "one turn, one question");
}

#[tokio::test]
async fn a_decision_for_a_turn_that_was_missed_meanwhile_is_made_anew() {
    let clock = Arc::new(ambient::ManualClock::at(GENEVA_US));
    let log = Arc::new(MemoryLog::new());
    let mediator =
        Mediator::start(free_port(), log.clone(), clock.clone(), mediator::Limits::default()).await;
    let small = small_terms(&["USA", "CHN"], 3);
    let limited = small.terms.clone().with_turn_limit_us(60_000_000).unwrap();
    let terms = PublicTerms { terms: limited, ..small };
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "slow", &terms).await;
    let (config, mut asked, answer) = slow_delegation(&mediator.url());
    let attending = tokio::spawn(delegation::attend_talk(config, talk.clone(), CancellationToken::new()));
    let mut chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    assert_eq!(patiently("the question", asked.recv()).await, Some(1));

    // USA's turn passes: any submission makes the mediator look at its clock. Then CHN proposes.
    clock.advance_us(60_000_000);
    chn.act(&terms, 1, WireAct::Propose(small_offer(&terms, 1_000))).await.unwrap();
    let standing = chn.entry(4).await;
    assert_eq!(log.tip(&talk).await.unwrap().seq, 4);
    // The old answer is for a turn that is over; it must not be said in the new one.
    answer.send(WireAct::Propose(small_offer(&terms, 500))).unwrap();
    assert_eq!(patiently("the question", asked.recv()).await, Some(2));
    answer.send(WireAct::Accept(standing.hash().0)).unwrap();
    patiently("the end", attending).await.unwrap().unwrap();
    let over = sound(&talk, &entries(&*log, &talk).await);
    assert_eq!(over.talk().agreed(), Some(&small_offer(&terms, 1_000)));
}

#[tokio::test]
async fn a_mediator_that_cannot_write_is_left_and_tried_again() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let (url, address) = (mediator.url(), mediator.address());
    let terms = small_terms(&["USA", "CHN"], 3);
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "slow", &terms).await;
    let (config, mut asked, answer) = slow_delegation(&url);
    let attending = tokio::spawn(delegation::attend_talk(config, talk.clone(), CancellationToken::new()));
    let mut chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    chn.entry(2).await;
    let walk_away = || WireAct::WalkAway("the disk is full".to_owned());
    log.fail_next_sync(record::FailedSync::Lost);
    for _ in 0..3 {
        // Refused, the delegation leaves, comes back, and asks again.
        assert_eq!(patiently("the question", asked.recv()).await, Some(1));
        answer.send(walk_away()).unwrap();
    }
    mediator.kill().await;
    let log = Arc::new(log.crash());
    let _mediator = Mediator::at(address, log.clone()).await;
    answer.send(walk_away()).unwrap();
    patiently("the end", attending).await.unwrap().unwrap();
    assert_eq!(moves(&entries(&*log, &talk).await).len(), 1);
}

/// Has no decision the first times it is asked, and then one.
struct Wavering(UnboundedSender<u32>, u32);

impl Negotiator for Wavering {
    fn decide(&mut self, transcript: &Transcript) -> Result<WireAct, NegotiatorError> {
        self.0.send(transcript.talk().round()).unwrap();
        self.1 += 1;
        let undecided = NegotiatorError("no answer in time".to_owned());
        if self.1 < 3 { Err(undecided) } else { Ok(WireAct::WalkAway(String::new())) }
    }
}

struct WaveringBriefing(UnboundedSender<u32>);

impl Briefing for WaveringBriefing {
    fn brief(&self, _: &PartyId, _: &PublicTerms) -> Result<Box<dyn Negotiator>, BriefingError> {
        Ok(Box::new(Wavering(self.0.clone(), 0)))
    }
}

#[tokio::test]
async fn who_has_no_decision_in_a_turn_without_a_limit_is_asked_again() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let terms = small_terms(&["USA", "CHN"], 3);
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "wavering", &terms).await;
    let (asked, mut hears) = unbounded_channel();
    let longest_wait = Duration::from_millis(50);
    let briefing = Arc::new(WaveringBriefing(asked));
    let config = Config { longest_wait, ..Config::new(party("USA"), mediator.url(), briefing) };
    let attending = tokio::spawn(delegation::attend_talk(config, talk.clone(), CancellationToken::new()));
    let _chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    patiently("the end", attending).await.unwrap().unwrap();
    assert_eq!(moves(&entries(&*log, &talk).await).len(), 1);
    hears.close();
    let mut rounds = Vec::new();
    while let Some(round) = hears.recv().await {
        rounds.push(round);
    }
    assert_eq!(rounds, [1, 1, 1]);
}
