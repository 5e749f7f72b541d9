use scoring::uncertainty::{Band, Bands};
use scoring::{
    Bps, DeMinimisImpact, Diversion, ElasticitySet, FlowElasticities, FlowImpact, Impact, PartyImpact,
    SectorElasticities, SectorImpact, Supply, Usd,
};

use crate::pb::scoring::v1 as pb;

mod lines;

/// An impact as a message.
#[must_use]
pub fn impact_to_pb(impact: &Impact) -> pb::Impact {
    pb::Impact {
        model: impact.model.to_owned(),
        deficit_concept: impact.deficit_concept.to_string(),
        bilateral_deficit: usd(&impact.bilateral_deficit),
        imports: usd(&impact.imports),
        exports: usd(&impact.exports),
        total_trade: usd(&impact.total_trade),
        sectors: impact.sectors.iter().map(sector).collect(),
        parties: impact.parties.iter().map(party).collect(),
        diversion: impact.diversion.iter().map(diversion).collect(),
        de_minimis: impact.de_minimis.iter().map(de_minimis).collect(),
        flags: impact.flags.iter().map(ToString::to_string).collect(),
        quotas: impact.quotas.iter().map(lines::quota).collect(),
        export_controls: impact.export_controls.iter().map(lines::export_control).collect(),
        horizon_years: impact.horizon.years(),
        digital_services: impact.digital_services.iter().map(lines::digital_services).collect(),
        elasticities: Some(elasticities(&impact.elasticities)),
        bands: impact.bands.as_ref().map(|bands| bands_to_pb(bands, &impact.parties)),
    }
}

fn elasticities(set: &ElasticitySet) -> pb::ElasticitySet {
    let flow = |e: &FlowElasticities| {
        let supply = match e.supply {
            Supply::Finite(elasticity) => Some(elasticity),
            Supply::Infinite => None,
        };
        Some(pb::FlowElasticities { sigma: e.sigma, eta: e.eta, supply })
    };
    let sector = |s: &SectorElasticities| pb::SectorElasticities {
        sector: s.sector.to_string(),
        imports: flow(&s.imports),
        exports: flow(&s.exports),
    };
    pb::ElasticitySet { set: set.name.clone(), sectors: set.sectors.iter().map(sector).collect() }
}

fn bands_to_pb(bands: &Bands, parties: &[PartyImpact]) -> pb::Bands {
    let usd = |band: Band<i64>| Some(pb::UsdBand { p5: band.p5, p50: band.p50, p95: band.p95 });
    let bps = |band: Band<f64>| Some(pb::BasisPointsBand { p5: band.p5, p50: band.p50, p95: band.p95 });
    let figures = &bands.figures;
    let named = parties.iter().zip(&figures.parties).map(|(party, figures)| pb::PartyBands {
        party: party.party.to_string(),
        tariff_revenue: usd(figures.tariff_revenue),
        average_tariff: bps(figures.average_tariff),
        average_tariff_base_weights: bps(figures.average_tariff_base_weights),
        price_effect: bps(figures.price_effect),
    });
    pb::Bands {
        draws: bands.draws as u64,
        seed: bands.seed,
        bilateral_deficit: usd(figures.bilateral_deficit),
        imports: usd(figures.imports),
        exports: usd(figures.exports),
        total_trade: usd(figures.total_trade),
        parties: named.collect(),
    }
}

fn usd(figure: &Usd) -> Option<pb::Usd> {
    Some(pb::Usd { base: figure.base, before: figure.before, after: figure.after })
}

fn bps(figure: &Bps) -> Option<pb::BasisPoints> {
    Some(pb::BasisPoints { base: figure.base, before: figure.before, after: figure.after })
}

fn sector(sector: &SectorImpact) -> pb::SectorImpact {
    pb::SectorImpact {
        sector: sector.sector.to_string(),
        imports: flow(&sector.imports),
        exports: flow(&sector.exports),
    }
}

fn flow(flow: &FlowImpact) -> Option<pb::FlowImpact> {
    Some(pb::FlowImpact {
        value: usd(&flow.value),
        duty: usd(&flow.duty),
        rate: bps(&flow.rate),
        price: bps(&flow.price),
    })
}

fn party(party: &PartyImpact) -> pb::PartyImpact {
    pb::PartyImpact {
        party: party.party.to_string(),
        tariff_revenue: usd(&party.tariff_revenue),
        average_tariff: bps(&party.average_tariff),
        average_tariff_base_weights: bps(&party.average_tariff_base_weights),
        price_effect: bps(&party.price_effect),
        quota_rent: usd(&party.quota_rent),
        control_rent: usd(&party.control_rent),
    }
}

fn diversion(diversion: &Diversion) -> pb::Diversion {
    pb::Diversion {
        importer: diversion.importer.to_string(),
        partner: diversion.partner.to_string(),
        imports: usd(&diversion.imports),
    }
}

fn de_minimis(line: &DeMinimisImpact) -> pb::DeMinimisImpact {
    pb::DeMinimisImpact {
        importer: line.importer.to_string(),
        exporter: line.exporter.to_string(),
        threshold: usd(&line.threshold),
        consumer_cost: usd(&line.consumer_cost),
        consumer_cost_low: usd(&line.consumer_cost_low),
        consumer_cost_high: usd(&line.consumer_cost_high),
    }
}
