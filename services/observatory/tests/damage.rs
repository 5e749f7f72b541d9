//! A store that was cut off or overwritten: never a panic, what can be read is kept, what was lost
//! is said.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::{Place, span, trace};
use detente_observatory::StoreOptions;
use proptest::prelude::*;

const TRACES: u64 = 40;
const SPANS: u64 = 50;

fn filled() -> (Place, Vec<u8>) {
    let place = Place::new();
    let store = place.open();
    for number in 0..TRACES {
        store.offer_spans((0..SPANS).map(|n| span(number, n)).collect());
    }
    store.flush();
    drop(store);
    let bytes = std::fs::read(place.file()).unwrap();
    (place, bytes)
}

/// Every span that is there is one that was put in, and the store takes more.
fn works(place: &Place) -> u64 {
    let (store, salvage) = place.open_with(&StoreOptions::default());
    let mut kept = 0;
    for number in 0..TRACES {
        let spans = store.reader().spans(trace(number), 1_000).unwrap();
        for found in &spans {
            let id = u64::from_be_bytes(*found.span_id.as_bytes()) - 1;
            assert_eq!(*found, span(number, id));
        }
        kept += spans.len() as u64;
    }
    if let Some(salvage) = &salvage {
        assert_eq!(salvage.spans, kept, "{salvage}");
        assert!(salvage.aside.exists() && salvage.to_string().contains("dropped"), "{salvage}");
        assert!(!salvage.complete || salvage.lost == TRACES * SPANS - kept, "{salvage}");
    } else {
        assert_eq!(kept, TRACES * SPANS);
    }
    store.offer_spans(vec![span(TRACES, 0)]);
    store.flush();
    assert_eq!(store.counts().stored_spans, 1);
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_truncated_store_is_salvaged_as_far_as_it_goes(share in 0.0_f64..1.0) {
        let (place, bytes) = filled();
        let length = (bytes.len() as f64 * share) as usize;
        std::fs::write(place.file(), &bytes[..length]).unwrap();
        if length > 0 {
            works(&place);
        }
    }

    #[test]
    fn overwritten_pages_cost_what_was_in_them(at in 0.0_f64..1.0, length in 1_usize..20_000, byte in any::<u8>()) {
        let (place, mut bytes) = filled();
        let at = 4_096 + ((bytes.len() - 4_096) as f64 * at) as usize;
        let end = (at + length).min(bytes.len());
        bytes[at..end].fill(byte);
        // As after a crash: nothing says that it was closed in order.
        bytes.truncate(bytes.len() - 1);
        std::fs::write(place.file(), &bytes).unwrap();
        let (store, salvage) = place.open_with(&StoreOptions::default());
        prop_assert!(salvage.is_some());
        store.offer_spans(vec![span(TRACES, 0)]);
        store.flush();
        prop_assert_eq!(store.counts().stored_spans, 1);
    }
}

#[test]
fn most_of_a_store_that_lost_its_end_is_kept() {
    let (place, bytes) = filled();
    std::fs::write(place.file(), &bytes[..bytes.len() * 9 / 10]).unwrap();
    assert!(works(&place) > TRACES * SPANS / 2);
}
