//! The models, one folder each.

pub(crate) mod armington;
pub mod caliendo_parro;
pub mod deficit_ge;
pub mod gsim;
pub(crate) mod linear;
pub mod ossa;
pub mod smart;

use tariff::{Agenda, Offer};

use crate::{ArmingtonCes, Model, ScoringError, TradeBase, check};
use armington::ByFlow;

/// The models that score offers, each with a line about it; the first is the default.
pub const OFFER_MODELS: [(&str, &str); 3] = [
    ("armington", "CES demand with finite or infinite supply, exact at any tariff"),
    ("gsim", "the straight line that touches it: for small changes, and to compare with other tools"),
    ("smart", "trade creation and diversion as in WITS, linear: for small changes, and to compare"),
];

/// The model of this name for an agenda, with the elasticities of the facts.
///
/// # Errors
/// [`ScoringError::BadFact`] for a name that is not among [`OFFER_MODELS`]; else as
/// [`ArmingtonCes::compile`].
pub fn compile_model(
    name: &str,
    base: &TradeBase,
    agenda: &Agenda,
    status_quo: &Offer,
) -> Result<Box<dyn Model>, ScoringError> {
    let by_flow = |name, market| -> Result<Box<dyn Model>, ScoringError> {
        Ok(Box::new(ByFlow::compile(name, market, base, agenda, status_quo)?))
    };
    match name {
        "armington" => Ok(Box::new(ArmingtonCes::compile(base, agenda, status_quo)?)),
        "gsim" => by_flow("gsim", gsim::outcome),
        "smart" => by_flow("smart", smart::outcome),
        _ => check::bad("model", &name.chars().take(80).collect::<String>(), "armington, gsim or smart"),
    }
}
