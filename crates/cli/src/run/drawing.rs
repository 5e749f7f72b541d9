//! What somebody who holds every mandate can draw: each offer's worth to each side, and the landing
//! zone. It is handed to the page and to nothing else.

use std::sync::{Arc, Mutex, PoisonError};

use observatory::{Drawing, Drawings, NamedPoint, PlacedOffer};
use tariff::Offer;
use utility::landing::{Deal, Options, Solution};
use utility::{LandingZone, Preferences};

use super::Plan;

/// Points of the edge that are drawn.
const MOST_OF_EDGE: usize = 400;

/// Draws one talk.
#[derive(Clone)]
pub(crate) struct Artist {
    drawings: Drawings,
    talk: String,
    preferences: Vec<Preferences>,
    drawing: Arc<Mutex<Drawing>>,
}

impl Artist {
    /// Begins with the axes; the landing zone follows once it is found.
    pub(crate) fn begin(plan: &Plan, talk: &str, drawings: &Drawings) -> Self {
        let preferences: Vec<Preferences> =
            plan.seats.iter().map(|seat| seat.prepared.preferences.clone()).collect();
        let drawing = Drawing {
            parties: plan.seats.iter().map(|seat| seat.party.to_string()).collect(),
            walk_away: preferences.iter().map(Preferences::walk_away).collect(),
            ..Drawing::default()
        };
        let artist = Self {
            drawings: drawings.clone(),
            talk: talk.to_owned(),
            preferences,
            drawing: Arc::new(Mutex::new(drawing)),
        };
        artist.place(0, plan.bench.status_quo());
        artist.show();
        let solver = artist.clone();
        tokio::task::spawn_blocking(move || solver.solve());
        artist
    }

    /// Notes an offer.
    pub(crate) fn place(&self, seq: u64, offer: &Offer) {
        let at = self.preferences.iter().map(|party| party.utility().value(offer)).collect();
        let mut drawing = self.lock();
        if seq == 0 {
            drawing.points.push(NamedPoint { name: "status quo".to_owned(), at });
        } else {
            drawing.offers.push(PlacedOffer { seq, at });
        }
    }

    /// Hands over what has been drawn so far.
    pub(crate) fn show(&self) {
        let drawing = self.lock().clone();
        self.drawings.put(&self.talk, drawing);
    }

    fn solve(&self) {
        // Red lines that exclude each other leave no zone: then the offers are drawn without one.
        let Ok(zone) = LandingZone::solve(&self.preferences, &Options::default()) else { return };
        {
            let mut drawing = self.lock();
            drawing.edge = edge(&zone.pareto);
            drawing.points.extend(named(&zone));
        }
        self.show();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Drawing> {
        self.drawing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The edge from one party's best to the other's, thinned where it has very many points.
fn edge(deals: &[Deal]) -> Vec<Vec<f64>> {
    let mut points: Vec<Vec<f64>> = deals.iter().map(|deal| deal.utilities.clone()).collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let (step, last) = (points.len().div_ceil(MOST_OF_EDGE).max(1), points.len().saturating_sub(1));
    let kept = points.into_iter().enumerate().filter(|(place, _)| place % step == 0 || *place == last);
    kept.map(|(_, point)| point).collect()
}

fn named(zone: &LandingZone) -> Vec<NamedPoint> {
    let point = |name: &str, solution: &Option<Solution>| {
        let at = solution.as_ref()?.deal.utilities.clone();
        Some(NamedPoint { name: name.to_owned(), at })
    };
    let points = [
        point("Nash", &zone.nash),
        point("Kalai–Smorodinsky", &zone.kalai_smorodinsky),
        point("egalitarian", &zone.egalitarian),
        point("utilitarian", &zone.utilitarian),
    ];
    points.into_iter().flatten().collect()
}
