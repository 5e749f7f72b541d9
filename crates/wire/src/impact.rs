use scoring::{Bps, DeMinimisImpact, Diversion, FlowImpact, Impact, PartyImpact, SectorImpact, Usd};

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
