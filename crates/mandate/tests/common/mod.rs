//! The Geneva talks as a mandate sees them.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::sync::Arc;

use detente_mandate::{Compiled, Mandate};
use scenario::Scenario;
use scoring::{ArmingtonCes, Model};
use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, Offer, PartyId, Value};

pub const USA: &str = include_str!("../../../../scenarios/geneva-2025/mandates/USA.toml");
pub const CHN: &str = include_str!("../../../../scenarios/geneva-2025/mandates/CHN.toml");

pub struct Geneva {
    pub agenda: Agenda,
    pub status_quo: Offer,
    pub model: Arc<dyn Model>,
    pub scenario: Scenario,
}

impl Geneva {
    /// The whole agenda of the shipped scenario.
    pub fn whole() -> Self {
        Self::keeping(|_| true)
    }

    /// The added rates alone.
    pub fn rates_only() -> Self {
        Self::keeping(|issue| matches!(issue.instrument(), Some(Instrument::AddedRate { .. })))
    }

    /// The issues for which `keep` holds.
    pub fn keeping(keep: impl Fn(&Issue) -> bool) -> Self {
        let scenario = Scenario::load("geneva-2025").unwrap();
        let kept = |(issue, value): (&Issue, &Value)| keep(issue).then(|| (issue.clone(), *value));
        let (issues, values): (Vec<_>, Vec<_>) =
            scenario.issues().iter().zip(scenario.status_quo()).filter_map(kept).unzip();
        let agenda = Agenda::new(issues, AgendaDigest::of(b"geneva")).unwrap();
        let status_quo = agenda.offer(values).unwrap();
        let model = ArmingtonCes::compile(scenario.trade().unwrap(), &agenda, &status_quo).unwrap();
        Self { agenda, status_quo, model: Arc::new(model), scenario }
    }

    pub fn compile(&self, text: &str) -> Compiled {
        let mandate = Mandate::parse("test.toml", text).unwrap();
        mandate.compile(&self.agenda, Some(Arc::clone(&self.model)), &self.status_quo).unwrap()
    }

    /// The status quo with one added rate for each side, in percent.
    pub fn uniform(&self, usa: i64, chn: i64) -> Offer {
        let usa_id = PartyId::new("USA").unwrap();
        self.with(|issue, value| match issue.instrument() {
            Some(Instrument::AddedRate { by, .. }) => {
                Value::Number(100 * if *by == usa_id { usa } else { chn })
            }
            _ => value,
        })
    }

    /// The status quo with every value replaced.
    pub fn with(&self, value: impl Fn(&Issue, Value) -> Value) -> Offer {
        let issues = self.agenda.issues().iter().zip(self.status_quo.values());
        self.agenda.offer(issues.map(|(issue, v)| value(issue, *v)).collect()).unwrap()
    }

    /// What was agreed on 12 May 2025: 10 points each, 90 days, China's measures since 2 April
    /// suspended.
    pub fn real_deal(&self) -> Offer {
        let base = self.uniform(10, 10);
        let issues = self.agenda.issues().iter().zip(base.values());
        let values = issues.map(|(issue, value)| match (issue.instrument(), issue.kind()) {
            (Some(Instrument::Pause), _) => Value::Number(90),
            (_, IssueKind::Switch) => Value::Switch(true),
            _ => *value,
        });
        self.agenda.offer(values.collect()).unwrap()
    }

    /// A party's average added rate in an offer, weighted by the trade that pays it.
    pub fn average_rate(&self, offer: &Offer, party: &str) -> f64 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (issue, value) in self.agenda.issues().iter().zip(offer.values()) {
            let Some(Instrument::AddedRate { by, sector, .. }) = issue.instrument() else { continue };
            if by.as_str() == party {
                let Value::Number(bps) = value else { unreachable!() };
                let trade = self.model.base().negotiated_usd(by, sector).unwrap();
                sum += trade * *bps as f64 / 100.0;
                weight += trade;
            }
        }
        sum / weight
    }
}

/// The preferences of both parties of a reference domain, in seat order.
pub fn reference(name: &str) -> Vec<utility::Preferences> {
    let scenario = Scenario::load(name).unwrap();
    let agenda = scenario.agenda(AgendaDigest::of(name.as_bytes()));
    let status_quo = scenario.status_quo_offer(&agenda).unwrap();
    let preferences = |party: &scenario::Party| {
        let (_, text) = MANDATES.iter().find(|(id, _)| *id == party.id.as_str()).unwrap();
        let mandate = Mandate::parse("test.toml", text).unwrap();
        mandate.compile(&agenda, None, &status_quo).unwrap().preferences().clone()
    };
    scenario.parties().iter().map(preferences).collect()
}

macro_rules! mandates {
    ($($scenario:literal $party:literal),+) => {
        [$(($party, include_str!(concat!("../../../../scenarios/", $scenario, "/mandates/", $party, ".toml")))),+]
    };
}

const MANDATES: [(&str, &str); 8] = mandates!(
    "itex-cypress" "CYPRESS", "itex-cypress" "ITEX", "laptop" "BUYER", "laptop" "SELLER",
    "grocery" "MARY", "grocery" "SAM", "energy" "CONSUMER", "energy" "DISTRIBUTOR"
);
