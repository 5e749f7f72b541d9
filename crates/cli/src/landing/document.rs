//! The landing zone as one JSON document.

use serde_json::{Map, Value as Json, json};
use utility::landing::{Deal, Distances, Solution};

use super::{Findings, Placed};
use crate::offers;

pub(super) fn document(findings: &Findings) -> Json {
    let zone = &findings.zone;
    let solution = |solution: &Option<Solution>| solution.as_ref().map(|s| findings.solution(s));
    json!({
        "scenario": findings.bench.scenario().name(),
        "parties": findings.parties(),
        "offers": zone.offers,
        "method": zone.method.as_str(),
        "bound": zone.bound,
        "capped": zone.capped,
        "walk_away": findings.by_party(&zone.walk_away),
        "ideal": zone.ideal.as_ref().map(|ideal| findings.by_party(ideal)),
        "opposition": zone.opposition,
        "nash": solution(&zone.nash),
        "kalai_smorodinsky": solution(&zone.kalai_smorodinsky),
        "egalitarian": solution(&zone.egalitarian),
        "utilitarian": solution(&zone.utilitarian),
        "given": findings.given.as_ref().map(|given| findings.placed(given)),
        "made": findings.made(),
        "pareto": zone.pareto.iter().map(|deal| findings.deal(deal)).collect::<Vec<_>>(),
    })
}

impl Findings {
    fn by_party(&self, values: &[f64]) -> Json {
        let pairs = self.parties().into_iter().zip(values);
        Json::Object(pairs.map(|(party, value)| (party.to_owned(), json!(value))).collect::<Map<_, _>>())
    }

    fn deal(&self, deal: &Deal) -> Json {
        json!({
            "offer": offers::to_json(self.bench.agenda(), &deal.offer),
            "utilities": self.by_party(&deal.utilities),
            "in_zone": deal.in_zone,
        })
    }

    fn solution(&self, solution: &Solution) -> Json {
        json!({
            "offer": offers::to_json(self.bench.agenda(), &solution.deal.offer),
            "utilities": self.by_party(&solution.deal.utilities),
            "value": solution.value,
            "bound": solution.bound,
            "in_zone": solution.deal.in_zone,
        })
    }

    fn placed(&self, placed: &Placed) -> Json {
        json!({
            "offer": offers::to_json(self.bench.agenda(), &placed.offer),
            "utilities": self.by_party(&placed.utilities),
            "permitted": placed.permitted,
            "in_zone": placed.in_zone,
            "distance": distance(&placed.distance),
        })
    }

    fn made(&self) -> Vec<Json> {
        let made = |made: &super::Made| {
            json!({
                "seq": made.seq,
                "round": made.round,
                "party": made.party.as_str(),
                "agreed": made.agreed,
                "utilities": self.by_party(&made.placed.utilities),
                "permitted": made.placed.permitted,
                "in_zone": made.placed.in_zone,
                "distance": distance(&made.placed.distance),
            })
        };
        self.made.iter().map(made).collect()
    }
}

fn distance(distance: &Distances) -> Json {
    json!({
        "edge": distance.edge,
        "nash": distance.nash,
        "kalai_smorodinsky": distance.kalai_smorodinsky,
        "egalitarian": distance.egalitarian,
        "utilitarian": distance.utilitarian,
    })
}
