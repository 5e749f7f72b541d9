//! Whoever sends is not trusted: what is too much is cut and counted, and text stays text.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::{Place, attribute, incoming, request, text, trace};
use detente_observatory::model::Span;
use detente_observatory::{Receiver, Tally};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::trace::v1 as otlp;

/// What is kept of one span, and what was counted.
fn kept(attributes: Vec<KeyValue>) -> (Span, Tally) {
    let place = Place::new();
    let receiver = Receiver::new(place.open());
    let sent = incoming(trace(1).as_bytes(), &[7; 8], attributes);
    assert_eq!(receiver.traces(request(vec![sent])).partial_success, None);
    receiver.store().flush();
    let mut spans = receiver.store().reader().spans(trace(1), 10).unwrap();
    (spans.pop().unwrap(), receiver.store().counts())
}

#[test]
fn a_huge_attribute_is_cut() {
    let (span, tally) = kept(vec![text("long", "ü".repeat(1 << 20)), text(&"k".repeat(100_000), "x")]);
    let long = span.attributes["long"].as_str().unwrap();
    assert!(long.len() < 5_000 && long.ends_with('…'));
    assert!(span.attributes.keys().all(|key| key.len() < 300));
    assert_eq!(tally.cut, 2);
}

#[test]
fn a_hundred_thousand_attributes_are_a_hundred() {
    let (span, tally) = kept((0..100_000).map(|n| text(&format!("a{n}"), "x".repeat(30))).collect());
    assert_eq!(span.attributes.len(), 128);
    assert_eq!(tally.cut, 100_000 - 128);
}

#[test]
fn many_large_attributes_share_one_limit() {
    let (span, tally) = kept((0..128).map(|n| text(&format!("a{n}"), "x".repeat(4_000))).collect());
    let bytes: usize = span.attributes.values().map(|value| value.to_string().len()).sum();
    assert!(bytes < 40_000, "{bytes}");
    assert!(tally.cut > 100);
}

#[test]
fn deep_and_wide_values_are_bounded() {
    let mut deep = AnyValue { value: Some(Value::IntValue(1)) };
    for level in 0..5_000 {
        let list = |values| Value::ArrayValue(ArrayValue { values });
        let map = |value| {
            let values = vec![KeyValue { key: "k".to_owned(), value: Some(value), ..KeyValue::default() }];
            Value::KvlistValue(KeyValueList { values })
        };
        deep = AnyValue { value: Some(if level % 2 == 0 { list(vec![deep]) } else { map(deep) }) };
    }
    let wide = ArrayValue { values: vec![AnyValue { value: Some(Value::BoolValue(true)) }; 100_000] };
    let deep = KeyValue { key: "deep".to_owned(), value: Some(deep), ..KeyValue::default() };
    let (span, tally) = kept(vec![deep, attribute("wide", Value::ArrayValue(wide))]);
    assert!(span.attributes["deep"].to_string().len() < 100);
    assert_eq!(span.attributes["wide"].as_array().unwrap().len(), 64);
    assert!(tally.cut >= 2);
}

#[test]
fn numbers_that_json_does_not_have_stay_readable() {
    let (span, _) = kept(vec![
        attribute("nan", Value::DoubleValue(f64::NAN)),
        attribute("least", Value::IntValue(i64::MIN)),
        attribute("bytes", Value::BytesValue(vec![0, 255])),
    ]);
    assert_eq!(span.attributes["nan"], "NaN");
    assert_eq!(span.attributes["least"], i64::MIN);
    assert_eq!(span.attributes["bytes"], "00ff");
}

#[test]
fn a_script_stays_text_and_names_do_not_move_the_cursor() {
    let script = "<script>alert('1')</script>\u{1b}[2J";
    let place = Place::new();
    let receiver = Receiver::new(place.open());
    let mut sent = incoming(trace(1).as_bytes(), &[7; 8], vec![text("x", script)]);
    sent.name = script.to_owned();
    let _ = receiver.traces(request(vec![sent]));
    receiver.store().flush();
    let span = receiver.store().reader().spans(trace(1), 10).unwrap().pop().unwrap();
    assert_eq!(span.attributes["x"], script);
    assert_eq!(span.name, script.replace('\u{1b}', "\u{fffd}"));
}

#[test]
fn spans_without_ids_are_refused_and_named_in_the_answer() {
    let place = Place::new();
    let receiver = Receiver::new(place.open());
    let good = incoming(trace(1).as_bytes(), &[7; 8], vec![]);
    let bad_parent = otlp::Span { parent_span_id: vec![1; 3], ..good.clone() };
    let answer = receiver.traces(request(vec![
        incoming(&[0; 16], &[7; 8], vec![]),
        incoming(&[1; 16], &[0; 8], vec![]),
        incoming(&[1; 15], &[7; 8], vec![]),
        incoming(&[], &[], vec![]),
        bad_parent,
        good,
    ]));
    let partial = answer.partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 5);
    assert!(partial.error_message.contains("valid ids"), "{}", partial.error_message);
    receiver.store().flush();
    assert_eq!((receiver.store().counts().invalid, receiver.store().counts().stored_spans), (5, 1));
}

#[test]
fn times_beyond_reason_do_no_harm() {
    let place = Place::new();
    let receiver = Receiver::new(place.open());
    let mut odd = incoming(trace(1).as_bytes(), &[7; 8], vec![]);
    (odd.start_time_unix_nano, odd.end_time_unix_nano, odd.kind) = (u64::MAX, 5, -9);
    let _ = receiver.traces(request(vec![odd]));
    receiver.store().flush();
    let span = receiver.store().reader().spans(trace(1), 10).unwrap().pop().unwrap();
    assert!(span.start_ns <= span.end_ns);
}
