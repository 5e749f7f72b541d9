//! The bounds of quotas, export controls, taxes on digital services, and layers of duty.

use tariff::SectorId;

use crate::{DigitalServices, ScoringError, Side, TradeFacts, Tranche};

use super::{Checked, bad, count, rate, usd};

/// Rounding that layers written with a few decimals may carry.
const LAYER_SLACK: f64 = 1e-9;
/// A cap of a hundred times the trade of the data year is no cap.
const MAX_CAP: f64 = 100.0;

pub(super) fn measures(facts: &TradeFacts) -> Checked {
    quotas(facts)?;
    export_controls(facts)?;
    count("digital services", facts.digital_services.len(), 0)?;
    for (i, services) in facts.digital_services.iter().enumerate() {
        let place = format!("{} tax on digital services", facts.party(services.by));
        if facts.digital_services[..i].iter().any(|other| other.by == services.by) {
            return bad(&place, facts.party(services.by), "each taxing party once");
        }
        digital_services(services, &place)?;
    }
    Ok(())
}

fn quotas(facts: &TradeFacts) -> Checked {
    count("quotas", facts.quotas.len(), 0)?;
    for (i, quota) in facts.quotas.iter().enumerate() {
        let place = format!("{} imports of {}: tariff-rate quota", facts.party(quota.importer), quota.sector);
        let same = |q: &crate::TariffQuota| (q.importer, &q.sector) == (quota.importer, &quota.sector);
        if facts.quotas[..i].iter().any(same) {
            return bad(&place, &quota.sector, "each flow once");
        }
        usd(&place, quota.quota_usd)?;
        rate(&format!("{place}: in-quota rate"), quota.in_quota_rate)?;
        covered(facts, quota.importer, &quota.sector, &place)?;
    }
    Ok(())
}

/// A quota needs one rate outside it: that of the only negotiated tranche.
fn covered(facts: &TradeFacts, importer: Side, sector: &SectorId, place: &str) -> Checked {
    let Some(s) = facts.sectors.iter().position(|known| known.id == *sector) else {
        return bad(place, sector, "one of the sectors");
    };
    let flow = &facts.flows(importer)[s];
    let negotiated = flow.tranches.iter().filter(|t| t.negotiated).count();
    if negotiated != 1 {
        let found = format!("{negotiated} negotiated tranches");
        return bad(place, &found, "exactly one negotiated tranche, whose goods the quota covers");
    }
    Ok(())
}

fn export_controls(facts: &TradeFacts) -> Checked {
    count("export controls", facts.export_controls.len(), 0)?;
    for (i, control) in facts.export_controls.iter().enumerate() {
        let place =
            format!("{} exports of {}: export control", facts.party(control.exporter), control.sector);
        let same = |c: &crate::ExportControl| (c.exporter, &c.sector) == (control.exporter, &control.sector);
        if facts.export_controls[..i].iter().any(same) {
            return bad(&place, &control.sector, "each flow once");
        }
        if facts.sectors.iter().all(|known| known.id != control.sector) {
            return bad(&place, &control.sector, "one of the sectors");
        }
        if !(0.0..=MAX_CAP).contains(&control.cap) {
            return bad(&place, &control.cap, "a share of the data year's quantity from 0 to 100 (10,000%)");
        }
    }
    Ok(())
}

fn digital_services(services: &DigitalServices, place: &str) -> Checked {
    usd(place, services.revenue_usd)?;
    for given in [services.base_rate, services.rate] {
        if !(0.0..=1.0).contains(&given) {
            return bad(place, &given, "a fraction from 0 to 1");
        }
    }
    Ok(())
}

pub(super) fn layers(tranche: &Tranche, place: &str) -> Result<(), ScoringError> {
    if tranche.layers.is_empty() {
        return Ok(());
    }
    count(&format!("{place}: layers"), tranche.layers.len(), 1)?;
    for layer in &tranche.layers {
        rate(&format!("{place}: layer {}", layer.name), layer.rate)?;
    }
    let sum: f64 = tranche.layers.iter().map(|layer| layer.rate).sum();
    if (sum - tranche.extra).abs() > LAYER_SLACK {
        return bad(&format!("{place}: layers"), &sum, "layers that add up to the extra duty");
    }
    Ok(())
}
