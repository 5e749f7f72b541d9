//! Utilities and red lines with a black box.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{Alike, Odd, World, all, draw, world};
use detente_utility::{Planner, Preferences, Remainder, Utility};
use proptest::prelude::*;
use tariff::Offer;

fn with_black_boxes(world: &World) -> Preferences {
    let agenda = world.preferences.agenda();
    let own = common::utility(agenda, &[vec![0], vec![1], vec![2, 3]], &[3, 1, 4, 1, 5, 9, 2, 6]);
    let scaled = own.tables().iter().map(|t| {
        detente_utility::Table::tabulate(agenda, t.places().to_vec(), |levels| {
            let mut whole = vec![0; agenda.len()];
            t.places().iter().zip(levels).for_each(|(p, l)| whole[*p] = *l);
            t.at(&whole) * 0.9
        })
    });
    let tables = scaled.collect::<Result<_, _>>().unwrap();
    let utility = Utility::with_remainder(agenda, tables, Arc::new(Alike(agenda.clone()))).unwrap();
    Preferences::new(utility, 0.2)
        .unwrap()
        .with_red_lines(world.preferences.red_lines().to_vec())
        .with_constraint(Arc::new(Odd(agenda.clone())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_search_never_breaks_a_red_line_it_can_keep(world in world(), share in 0.0..1.0, seed: u64) {
        let preferences = with_black_boxes(&world);
        let planner = Planner::new(&preferences, Some(&world.prior)).unwrap();
        let value = |o: &Offer| preferences.utility().value(o);
        let top = value(planner.best());
        prop_assume!(preferences.permits(planner.best()));
        let answer = planner.at(share * top);
        prop_assert!(preferences.permits(&answer) && value(&answer) >= share * top);
        if let Some(offer) = planner.random(share * top, &mut draw(seed)) {
            prop_assert!(preferences.permits(&offer) && value(&offer) >= share * top);
        }
        for rung in planner.ladder(20).rungs() {
            prop_assert!(preferences.acceptable(&rung.offer));
        }
    }

    /// With a remainder alone (nothing forbidden) the search comes within the remainder's weight of
    /// the true best.
    #[test]
    fn the_search_loses_at_most_the_remainder(world in world()) {
        let agenda = world.preferences.agenda();
        let utility = with_black_boxes(&world).utility().clone();
        let preferences = Preferences::new(utility, 0.0).unwrap();
        let planner = Planner::new(&preferences, None).unwrap();
        let top = all(agenda).iter().map(|o| preferences.utility().value(o)).fold(0.0, f64::max);
        prop_assert!(preferences.utility().value(planner.best()) >= top - 0.1);
    }
}

struct Liar;

impl Remainder for Liar {
    fn value(&self, _: &Offer) -> f64 {
        f64::NAN
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, 0.5)
    }
}

#[test]
fn a_remainder_that_is_no_number_counts_as_its_worst() {
    let agenda = common::agenda(&[2]);
    let utility = Utility::with_remainder(&agenda, vec![], Arc::new(Liar)).unwrap();
    assert_eq!(utility.value(&agenda.offer_at(&[1]).unwrap()), 0.0);
}
