//! When measures take effect, for how long they hold, and what follows.

use std::collections::BTreeMap;

use tariff::Instrument;

use super::{Adjustment, MAX_MONTHS, Stockpiling};

/// What a measure ends in when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The status quo comes back.
    #[default]
    Snapback,
    /// Nothing follows: no added rate, no exclusion, no quota, no export control, no purchases, the
    /// thresholds and taxes of the data year.
    Sunset,
}

/// The timing of one kind of measure. Months are counted from the agreement, whose first month is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Staging {
    /// From which month on everybody knows what is coming.
    pub announced: u32,
    /// The first month in effect.
    pub effective: u32,
    /// Months until the agreed value is reached, in equal monthly steps; 0 and 1 for at once.
    pub phase_in: u32,
    /// Months in effect; none until further notice.
    pub duration: Option<u32>,
    /// What follows after these.
    pub after: Ending,
}

/// Where a measure stands in one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stage {
    Ahead,
    /// In effect, this share of the way from the status quo to what was agreed.
    InForce(f64),
    Over(Ending),
}

impl Staging {
    /// Whole months nearest to a number of days: 90 days are 3.
    #[must_use]
    pub fn months(days: u32) -> u32 {
        (f64::from(days) * super::MONTHS / 365.25).round() as u32
    }

    pub(crate) fn at(&self, month: u32) -> Stage {
        let Some(since) = month.checked_sub(self.effective) else { return Stage::Ahead };
        if self.duration.is_some_and(|duration| since >= duration) {
            return Stage::Over(self.after);
        }
        let steps = self.phase_in.max(1);
        Stage::InForce(f64::from((since + 1).min(steps)) / f64::from(steps))
    }
}

/// A kind of measure, as timetables tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// Added rates.
    AddedRate,
    /// Exclusions from them.
    ExcludedShare,
    /// Purchase commitments.
    PurchaseCommitment,
    /// Thresholds for parcels.
    DeMinimis,
    /// The size of tariff-rate quotas.
    TariffRateQuota,
    /// The rate within them.
    InQuotaRate,
    /// Caps on exports.
    ExportControl,
    /// Their suspension.
    ExportControlRelief,
    /// Taxes on digital services.
    DigitalServicesTax,
}

impl MeasureKind {
    /// Every kind with its name in files.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::AddedRate, "added_rate"),
        (Self::ExcludedShare, "excluded_share"),
        (Self::PurchaseCommitment, "purchase_commitment"),
        (Self::DeMinimis, "de_minimis"),
        (Self::TariffRateQuota, "tariff_rate_quota"),
        (Self::InQuotaRate, "in_quota_rate"),
        (Self::ExportControl, "export_control"),
        (Self::ExportControlRelief, "export_control_relief"),
        (Self::DigitalServicesTax, "digital_services_tax"),
    ];

    /// The kind of an instrument; none for the pause, which times the others.
    #[must_use]
    pub fn of(instrument: &Instrument) -> Option<Self> {
        Some(match instrument {
            Instrument::AddedRate { .. } => Self::AddedRate,
            Instrument::ExcludedShare { .. } => Self::ExcludedShare,
            Instrument::PurchaseCommitment { .. } => Self::PurchaseCommitment,
            Instrument::DeMinimis { .. } => Self::DeMinimis,
            Instrument::TariffRateQuota { .. } => Self::TariffRateQuota,
            Instrument::InQuotaRate { .. } => Self::InQuotaRate,
            Instrument::ExportControl { .. } => Self::ExportControl,
            Instrument::ExportControlRelief { .. } => Self::ExportControlRelief,
            Instrument::DigitalServicesTax { .. } => Self::DigitalServicesTax,
            Instrument::Pause => return None,
        })
    }

    /// Whether the length of a pause bounds it: the pause is of the agreed rates.
    pub(crate) fn paused(self) -> bool {
        matches!(self, Self::AddedRate | Self::ExcludedShare | Self::TariffRateQuota | Self::InQuotaRate)
    }
}

/// When everything that was agreed happens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timetable {
    /// The timing of every kind that `by_kind` does not name: by default at once, for good.
    pub all: Staging,
    /// Kinds with a timing of their own.
    pub by_kind: BTreeMap<MeasureKind, Staging>,
    /// For how many months the status quo has stood at the agreement; none for ever, so that all has
    /// adjusted to it.
    pub standing: Option<u32>,
    /// How elasticities grow after a change.
    pub adjustment: Adjustment,
    /// What is bought ahead of a rise; none for nothing.
    pub stockpiling: Option<Stockpiling>,
}

impl Timetable {
    /// The timing of a kind.
    #[must_use]
    pub fn of(&self, kind: MeasureKind) -> Staging {
        self.by_kind.get(&kind).copied().unwrap_or(self.all)
    }

    /// The same timetable under a pause: agreed rates hold `days` and then snap back. 0 days say
    /// nothing about it.
    pub(crate) fn paused(&self, days: u32) -> Self {
        if days == 0 {
            return self.clone();
        }
        let mut paused = self.clone();
        for (kind, _) in MeasureKind::ALL.into_iter().filter(|(kind, _)| kind.paused()) {
            let duration = Some(Staging::months(days).max(1));
            let staging = Staging { duration, after: Ending::Snapback, ..self.of(kind) };
            paused.by_kind.insert(kind, staging);
        }
        paused
    }

    pub(crate) fn check(&self) -> Result<(), crate::ScoringError> {
        self.adjustment.check()?;
        if let Some(stockpiling) = &self.stockpiling {
            stockpiling.check()?;
        }
        for staging in self.by_kind.values().chain([&self.all]) {
            let Staging { announced, effective, phase_in, duration, .. } = *staging;
            let months = [announced, effective, phase_in, duration.unwrap_or(1), self.standing.unwrap_or(0)];
            if months.iter().any(|months| *months > MAX_MONTHS) || duration == Some(0) {
                return Err(crate::ScoringError::BadFact {
                    place: "staging".to_owned(),
                    given: format!("{staging:?}"),
                    expected: "at most 1200 months each, and a duration of at least one",
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ending, Stage, Staging};

    #[test]
    fn a_measure_is_ahead_phased_in_in_force_and_over() {
        let staging =
            Staging { announced: 0, effective: 2, phase_in: 4, duration: Some(6), after: Ending::Sunset };
        let stages: Vec<Stage> = (0..9).map(|month| staging.at(month)).collect();
        let phased = [0.25, 0.5, 0.75, 1.0, 1.0, 1.0].map(Stage::InForce);
        let over = Stage::Over(Ending::Sunset);
        assert_eq!(stages, [vec![Stage::Ahead; 2], phased.to_vec(), vec![over]].concat());
        assert_eq!(Staging::default().at(0), Stage::InForce(1.0));
    }

    #[test]
    fn ninety_days_are_three_months() {
        assert_eq!([30, 60, 90, 180, 365].map(Staging::months), [1, 2, 3, 6, 12]);
    }
}
