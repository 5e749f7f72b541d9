//! Which deals were there to be had: the offers all parties prefer to walking away, their efficient
//! edge, and the classical solutions on it, with the preferences of all parties known.
//!
//! In what follows uᵢ is what an offer is worth to party i and rᵢ that party's walk-away value.
//! *Permitted* are the offers that keep to every party's red lines; the *landing zone* are the
//! permitted offers with uᵢ ≥ rᵢ for all. An offer is *efficient* if no permitted offer is worth at
//! least as much to everybody and more to somebody.
//!
//! | point | is the offer with | among |
//! |---|---|---|
//! | Nash (1950) | the greatest Π(uᵢ − rᵢ) | the zone |
//! | Kalai–Smorodinsky (1975) | the greatest minᵢ (uᵢ − rᵢ)/(uᵢ* − rᵢ), uᵢ* party i's greatest worth in the zone | the zone |
//! | egalitarian, Kalai (1977) | the greatest minᵢ (uᵢ − rᵢ) | permitted offers |
//! | utilitarian | the greatest Σuᵢ | permitted offers |
//!
//! **Ties** go to the offer with the greater Σuᵢ, then to the one with the lower levels, compared
//! issue by issue in agenda order. So every one of these points is efficient. A party with
//! uᵢ* = rᵢ has nothing to gain and is left out of the minimum of Kalai–Smorodinsky.
//!
//! **Comparisons are exact**, since utilities are whole multiples of 2⁻⁴⁰. Table entries are rounded
//! to that, though, so sums that are equal on paper may differ in their last bits: utilities that
//! agree to 2⁻²⁴ (6·10⁻⁸) count as one point of the edge, and the offer with the greatest exact sum
//! stands for it. Sums that rounding takes a few grains past 1 are compared as they are, while
//! [`crate::Utility::value`] says 1.
//!
//! ```
//! use detente_utility::landing::{LandingZone, Options};
//! use detente_utility::{Preferences, Table, Utility};
//! use tariff::{Agenda, AgendaDigest, Issue, IssueKind, NumberRange};
//!
//! let rate = || Ok::<_, tariff::TariffError>(IssueKind::Number(NumberRange::percent(0, 10_000, 1_000)?));
//! let issues = vec![Issue::new("mine", rate()?, None)?, Issue::new("yours", rate()?, None)?];
//! let agenda = Agenda::new(issues, AgendaDigest::of(b"stored bytes"))?;
//! let table = |place: usize, at: fn(u32) -> f64| Table::tabulate(&agenda, vec![place], |l| at(l[0]));
//!
//! // Each likes its own rate half as much as it minds the other's.
//! let likes = |level| f64::from(level) / 30.0;
//! let minds = |level| f64::from(10 - level) / 15.0;
//! let me = Utility::additive(&agenda, vec![table(0, likes)?, table(1, minds)?])?;
//! let you = Utility::additive(&agenda, vec![table(1, likes)?, table(0, minds)?])?;
//!
//! let zone = LandingZone::solve(&[Preferences::new(me, 0.4)?, Preferences::new(you, 0.4)?], &Options::default())?;
//! assert_eq!(zone.offers, "121");
//! // The deal is to give both rates up.
//! let nash = zone.nash.as_ref().expect("a zone that is not empty");
//! assert_eq!(agenda.levels_of(&nash.deal.offer)?, [0, 0]);
//! assert!(zone.distance(&agenda.offer_at(&[10, 10])?).edge > 0.4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bounded;
mod ceiling;
mod climb;
mod field;
mod front;
mod goal;
mod listing;
mod points;
mod probe;
mod result;
mod sums;
mod support;

use num_bigint::BigUint;
use tariff::{Agenda, Offer};

pub use result::{Deal, Distances, LandingZone, Solution};

use crate::{Preferences, UtilityError};
use field::Field;
use result::Edge;

/// How a landing zone was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Every offer was valued.
    Exhaustive,
    /// Groups of issues were put together, since all utilities are sums over them.
    Additive,
    /// Some offers were valued: utilities or red lines hold a black box, or a group is too large.
    Search,
}

impl Method {
    /// `exhaustive`, `additive` or `search`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exhaustive => "exhaustive",
            Self::Additive => "additive",
            Self::Search => "search",
        }
    }
}

/// How much work a landing zone may take. The defaults keep it near a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Two parties' agendas of at most so many offers are valued in full; a fiftieth for more parties.
    pub exhaustive: u64,
    /// The most efficient offers of an additive agenda that are kept to build the exact edge (an
    /// eighth for more than two parties); past that, only the offers on its convex hull are listed. An
    /// exact edge lists no more either.
    pub edge: usize,
    /// The most offers listed of an edge that is not exact.
    pub listed: usize,
    /// Offers valued where a black box has a say.
    pub evaluations: usize,
    /// Use this method and no other; [`Method::Additive`] where it is possible.
    pub method: Option<Method>,
}

impl Default for Options {
    fn default() -> Self {
        Self { exhaustive: 1_000_000, edge: 16_384, listed: 1_000, evaluations: 20_000, method: None }
    }
}

impl LandingZone {
    /// The landing zone of the parties whose preferences these are, in the order given.
    ///
    /// # Errors
    /// Fewer than two parties, preferences about different agendas, or red lines that leave no offer.
    pub fn solve(parties: &[Preferences], options: &Options) -> Result<Self, UtilityError> {
        let field = Field::new(parties)?;
        let size = size(field.agenda);
        match method(&field, &size, options) {
            Method::Exhaustive => {
                let edge = Edge::exact(listing::efficient_offers(&field)?, options.edge.max(options.listed));
                Self::put_together(&field, &size, Method::Exhaustive, edge)
            }
            Method::Additive => match field::parts(&field) {
                Ok(parts) => Self::additive(&field, &size, sums::thinned(parts), options),
                Err(UtilityError::GroupTooLarge { .. }) => Self::searched(&field, &size, options),
                Err(other) => Err(other),
            },
            Method::Search => Self::searched(&field, &size, options),
        }
    }

    fn additive(
        field: &Field<'_>,
        size: &BigUint,
        parts: Vec<field::Part>,
        options: &Options,
    ) -> Result<Self, UtilityError> {
        let cap = if field.parties.len() == 2 { options.edge } else { options.edge / 8 };
        let edge = match sums::efficient_offers(field, &parts, cap) {
            Some(front) => Edge::exact(front, options.edge.max(options.listed)),
            None => Edge::bounded(bounded::solve(field, &parts), options.listed),
        };
        Self::put_together(field, size, Method::Additive, edge)
    }

    fn searched(field: &Field<'_>, size: &BigUint, options: &Options) -> Result<Self, UtilityError> {
        let edge = Edge::searched(probe::solve(field, options.evaluations)?, options.listed);
        Self::put_together(field, size, Method::Search, edge)
    }
}

fn method(field: &Field<'_>, size: &BigUint, options: &Options) -> Method {
    let listed = if field.parties.len() == 2 { options.exhaustive } else { options.exhaustive / 50 };
    let listed = if field.factored() { listed } else { listed.min(options.evaluations as u64) };
    let additive = if field.factored() { Method::Additive } else { Method::Search };
    match options.method {
        Some(Method::Additive) => additive,
        // Offers are numbered with 64 bits.
        Some(Method::Exhaustive) if *size > BigUint::from(u64::MAX) => additive,
        Some(method) => method,
        None if *size <= BigUint::from(listed) => Method::Exhaustive,
        None => additive,
    }
}

/// How many offers an agenda has.
fn size(agenda: &Agenda) -> BigUint {
    agenda.issues().iter().map(|issue| BigUint::from(issue.levels())).product()
}

/// The value of an offer to every party.
fn utilities(parties: &[Preferences], offer: &Offer) -> Vec<f64> {
    parties.iter().map(|p| p.utility().value(offer)).collect()
}
