//! The bounds of trade facts.

use crate::ces::{check_elasticities, check_supply};
use crate::{Flow, Parcels, ScoringError, Side, ThirdCountry, TradeFacts};

mod measures;

/// The most sectors, third countries, tranches of one flow, and other listed things.
const MAX_LISTED: usize = 512;
/// World GDP is about 1e14 dollars.
pub(crate) const MAX_USD: f64 = 1e16;
/// What all flows of the facts may come to: their totals are whole dollars that must not wrap.
const MAX_TOTAL_USD: f64 = 1e17;
/// 10,000%.
pub(crate) const MAX_RATE: f64 = 100.0;
/// Rounding that shares written with a few decimals may carry.
const SHARE_SLACK: f64 = 1e-6;

type Checked = Result<(), ScoringError>;

pub(crate) fn facts(facts: &TradeFacts) -> Checked {
    if facts.home == facts.partner {
        return bad("partner", &facts.partner, "a party other than the home party");
    }
    count("sectors", facts.sectors.len(), 1)?;
    for (i, sector) in facts.sectors.iter().enumerate() {
        if facts.sectors[..i].iter().any(|s| s.id == sector.id) {
            return bad("sectors", &sector.id, "each sector once");
        }
    }
    for side in Side::BOTH {
        flows(facts, side)?;
        third_countries(facts, side)?;
    }
    total(facts)?;
    count("parcels", facts.parcels.len(), 0)?;
    facts.parcels.iter().try_for_each(parcels)?;
    measures::measures(facts)?;
    facts.timetable.check()
}

fn flows(facts: &TradeFacts, side: Side) -> Checked {
    let flows = facts.flows(side);
    let importer = facts.party(side);
    if flows.len() != facts.sectors.len() {
        return bad(&format!("{importer} imports"), &flows.len(), "one flow per sector");
    }
    let mut pairs = flows.iter().zip(&facts.sectors);
    pairs.try_for_each(|(f, sector)| flow(f, &format!("{importer} imports of {}", sector.id)))
}

fn total(facts: &TradeFacts) -> Checked {
    let flows = facts.imports.iter().chain(&facts.exports).map(|flow| flow.value_usd);
    let third = facts.third_countries.iter().flatten().flat_map(|country| &country.imports_usd);
    let sum: f64 = flows.chain(third.copied()).sum();
    if sum > MAX_TOTAL_USD {
        return bad("the value of all flows", &sum, "at most 1e17 US dollars");
    }
    Ok(())
}

fn flow(flow: &Flow, place: &str) -> Checked {
    usd(&format!("{place}: value"), flow.value_usd)?;
    usd(&format!("{place}: spending"), flow.spending_usd)?;
    rate(&format!("{place}: base rate"), flow.base_rate)?;
    rate(&format!("{place}: added rate"), flow.added_rate)?;
    check_elasticities(place, flow.sigma, flow.eta)?;
    check_supply(place, flow.supply)?;
    check_supply(&format!("{place}: other sources"), flow.others_supply)?;
    if flow.value_usd * (1.0 + flow.base_rate) > flow.spending_usd * (1.0 + SHARE_SLACK) {
        return bad(
            &format!("{place}: spending"),
            &flow.spending_usd,
            "at least the value of these imports with duty",
        );
    }
    tranches(flow, place)
}

fn tranches(flow: &Flow, place: &str) -> Checked {
    count(&format!("{place}: tranches"), flow.tranches.len(), 1)?;
    for tranche in &flow.tranches {
        let place = format!("{place}: tranche {}", tranche.name);
        // Below zero a tariff of the data year itself is on the table; duty is not paid to the buyer.
        rate(&format!("{place}: base rate and extra duty"), flow.base_rate + tranche.extra)?;
        share(&format!("{place}: share"), tranche.share)?;
        measures::layers(tranche, &place)?;
    }
    let sum: f64 = flow.tranches.iter().map(|t| t.share).sum();
    if (sum - 1.0).abs() > SHARE_SLACK {
        return bad(&format!("{place}: shares of the tranches"), &sum, "a sum of 1");
    }
    Ok(())
}

fn third_countries(facts: &TradeFacts, side: Side) -> Checked {
    let importer = facts.party(side);
    let listed = &facts.third_countries[side.index()];
    count(&format!("{importer} third countries"), listed.len(), 0)?;
    for (i, country) in listed.iter().enumerate() {
        let place = format!("{importer} imports from {}", country.partner);
        if country.partner == facts.home || country.partner == facts.partner {
            return bad(&place, &country.partner, "a party outside the talk");
        }
        if listed[..i].iter().any(|c| c.partner == country.partner) {
            return bad(&place, &country.partner, "each third country once");
        }
        third_country(country, &place, facts.sectors.len())?;
    }
    (0..facts.sectors.len()).try_for_each(|sector| spending(facts, side, sector))
}

/// Where third countries pay another rate than in the data year their shares of spending count, so
/// that all shares together must leave it whole.
fn spending(facts: &TradeFacts, side: Side, sector: usize) -> Checked {
    let countries = &facts.third_countries[side.index()];
    if countries.iter().all(|c| c.added_rate[sector] == 0.0) {
        return Ok(());
    }
    let flow = &facts.flows(side)[sector];
    let paid = |c: &ThirdCountry| c.imports_usd[sector] * (1.0 + c.base_rate[sector]);
    let own = flow.value_usd * (1.0 + flow.base_rate);
    let all = countries.iter().fold(own, |sum, country| sum + paid(country));
    if all > flow.spending_usd * (1.0 + SHARE_SLACK) {
        let place = format!("{} imports of {}: spending", facts.party(side), facts.sectors[sector].id);
        return bad(&place, &flow.spending_usd, "at least the value of all imports with duty");
    }
    Ok(())
}

fn third_country(country: &ThirdCountry, place: &str, sectors: usize) -> Checked {
    for listed in [&country.imports_usd, &country.base_rate, &country.added_rate, &country.exposed] {
        if listed.len() != sectors {
            return bad(place, &listed.len(), "one value per sector");
        }
    }
    country.imports_usd.iter().try_for_each(|value| usd(place, *value))?;
    country.base_rate.iter().chain(&country.added_rate).try_for_each(|value| rate(place, *value))?;
    country.exposed.iter().try_for_each(|value| share(&format!("{place}: exposed share"), *value))
}

fn parcels(parcels: &Parcels) -> Checked {
    let place = "de minimis";
    if parcels.base_threshold_usd <= 0 || parcels.threshold_usd < 0 {
        return bad(
            place,
            &parcels.base_threshold_usd,
            "a positive threshold in the data year, and one from 0 now",
        );
    }
    let (low, high) = (parcels.ending_cost_low_usd, parcels.ending_cost_high_usd);
    if low < 0 || low > high || high as f64 > MAX_USD {
        return bad(place, &format!("{low} to {high}"), "a range of costs from 0, low before high");
    }
    Ok(())
}

fn count(place: &str, given: usize, least: usize) -> Checked {
    if given < least || given > MAX_LISTED {
        return bad(place, &given, "at most 512, and at least one where one is needed");
    }
    Ok(())
}

fn usd(place: &str, value: f64) -> Checked {
    if (0.0..=MAX_USD).contains(&value) {
        return Ok(());
    }
    bad(place, &value, "US dollars from 0 to 1e16")
}

fn share(place: &str, share: f64) -> Checked {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    bad(place, &share, "a fraction from 0 to 1")
}

fn rate(place: &str, rate: f64) -> Checked {
    if (0.0..=MAX_RATE).contains(&rate) {
        return Ok(());
    }
    bad(place, &rate, "a fraction from 0 to 100 (10,000%)")
}

fn bad(place: &str, given: &impl ToString, expected: &'static str) -> Checked {
    Err(ScoringError::BadFact { place: place.to_owned(), given: given.to_string(), expected })
}
