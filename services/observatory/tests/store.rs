//! What is taken is kept, once; what is too much is shed and counted; what is old goes, whole.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::time::Duration;

use common::{Place, event, limits, room, span, trace};
use detente_observatory::model::{Figure, Point};
use detente_observatory::{Reader, StoreError, StoreOptions};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Batches in any order and with repetitions: each span is there once, and every one that came
    /// in is stored or counted as repeated.
    #[test]
    fn below_the_queues_limit_nothing_is_lost_and_nothing_doubled(
        batches in prop::collection::vec(prop::collection::vec((0_u64..5, 0_u64..40), 0..60), 1..20)
    ) {
        let place = Place::new();
        let store = place.open();
        let mut expected = std::collections::BTreeSet::new();
        let mut sent = 0;
        for batch in &batches {
            sent += batch.len() as u64;
            expected.extend(batch.iter().copied());
            let spans = batch.iter().map(|(trace, number)| span(*trace, *number)).collect();
            prop_assert_eq!(store.offer_spans(spans), 0);
        }
        store.flush();
        let tally = store.counts();
        prop_assert_eq!(tally.stored_spans, expected.len() as u64);
        prop_assert_eq!(tally.repeated, sent - expected.len() as u64);
        for number in 0..5 {
            let kept = store.reader().spans(trace(number), 1_000).unwrap();
            let wanted: Vec<_> = expected.iter().filter(|(t, _)| *t == number).map(|(t, n)| span(*t, *n)).collect();
            prop_assert_eq!(kept, wanted);
        }
    }

    /// However full the queue gets: what was sent is stored, repeated or shed, and shed is said.
    #[test]
    fn what_is_shed_is_counted(rows in 1_usize..200, batches in prop::collection::vec(1_u64..400, 1..12)) {
        let place = Place::new();
        let (store, _) = place.open_with(&room(rows));
        let (mut sent, mut shed) = (0, 0);
        for (number, batch) in batches.iter().enumerate() {
            sent += batch;
            shed += store.offer_spans((0..*batch).map(|n| span(number as u64, n)).collect());
        }
        store.flush();
        let tally = store.counts();
        prop_assert_eq!(tally.shed, shed);
        prop_assert_eq!(tally.stored_spans + tally.shed, sent);
    }
}

#[test]
fn a_batch_larger_than_the_room_is_taken_in_part() {
    let place = Place::new();
    let (store, _) = place.open_with(&room(10));
    assert_eq!(store.offer_spans((0..25).map(|n| span(1, n)).collect()), 15);
    store.flush();
    assert_eq!(store.offer_spans(vec![span(1, 30)]), 0, "there is room again");
    store.flush();
    assert_eq!((store.counts().stored_spans, store.counts().shed), (11, 15));
}

#[test]
fn talks_traces_events_and_figures_are_found_again() {
    let place = Place::new();
    let store = place.open();
    let mut root = span(1, 0);
    root.parent = None;
    root.name = "talk".to_owned();
    store.offer_spans(vec![root.clone(), span(1, 1), span(2, 0)]);
    store.offer_events(vec![event(1, 1), event(1, 1), event(2, 0)]);
    let point = |time_ns, value| Point {
        name: "detente.moves".to_owned(),
        unit: "{move}".to_owned(),
        service: "detente-mediator".to_owned(),
        attributes: serde_json::Map::new(),
        time_ns,
        value: Figure::Number(value),
    };
    store.offer_points(vec![point(1, 3.0), point(3, 7.0), point(2, 5.0)]);
    store.flush();
    let reader = store.reader();
    let listed = reader.traces(None, 10).unwrap();
    assert_eq!(listed.iter().map(|t| t.trace_id).collect::<Vec<_>>(), [trace(2), trace(1)]);
    assert_eq!((listed[1].root.as_deref(), listed[1].spans), (Some("talk"), 2));
    assert_eq!(listed[1].talks, ["talk-1"]);
    assert_eq!(reader.traces(Some(listed[0].cursor), 10).unwrap(), listed[1..]);
    assert_eq!(reader.find("talk-1").unwrap(), Some(trace(1)));
    assert_eq!(reader.find(&trace(2).to_string()).unwrap(), Some(trace(2)));
    assert_eq!(reader.find("talk-3").unwrap(), None);
    assert_eq!(reader.spans(trace(1), 10).unwrap(), [root, span(1, 1)]);
    assert_eq!(reader.events(trace(1), 10).unwrap(), [event(1, 1)]);
    assert_eq!(reader.points().unwrap(), [point(3, 7.0)], "the latest counts");
}

#[test]
fn what_was_written_is_there_after_the_store_is_closed() {
    let place = Place::new();
    drop({
        let store = place.open();
        store.offer_spans((0..500).map(|n| span(1, n)).collect());
        store
    });
    assert_eq!(Reader::open(&place.file()).unwrap().spans(trace(1), 1_000).unwrap().len(), 500);
    let again = place.open();
    again.offer_spans(vec![span(1, 3)]);
    again.flush();
    assert_eq!(again.counts().repeated, 1, "a span sent again after a restart is kept once");
}

#[test]
fn one_process_writes_at_a_time_and_other_files_are_left_alone() {
    let place = Place::new();
    let store = place.open();
    let open =
        || detente_observatory::Store::open(&place.file(), &StoreOptions::default(), place.clock.clone());
    assert!(matches!(open(), Err(StoreError::InUse { .. })));
    drop(store);
    std::fs::write(place.file(), "a letter, not a database").unwrap();
    assert!(matches!(open(), Err(StoreError::NotAStore { .. })));
    assert_eq!(std::fs::read_to_string(place.file()).unwrap(), "a letter, not a database");
}

#[test]
fn the_oldest_traces_go_whole_when_there_is_no_more_room() {
    let place = Place::new();
    let most = 2 << 20;
    let (store, _) = place.open_with(&limits(most, Duration::from_secs(3_600)));
    for number in 0..100 {
        store.offer_spans((0..200).map(|n| span(number, n)).collect());
        store.offer_events((0..10).map(|n| event(number, n)).collect());
        store.flush();
        place.clock.advance_us(1_000);
    }
    let (tally, reader) = (store.counts(), store.reader());
    assert!(tally.retired_traces > 10, "{tally:?}");
    assert_eq!(tally.retired_spans, tally.retired_traces * 200);
    for number in 0..100 {
        let kept = number >= tally.retired_traces;
        let spans = reader.spans(trace(number), 1_000).unwrap().len();
        assert_eq!(spans, if kept { 200 } else { 0 }, "trace {number}");
        assert_eq!(reader.find(&format!("talk-{number}")).unwrap().is_some(), kept);
        assert_eq!(reader.events(trace(number), 100).unwrap().is_empty(), !kept);
    }
    drop(store);
    let size = std::fs::metadata(place.file()).unwrap().len();
    assert!(size < most * 2, "the file shrinks: {size}");
}

#[test]
fn what_nothing_was_heard_of_for_too_long_goes() {
    let place = Place::new();
    let (store, _) = place.open_with(&limits(1 << 30, Duration::from_secs(600)));
    store.offer_spans(vec![span(1, 0), span(2, 0)]);
    store.flush();
    place.clock.advance_us(500_000_000);
    store.offer_spans(vec![span(2, 1)]);
    store.flush();
    place.clock.advance_us(200_000_000);
    store.offer_spans(vec![span(3, 0)]);
    store.flush();
    let kept: Vec<_> = store.reader().traces(None, 10).unwrap().iter().map(|t| t.trace_id).collect();
    assert_eq!(kept, [trace(3), trace(2)]);
    assert_eq!((store.counts().retired_traces, store.counts().retired_spans), (1, 1));
}
