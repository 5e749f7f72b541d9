//! What an offer does to deficits and trade volumes: public facts in, an [`Impact`] out. Who wants
//! what is not known here.
//!
//! A [`TradeBase`] holds the facts of two parties' trade, a [`Model`] is compiled for it with an
//! agenda and a status quo, and each figure comes at three moments: base (data year), before
//! (status quo), after (the offer). Money leaves as whole dollars, so totals are exact sums.
//!
//! ```
//! use detente_scoring::{ArmingtonCes, Flow, Model, Sector, TradeBase, TradeFacts, Tranche};
//! use tariff::{
//!     Agenda, AgendaDigest, Instrument, Issue, IssueKind, NumberRange, PartyId, SectorId, Value,
//! };
//! let (home, partner) = (PartyId::new("NOR")?, PartyId::new("SWE")?);
//! let fish = Sector { id: SectorId::new("fish")?, name: "Fish".into() };
//! let flow = Flow {
//!     value_usd: 1e9,
//!     spending_usd: 8e9,
//!     sigma: 3.0,
//!     tranches: vec![Tranche::negotiated("all", 1.0, 0.0)],
//!     ..Flow::default()
//! };
//! let base = TradeBase::new(TradeFacts {
//!     year: 2024,
//!     sectors: vec![fish.clone()],
//!     imports: vec![flow.clone()],
//!     exports: vec![flow],
//!     ..TradeFacts::between(home.clone(), partner.clone())
//! })?;
//! let rate = Instrument::AddedRate { by: home, on: partner, sector: fish.id };
//! let kind = IssueKind::Number(NumberRange::percent(0, 5_000, 500)?);
//! let agenda = Agenda::new(vec![Issue::new("rate", kind, Some(rate))?], AgendaDigest::of(b"demo"))?;
//! let free = agenda.offer(vec![Value::Number(0)])?;
//! let model = ArmingtonCes::compile(&base, &agenda, &free)?;
//! let impact = model.impact(&agenda.offer(vec![Value::Number(2_000)])?)?;
//! assert_eq!(impact.imports.before, 1_000_000_000);
//! assert!(impact.imports.after < impact.imports.before);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assemble;
mod base;
mod baseline;
mod ces;
mod error;
mod impact;
mod json;
mod lines;
mod measures;
mod model;
mod models;
mod outcome;
mod parcels;
mod root;
mod third;
pub mod time;
mod validate;

pub use base::{Flow, Notice, Parcels, Published, Sector, Side, TradeBase, TradeFacts, Tranche};
pub use baseline::reciprocal;
pub use ces::{Equilibrium, Market, Supply, equilibrium};
pub use error::ScoringError;
pub use impact::{
    Bps, DeMinimisImpact, Diversion, Figure, Flag, FlowImpact, Impact, PartyImpact, SectorImpact, Usd,
};
pub use lines::{DigitalServicesImpact, ExportControlImpact, QuotaImpact, TariffEquivalent};
pub use measures::{DigitalServices, ExportControl, Layer, TariffQuota};
pub use model::Model;
pub use models::armington::{
    ArmingtonCes, Elasticities, Power, Sigma, TradeChange, WtoExperiment, bare_powers, trade_under,
    wto_experiment,
};
pub use outcome::Regime;
pub use third::ThirdCountry;
