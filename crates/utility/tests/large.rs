//! An agenda of Geneva's size: 64 issues, more offers than can be listed.

#![allow(clippy::unwrap_used)]

mod common;

use common::{draw, geneva_sized};
use detente_utility::{Planner, Point};

#[test]
fn offers_at_a_target_lie_near_it_and_near_the_frontier() {
    let (preferences, prior) = geneva_sized(0.5);
    let planner = Planner::new(&preferences, Some(&prior)).unwrap();
    let curve: Vec<Point> = planner.curve().collect();
    assert!(planner.tolerance() < 0.03, "tolerance {}", planner.tolerance());
    for percent in 30..100 {
        let target = f64::from(percent) / 100.0;
        let offer = planner.at(target);
        let own = preferences.utility().value(&offer);
        assert!(own >= target && own <= target + planner.tolerance(), "{own} for {target}");
        // No offer at all lies above the concave hull, so this bounds what any search could find.
        let bound = hull_at(&curve, own);
        assert!(prior.value(&offer) >= bound - 1e-3, "{} below {bound} at {target}", prior.value(&offer));
    }
}

fn hull_at(curve: &[Point], own: f64) -> f64 {
    let after = curve.iter().position(|p| p.own <= own).unwrap();
    let (a, b) = (curve[after.max(1) - 1], curve[after.max(1)]);
    b.prior + (a.prior - b.prior) * (own - b.own) / (a.own - b.own)
}

#[test]
fn forty_rungs_are_forty_even_steps() {
    let (preferences, prior) = geneva_sized(0.5);
    let ladder = Planner::new(&preferences, Some(&prior)).unwrap().ladder(40);
    let own: Vec<f64> = ladder.rungs().iter().map(|r| r.own).collect();
    assert_eq!(own.len(), 40);
    assert!(own.windows(2).all(|w| w[1] < w[0]));
    let step = (own[0] - preferences.walk_away()) / 39.0;
    for (number, own_here) in own.iter().enumerate() {
        let target = own[0] - step * number as f64;
        assert!(*own_here >= target - 1e-12 && own_here - target < step, "rung {number}");
    }
}

#[test]
fn the_same_question_has_the_same_answer() {
    let (preferences, prior) = geneva_sized(0.5);
    let one = Planner::new(&preferences, Some(&prior)).unwrap();
    let other = Planner::new(&preferences, Some(&prior)).unwrap();
    assert_eq!(one.at(0.7), other.at(0.7));
    assert_eq!(one.ladder(40), other.ladder(40));
    assert_eq!(one.random(0.7, &mut draw(3)), other.random(0.7, &mut draw(3)));
    assert_ne!(one.random(0.7, &mut draw(3)), one.random(0.7, &mut draw(4)));
}
