use std::collections::BTreeMap;
use std::fmt;

use crate::{Agenda, IssueId, IssueKind, Offer, PartyId, SectorId, TariffError, Value};

/// Which lever of trade policy an issue sets. The value stands beside it, never inside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instrument {
    /// Ad valorem duty that `by` adds on goods of `sector` from `on`, over its base rate; percent
    /// with two decimals (the scaled integer is basis points).
    AddedRate {
        /// The importing party that imposes the duty.
        by: PartyId,
        /// The exporting party that meets it.
        on: PartyId,
        /// The goods.
        sector: SectorId,
    },
    /// Share of `sector`'s trade that pays the old rate instead of the added one; percent with two
    /// decimals.
    ExcludedShare {
        /// The importing party that grants the exclusion.
        by: PartyId,
        /// The exporting party whose goods are excluded.
        on: PartyId,
        /// The goods.
        sector: SectorId,
    },
    /// Floor on the yearly value, at customs value, that `by` buys of `sector` from `from`; whole
    /// US dollars.
    PurchaseCommitment {
        /// The party that commits to buy.
        by: PartyId,
        /// The party it buys from.
        from: PartyId,
        /// The goods.
        sector: SectorId,
    },
    /// Value up to which a parcel from `on` enters `by` free of duty; whole US dollars.
    DeMinimis {
        /// The importing party.
        by: PartyId,
        /// The exporting party.
        on: PartyId,
    },
    /// Value of `sector`'s imports from `on` that enters at the in-quota rate, at the prices of the
    /// data year; whole US dollars a year, 0 for no quota.
    TariffRateQuota {
        /// The importing party that opens the quota.
        by: PartyId,
        /// The exporting party whose goods enter under it.
        on: PartyId,
        /// The goods.
        sector: SectorId,
    },
    /// Whole ad valorem duty within the quota; percent with two decimals.
    InQuotaRate {
        /// The importing party.
        by: PartyId,
        /// The exporting party.
        on: PartyId,
        /// The goods.
        sector: SectorId,
    },
    /// The most `by` lets out to `on` of `sector`, as a share of the quantity of the data year;
    /// percent with two decimals, 0 for a ban.
    ExportControl {
        /// The exporting party that controls.
        by: PartyId,
        /// The party that gets the goods.
        on: PartyId,
        /// The goods.
        sector: SectorId,
    },
    /// Tax of `by` on what digital services from `on` earn there; percent with two decimals.
    DigitalServicesTax {
        /// The party that taxes.
        by: PartyId,
        /// The party whose firms pay.
        on: PartyId,
    },
    /// Whether `by` suspends its export controls towards `on`; a switch, on = suspended.
    ExportControlRelief {
        /// The exporting party that controls.
        by: PartyId,
        /// The party that gets the goods when they are suspended.
        on: PartyId,
    },
    /// For how many days the agreed rates hold; whole days.
    Pause,
}

impl Instrument {
    pub(crate) fn check_kind(&self, issue: &IssueId, kind: &IssueKind) -> Result<(), TariffError> {
        let number = |unit: &str, scale: u8| match kind {
            IssueKind::Number(r) => r.unit().as_str() == unit && r.scale() == scale && r.min() >= 0,
            _ => false,
        };
        let (fits, expected) = match self {
            Self::AddedRate { .. } | Self::InQuotaRate { .. } | Self::ExportControl { .. } => {
                (number("percent", 2), "a number from 0 in percent with two decimals")
            }
            Self::ExcludedShare { .. } | Self::DigitalServicesTax { .. } => (
                number("percent", 2) && matches!(kind, IssueKind::Number(r) if r.max() <= 10_000),
                "a number from 0 to 100 in percent with two decimals",
            ),
            Self::PurchaseCommitment { .. } | Self::DeMinimis { .. } | Self::TariffRateQuota { .. } => {
                (number("usd", 0), "a number from 0 in usd without decimals")
            }
            Self::ExportControlRelief { .. } => (matches!(kind, IssueKind::Switch), "a switch"),
            Self::Pause => (number("day", 0), "a number from 0 in day without decimals"),
        };
        fits.then_some(()).ok_or_else(|| TariffError::InstrumentKind { issue: issue.clone(), expected })
    }

    /// The party whose policy this is; none for the pause, which both keep.
    #[must_use]
    pub fn by(&self) -> Option<&PartyId> {
        match self {
            Self::AddedRate { by, .. }
            | Self::ExcludedShare { by, .. }
            | Self::PurchaseCommitment { by, .. }
            | Self::DeMinimis { by, .. }
            | Self::TariffRateQuota { by, .. }
            | Self::InQuotaRate { by, .. }
            | Self::ExportControl { by, .. }
            | Self::DigitalServicesTax { by, .. }
            | Self::ExportControlRelief { by, .. } => Some(by),
            Self::Pause => None,
        }
    }

    /// The sector it is about, where it is about one.
    #[must_use]
    pub fn sector(&self) -> Option<&SectorId> {
        match self {
            Self::AddedRate { sector, .. }
            | Self::ExcludedShare { sector, .. }
            | Self::PurchaseCommitment { sector, .. }
            | Self::TariffRateQuota { sector, .. }
            | Self::InQuotaRate { sector, .. }
            | Self::ExportControl { sector, .. } => Some(sector),
            Self::DeMinimis { .. }
            | Self::DigitalServicesTax { .. }
            | Self::ExportControlRelief { .. }
            | Self::Pause => None,
        }
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddedRate { by, on, sector } => write!(f, "{by}'s added rate on {sector} from {on}"),
            Self::ExcludedShare { by, on, sector } => write!(f, "{by}'s exclusions of {sector} from {on}"),
            Self::PurchaseCommitment { by, from, sector } => {
                write!(f, "{by}'s purchases of {sector} from {from}")
            }
            Self::DeMinimis { by, on } => write!(f, "{by}'s de minimis threshold for {on}"),
            Self::TariffRateQuota { by, on, sector } => {
                write!(f, "{by}'s tariff-rate quota for {sector} from {on}")
            }
            Self::InQuotaRate { by, on, sector } => {
                write!(f, "{by}'s in-quota rate on {sector} from {on}")
            }
            Self::ExportControl { by, on, sector } => {
                write!(f, "{by}'s export control on {sector} to {on}")
            }
            Self::DigitalServicesTax { by, on } => {
                write!(f, "{by}'s digital services tax on firms of {on}")
            }
            Self::ExportControlRelief { by, on } => write!(f, "{by}'s export-control relief for {on}"),
            Self::Pause => write!(f, "length of the pause"),
        }
    }
}

/// One instrument at one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The lever.
    pub instrument: Instrument,
    /// Where it stands.
    pub value: Value,
}

/// The measures in force of one party, or agreed by it: each instrument at most once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule(BTreeMap<Instrument, Value>);

impl Schedule {
    /// The measures that `offer` would put in force for `party`; with the pause, which binds all.
    pub fn of(agenda: &Agenda, offer: &Offer, party: &PartyId) -> Result<Self, TariffError> {
        agenda.check(offer)?;
        let measures = agenda.issues().iter().zip(offer.values()).filter_map(|(issue, value)| {
            let instrument = issue.instrument()?;
            let mine = instrument.by().is_none_or(|by| by == party);
            mine.then(|| (instrument.clone(), *value))
        });
        Ok(Self(measures.collect()))
    }

    /// Puts a measure in force and returns the value it replaces.
    pub fn set(&mut self, measure: Measure) -> Option<Value> {
        self.0.insert(measure.instrument, measure.value)
    }

    /// Where an instrument stands; none if no measure sets it.
    #[must_use]
    pub fn get(&self, instrument: &Instrument) -> Option<Value> {
        self.0.get(instrument).copied()
    }

    /// Every measure, in a fixed order.
    pub fn measures(&self) -> impl Iterator<Item = Measure> + '_ {
        self.0.iter().map(|(instrument, value)| Measure { instrument: instrument.clone(), value: *value })
    }
}
