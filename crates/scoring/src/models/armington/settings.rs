//! Everything an offer sets, as numbers: what the markets are asked to clear under.

use crate::time::MeasureKind;

use super::market::Terms;

/// What limits one flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// The place of the flow: the home party's by sector, then the partner's.
    pub(crate) flow: usize,
    pub(crate) quota: Option<Quota>,
    pub(crate) control: Option<Control>,
}

/// A tariff-rate quota.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quota {
    /// US dollars at the prices of the data year; 0 for none.
    pub(crate) usd: f64,
    /// The whole duty within it.
    pub(crate) in_rate: f64,
}

/// An export control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Control {
    /// Share of the quantity of the data year; none while it is suspended.
    pub(crate) cap: Option<f64>,
}

/// What an offer sets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// The home party's flows by sector, then the partner's.
    pub(crate) terms: Vec<Terms>,
    /// In order of flow.
    pub(crate) limits: Vec<Limits>,
    /// Flows under a purchase commitment, each with its floor in US dollars.
    pub(crate) floors: Vec<(usize, f64)>,
    /// Customs thresholds for parcels, US dollars.
    pub(crate) thresholds: Vec<i64>,
    /// Taxes on digital services, as fractions.
    pub(crate) services: Vec<f64>,
}

impl Limits {
    /// The cap of the export control, as a share of the data year's quantity.
    pub(super) fn most(&self) -> Option<f64> {
        self.control?.cap
    }
}

impl Settings {
    /// The kinds of measure by which a flow pays another rate in `next`: an export control only where
    /// nothing else has changed, since it reaches a rate through a quota alone.
    pub(crate) fn kinds_changed(&self, next: &Self, flow: usize) -> Vec<MeasureKind> {
        let (from, to) = (self.terms[flow], next.terms[flow]);
        let [before, after] = [self, next].map(|settings| settings.limits.iter().find(|l| l.flow == flow));
        let quota = |limits: Option<&Limits>| limits.and_then(|limits| limits.quota);
        let cap = |limits: Option<&Limits>| limits.and_then(Limits::most);
        let [held, holds] = [before, after].map(quota);
        let moved = [
            (MeasureKind::AddedRate, from.added != to.added),
            (MeasureKind::ExcludedShare, from.excluded != to.excluded),
            (MeasureKind::TariffRateQuota, held.map(|q| q.usd) != holds.map(|q| q.usd)),
            (MeasureKind::InQuotaRate, held.map(|q| q.in_rate) != holds.map(|q| q.in_rate)),
        ];
        let moved = moved.into_iter().filter(|(_, moved)| *moved).map(|(kind, _)| kind);
        let kinds: Vec<MeasureKind> = moved.collect();
        match (cap(before), cap(after)) {
            (from, to) if from == to || !kinds.is_empty() => kinds,
            (Some(_), Some(_)) => vec![MeasureKind::ExportControl],
            _ => vec![MeasureKind::ExportControlRelief],
        }
    }

    /// The cap of the export control on a flow, as a share of the data year's quantity.
    pub(super) fn most(&self, flow: usize) -> Option<f64> {
        self.limits.iter().find(|limits| limits.flow == flow)?.most()
    }
}
