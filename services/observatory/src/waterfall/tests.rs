use super::*;
use crate::model::{Attributes, Id, Link};

fn span(id: u8, name: &str, party: &str, (start_ns, end_ns): (i64, i64), cause: Option<u8>) -> Span {
    let trace_id = Id::new(&[1; 16]).unwrap();
    let mut attributes = Attributes::new();
    if !party.is_empty() {
        attributes.insert(names::PARTY.to_owned(), party.into());
    }
    let link = |cause: u8| Link { trace_id, span_id: Id::new(&[cause; 8]).unwrap() };
    Span {
        trace_id,
        span_id: Id::new(&[id; 8]).unwrap(),
        parent: None,
        name: name.to_owned(),
        service: String::new(),
        start_ns,
        end_ns,
        kind: 1,
        status: Status::Unset,
        reason: String::new(),
        attributes,
        links: cause.map(link).into_iter().collect(),
    }
}

const MS: i64 = 1_000_000;

/// A decision, a turn of CHN on a clock that is `ahead`, the decision over it.
fn talk(ahead: i64) -> Vec<Span> {
    vec![
        span(1, "decide", "USA", (0, MS), None),
        span(3, "decide", "CHN", (9 * MS, 10 * MS), Some(2)),
        span(2, "propose", "CHN", (2 * MS + ahead, 6 * MS + ahead), None),
    ]
}

#[test]
fn clocks_that_may_agree_are_left_alone_and_gaps_have_a_reason() {
    let document = document(talk(0), &[], true);
    assert_eq!(document["skew"], json!([]));
    let gaps = document["gaps"].as_array().unwrap();
    let of = |gap: &Json| (gap["party"].clone(), gap["start_us"].clone(), gap["took_us"].clone());
    assert_eq!(of(&gaps[0]), (json!("CHN"), json!(1000.0), json!(1000.0)));
    assert_eq!(of(&gaps[1]), (json!("CHN"), json!(6000.0), json!(3000.0)));
    assert_eq!(document["critical_path"].as_array().unwrap().len(), 3);
    assert_eq!(document["waits_us"], json!({ "CHN": 8000.0 }));
}

#[test]
fn a_clock_that_is_ahead_is_put_back_between_its_bounds() {
    let document = document(talk(60_000 * MS), &[], true);
    let skew = &document["skew"][0];
    assert_eq!(skew["party"], "CHN");
    let ahead = skew["ahead_us"].as_f64().unwrap();
    // By no less than what puts the move before its decision, by no more than what puts the turn after the one before.
    assert!((59_997_000.0..=60_002_000.0).contains(&ahead), "{ahead}");
    let turn = document["spans"].as_array().unwrap().iter().find(|s| s["name"] == "propose").unwrap();
    let start = turn["start_us"].as_f64().unwrap();
    assert!((0.0..=9_000.0).contains(&start) && start + 4000.0 <= 9_000.0, "{start}");
}

#[test]
fn spans_that_name_each_other_as_parents_are_shown_once() {
    let mut ring = talk(0);
    ring[0].parent = Some(ring[1].span_id);
    ring[1].parent = Some(ring[0].span_id);
    assert_eq!(document(ring, &[], true)["spans"].as_array().unwrap().len(), 3);
}

#[test]
fn the_path_is_walked_back_over_causes_and_waits_are_whose_turn_it_was() {
    let spans = [
        span(1, "decide", "", (0, 10), None),
        span(2, "propose", "USA", (15, 50), None),
        span(3, "decide", "USA", (60, 70), Some(2)),
        span(4, "score", "", (80, 81), None),
        span(5, "propose", "CHN", (72, 90), None),
        span(6, "decide", "CHN", (91, 99), Some(5)),
    ];
    let tree = Tree::new(&spans);
    let path: Vec<_> =
        critical(&tree).iter().map(|s| (s.span_id.as_bytes()[0], s.duration_ns, s.gap_ns)).collect();
    assert_eq!(path, [(1, 10, 0), (2, 35, 5), (3, 10, 10), (5, 18, 2), (6, 8, 1)]);
    assert_eq!(waits(&tree), BTreeMap::from([("USA".to_owned(), 50), ("CHN".to_owned(), 21)]));
}

#[test]
fn the_latest_times_that_are_taken_are_drawn_too() {
    const LATEST: i64 = i64::MAX / 2;
    for ahead in [LATEST - 6 * MS, 0] {
        let mut spans = talk(ahead);
        spans.push(span(4, "decide", "CHN", (LATEST, LATEST), Some(2)));
        assert_eq!(document(spans, &[], true)["spans"].as_array().unwrap().len(), 4);
    }
}
