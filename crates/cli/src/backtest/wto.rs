//! The experiment behind the WTO's figures of April 2025.

use scoring::{Elasticities, ScoringError, TradeBase, WtoExperiment, wto_experiment};
use serde_json::{Value as Json, json};

use super::Check;
use crate::output::line;
use crate::tables::Sheet;

/// What the WTO published, in percent of trade between the two.
const ON_EVERYTHING: f64 = -91.0;
const ELECTRONICS_EXEMPT: f64 = -81.0;
const SOURCE: &str = "WTO, Global Trade Outlook and Statistics, April 2025";
/// Percentage points that an honest model may differ: the WTO's has other elasticities and years.
const TOLERANCE: f64 = 6.0;

/// The experiment with each set of elasticities that is shown: the sectors' own, 2.0, 0.76.
pub(super) struct Results(Vec<(&'static str, WtoExperiment)>);

pub(super) fn run(base: &TradeBase) -> Result<Results, ScoringError> {
    let cases = [
        ("by sector", Elasticities::default()),
        ("2.0", Elasticities::uniform(2.0)),
        ("0.76", Elasticities::uniform(0.76)),
    ];
    let run = |(sigma, elasticities): (&'static str, Elasticities)| {
        wto_experiment(base, &elasticities).map(|experiment| (sigma, experiment))
    };
    cases.into_iter().map(run).collect::<Result<_, _>>().map(Results)
}

type Of = fn(&WtoExperiment) -> f64;

const CASES: [(&str, f64, Of); 2] = [
    ("145 and 125 points on everything", ON_EVERYTHING, |e| e.on_everything.percent()),
    ("the same, electronics at 20 points", ELECTRONICS_EXEMPT, |e| e.electronics_exempt.percent()),
];

impl Results {
    pub(super) fn document(&self, scenario: &str) -> Json {
        let change = |change: &scoring::TradeChange| {
            json!({
                "trade_percent": change.percent(),
                "imports_usd": change.imports,
                "exports_usd": change.exports,
            })
        };
        let case = |(sigma, experiment): &(&str, WtoExperiment)| {
            json!({
                "sigma": sigma,
                "on_everything": change(&experiment.on_everything),
                "electronics_exempt": change(&experiment.electronics_exempt),
            })
        };
        json!({
            "scenario": scenario,
            "published": {
                "source": SOURCE,
                "on_everything_percent": ON_EVERYTHING,
                "electronics_exempt_percent": ELECTRONICS_EXEMPT,
            },
            "model": self.0.iter().map(case).collect::<Vec<_>>(),
        })
    }

    pub(super) fn show(&self) {
        let header = ["change of trade", "published", "model, σ by sector", "σ 2.0", "σ 0.76"];
        let mut sheet = Sheet::new(1, &header);
        for (name, published, of) in CASES {
            let model = self.0.iter().map(|(_, experiment)| format!("{:+.2}%", of(experiment)));
            sheet.row([name.to_owned(), format!("{published:+.0}%")].into_iter().chain(model));
        }
        line(&sheet.to_string());
        line(&format!("published: {SOURCE}"));
    }

    /// Only the sectors' own elasticities are a test; the uniform ones are printed to show what the
    /// answer rests on.
    pub(super) fn checks(&self) -> Vec<Check> {
        let rows = CASES.into_iter().flat_map(|(name, published, of)| {
            self.0.iter().map(move |(sigma, experiment)| (name, published, *sigma, of(experiment)))
        });
        let check = |(name, published, sigma, model): (&str, f64, &str, f64)| Check {
            target: format!("US–China goods trade, {name}; σ {sigma}"),
            source: SOURCE,
            published: format!("{published:+.0}%"),
            model: format!("{model:+.1}%"),
            tolerance: format!("±{TOLERANCE:.0} points"),
            hit: (model - published).abs() <= TOLERANCE,
        };
        rows.map(check).collect()
    }
}
