//! What one move costs: decide and apply, two parties, an agenda of 60 issues.
//! Measured at 0.3 µs; nothing in it depends on the number of issues or the length of the history.
#![allow(missing_docs, clippy::expect_used, reason = "criterion's macros; a bench may")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use detente_talks::{
    Act, Command, Decision, Fingerprint, Procedure, Seq, Stamp, Submission, Talk, Terms, Time,
};
use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange, PartyId, TariffError};

const MOVES: u32 = 1_000;

fn agenda() -> Result<Agenda, TariffError> {
    let rate = || Ok::<_, TariffError>(IssueKind::Number(NumberRange::percent(0, 12_500, 500)?));
    let issue = |i| Issue::new(&format!("rate.{i}"), rate()?, None);
    Agenda::new((0..60).map(issue).collect::<Result<_, _>>()?, AgendaDigest::of(b"60 issues"))
}

fn table() -> (Talk, Vec<Command>) {
    let agenda = agenda().expect("an agenda");
    let parties = ["USA", "CHN"].map(|p| PartyId::new(p).expect("a party"));
    let terms = Terms::new(Procedure::AlternatingOffers, parties.to_vec(), agenda.clone(), MOVES);
    let talk = Talk::convene(terms.expect("terms"), Stamp { seq: Seq(1), time: Time(0), epoch: 1 });
    let offer = agenda.offer_at(&[3; 60]).expect("an offer");
    let submit = |i: u32| Submission {
        party: parties[(i % 2) as usize].clone(),
        client_seq: u64::from(i / 2) + 1,
        round: Some(i / 2 + 1),
        reply_to: None,
        act: Act::Propose(offer.clone()),
        fingerprint: Fingerprint([0; 32]),
    };
    let moves = (0..MOVES).map(|i| Command::Submit(submit(i)));
    (talk, std::iter::once(Command::Open).chain(moves).collect())
}

fn run(mut talk: Talk, commands: &[Command]) -> Talk {
    for command in commands {
        let Ok(Decision::Append(events)) = talk.decide(Time(0), command) else { continue };
        for event in &events {
            talk.apply(talk.next_stamp(Time(0), event), event).expect("own decisions apply");
        }
    }
    talk
}

fn moves(criterion: &mut Criterion) {
    let (talk, commands) = table();
    let mut group = criterion.benchmark_group("talks");
    group.throughput(criterion::Throughput::Elements(u64::from(MOVES)));
    group.bench_function("decide and apply", |b| {
        b.iter_batched(|| talk.clone(), |talk| run(talk, &commands), BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, moves);
criterion_main!(benches);
