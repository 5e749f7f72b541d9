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
mod bilateral;
mod burden;
mod ces;
mod check;
mod elasticity_set;
mod error;
mod headlines;
mod impact;
mod json;
mod lines;
mod measures;
mod model;
mod models;
mod outcome;
mod parcels;
mod pass_through;
pub mod policy;
mod root;
mod solve;
pub mod study;
mod third;
pub mod time;
pub mod uncertainty;
mod validate;

pub use base::{Flow, Notice, Parcels, Published, Sector, Side, TradeBase, TradeFacts, Tranche};
pub use baseline::reciprocal;
pub use bilateral::Bilateral;
pub use burden::Burden;
pub use ces::{Equilibrium, Market, Supply, equilibrium};
pub use elasticity_set::{ElasticitySet, FlowElasticities, SectorElasticities};
pub use error::ScoringError;
pub use headlines::{Headlines, HeadlinesOf, PartyHeadlines};
pub use impact::{
    Bps, DeMinimisImpact, Diversion, Figure, Flag, FlowImpact, Impact, PartyImpact, SectorImpact, Usd,
};
pub use lines::{DigitalServicesImpact, ExportControlImpact, QuotaImpact, TariffEquivalent};
pub use measures::{DigitalServices, ExportControl, Layer, TariffQuota};
pub use model::Model;
pub use models::armington::{
    ArmingtonCes, Elasticities, Nearby, Power, Sigma, TradeChange, WtoExperiment, bare_powers, trade_under,
    wto_experiment,
};
pub use models::{OFFER_MODELS, caliendo_parro, compile_model, deficit_ge, gsim, ossa, smart};
pub use outcome::Regime;
pub use pass_through::pass_through;
pub use third::ThirdCountry;
