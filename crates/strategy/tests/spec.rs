//! Strategies as people write them.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

use detente_strategy::{StrategySpec, acceptance_parameters, builtin};
use proptest::prelude::*;

fn canonical(text: &str) -> String {
    text.parse::<StrategySpec>().unwrap().to_string()
}

fn refusal(text: &str) -> String {
    text.parse::<StrategySpec>().unwrap_err().to_string()
}

#[test]
fn every_builtin_is_found_by_name_and_stays_within_its_own_ranges() {
    for builtin in builtin() {
        assert_eq!(canonical(builtin.name), builtin.name);
        assert_eq!(builtin.name.parse::<StrategySpec>().unwrap().open().name(), builtin.name);
        for parameter in builtin.parameters.iter().chain(acceptance_parameters()) {
            assert!((parameter.min..=parameter.max).contains(&parameter.default), "{parameter:?}");
        }
    }
    assert!(builtin().is_sorted_by_key(|b| b.name));
}

#[test]
fn a_spec_prints_as_the_shortest_text_that_means_the_same() {
    assert_eq!(canonical("boulware:e=0.2,k=0"), "boulware");
    assert_eq!(canonical("boulware:k=0.10,e=0.05"), "boulware:e=0.05,k=0.1");
    assert_eq!(canonical("micro:rungs=100,accept=next"), "micro:rungs=100");
    assert_eq!(canonical("linear:t=0.9,accept=combi"), "linear:accept=combi,t=0.9");
    assert_eq!(canonical("linear:t=0.9,accept=time"), "linear:accept=time,t=0.9");
}

#[test]
fn a_text_that_names_no_strategy_is_told_what_there_is() {
    let cases = [
        ("", "there is no strategy \"\": expected one of agent-k, boulware, conceder"),
        ("Boulware", "there is no strategy \"Boulware\""),
        ("boulware:", "strategy boulware: \"\" is not a parameter: expected key=value"),
        ("boulware:e", "\"e\" is not a parameter: expected key=value"),
        ("boulware:q=1", "has no parameter \"q\": expected one of e, k, inside, a, b, t, accept"),
        ("boulware:e=2", "e=2 is not valid: expected a number from 0.001 to 1"),
        ("boulware:e=NaN", "e=NaN is not valid"),
        ("boulware:e=0.1,e=0.2", "parameter e is given twice"),
        ("micro:rungs=2.5", "rungs=2.5 is not valid: expected a whole number from 0 to 10000"),
        ("linear:accept=always", "accept=always is not valid: expected next, combi or time"),
        ("linear:t=0.9", "t needs accept=combi or accept=time"),
        ("linear:a=2,accept=time", "a needs accept=next or accept=combi"),
    ];
    for (text, expected) in cases {
        let message = refusal(text);
        assert!(message.contains(expected), "{text:?}: {message}");
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_or_reads_back_as_it_prints(text in "(boulware|linear|micro|x)(:[a-z=0-9.,-]{0,24})?") {
        if let Ok(spec) = text.parse::<StrategySpec>() {
            prop_assert_eq!(canonical(&spec.to_string()), spec.to_string());
        }
    }
}
