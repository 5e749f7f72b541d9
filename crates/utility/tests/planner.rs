//! The planner against brute force on agendas small enough to list.

#![allow(clippy::unwrap_used)]

mod common;

use common::{World, draw, world};
use detente_utility::{Planner, Point};
use proptest::prelude::*;

fn planner(world: &World) -> Planner {
    Planner::new(&world.preferences, Some(&world.prior)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_best_offer_is_the_best_and_kindest(world in world()) {
        let best = planner(&world).best().clone();
        prop_assert!(world.preferences.permits(&best));
        let top = world.top();
        prop_assert_eq!(world.own(&best), top);
        let kindest = world.permitted().filter(|o| world.own(o) == top);
        let kindest = kindest.map(|o| world.prior(o)).fold(0.0, f64::max);
        prop_assert_eq!(world.prior(&best), kindest);
    }

    #[test]
    fn an_offer_at_a_target_keeps_every_promise(world in world(), share in 0.0..1.1) {
        let planner = planner(&world);
        let target = share * world.top();
        let half = planner.tolerance() / 2.0;
        let answer = planner.at(target);
        prop_assert!(world.preferences.permits(&answer));
        if world.top() < target {
            prop_assert_eq!(&answer, planner.best());
            return Ok(());
        }
        prop_assert!(world.own(&answer) >= target);
        let above = world.permitted().map(|o| world.own(o)).filter(|u| *u >= target + half);
        let nearest = above.fold(f64::INFINITY, f64::min);
        prop_assert!(world.own(&answer) <= (target + 2.0 * half).max(nearest + half));
        for rival in world.permitted().filter(|o| world.own(o) == target + half) {
            prop_assert!(world.prior(&answer) >= world.prior(rival));
        }
    }

    /// Among the offers of exactly the target utility, listed by brute force, none is better for the
    /// prior than the answer, up to what the grid may lose.
    #[test]
    fn among_equals_the_prior_decides(world in world(), pick in any::<prop::sample::Index>()) {
        let permitted: Vec<_> = world.permitted().collect();
        let own = world.own(permitted[pick.index(permitted.len())]);
        let planner = planner(&world);
        let half = planner.tolerance() / 2.0;
        let answer = planner.at(own - half);
        let rivals = permitted.iter().filter(|o| world.own(o) == own);
        let best = rivals.map(|o| world.prior(o)).fold(0.0, f64::max);
        prop_assert!(world.prior(&answer) >= best, "{} < {best}", world.prior(&answer));
        prop_assert!(world.own(&answer) <= own + half);
    }

    #[test]
    fn the_curve_is_the_upper_hull(world in world(), lambda in 0.0..20.0) {
        let planner = planner(&world);
        let points: Vec<Point> = planner.curve().collect();
        for pair in points.windows(2) {
            prop_assert!(pair[1].own < pair[0].own && pair[1].prior > pair[0].prior);
        }
        let on_curve = points.iter().map(|p| p.own + lambda * p.prior).fold(0.0, f64::max);
        let of_all = world.permitted().map(|o| world.own(o) + lambda * world.prior(o)).fold(0.0, f64::max);
        prop_assert!((on_curve - of_all).abs() < 1e-9, "{on_curve} against {of_all}");
    }

    #[test]
    fn a_point_of_the_curve_is_the_offer_that_stands_there(world in world(), at in any::<prop::sample::Index>()) {
        let planner = planner(&world);
        let points: Vec<Point> = planner.curve().collect();
        let point = points[at.index(points.len())];
        let offer = planner.on_curve(point.own).unwrap();
        // A utility never exceeds 1; a sum of rounded table entries may, in its last bits.
        prop_assert_eq!((world.own(&offer), world.prior(&offer)), (point.own.min(1.0), point.prior.min(1.0)));
        prop_assert!(planner.on_curve(points[0].own + 1e-6).is_none());
    }

    #[test]
    fn a_ladder_descends_to_the_walk_away_value(world in world(), rungs in 1_usize..60) {
        let planner = planner(&world);
        let ladder = planner.ladder(rungs);
        let ladder = ladder.rungs();
        prop_assert!(ladder.len() <= rungs);
        prop_assert_eq!(ladder.is_empty(), world.top() < world.preferences.walk_away());
        for (number, rung) in ladder.iter().enumerate() {
            prop_assert!(world.preferences.acceptable(&rung.offer));
            prop_assert_eq!(rung.own, world.own(&rung.offer));
            prop_assert!(ladder[..number].iter().all(|r| r.offer != rung.offer && r.own >= rung.own));
        }
        if let Some(first) = ladder.first() {
            prop_assert_eq!(first.own, world.top());
        }
    }

    #[test]
    fn a_random_offer_meets_its_target(world in world(), share in 0.0..1.1, seed: u64) {
        let planner = planner(&world);
        let target = share * world.top();
        let offer = planner.random(target, &mut draw(seed));
        prop_assert_eq!(offer.is_some(), target <= world.top());
        prop_assert_eq!(&offer, &planner.random(target, &mut draw(seed)));
        if let Some(offer) = offer {
            prop_assert!(world.preferences.permits(&offer) && world.own(&offer) >= target);
        }
    }
}

#[test]
fn random_offers_reach_every_permitted_offer() {
    let agenda = common::agenda(&[2, 3]);
    let utility = common::utility(&agenda, &[vec![0], vec![1]], &[0, 5, 1, 2, 3]);
    let preferences = detente_utility::Preferences::new(utility, 0.0).unwrap();
    let planner = Planner::new(&preferences, None).unwrap();
    let mut draw = draw(7);
    let seen: std::collections::BTreeSet<_> =
        (0..200).filter_map(|_| planner.random(0.0, &mut draw)).collect();
    assert_eq!(seen.len(), 6);
}

#[test]
fn targets_beyond_every_utility_have_answers() {
    let agenda = common::agenda(&[2, 3]);
    let utility = common::utility(&agenda, &[vec![0], vec![1]], &[0, 5, 1, 2, 3]);
    let preferences = detente_utility::Preferences::new(utility, 0.0).unwrap();
    let planner = Planner::new(&preferences, None).unwrap();
    for target in [f64::INFINITY, f64::NAN, 2.0] {
        assert_eq!(&planner.at(target), planner.best());
        assert!(planner.random(target, &mut draw(7)).is_none() && planner.on_curve(target).is_none());
    }
    assert!(preferences.permits(&planner.at(f64::NEG_INFINITY)));
}
