//! The elasticities behind an impact, for who reads it.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use tariff::SectorId;

use crate::{Flow, Supply, TradeBase};

/// The elasticities a model was compiled with.
#[derive(Debug, Clone, PartialEq)]
pub struct ElasticitySet {
    /// What they are, such as `Broda & Weinstein 2006, median by sector`.
    pub name: String,
    /// In the order of the facts.
    pub sectors: Vec<SectorElasticities>,
}

/// The elasticities of one sector.
#[derive(Debug, Clone, PartialEq)]
pub struct SectorElasticities {
    /// The sector.
    pub sector: SectorId,
    /// In the market of the home party.
    pub imports: FlowElasticities,
    /// In that of the partner.
    pub exports: FlowElasticities,
}

/// The elasticities of one market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowElasticities {
    /// Of substitution between sources.
    pub sigma: f64,
    /// Of total demand.
    pub eta: f64,
    /// Of supply by the other party's exporters.
    pub supply: Supply,
}

impl ElasticitySet {
    /// Those of the facts, as `chosen` changes them.
    pub(crate) fn of(base: &TradeBase, name: String, chosen: impl Fn(&Flow) -> FlowElasticities) -> Self {
        let facts = base.facts();
        let pairs = facts.sectors.iter().zip(facts.imports.iter().zip(&facts.exports));
        let sectors = pairs.map(|(sector, (imports, exports))| SectorElasticities {
            sector: sector.id.clone(),
            imports: chosen(imports),
            exports: chosen(exports),
        });
        Self { name, sectors: sectors.collect() }
    }

    /// Those of the facts.
    pub(crate) fn of_facts(base: &TradeBase) -> Self {
        let chosen = |flow: &Flow| FlowElasticities { sigma: flow.sigma, eta: flow.eta, supply: flow.supply };
        Self::of(base, base.facts().elasticities.clone(), chosen)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    set: &'a str,
    sigma: BTreeMap<&'a str, Both<f64>>,
    eta: BTreeMap<&'a str, Both<f64>>,
    supply: BTreeMap<&'a str, Both<Supply>>,
}

#[derive(Serialize)]
struct Both<T> {
    imports: T,
    exports: T,
}

impl Serialize for ElasticitySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn by_sector<T>(
            sectors: &[SectorElasticities],
            of: impl Fn(&FlowElasticities) -> T,
        ) -> BTreeMap<&str, Both<T>> {
            let both = |s: &SectorElasticities| Both { imports: of(&s.imports), exports: of(&s.exports) };
            sectors.iter().map(|s| (s.sector.as_str(), both(s))).collect()
        }
        Document {
            set: &self.name,
            sigma: by_sector(&self.sectors, |e| e.sigma),
            eta: by_sector(&self.sectors, |e| e.eta),
            supply: by_sector(&self.sectors, |e| e.supply),
        }
        .serialize(serializer)
    }
}

/// A number, or `"infinite"`.
impl Serialize for Supply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Finite(elasticity) => serializer.serialize_f64(*elasticity),
            Self::Infinite => serializer.serialize_str("infinite"),
        }
    }
}
