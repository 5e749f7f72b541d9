//! Who paid the Section 301 duties: buyers, nearly all of them.

use scoring::{ScoringError, Supply, TradeBase, pass_through};
use serde_json::{Value as Json, json};

use super::Check;
use crate::output::line;
use crate::tables::Sheet;

const SOURCE: &str = "USITC, Economic Impact of Section 232 and 301 Tariffs, publication 5405, 2023";
/// About 1; the studies of 2018 and 2019 it agrees with are rarely below 0.9.
const PUBLISHED: (f64, f64) = (0.9, 1.0);
/// What the duties added on average between January 2018 and September 2019, in points (PIIE).
const ADDED: f64 = 0.179;
/// Supply elasticities of exporters that are tried. At an infinite one the answer is 1 by construction.
const ELASTICITIES: [f64; 5] = [2.0, 5.0, 10.0, 25.0, 50.0];

/// Pass-through at each supply elasticity.
pub(super) struct Results(Vec<(f64, f64)>);

pub(super) fn run(base: &TradeBase) -> Result<Results, ScoringError> {
    let at =
        |elasticity| pass_through(base, ADDED, Supply::Finite(elasticity)).map(|passed| (elasticity, passed));
    ELASTICITIES.into_iter().map(at).collect::<Result<_, _>>().map(Results)
}

impl Results {
    pub(super) fn document(&self, scenario: &str) -> Json {
        let case = |(elasticity, passed): &(f64, f64)| json!({ "supply_elasticity": elasticity, "pass_through": passed });
        json!({
            "scenario": scenario,
            "added_points": 100.0 * ADDED,
            "published": { "source": SOURCE, "from": PUBLISHED.0, "to": PUBLISHED.1 },
            "model": self.0.iter().map(case).collect::<Vec<_>>(),
        })
    }

    pub(super) fn show(&self) {
        let mut sheet = Sheet::new(0, &["supply elasticity", "pass-through", "published"]);
        for (elasticity, passed) in &self.0 {
            let published = format!("{:.1} to {:.1}", PUBLISHED.0, PUBLISHED.1);
            sheet.row([format!("{elasticity:.0}"), format!("{passed:.3}"), published]);
        }
        sheet.row(["infinite", "1 by construction", ""]);
        line(&sheet.to_string());
        line(&format!("published: {SOURCE}"));
    }

    pub(super) fn checks(&self) -> Vec<Check> {
        let check = |(elasticity, passed): &(f64, f64)| Check {
            target: format!("Section 301 pass-through to buyers; supply elasticity {elasticity:.0}"),
            source: SOURCE,
            published: "about 1".to_owned(),
            model: format!("{passed:.2}"),
            tolerance: format!("{:.1} to {:.1}", PUBLISHED.0, PUBLISHED.1),
            hit: (PUBLISHED.0..=PUBLISHED.1).contains(passed),
        };
        self.0.iter().map(check).collect()
    }
}
