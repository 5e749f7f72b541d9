//! The landing zone against brute force on agendas small enough to list.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::cmp::Reverse;
use std::sync::Arc;

use common::{Alike, Odd, agenda, all};
use detente_utility::landing::{Deal, Method, Options, Solution};
use detente_utility::{LandingZone, Mask, Preferences, Table, Utility, UtilityError};
use proptest::prelude::*;
use tariff::{Agenda, Offer};

/// An agenda with two or three parties; utilities are whole numbers over a common top on paper.
#[derive(Debug, Clone)]
struct World {
    agenda: Agenda,
    parties: Vec<Preferences>,
}

/// The groups of issues each party's tables are about; they overlap across parties.
const GROUPS: [&[&[usize]]; 3] = [&[&[0], &[1, 3], &[2]], &[&[0], &[1], &[2, 4]], &[&[3], &[0, 1], &[4]]];

fn world() -> impl Strategy<Value = World> {
    let levels = proptest::collection::vec(1_u32..6, 5);
    let small = prop_oneof![Just(4_u32), Just(1000)];
    let raw = small.prop_flat_map(|top| proptest::collection::vec(0..top, 40));
    let party = (raw, 0_u32..7, proptest::collection::vec(proptest::bool::weighted(0.85), 25));
    (levels, proptest::collection::vec(party, 2..4)).prop_map(|(levels, parties)| {
        let agenda = agenda(&levels);
        let party = |(number, (raw, walk, red)): (usize, &(Vec<u32>, u32, Vec<bool>))| {
            let groups: Vec<Vec<usize>> = GROUPS[number].iter().map(|g| g.to_vec()).collect();
            // Short of 1, where values are cut off: the zone compares sums before that.
            let short = common::utility(&agenda, &groups, raw);
            let utility = Utility::additive(&agenda, scaled(&short, &agenda, 0.999)).unwrap();
            let allow =
                |l: &[u32]| l.iter().all(|x| *x == 0) || red[(l[0] * 5 + l.get(1).unwrap_or(&0)) as usize];
            let masks = vec![
                Mask::new(&agenda, vec![number, 4], allow).unwrap(),
                Mask::new(&agenda, vec![2], allow).unwrap(),
            ];
            // Never on a utility, so that rounding to 2^-40 cannot decide who would walk away.
            let walk = f64::from(*walk) / 10.0 + 0.000_123_4;
            Preferences::new(utility, walk).unwrap().with_red_lines(masks)
        };
        let parties = parties.iter().enumerate().map(party).collect();
        World { agenda, parties }
    })
}

/// Every permitted offer: its levels and exact worths, in units of 2^-40.
struct Brute {
    walk: Vec<i64>,
    offers: Vec<(Vec<u32>, Vec<i64>)>,
}

fn whole(utility: f64) -> i64 {
    (utility * (1_u64 << 40) as f64).ceil() as i64
}

impl Brute {
    fn new(world: &World) -> Self {
        let worth = |offer: &Offer| world.parties.iter().map(|p| whole(p.utility().value(offer))).collect();
        let permitted = all(&world.agenda).into_iter().filter(|o| world.parties.iter().all(|p| p.permits(o)));
        let offers = permitted.map(|o| (world.agenda.levels_of(&o).unwrap().to_vec(), worth(&o))).collect();
        Self { walk: world.parties.iter().map(|p| whole(p.walk_away())).collect(), offers }
    }

    fn zone(&self) -> impl Iterator<Item = &(Vec<u32>, Vec<i64>)> {
        self.offers.iter().filter(|(_, u)| u.iter().zip(&self.walk).all(|(u, r)| u >= r))
    }

    fn gains(&self, worth: &[i64]) -> Vec<i128> {
        worth.iter().zip(&self.walk).map(|(u, r)| i128::from(u - r)).collect()
    }

    /// The offer with the greatest key, by the documented tie rule.
    fn first<'b, K: Ord>(
        offers: impl Iterator<Item = &'b (Vec<u32>, Vec<i64>)>,
        key: impl Fn(&[i64]) -> K,
    ) -> Option<&'b (Vec<u32>, Vec<i64>)> {
        offers.max_by_key(|(levels, worth)| (key(worth), worth.iter().sum::<i64>(), Reverse(levels)))
    }

    fn nash(&self) -> Option<&(Vec<u32>, Vec<i64>)> {
        Self::first(self.zone(), |worth| self.gains(worth).into_iter().product::<i128>())
    }

    fn egalitarian(&self) -> Option<&(Vec<u32>, Vec<i64>)> {
        Self::first(self.offers.iter(), |worth| self.gains(worth).into_iter().min())
    }

    fn utilitarian(&self) -> Option<&(Vec<u32>, Vec<i64>)> {
        Self::first(self.offers.iter(), |worth| worth.iter().sum::<i64>())
    }

    fn ideal(&self) -> Option<Vec<i64>> {
        (0..self.walk.len()).map(|party| self.zone().map(|(_, worth)| worth[party]).max()).collect()
    }

    /// The least share of what each could gain.
    fn share(&self, worth: &[i64], ideal: &[i64]) -> f64 {
        let scales: Vec<i128> = self.gains(ideal);
        let shares = self.gains(worth).into_iter().zip(scales).filter(|(_, scale)| *scale > 0);
        shares.map(|(gain, scale)| gain as f64 / scale as f64).fold(1.0, f64::min)
    }

    fn efficient(&self, worth: &[i64]) -> bool {
        let beats = |other: &[i64]| other != worth && other.iter().zip(worth).all(|(o, w)| o >= w);
        !self.offers.iter().any(|(_, other)| beats(other))
    }

    /// The efficient points once what only rounding tells apart is one.
    fn points(&self) -> Vec<Vec<i64>> {
        let near = |worth: &[i64]| worth.iter().map(|u| (u + (1 << 15)) >> 16).collect::<Vec<i64>>();
        let mut cells: Vec<Vec<i64>> = self.offers.iter().map(|(_, worth)| near(worth)).collect();
        cells.sort();
        cells.dedup();
        let beats = |a: &Vec<i64>, b: &Vec<i64>| a != b && a.iter().zip(b).all(|(a, b)| a >= b);
        let all = cells.clone();
        cells.retain(|cell| !all.iter().any(|other| beats(other, cell)));
        cells
    }
}

fn with(method: Method, edge: usize) -> Options {
    Options { method: Some(method), edge, ..Options::default() }
}

fn solve(world: &World, options: &Options) -> LandingZone {
    LandingZone::solve(&world.parties, options).unwrap()
}

fn levels(world: &World, deal: &Deal) -> Vec<u32> {
    world.agenda.levels_of(&deal.offer).unwrap().to_vec()
}

fn worth(deal: &Deal) -> Vec<i64> {
    deal.utilities.iter().copied().map(whole).collect()
}

/// The levels of a solution, to be compared with brute force.
fn at(world: &World, solution: &Option<Solution>) -> Option<Vec<u32>> {
    solution.as_ref().map(|s| levels(world, &s.deal))
}

fn exact(world: &World, zone: &LandingZone) -> Result<(), TestCaseError> {
    let brute = Brute::new(world);
    let cells = |deal: &Deal| worth(deal).iter().map(|u| (u + (1 << 15)) >> 16).collect::<Vec<i64>>();
    let mut points: Vec<Vec<i64>> = zone.pareto.iter().map(cells).collect();
    points.sort();
    prop_assert_eq!(points, brute.points());
    prop_assert!(zone.pareto.iter().all(|deal| brute.efficient(&worth(deal))));
    let of = |found: Option<&(Vec<u32>, Vec<i64>)>| found.map(|(levels, _)| levels.clone());
    prop_assert_eq!(at(world, &zone.nash), of(brute.nash()));
    prop_assert_eq!(at(world, &zone.egalitarian), of(brute.egalitarian()));
    prop_assert_eq!(at(world, &zone.utilitarian), of(brute.utilitarian()));
    let ideal = brute.ideal();
    prop_assert_eq!(zone.ideal.is_some(), ideal.is_some());
    if let Some(ideal) = ideal {
        let best = brute.zone().map(|(_, worth)| brute.share(worth, &ideal)).fold(0.0, f64::max);
        let found = zone.kalai_smorodinsky.as_ref().unwrap();
        prop_assert!((found.value - best).abs() < 1e-9, "{} for {best}", found.value);
        prop_assert!(brute.efficient(&worth(&found.deal)));
        let away =
            |u: &[i64]| u.iter().zip(&ideal).map(|(u, i)| ((u - i) as f64).powi(2)).sum::<f64>().sqrt();
        let nearest = brute.zone().map(|(_, u)| away(u)).fold(f64::INFINITY, f64::min);
        let opposition = zone.opposition.unwrap() * (1_u64 << 40) as f64;
        prop_assert!((opposition - nearest).abs() <= 1e-9 * nearest.max(1.0));
    }
    for deal in &zone.pareto {
        prop_assert_eq!(deal.in_zone, zone.contains(&deal.offer));
        prop_assert_eq!(zone.distance(&deal.offer).edge, 0.0);
    }
    prop_assert!(!zone.capped && zone.bound == Some(0.0));
    Ok(())
}

/// What holds for answers that are not exact: nothing is claimed that is not so, and the true
/// solution lies within the bound.
fn bounded(world: &World, zone: &LandingZone) -> Result<(), TestCaseError> {
    let brute = Brute::new(world);
    let unit = (1_u64 << 40) as f64;
    let permitted = |deal: &Deal| world.parties.iter().all(|p| p.permits(&deal.offer));
    prop_assert!(zone.pareto.iter().all(permitted));
    let within = |solution: &Option<Solution>, best: Option<f64>| match (solution, best) {
        (Some(found), Some(best)) => {
            let bound = found.bound.unwrap();
            prop_assert!((best - found.value).abs() <= bound + 1e-12, "{best} beyond {found:?}");
            prop_assert!(permitted(&found.deal));
            Ok(())
        }
        (None, _) => Ok(()),
        (Some(found), None) => Err(TestCaseError::fail(format!("{found:?} where there is nothing"))),
    };
    let product = |worth: &[i64]| brute.gains(worth).into_iter().map(|g| g as f64 / unit).product::<f64>();
    let best = brute.nash().map(|(_, worth)| product(worth));
    within(&zone.nash, best)?;
    if let (Some(nash), Some(best), Some(bound)) = (&zone.nash, best, zone.bound) {
        prop_assert!(best <= nash.value * (1.0 + bound) + 1e-12);
    }
    if zone.nash.is_none() && zone.bound == Some(0.0) {
        prop_assert!(best.is_none(), "a zone proved empty is empty");
    }
    let least = |worth: &[i64]| *brute.gains(worth).iter().min().unwrap() as f64 / unit;
    within(&zone.egalitarian, brute.egalitarian().map(|(_, worth)| least(worth)))?;
    let sum = |worth: &[i64]| worth.iter().sum::<i64>() as f64 / unit;
    within(&zone.utilitarian, brute.utilitarian().map(|(_, worth)| sum(worth)))?;
    let ideal = brute.ideal();
    let share = |ideal: &Vec<i64>| brute.zone().map(|(_, u)| brute.share(u, ideal)).fold(0.0, f64::max);
    within(&zone.kalai_smorodinsky, ideal.as_ref().map(share))
}

/// The same with a remainder for the first party and a black-box red line for the second.
fn with_black_boxes(world: &World) -> World {
    let scaled = scaled(world.parties[0].utility(), &world.agenda, 0.9);
    let utility =
        Utility::with_remainder(&world.agenda, scaled, Arc::new(Alike(world.agenda.clone()))).unwrap();
    let first = Preferences::new(utility, world.parties[0].walk_away()).unwrap();
    let mut parties = world.parties.clone();
    parties[0] = first.with_red_lines(world.parties[0].red_lines().to_vec());
    parties[1] = parties[1].clone().with_constraint(Arc::new(Odd(world.agenda.clone())));
    World { agenda: world.agenda.clone(), parties }
}

fn scaled(utility: &Utility, agenda: &Agenda, by: f64) -> Vec<Table> {
    let table = |t: &Table| {
        Table::tabulate(agenda, t.places().to_vec(), |levels| {
            let mut all = vec![0; agenda.len()];
            t.places().iter().zip(levels).for_each(|(place, level)| all[*place] = *level);
            t.at(&all) * by
        })
        .unwrap()
    };
    utility.tables().iter().map(table).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn listing_agrees_with_brute_force(world in world()) {
        exact(&world, &solve(&world, &with(Method::Exhaustive, 0)))?;
    }

    #[test]
    fn putting_groups_together_agrees_with_brute_force(world in world()) {
        exact(&world, &solve(&world, &with(Method::Additive, 1 << 14)))?;
    }

    #[test]
    fn an_edge_too_large_to_build_keeps_its_bounds(world in world()) {
        let zone = solve(&world, &with(Method::Additive, 0));
        prop_assert!(zone.capped);
        let brute = Brute::new(&world);
        prop_assert!(zone.pareto.iter().all(|deal| brute.efficient(&worth(deal))));
        bounded(&world, &zone)?;
        // The sum of utilities needs no search.
        prop_assert_eq!(at(&world, &zone.utilitarian), brute.utilitarian().map(|(l, _)| l.clone()));
    }

    #[test]
    fn a_search_keeps_its_bounds(world in world()) {
        bounded(&world, &solve(&world, &with(Method::Search, 0)))?;
    }

    #[test]
    fn black_boxes_are_listed_where_they_can_be(world in world()) {
        let world = with_black_boxes(&world);
        prop_assume!(!Brute::new(&world).offers.is_empty());
        exact(&world, &solve(&world, &with(Method::Exhaustive, 0)))?;
        let zone = LandingZone::solve(&world.parties, &with(Method::Search, 0)).unwrap();
        bounded(&world, &zone)?;
    }

    /// Solutions depend on gains alone: a quarter more for every offer, and for walking away.
    #[test]
    fn a_constant_moves_nothing(world in world()) {
        let raised = |p: &Preferences, more: f64| {
            let mut tables = scaled(p.utility(), &world.agenda, 0.5);
            let levels = world.agenda.issues()[0].levels() as usize;
            tables.push(Table::new(&world.agenda, vec![0], vec![more; levels]).unwrap());
            let utility = Utility::additive(&world.agenda, tables).unwrap();
            Preferences::new(utility, p.walk_away() / 2.0 + more).unwrap().with_red_lines(p.red_lines().to_vec())
        };
        let zone = |more: f64| {
            let parties = world.parties.iter().map(|p| raised(p, more)).collect();
            let world = World { agenda: world.agenda.clone(), parties };
            let zone = solve(&world, &Options::default());
            [&zone.nash, &zone.kalai_smorodinsky, &zone.egalitarian, &zone.utilitarian].map(|s| at(&world, s))
        };
        prop_assert_eq!(zone(0.0), zone(0.25));
    }

    /// The order of issues names the offers differently and leaves the points where they are, to the
    /// resolution at which the edge tells them apart: of offers that agree to it, and whose exact sums are
    /// equal, the one of lower levels stands for the point, and levels are compared in agenda order.
    #[test]
    fn the_order_of_issues_moves_nothing(world in world()) {
        let backwards = reversed(&world);
        let points = |world: &World| {
            let zone = solve(world, &Options::default());
            let value = |s: &Option<Solution>| s.as_ref().map(|s| s.value);
            let edge: Vec<Vec<f64>> = zone.pareto.iter().map(|d| d.utilities.clone()).collect();
            let solutions = [&zone.nash, &zone.kalai_smorodinsky, &zone.egalitarian, &zone.utilitarian];
            (edge, solutions.map(value), zone.opposition)
        };
        let ((edge, solutions, opposition), (other_edge, other_solutions, other)) =
            (points(&world), points(&backwards));
        prop_assert_eq!((solutions, opposition), (other_solutions, other));
        prop_assert_eq!(edge.len(), other_edge.len());
        for (here, there) in edge.iter().flatten().zip(other_edge.iter().flatten()) {
            prop_assert!((here - there).abs() <= 2_f64.powi(-24), "{here} and {there}");
        }
    }

    /// The order of the parties orders the utilities and nothing else.
    #[test]
    fn no_party_comes_first(world in world()) {
        let turned = World { parties: world.parties.iter().rev().cloned().collect(), ..world.clone() };
        let value = |s: &Option<Solution>| s.as_ref().map(|s| (s.value * 1e9).round());
        let points = |world: &World| {
            let zone = solve(world, &Options::default());
            let solutions = [&zone.nash, &zone.kalai_smorodinsky, &zone.egalitarian, &zone.utilitarian];
            (zone.pareto.len(), solutions.map(value))
        };
        prop_assert_eq!(points(&world), points(&turned));
    }
}

/// The same world with its issues in the opposite order.
fn reversed(world: &World) -> World {
    let count = world.agenda.len();
    let sizes: Vec<u32> = world.agenda.issues().iter().rev().map(tariff::Issue::levels).collect();
    let agenda = agenda(&sizes);
    let mirror = |places: &[usize]| places.iter().rev().map(|p| count - 1 - p).collect::<Vec<_>>();
    let forwards = |places: &[usize], levels: &[u32]| {
        let mut all = vec![0; count];
        places.iter().zip(levels.iter().rev()).for_each(|(place, level)| all[*place] = *level);
        all
    };
    let party = |p: &Preferences| {
        let table = |t: &Table| {
            Table::tabulate(&agenda, mirror(t.places()), |l| t.at(&forwards(t.places(), l))).unwrap()
        };
        let mask = |m: &Mask| {
            Mask::new(&agenda, mirror(m.places()), |l| m.allows(&forwards(m.places(), l))).unwrap()
        };
        let utility = Utility::additive(&agenda, p.utility().tables().iter().map(table).collect()).unwrap();
        let masks = p.red_lines().iter().map(mask).collect();
        Preferences::new(utility, p.walk_away()).unwrap().with_red_lines(masks)
    };
    World { parties: world.parties.iter().map(party).collect(), agenda: agenda.clone() }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let agenda = agenda(&[3, 2]);
    let other = common::agenda(&[2]);
    let of =
        |agenda: &Agenda| Preferences::new(common::utility(agenda, &[vec![0]], &[1, 2, 3]), 0.1).unwrap();
    let solve = |parties: &[Preferences]| LandingZone::solve(parties, &Options::default()).unwrap_err();
    assert_eq!(solve(&[of(&agenda)]), UtilityError::TooFewParties(1));
    assert_eq!(solve(&[]), UtilityError::TooFewParties(0));
    let apart = Agenda::new(other.issues().to_vec(), tariff::AgendaDigest::of(b"other")).unwrap();
    assert_eq!(solve(&[of(&agenda), of(&apart)]), UtilityError::OtherAgenda);
    let never = |party: Preferences| {
        let masks = vec![Mask::new(&agenda, vec![1], |_| false).unwrap()];
        party.with_red_lines(masks)
    };
    assert!(matches!(solve(&[of(&agenda), never(of(&agenda))]), UtilityError::NothingAcceptable(_)));
    let additive = LandingZone::solve(&[of(&agenda), never(of(&agenda))], &with(Method::Additive, 9));
    assert_eq!(additive.unwrap_err(), UtilityError::NothingAcceptable(vec![1]));
}

/// Where nothing is worth anything to anybody every offer is as good as any other: the first stands
/// for all.
#[test]
fn indifference_leaves_one_point() {
    let agenda = agenda(&[50, 50, 50, 8]);
    let flat = || Preferences::new(Utility::additive(&agenda, vec![]).unwrap(), 0.0).unwrap();
    for options in [with(Method::Exhaustive, 0), with(Method::Additive, 100), with(Method::Additive, 0)] {
        let zone = LandingZone::solve(&[flat(), flat()], &options).unwrap();
        assert_eq!(zone.offers, "1000000");
        assert_eq!(zone.pareto.len(), 1);
        let nash = zone.nash.unwrap();
        assert_eq!(agenda.levels_of(&nash.deal.offer).unwrap(), [0, 0, 0, 0]);
        assert_eq!((nash.value, zone.opposition), (0.0, Some(0.0)));
    }
}

/// Three parties on 8^20 offers: each has a favourite level for every issue, and minds the distance.
fn three_large(walk_away: f64) -> Vec<Preferences> {
    let agenda = agenda(&[8; 20]);
    let party = |number: usize| {
        let table = |place: usize| {
            let favourite = ((place * 29 + number * 5) % 8) as f64;
            let weight = (1 + (place * 13 + number * 7) % 19) as f64 / 220.0;
            let worth = |level: &[u32]| weight * (1.0 - (f64::from(level[0]) - favourite).abs() / 7.0);
            Table::tabulate(&agenda, vec![place], worth).unwrap()
        };
        let utility = Utility::additive(&agenda, (0..agenda.len()).map(table).collect()).unwrap();
        Preferences::new(utility, walk_away).unwrap()
    };
    (0..3).map(party).collect()
}

/// What agendas too large to list are known to within, as a share of the Nash product.
#[test]
fn large_agendas_are_known_within_bounds() {
    let (first, prior) = common::geneva_sized(0.5);
    let two = [first, Preferences::new(prior, 0.5).unwrap()];
    for (parties, method, bound) in [
        (&two[..], Method::Additive, 0.005),
        (&two[..], Method::Search, 0.05),
        (&three_large(0.3)[..], Method::Additive, 0.05),
    ] {
        let zone = LandingZone::solve(parties, &with(method, 1 << 8)).unwrap();
        assert_eq!((zone.method, zone.capped), (method, true));
        assert!(zone.bound.unwrap() <= bound, "{method:?}: {:?}", zone.bound);
        let nash = zone.nash.unwrap();
        assert!(parties.iter().all(|party| party.acceptable(&nash.deal.offer)));
    }
    // Walk-away values that nothing meets: proved, not only not found.
    let zone = LandingZone::solve(&three_large(0.8), &with(Method::Additive, 1 << 8)).unwrap();
    assert_eq!((zone.nash, zone.bound, zone.opposition), (None, Some(0.0), None));
}

#[test]
fn the_same_question_has_the_same_answer() {
    let (first, prior) = common::geneva_sized(0.5);
    let parties = [first, Preferences::new(prior, 0.5).unwrap()];
    let solve = || LandingZone::solve(&parties, &with(Method::Additive, 1 << 8)).unwrap();
    let (one, other) = (solve(), solve());
    assert_eq!((one.nash, one.pareto, one.bound), (other.nash, other.pareto, other.bound));
}

/// A pie of so many slices, dealt out slice by slice: every offer is efficient.
fn pie(parties: usize, slices: usize) -> Vec<Preferences> {
    let agenda = agenda(&vec![parties as u32; slices]);
    let party = |party: usize| {
        let slice = |place: usize| {
            // Slices of sizes that have no common measure, so that no two shares are worth the same.
            let size = (1.0 + (place as f64 + 2.0).ln().fract()) / (2.0 * slices as f64);
            Table::tabulate(&agenda, vec![place], |l| if l[0] as usize == party { size } else { 0.0 })
                .unwrap()
        };
        let tables = (0..slices).map(slice).collect();
        Preferences::new(Utility::additive(&agenda, tables).unwrap(), 0.05).unwrap()
    };
    (0..parties).map(party).collect()
}

#[test]
fn an_edge_of_all_offers_is_neither_built_nor_listed_whole() {
    // 2^19 offers of two parties, all efficient: valued, and so many listed.
    let two = LandingZone::solve(&pie(2, 19), &Options::default()).unwrap();
    assert_eq!((two.method, two.capped), (Method::Exhaustive, true));
    assert!(two.pareto.len() <= Options::default().edge && two.bound == Some(0.0));
    // 3^11 = 177,147 offers of three: bounds take the place of listing.
    let three = LandingZone::solve(&pie(3, 11), &Options::default()).unwrap();
    assert_eq!((three.method, three.capped), (Method::Additive, true));
    assert!(three.pareto.len() <= Options::default().edge && three.bound.is_some());
    let nash = three.nash.unwrap();
    assert!(nash.deal.in_zone && nash.value > 0.0);
}

/// Groups of very many combinations, all of them efficient: neither the hull nor the directions are
/// gone over in full, and what is found stays within its bounds.
#[test]
fn groups_of_very_many_combinations_are_bounded() {
    let agenda = agenda(&[512, 512, 512, 512]);
    let across = |l: &[u32]| (f64::from(l[0] * 512 + l[1]) + 0.5) / f64::from(512 * 512);
    let party = |worth: &dyn Fn(f64) -> f64| {
        let table = |first: usize| {
            Table::tabulate(&agenda, vec![first, first + 1], |l| 0.499 * worth(across(l))).unwrap()
        };
        let utility = Utility::additive(&agenda, vec![table(0), table(2)]).unwrap();
        Preferences::new(utility, 0.1).unwrap()
    };
    let two = [party(&|t| t.sqrt()), party(&|t| (1.0 - t).sqrt())];
    let zone = LandingZone::solve(&two, &Options::default()).unwrap();
    assert_eq!((zone.method, zone.capped), (Method::Additive, true));
    assert!(zone.pareto.len() <= Options::default().listed);
    assert!(zone.bound.unwrap() <= 1e-4, "{:?}", zone.bound);
}
