//! Ossa's multi-sector general equilibrium with monopolistic competition, in exact hat algebra
//! (Ossa 2014, "Trade Wars and Trade Talks with Data", American Economic Review 104(12)).
//!
//! Firms of fixed number in every region and sector sell varieties of their own at a constant markup
//! over wages; consumers spend fixed shares on sectors and substitute between varieties of a sector with
//! elasticity σ_s. Labour moves between sectors, not between regions; profits and duties are income where
//! they arise; trade balances. With i exporter, j importer, s sector, T trade before duties, t the
//! tariff, γ_ijs the share of i in what j spends on s with duties, μ_js the share of s in what j spends,
//! and x̂ the new value of x over the old:
//!
//! - prices: P̂_js^(1−σ) = Σ_i γ_ijs·(ŵ_i·τ̂_ijs)^(1−σ), τ̂ = (1 + t')/(1 + t);
//! - trade: T'_ijs = T_ijs·ŵ_i^(1−σ)·τ̂_ijs^(−σ)·P̂_js^(σ−1)·Ê_j;
//! - labour: ŵ_i·wL_i = Σ_s (1 − 1/σ_s)·Σ_j T'_ijs, the rest of sales being profits;
//! - balance: Σ_is T'_ijs = Σ_ks T'_jks, which makes E'_j the sum of wages, profits and duties;
//! - welfare: Ŵ_j = Ê_j/Π_s P̂_js^μ_js;
//! - numéraire: Σ wL·ŵ = Σ wL, so that nominal figures are in units of the world's labour income.
//!
//! The unknowns are ln ŵ and ln Ê. Trade is in any one unit; tariffs are fractions.
//!
//! It answers what tariffs do to wages, welfare and the terms of trade of every region at once, and is
//! the model behind [`crate::policy`]. It says nothing on deficits, for it has none, nor on the path
//! from one equilibrium to the next.
//!
//! ```
//! use detente_scoring::{ossa, policy};
//! let economy = ossa::Economy::new(ossa::Facts {
//!     regions: vec!["home".into(), "abroad".into()],
//!     sectors: vec!["goods".into()],
//!     sigma: vec![4.0],
//!     trade: vec![vec![vec![70.0, 30.0], vec![30.0, 400.0]]],
//!     tariffs: vec![vec![vec![0.0, 0.0], vec![0.1, 0.0]]],
//! })?;
//! let mut tariffs = economy.base_tariffs().clone();
//! tariffs.set(0, 0, 1, 0.25);
//! let after = economy.solve(&tariffs)?;
//! assert!(after.welfare_hat[0] < 1.0 && after.residual < 1e-12);
//! let best = policy::unilateral(&economy, 0, economy.base_tariffs())?;
//! assert!(best.welfare_hat[0] > 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod economy;
mod equilibrium;
mod game;
mod state;
mod study;
mod system;

pub use economy::{Economy, Facts};
pub use equilibrium::Equilibrium;
pub(crate) use study::read;
pub use study::{Choice, policy};
