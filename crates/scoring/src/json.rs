//! The JSON shape of an [`Impact`]: the document `detente score --format json` prints.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Serialize, Serializer};
use tariff::PartyId;

use crate::time::Horizon;
use crate::uncertainty::{Band, Bands};
use crate::{
    Bps, DeMinimisImpact, DigitalServicesImpact, Diversion, ElasticitySet, ExportControlImpact, Flag, Impact,
    PartyHeadlines, PartyImpact, Published, QuotaImpact, SectorImpact, Usd,
};

#[derive(Serialize)]
struct Document<'a> {
    model: &'a str,
    horizon: Horizon,
    deficit_concept: &'a str,
    bilateral_deficit_usd: &'a Usd,
    imports_usd: &'a Usd,
    exports_usd: &'a Usd,
    total_trade_usd: &'a Usd,
    sectors: &'a [SectorImpact],
    tariff_revenue_usd: BTreeMap<&'a str, Usd>,
    average_tariff_bps: BTreeMap<&'a str, Bps>,
    average_tariff_base_weights_bps: BTreeMap<&'a str, Bps>,
    price_effect_bps: BTreeMap<&'a str, Bps>,
    diversion: &'a [Diversion],
    de_minimis: &'a [DeMinimisImpact],
    quotas: &'a [QuotaImpact],
    quota_rent_usd: BTreeMap<&'a str, Usd>,
    export_controls: &'a [ExportControlImpact],
    control_rent_usd: BTreeMap<&'a str, Usd>,
    digital_services: &'a [DigitalServicesImpact],
    elasticities: &'a ElasticitySet,
    bands: Option<BandsDocument<'a>>,
    published: &'a [Published],
    flags: &'a [Flag],
}

/// Bands under the names of their figures.
#[derive(Serialize)]
struct BandsDocument<'a> {
    draws: usize,
    seed: u32,
    bilateral_deficit_usd: Band<i64>,
    imports_usd: Band<i64>,
    exports_usd: Band<i64>,
    total_trade_usd: Band<i64>,
    tariff_revenue_usd: BTreeMap<&'a str, Band<i64>>,
    average_tariff_bps: BTreeMap<&'a str, Band<f64>>,
    average_tariff_base_weights_bps: BTreeMap<&'a str, Band<f64>>,
    price_effect_bps: BTreeMap<&'a str, Band<f64>>,
}

impl<'a> BandsDocument<'a> {
    fn new(bands: &Bands, parties: &'a [PartyImpact]) -> Self {
        fn by_party<'a, T>(
            parties: &'a [PartyImpact],
            bands: &Bands,
            of: impl Fn(&PartyHeadlines<Band<i64>, Band<f64>>) -> T,
        ) -> BTreeMap<&'a str, T> {
            parties.iter().map(|p| p.party.as_str()).zip(bands.figures.parties.iter().map(of)).collect()
        }
        let figures = &bands.figures;
        Self {
            draws: bands.draws,
            seed: bands.seed,
            bilateral_deficit_usd: figures.bilateral_deficit,
            imports_usd: figures.imports,
            exports_usd: figures.exports,
            total_trade_usd: figures.total_trade,
            tariff_revenue_usd: by_party(parties, bands, |p| p.tariff_revenue),
            average_tariff_bps: by_party(parties, bands, |p| shown_band(p.average_tariff)),
            average_tariff_base_weights_bps: by_party(parties, bands, |p| {
                shown_band(p.average_tariff_base_weights)
            }),
            price_effect_bps: by_party(parties, bands, |p| shown_band(p.price_effect)),
        }
    }
}

fn per_party<T>(parties: &[PartyImpact], figure: impl Fn(&PartyImpact) -> T) -> BTreeMap<&str, T> {
    parties.iter().map(|p| (PartyId::as_str(&p.party), figure(p))).collect()
}

/// Without the dust of binary fractions: 30% reads 3000.
pub(crate) fn millionth(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn shown(bps: Bps) -> Bps {
    Bps { base: millionth(bps.base), before: millionth(bps.before), after: millionth(bps.after) }
}

fn shown_band(band: Band<f64>) -> Band<f64> {
    Band { p5: millionth(band.p5), p50: millionth(band.p50), p95: millionth(band.p95) }
}

impl Serialize for Impact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parties = &self.parties;
        Document {
            model: self.model,
            horizon: self.horizon,
            deficit_concept: &self.deficit_concept,
            bilateral_deficit_usd: &self.bilateral_deficit,
            imports_usd: &self.imports,
            exports_usd: &self.exports,
            total_trade_usd: &self.total_trade,
            sectors: &self.sectors,
            tariff_revenue_usd: per_party(parties, |p| p.tariff_revenue),
            average_tariff_bps: per_party(parties, |p| shown(p.average_tariff)),
            average_tariff_base_weights_bps: per_party(parties, |p| shown(p.average_tariff_base_weights)),
            price_effect_bps: per_party(parties, |p| shown(p.price_effect)),
            diversion: &self.diversion,
            de_minimis: &self.de_minimis,
            quotas: &self.quotas,
            quota_rent_usd: per_party(parties, |p| p.quota_rent),
            export_controls: &self.export_controls,
            control_rent_usd: per_party(parties, |p| p.control_rent),
            digital_services: &self.digital_services,
            elasticities: &self.elasticities,
            bands: self.bands.as_ref().map(|bands| BandsDocument::new(bands, parties)),
            published: &self.published,
            flags: &self.flags,
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct SectorDocument<'a> {
    sector: &'a str,
    imports_usd: &'a Usd,
    exports_usd: &'a Usd,
    import_duty_usd: &'a Usd,
    export_duty_usd: &'a Usd,
    import_rate_bps: Bps,
    export_rate_bps: Bps,
    import_price_bps: Bps,
    export_price_bps: Bps,
}

impl Serialize for SectorImpact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (imports, exports) = (&self.imports, &self.exports);
        SectorDocument {
            sector: self.sector.as_str(),
            imports_usd: &imports.value,
            exports_usd: &exports.value,
            import_duty_usd: &imports.duty,
            export_duty_usd: &exports.duty,
            import_rate_bps: shown(imports.rate),
            export_rate_bps: shown(exports.rate),
            import_price_bps: shown(imports.price),
            export_price_bps: shown(exports.price),
        }
        .serialize(serializer)
    }
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

pub(crate) fn name<S: Serializer>(name: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(name)
}
