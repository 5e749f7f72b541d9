//! What an offer does month by month, as a chart with its table.

use page::{Path as Chart, Point, Table};
use scoring::time::{Month, Path};

use crate::tables::bn;

/// The deficit over the months after the agreement.
///
/// `band` is the same path where σ is at its 5th and at its 95th percentile.
pub(super) fn chart(path: &Path, band: Option<&[Path; 2]>) -> String {
    let billions = |usd: i64| usd as f64 / 1e9;
    let ends = |place: usize| {
        let [low, high] = band?;
        let [one, other] = [low.months.get(place)?, high.months.get(place)?].map(|m| billions(m.deficit));
        Some((one.min(other), one.max(other)))
    };
    let point = |(place, month): (usize, &Month)| Point {
        label: month.month.to_string(),
        middle: billions(month.deficit),
        band: ends(place),
    };
    let title = "Deficit in each month after the agreement, USD bn a month";
    let chart = Chart {
        title: title.to_owned(),
        description: format!("{title}, over {} months", path.months.len()),
        points: path.months.iter().enumerate().map(point).collect(),
        references: vec![
            ("data year / 12".to_owned(), billions(path.data_year.deficit)),
            ("status quo / 12".to_owned(), billions(path.status_quo.deficit)),
        ],
    };
    let mut table = Table::new(title, &["month", "imports", "exports", "deficit"]);
    for month in &path.months {
        table.row([month.month.to_string(), bn(month.imports), bn(month.exports), bn(month.deficit)]);
    }
    let about = match band {
        Some(_) => {
            "The band has the level of the elasticities of substitution at its 5th and 95th percentile."
        }
        None => "There is no band: its ends are out of the model's reach.",
    };
    let caption = format!(
        "By the default model. Elasticities grow with time, so trade answers a change of rates over years. \
         Storable goods are bought ahead of an announced rise. {about}"
    );
    format!(
        "<figure>{}<figcaption>{caption}</figcaption></figure>\n{}",
        chart.svg(),
        table.folded("The same as a table")
    )
}
