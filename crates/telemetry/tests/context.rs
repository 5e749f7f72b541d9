//! Contexts that come from outside.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_telemetry::TraceContext;
use proptest::prelude::*;

const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_valid_context_comes_back_as_it_was() {
    for flags in ["00", "01"] {
        let given = format!("{}{flags}", &VALID[..53]);
        let context = TraceContext::parse(&given, "vendor=value,other=1");
        assert_eq!(context.traceparent(), given);
        assert_eq!(context.tracestate(), "vendor=value,other=1");
        assert_eq!(context.trace_id(), &VALID[3..35]);
    }
}

#[test]
fn a_later_version_is_read_as_far_as_it_is_known() {
    let later = format!("cc{}-more-of-it", &VALID[2..]);
    assert_eq!(TraceContext::parse(&later, "").traceparent(), VALID);
}

#[test]
fn what_is_not_valid_counts_as_none() {
    let zero_trace = VALID.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
    let zero_span = VALID.replace("00f067aa0ba902b7", &"0".repeat(16));
    let endless = format!("01{}-{}", &VALID[2..], "a".repeat(100_000));
    let cases = [
        "",
        "00",
        "-",
        &VALID[..54],
        &VALID.to_uppercase(),
        &VALID.replace('-', "_"),
        &format!("{VALID}-"),
        &format!("{VALID}0"),
        &format!(" {VALID}"),
        &VALID.replacen("00-", "ff-", 1),
        &VALID.replacen("4b", "+b", 1),
        &VALID.replacen("4b", "é", 1),
        &zero_trace,
        &zero_span,
        &endless,
    ];
    for case in cases {
        let context = TraceContext::parse(case, "a=b");
        assert!(context.is_empty(), "{case:?} became {context:?}");
        assert_eq!(context.traceparent() + &context.tracestate() + &context.trace_id(), "");
    }
}

#[test]
fn a_bad_tracestate_does_not_cost_the_traceparent() {
    for state in ["no equals sign", "=", &"a=b,".repeat(1000), "\0=\n"] {
        let context = TraceContext::parse(VALID, state);
        assert_eq!((context.traceparent(), context.tracestate()), (VALID.to_owned(), String::new()));
    }
}

proptest! {
    #[test]
    fn no_input_panics_and_what_is_accepted_is_stable(parent in "\\PC{0,80}", state in "\\PC{0,80}") {
        let once = TraceContext::parse(&parent, &state);
        let twice = TraceContext::parse(&once.traceparent(), &once.tracestate());
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn one_changed_byte_never_panics(at in 0..55_usize, byte in 0..128_u8) {
        let mut changed = VALID.as_bytes().to_vec();
        changed[at] = byte;
        let context = TraceContext::parse(std::str::from_utf8(&changed).unwrap(), "");
        prop_assert!(context.is_empty() || context.traceparent().len() == 55);
    }
}
