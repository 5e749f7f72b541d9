//! Quotas, export controls and taxes on digital services as messages.

use scoring::{DigitalServicesImpact, ExportControlImpact, QuotaImpact, Regime, TariffEquivalent};

use crate::pb::scoring::v1 as pb;

use super::{bps, usd};

pub(super) fn quota(line: &QuotaImpact) -> pb::QuotaImpact {
    pb::QuotaImpact {
        importer: line.importer.to_string(),
        exporter: line.exporter.to_string(),
        sector: line.sector.to_string(),
        rent_holder: line.rent_holder.to_string(),
        quota: usd(&line.quota),
        in_quota: usd(&line.in_quota),
        regime_base: regime(line.regime.base),
        regime_before: regime(line.regime.before),
        regime_after: regime(line.regime.after),
        rent: usd(&line.rent),
    }
}

fn regime(regime: Regime) -> i32 {
    let regime = match regime {
        Regime::None => pb::QuotaRegime::None,
        Regime::UnderFilled => pb::QuotaRegime::UnderFilled,
        Regime::Binding => pb::QuotaRegime::Binding,
        Regime::OverFilled => pb::QuotaRegime::OverFilled,
    };
    regime.into()
}

pub(super) fn export_control(line: &ExportControlImpact) -> pb::ExportControlImpact {
    let cap = |cap, equivalent| Some(pb::ExportCap { cap, tariff_equivalent: Some(infinite_or(equivalent)) });
    pb::ExportControlImpact {
        exporter: line.exporter.to_string(),
        importer: line.importer.to_string(),
        sector: line.sector.to_string(),
        base: cap(line.cap.base, line.tariff_equivalent.base),
        before: cap(line.cap.before, line.tariff_equivalent.before),
        after: cap(line.cap.after, line.tariff_equivalent.after),
        rent: usd(&line.rent),
    }
}

fn infinite_or(equivalent: TariffEquivalent) -> pb::export_cap::TariffEquivalent {
    match equivalent {
        TariffEquivalent::Bps(rate) => pb::export_cap::TariffEquivalent::TariffEquivalentBps(rate),
        TariffEquivalent::Infinite => pb::export_cap::TariffEquivalent::Infinite(pb::InfiniteTariff {}),
    }
}

pub(super) fn digital_services(line: &DigitalServicesImpact) -> pb::DigitalServicesImpact {
    pb::DigitalServicesImpact {
        by: line.by.to_string(),
        on: line.on.to_string(),
        rate: bps(&line.rate),
        tax: usd(&line.tax),
    }
}
