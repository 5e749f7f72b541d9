//! Mandates over choices alone, as the domains of the negotiating-agents competition have them: no
//! trade, no model, utility Σ weight · evaluation.

#![allow(clippy::unwrap_used)]

use detente_mandate::Mandate;
use proptest::prelude::*;
use tariff::{Agenda, AgendaDigest, Choices, Issue, IssueKind, Label, NumberRange};

fn laptop() -> Agenda {
    let choice = |id: &str, labels: &[&str]| {
        let labels = labels.iter().map(|l| Label::new(l).unwrap()).collect();
        Issue::new(id, IssueKind::Choice(Choices::new(labels).unwrap()), None).unwrap()
    };
    let price = NumberRange::new(Label::new("euro").unwrap(), 2, 50_000, 150_000, 25_000).unwrap();
    let issues = vec![
        choice("Laptop", &["Dell", "Macintosh", "HP"]),
        choice("Harddisk", &["60 Gb", "80 Gb", "120 Gb"]),
        Issue::new("Price", IssueKind::Number(price), None).unwrap(),
        Issue::new("Warranty", IssueKind::Switch, None).unwrap(),
    ];
    Agenda::new(issues, AgendaDigest::of(b"laptop")).unwrap()
}

const BUYER: &str = r#"
party = "BUYER"
walk_away = 0.2

[[objective]]
name = "brand"
weight = 0.4
issue = "Laptop"
values = { Dell = 0.6, Macintosh = 1.0, HP = 0.3 }

[[objective]]
name = "space"
weight = 0.3
issue = "Harddisk"
values = { "60 Gb" = 0.5, "80 Gb" = 0.8, "120 Gb" = 1.0 }

[[objective]]
name = "price"
weight = 0.2
issue = "Price"
points = [[500, 1.0], [1500, 0.0]]

[[objective]]
name = "warranty"
weight = 0.1
issue = "Warranty"
values = { on = 1.0, off = 0.25 }

[[red_line]]
issues = "Price"
max = 1250

[[red_line]]
issues = "H*disk"
allowed = ["80 Gb", "120 Gb"]
"#;

proptest! {
    #[test]
    fn an_additive_profile_is_its_weighted_sum(brand in 0_u32..3, disk in 0_u32..3, price in 0_u32..5, on in 0_u32..2) {
        let agenda = laptop();
        let levels = [brand, disk, price, on];
        let offer = agenda.offer_at(&levels).unwrap();
        let compiled = Mandate::parse("buyer.toml", BUYER).unwrap().compile(&agenda, None, &offer).unwrap();
        let by_hand = 0.4 * [0.6, 1.0, 0.3][brand as usize]
            + 0.3 * [0.5, 0.8, 1.0][disk as usize]
            + 0.2 * [1.0, 0.75, 0.5, 0.25, 0.0][price as usize]
            + 0.1 * [0.25, 1.0][on as usize];
        let explained = compiled.explain(&offer).unwrap();
        prop_assert!((explained.utility - by_hand).abs() < 1e-11);
        prop_assert_eq!(explained.utility, compiled.preferences().utility().value(&offer));
        prop_assert_eq!(compiled.preferences().permits(&offer), disk > 0 && price < 4);
        prop_assert!(compiled.prior().is_none());
    }
}

#[test]
fn numbers_may_be_listed_one_by_one() {
    let text = BUYER.replace(
        "points = [[500, 1.0], [1500, 0.0]]",
        r#"values = { 500 = 1.0, 750 = 0.75, 1000 = 0.5, 1250 = 0.25, 1500 = 0.0 }"#,
    );
    let agenda = laptop();
    let offer = agenda.offer_at(&[0, 0, 1, 0]).unwrap();
    let worth = |text: &str| {
        let compiled = Mandate::parse("buyer.toml", text).unwrap().compile(&agenda, None, &offer).unwrap();
        compiled.preferences().utility().value(&offer)
    };
    assert_eq!(worth(&text), worth(BUYER));
}
