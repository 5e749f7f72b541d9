//! Offers by what they are worth.

use crate::{Brief, Knowledge, Offer, Table};

/// Offers from the best down to what no deal is worth. Each step changes one group of issues, and
/// the steps that are presumed to give the other side most for what they cost come first.
pub struct Ladder {
    brief: Brief,
    rungs: Vec<(f64, Offer)>,
}

/// What a group of issues may come to: its levels, what they are worth, what they give.
#[derive(Clone)]
struct Point {
    levels: Vec<u32>,
    own: f64,
    gain: f64,
}

/// A change of a group of issues.
struct Step {
    /// What it gives for what it costs.
    rate: f64,
    places: Vec<u32>,
    levels: Vec<u32>,
}

impl Ladder {
    pub fn new(brief: Brief) -> Self {
        let mut steps: Vec<Step> = groups(&brief).iter().flat_map(|group| steps(&brief, group)).collect();
        // Stable: steps of one group stay in order, for their rates fall.
        steps.sort_by(|a, b| b.rate.total_cmp(&a.rate));
        let mut offer = brief.best.clone();
        let mut ladder = Self { rungs: vec![(sum(&brief, &brief.utility, &offer), offer.clone())], brief };
        for step in steps {
            step.places.iter().zip(&step.levels).for_each(|(place, level)| offer[*place as usize] = *level);
            if ladder.acceptable(&offer) {
                ladder.rungs.push((ladder.worth(&offer), offer.clone()));
            }
        }
        // Tables that share issues may turn a step down into one up.
        ladder.rungs.sort_by(|a, b| b.0.total_cmp(&a.0));
        ladder
    }

    pub fn walk_away(&self) -> f64 {
        self.brief.walk_away
    }

    /// What the best offer is worth.
    pub fn best(&self) -> f64 {
        self.rungs[0].0
    }

    /// The lowest rung worth at least `target`; the top where none is.
    pub fn at_least(&self, target: f64) -> Offer {
        let below = self.rungs.partition_point(|(worth, _)| *worth >= target);
        self.rungs[below.saturating_sub(1)].1.clone()
    }

    /// What an offer is worth to the party.
    pub fn worth(&self, offer: &Offer) -> f64 {
        sum(&self.brief, &self.brief.utility, offer)
    }

    /// Whether an offer keeps to every red line and is worth no less than no deal.
    pub fn acceptable(&self, offer: &Offer) -> bool {
        let allowed =
            self.brief.red_lines.iter().all(|line| line.allowed[index(&self.brief, &line.places, offer)]);
        allowed && self.worth(offer) >= self.brief.walk_away
    }
}

/// The issues of each table of the own utility, and each issue that is in none.
fn groups(brief: &Brief) -> Vec<Vec<u32>> {
    let mut groups: Vec<Vec<u32>> = brief.utility.iter().map(|table| table.places.clone()).collect();
    let alone = |place: &u32| !groups.iter().any(|group| group.contains(place));
    let alone: Vec<u32> = (0..brief.agenda.len() as u32).filter(alone).collect();
    groups.extend(alone.into_iter().map(|place| vec![place]));
    groups
}

/// The way down a group of issues: the corners of what is efficient in it.
fn steps(brief: &Brief, places: &[u32]) -> Vec<Step> {
    let mut points = points(brief, places);
    points.sort_by(|a, b| b.own.total_cmp(&a.own).then(b.gain.total_cmp(&a.gain)));
    let mut corners: Vec<Point> = Vec::new();
    for point in points {
        if corners.last().is_some_and(|last| point.gain <= last.gain) {
            continue;
        }
        while let [.., before, last] = &corners[..]
            && rate(before, &point) > rate(before, last)
        {
            corners.pop();
        }
        corners.push(point);
    }
    let step = |pair: &[Point]| Step {
        rate: rate(&pair[0], &pair[1]),
        places: places.to_vec(),
        levels: pair[1].levels.clone(),
    };
    corners.windows(2).map(step).collect()
}

fn rate(from: &Point, to: &Point) -> f64 {
    (to.gain - from.gain) / (from.own - to.own)
}

/// Every combination of a group's levels, all else as in the best offer.
fn points(brief: &Brief, places: &[u32]) -> Vec<Point> {
    let touching = |tables: &[Table]| -> Vec<Table> {
        tables
            .iter()
            .filter(|table| table.places.iter().any(|place| places.contains(place)))
            .cloned()
            .collect()
    };
    let own = touching(&brief.utility);
    let theirs = match &brief.opponent {
        Knowledge::Presumed(tables) => Some(touching(tables)),
        Knowledge::Truth(truth) => Some(touching(&truth.utility)),
        Knowledge::Nothing => None,
    };
    let mut offer = brief.best.clone();
    let best = sum(brief, &own, &offer);
    let count: u32 = places.iter().map(|place| brief.agenda[*place as usize].levels).product();
    let point = |mut number: u32| {
        for place in places.iter().rev() {
            let levels = brief.agenda[*place as usize].levels;
            offer[*place as usize] = number % levels;
            number /= levels;
        }
        let worth = sum(brief, &own, &offer);
        let gain = match &theirs {
            Some(tables) => sum(brief, tables, &offer),
            // Whatever hurts is presumed to please, the first of it most: no group gives all at once.
            None => (best - worth).max(0.0).sqrt(),
        };
        Point { levels: places.iter().map(|place| offer[*place as usize]).collect(), own: worth, gain }
    };
    (0..count).map(point).collect()
}

fn sum(brief: &Brief, tables: &[Table], offer: &Offer) -> f64 {
    tables.iter().map(|table| table.values[index(brief, &table.places, offer)]).sum()
}

/// The place of an offer's combination in a table over these issues, the last running fastest.
fn index(brief: &Brief, places: &[u32], offer: &Offer) -> usize {
    places.iter().fold(0, |index, place| {
        let place = *place as usize;
        index * brief.agenda[place].levels as usize + offer[place] as usize
    })
}
