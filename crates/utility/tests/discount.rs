//! What is agreed late is worth less, and what may be agreed does not depend on it.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use detente_utility::{Preferences, Table, Utility, UtilityError};
use tariff::{Agenda, AgendaDigest, Issue, IssueKind, Value};

#[test]
fn utility_shrinks_with_the_time_of_agreement() {
    let issue = Issue::new("ban", IssueKind::Switch, None).unwrap();
    let agenda = Agenda::new(vec![issue], AgendaDigest::of(b"discount")).unwrap();
    let utility =
        Utility::additive(&agenda, vec![Table::new(&agenda, vec![0], vec![0.0, 1.0]).unwrap()]).unwrap();
    let plain = Preferences::new(utility, 0.6).unwrap();
    let offer = agenda.offer(vec![Value::Switch(true)]).unwrap();
    assert_eq!(plain.agreed_at(&offer, 0.7), plain.utility().value(&offer), "no discount");
    let discounted = plain.clone().with_discount(0.25).unwrap();
    let full = discounted.utility().value(&offer);
    // 0.25^0, 0.25^½ and 0.25^1; time is held to the talk.
    for (time, left) in [(0.0, 1.0), (0.5, 0.5), (1.0, 0.25), (7.0, 0.25), (-1.0, 1.0)] {
        assert!((discounted.agreed_at(&offer, time) - full * left).abs() < 1e-12, "at {time}");
    }
    assert!(discounted.acceptable(&offer), "utility and walk-away value know no discount");
    for wrong in [0.0, -0.5, 1.5, f64::NAN] {
        assert!(matches!(plain.clone().with_discount(wrong), Err(UtilityError::BadDiscount(_))), "{wrong}");
    }
}
