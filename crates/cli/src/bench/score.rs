//! `detente bench score`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scenario::Scenario;
use scoring::{ArmingtonCes, Model as _, Power, bare_powers};
use scoring_server::Bench;
use serde::Serialize;
use tariff::{Agenda, Offer, TariffError};

use crate::output::{Failure, Format, line, print_json};

/// Different offers, so that no branch or cache learns one by heart.
const OFFERS: u64 = 256;

#[derive(Serialize)]
struct Document {
    scenario: &'static str,
    powers_per_offer: usize,
    offers_per_second: f64,
    bare_powers_per_second_in_offers: f64,
    ratio: f64,
}

pub(crate) fn bench(length: Duration, format: Format) -> Result<(), Failure> {
    let bench = Bench::new(Arc::new(Scenario::load("geneva-2025")?)).map_err(Failure::internal)?;
    let missing = || Failure::internal("geneva-2025 has no trade data");
    let model = bench.scenario().model(bench.agenda())?.ok_or_else(missing)?;
    let offers = offers(bench.agenda()).map_err(Failure::internal)?;
    let document = measure(&model, &offers, length)?;
    if format == Format::Json {
        print_json(&document);
        return Ok(());
    }
    line(&format!(
        "geneva-2025, infinite supply elasticity, one core, {} powers an offer",
        document.powers_per_offer
    ));
    line(&format!("full impacts             {:>12.0} offers/s", document.offers_per_second));
    line(&format!("the powers they need     {:>12.0} offers/s", document.bare_powers_per_second_in_offers));
    line(&format!("an impact costs {:.2} times its bare powers", document.ratio));
    Ok(())
}

fn measure(model: &ArmingtonCes, offers: &[Offer], length: Duration) -> Result<Document, Failure> {
    let powers: Vec<Vec<Power>> = offers
        .iter()
        .map(|offer| model.powers(offer))
        .collect::<Result<_, _>>()
        .map_err(Failure::internal)?;
    let mut failed = None;
    // In turns, so that both meet the same machine.
    let (mut impacts, mut bare) = (Rate::default(), Rate::default());
    for _ in 0..8 {
        impacts.measure(length / 8, |place| match model.impact(&offers[place % offers.len()]) {
            Ok(impact) => drop(black_box(impact)),
            Err(error) => failed = Some(error),
        });
        bare.measure(length / 8, |place| {
            black_box(bare_powers(black_box(&powers[place % powers.len()])));
        });
    }
    if let Some(error) = failed {
        return Err(Failure::internal(error));
    }
    Ok(Document {
        scenario: "geneva-2025",
        powers_per_offer: powers[0].len(),
        offers_per_second: impacts.per_second(),
        bare_powers_per_second_in_offers: bare.per_second(),
        ratio: bare.per_second() / impacts.per_second(),
    })
}

#[derive(Default)]
struct Rate {
    times: usize,
    took: Duration,
}

impl Rate {
    fn measure(&mut self, length: Duration, mut once: impl FnMut(usize)) {
        let began = Instant::now();
        while began.elapsed() < length {
            for _ in 0..64 {
                once(self.times);
                self.times += 1;
            }
        }
        self.took += began.elapsed();
    }

    fn per_second(&self) -> f64 {
        self.times as f64 / self.took.as_secs_f64()
    }
}

/// Offers spread over the agenda by a fixed rule.
fn offers(agenda: &Agenda) -> Result<Vec<Offer>, TariffError> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut level = |levels: u32| {
        // A linear congruential step (Knuth): spread is all that is asked of it.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % levels
    };
    (0..OFFERS)
        .map(|_| {
            let levels: Vec<u32> = agenda.issues().iter().map(|issue| level(issue.levels())).collect();
            agenda.offer_at(&levels)
        })
        .collect()
}
