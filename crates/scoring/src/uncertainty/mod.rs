//! How sure the figures are: elasticities as distributions, every headline with its 5th, 50th and 95th
//! percentile, and which parameter the result depends on most.
//!
//! Parameters are drawn around those of the facts ([`Distributions`] says how far, and why), by a
//! scrambled Sobol sequence: the same seed gives the same draws, and the same bits on any number of
//! threads. A draw is a whole model; an [`Ensemble`] holds them compiled, so that an offer costs
//! little more than the powers it needs in each.
//!
//! ```
//! use detente_scoring::uncertainty::{Distributions, Ensemble};
//! # use detente_scoring::{Flow, Model, Sector, TradeBase, TradeFacts};
//! # use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, NumberRange, PartyId, SectorId, Value};
//! # let (home, partner) = (PartyId::new("NOR")?, PartyId::new("SWE")?);
//! # let steel = Sector { id: SectorId::new("steel")?, name: "Steel".into() };
//! # let flow = Flow { value_usd: 1e9, spending_usd: 8e9, sigma: 3.0, ..Flow::default() };
//! # let base = TradeBase::new(TradeFacts {
//! #     sectors: vec![steel.clone()],
//! #     imports: vec![flow.clone()],
//! #     exports: vec![flow],
//! #     ..TradeFacts::between(home.clone(), partner.clone())
//! # })?;
//! # let rate = Instrument::AddedRate { by: home, on: partner, sector: steel.id };
//! # let kind = IssueKind::Number(NumberRange::percent(0, 5_000, 500)?);
//! # let agenda = Agenda::new(vec![Issue::new("rate", kind, Some(rate))?], AgendaDigest::of(b"demo"))?;
//! # let free = agenda.offer(vec![Value::Number(0)])?;
//! let spread = Distributions::published(&base);
//! let ensemble = Ensemble::compile(&base, &agenda, &free, &spread, 256, 7)?;
//! let offer = agenda.offer(vec![Value::Number(2_000)])?;
//! let imports = ensemble.bands(&offer)?.figures.imports;
//! assert!(imports.p5 < imports.p50 && imports.p50 < imports.p95);
//! assert!(imports.p95 < 1_000_000_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bands;
mod broda_weinstein;
mod distributions;
mod draw;
mod ensemble;
mod tornado;

pub use bands::{Band, Bands};
pub use distributions::{Distributions, Spread, SupplySpread};
pub(crate) use draw::Draw;
pub use draw::Parameter;
pub use ensemble::{Ensemble, MAX_DRAWS, with_bands};
pub use tornado::{Bar, Tornado};
