//! What a turn costs on an agenda of 60 issues with 26 levels each, in the middle of a talk.
//! The crate's documentation states the figures.
#![allow(missing_docs, clippy::expect_used, reason = "criterion's macros; a bench may")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use detente_strategy::{
    Brief, Decision, Ledger, ModelKind, OpponentModel, Seed, Situation, StrategySpec, Yardstick,
};
use talks::{Act, Command, Fingerprint, Procedure, Seq, Stamp, Submission, Talk, Terms, Time};
use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, PartyId, TariffError};
use utility::{Preferences, Table, Utility, UtilityError};

fn agenda() -> Result<Agenda, TariffError> {
    let rate = || Ok::<_, TariffError>(IssueKind::Number(NumberRange::percent(0, 12_500, 500)?));
    let issue = |i| Issue::new(&format!("rate.{i}"), rate()?, None);
    Agenda::new((0..60).map(issue).collect::<Result<_, _>>()?, AgendaDigest::of(b"60 issues"))
}

/// Every issue is worth most at one end to one party and at the other end to the other.
fn utility(agenda: &Agenda, seat: usize) -> Result<Utility, UtilityError> {
    let weight = |place: usize| ((place * 7 + seat * 5) % 11 + 1) as f64 / 420.0;
    let share = |place: usize, level: u32| {
        let share = f64::from(level) / 25.0;
        if (place + seat).is_multiple_of(2) { share } else { 1.0 - share }
    };
    let table =
        |place| Table::tabulate(agenda, vec![place], |l| weight(place) * share(place, l[0]).powf(0.8));
    Utility::additive(agenda, (0..agenda.len()).map(table).collect::<Result<_, _>>()?)
}

fn parties() -> Vec<PartyId> {
    ["USA", "CHN"].iter().filter_map(|p| PartyId::new(p).ok()).collect()
}

fn brief(agenda: &Agenda, seat: usize) -> Result<Brief, UtilityError> {
    let preferences = Preferences::new(utility(agenda, seat)?, 0.4)?;
    let prior = utility(agenda, 1 - seat)?;
    Brief::new(parties()[seat].clone(), &preferences, Some(&prior), Seed { seed: 7, talk: 0 })
}

fn run(talk: &mut Talk, command: &Command) {
    let Ok(talks::Decision::Append(events)) = talk.decide(Time(0), command) else { return };
    for event in &events {
        talk.apply(talk.next_stamp(Time(0), event), event).expect("own decisions apply");
    }
}

/// A talk of 20 rounds in its eleventh, between parties that hold out.
fn halfway(agenda: &Agenda, briefs: &[Brief]) -> Talk {
    let terms = Terms::new(Procedure::AlternatingOffers, parties(), agenda.clone(), 20).expect("terms");
    let mut talk = Talk::convene(terms, Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    run(&mut talk, &Command::Open);
    for turn in 0..20 {
        let brief = &briefs[turn % 2];
        let mut strategy = "boulware".parse::<StrategySpec>().expect("a strategy").open();
        let situation = Situation::new(&talk, brief).expect("a turn");
        let Ok(Decision::Propose(offer)) = strategy.decide(&situation) else { break };
        let (party, client_seq) = (brief.me().clone(), turn as u64 / 2 + 1);
        let (act, fingerprint) = (Act::Propose(offer), Fingerprint([0; 32]));
        let given = Submission { party, client_seq, round: None, reply_to: None, act, fingerprint };
        run(&mut talk, &Command::Submit(given));
    }
    talk
}

fn turns(criterion: &mut Criterion) {
    let agenda = agenda().expect("an agenda");
    let briefs: Vec<Brief> = (0..2).map(|seat| brief(&agenda, seat).expect("a brief")).collect();
    let talk = halfway(&agenda, &briefs);
    let situation = Situation::new(&talk, &briefs[0]).expect("the turn of the first seat");
    criterion.bench_function("brief", |b| b.iter(|| brief(&agenda, 0)));
    criterion.bench_function("brief and the first offer at a target", |b| {
        b.iter(|| brief(&agenda, 0).map(|brief| brief.planner().at(0.7)));
    });
    for builtin in detente_strategy::builtin() {
        let mut strategy = builtin.name.parse::<StrategySpec>().expect("a strategy").open();
        strategy.decide(&situation).expect("a decision"); // builds what is built once per talk
        criterion.bench_function(builtin.name, |b| b.iter(|| black_box(strategy.decide(&situation))));
    }
    criterion.bench_function("micro, the first turn", |b| {
        b.iter(|| {
            let mut fresh = "micro".parse::<StrategySpec>().expect("a strategy").open();
            black_box(fresh.decide(&situation))
        });
    });
}

/// What a lab adds to a talk for each strategy with a model.
fn quality(criterion: &mut Criterion) {
    let agenda = agenda().expect("an agenda");
    let briefs: Vec<Brief> = (0..2).map(|seat| brief(&agenda, seat).expect("a brief")).collect();
    let talk = halfway(&agenda, &briefs);
    let situation = Situation::new(&talk, &briefs[0]).expect("the turn of the first seat");
    let (mut model, mut ledger) = (OpponentModel::new(ModelKind::HardHeaded), Ledger::default());
    ledger.follow(&situation);
    let estimate = model.follow(&situation, &ledger).clone();
    let offer = |number: u32| (0..60).map(|place| (number * 7 + place * 11 + number / 3) % 26).collect();
    let offers: Vec<Vec<u32>> = (0..256).map(offer).collect();
    let worth = |levels: &Vec<u32>| {
        let offer = agenda.offer_at(levels).expect("an offer");
        briefs[1].preferences().utility().value(&offer)
    };
    let truth = Yardstick::new(offers.iter().map(worth).collect());
    criterion.bench_function("a model beside the truth, at 256 offers", |b| {
        b.iter(|| {
            let estimated: Vec<f64> = offers.iter().map(|levels| estimate.score(levels)).collect();
            truth.measure(black_box(&estimated))
        });
    });
}

criterion_group!(benches, turns, quality);
criterion_main!(benches);
