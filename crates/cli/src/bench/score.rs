//! `detente bench score`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use scenario::Scenario;
use scoring::uncertainty::{Distributions, Ensemble};
use scoring::{ArmingtonCes, Elasticities, Model as _, Power, ScoringError, bare_powers};
use scoring_server::Bench;
use serde::Serialize;
use tariff::{Agenda, Instrument, Offer, TariffError, Value};

use super::measure::Rate;
use crate::output::{Failure, Format, line, print_json};

/// Different offers, so that no branch or cache learns one by heart.
const OFFERS: u32 = 256;
/// Places that a delta changes.
const CHANGES: [usize; 2] = [1, 8];
const DRAWS: usize = 1_000;
/// Turns of each pair, so that both meet the same machine.
const TURNS: u32 = 8;

#[derive(Serialize)]
struct Document {
    scenario: &'static str,
    powers_per_offer: usize,
    offers_per_second: f64,
    bare_powers_per_second_in_offers: f64,
    ratio: f64,
    /// Everything measured, each beside its own powers in the same turns.
    measurements: Vec<Measurement>,
}

#[derive(Serialize)]
struct Measurement {
    name: String,
    powers: usize,
    per_second: f64,
    bare_powers_per_second: f64,
    /// What it costs, in units of its bare powers.
    ratio: f64,
}

pub(crate) fn bench(length: Duration, format: Format) -> Result<(), Failure> {
    let bench = Bench::new(Arc::new(Scenario::load("geneva-2025")?)).map_err(Failure::internal)?;
    let missing = || Failure::internal("geneva-2025 has no trade data");
    let model = bench.scenario().model(bench.agenda())?.ok_or_else(missing)?;
    let offers = offers(bench.agenda(), OFFERS).map_err(Failure::internal)?;
    let document = measure(&model, bench.agenda(), &offers, length).map_err(Failure::internal)?;
    if format == Format::Json {
        print_json(&document);
        return Ok(());
    }
    line(&format!(
        "geneva-2025, infinite supply elasticity, one core, {} powers an offer",
        document.powers_per_offer
    ));
    line("                                powers      per second   bare powers/s     ratio");
    for m in &document.measurements {
        let (name, bare) = (&m.name, m.bare_powers_per_second);
        line(&format!("{name:<32}{:>6}{:>16.0}{bare:>16.0}{:>10.2}", m.powers, m.per_second, m.ratio));
    }
    line(&format!("an impact costs {:.2} times its bare powers", document.ratio));
    Ok(())
}

fn measure(
    model: &ArmingtonCes,
    agenda: &Agenda,
    offers: &[Offer],
    length: Duration,
) -> Result<Document, ScoringError> {
    let powers = offers.iter().map(|offer| model.powers(offer)).collect::<Result<Vec<_>, _>>()?;
    let at = |place: usize| &offers[place % offers.len()];
    let impacts = beside("impact", length, &powers, 64, |place| model.impact(at(place)))?;
    let headlines = beside("headlines", length, &powers, 64, |place| model.headlines(at(place)))?;
    let mut measurements = vec![impacts, headlines];
    for count in CHANGES {
        measurements.push(delta(model, agenda, offers, count, length)?);
    }
    measurements.push(monte_carlo(model, at(0), length)?);
    let impact = &measurements[0];
    Ok(Document {
        scenario: "geneva-2025",
        powers_per_offer: impact.powers,
        offers_per_second: impact.per_second,
        bare_powers_per_second_in_offers: impact.bare_powers_per_second,
        ratio: impact.ratio,
        measurements,
    })
}

/// Offers that change a reference in `count` added rates, beside the powers that change with them.
fn delta(
    model: &ArmingtonCes,
    agenda: &Agenda,
    offers: &[Offer],
    count: usize,
    length: Duration,
) -> Result<Measurement, ScoringError> {
    let reference = &offers[0];
    let rates = agenda.issues().iter().enumerate();
    let rates = rates.filter(|(_, i)| matches!(i.instrument(), Some(Instrument::AddedRate { .. })));
    let rates: Vec<usize> = rates.map(|(place, _)| place).collect();
    let before = model.powers(reference)?;
    let (mut changes, mut powers) = (Vec::new(), Vec::new());
    for (turn, other) in offers.iter().enumerate().skip(1) {
        let places = (0..count).map(|i| rates[(turn + i * rates.len() / count) % rates.len()]);
        let some: Vec<(usize, Value)> = places.map(|place| (place, other.value(place))).collect();
        let mut values = reference.values().to_vec();
        some.iter().for_each(|(place, value)| values[*place] = *value);
        let after = model.powers(&agenda.offer(values)?)?;
        let new: Vec<Power> = after.iter().zip(&before).filter(|(a, b)| a != b).map(|(a, _)| *a).collect();
        // A rate that stays needs none.
        if new.len() == 3 * count {
            changes.push(some);
            powers.push(new);
        }
    }
    let near = model.near(reference)?;
    let name = format!("delta, {count} changed");
    beside(&name, length, &powers, 64, |place| near.with(&changes[place % changes.len()]))
}

/// A thousand draws on this thread alone.
fn monte_carlo(model: &ArmingtonCes, offer: &Offer, length: Duration) -> Result<Measurement, ScoringError> {
    // Without a pool of one thread the default one is used: the ratio is then that of all cores.
    let _alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    let spreads = Distributions::published(model.base());
    let ensemble = Ensemble::around(model.clone(), &Elasticities::default(), &spreads, DRAWS, 1)?;
    let powers = [ensemble.powers(offer)?];
    beside("bands of 1000 draws", length, &powers, 1, |_| ensemble.bands(offer))
}

/// Measures `once` beside the bare powers of each turn.
fn beside<T>(
    name: &str,
    length: Duration,
    powers: &[Vec<Power>],
    at_once: usize,
    once: impl Fn(usize) -> Result<T, ScoringError>,
) -> Result<Measurement, ScoringError> {
    let mut failed = None;
    let (mut done, mut bare) = (Rate::default(), Rate::default());
    for _ in 0..TURNS {
        done.measure(length / TURNS, at_once, |place| match once(place) {
            Ok(result) => drop(black_box(result)),
            Err(error) => failed = Some(error),
        });
        bare.measure(length / TURNS, at_once, |place| {
            black_box(bare_powers(black_box(&powers[place % powers.len()])));
        });
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(Measurement {
            name: name.to_owned(),
            powers: powers.first().map_or(0, Vec::len),
            per_second: done.per_second(),
            bare_powers_per_second: bare.per_second(),
            ratio: bare.per_second() / done.per_second(),
        }),
    }
}

/// Offers spread over the agenda by a fixed rule.
pub(super) fn offers(agenda: &Agenda, count: u32) -> Result<Vec<Offer>, TariffError> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut level = |levels: u32| {
        // A linear congruential step (Knuth): spread is all that is asked of it.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % levels
    };
    (0..count)
        .map(|_| {
            let levels: Vec<u32> = agenda.issues().iter().map(|issue| level(issue.levels())).collect();
            agenda.offer_at(&levels)
        })
        .collect()
}
