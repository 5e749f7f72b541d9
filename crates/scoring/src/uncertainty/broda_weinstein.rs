//! How well σ of a sector is known, from the quartiles that Broda & Weinstein (2006) give for the goods
//! of each HS chapter.
//!
//! The quartiles are those of single goods. A sector's σ is their median, which is known better: with
//! n goods of lognormal σ its standard error is √(π/2)·ω/√n, ω the dispersion of the goods. The
//! chapters of a sector are pooled: their goods' variance and that of their medians add up, each
//! chapter with the weight of its goods. A sector of a thousand estimates would be known to 3% that
//! way, yet its trade rests on a few of them, in proportions that no data here give. So no more than
//! [`GOODS_THAT_COUNT`] goods are counted: declared, not estimated.

use std::collections::BTreeMap;

use super::distributions::dispersion_of_quartiles;

/// The most goods a sector's trade is taken to rest on.
const GOODS_THAT_COUNT: f64 = 25.0;

const SIGMA_BY_HS2: &str = include_str!("broda_weinstein_2006_sigma_by_hs2.csv");
const POLICY_SECTORS: &str = include_str!("policy_sectors.csv");

/// The goods of one HS chapter.
#[derive(Debug, Clone, Copy)]
struct Chapter {
    goods: f64,
    ln_median: f64,
    variance: f64,
}

/// The dispersion of σ by policy sector.
pub(super) fn sector_dispersions() -> BTreeMap<String, f64> {
    let chapters = chapters();
    let sector = |(name, list): (String, String)| {
        let pooled: Vec<Chapter> = numbers(&list).filter_map(|hs| chapters.get(&hs).copied()).collect();
        Some((name, median_error(&pooled)?))
    };
    rows(POLICY_SECTORS, |row| Some((row.get(0)?.to_owned(), row.get(2)?.to_owned())))
        .into_iter()
        .filter_map(sector)
        .collect()
}

/// The standard error of ln σ of a group of chapters; none without goods.
fn median_error(chapters: &[Chapter]) -> Option<f64> {
    let goods: f64 = chapters.iter().map(|c| c.goods).sum();
    let mean_of =
        |value: &dyn Fn(&Chapter) -> f64| chapters.iter().map(|c| c.goods * value(c)).sum::<f64>() / goods;
    let centre = mean_of(&|c| c.ln_median);
    let variance = mean_of(&|c| c.variance + (c.ln_median - centre).powi(2));
    let error = (std::f64::consts::FRAC_PI_2 * variance / goods.min(GOODS_THAT_COUNT)).sqrt();
    error.is_finite().then_some(error)
}

fn chapters() -> BTreeMap<u8, Chapter> {
    let chapter = |row: &csv::StringRecord| {
        let number = |place: usize| row.get(place)?.parse::<f64>().ok();
        let dispersion = dispersion_of_quartiles(number(4)?, number(5)?);
        let (goods, ln_median) = (number(1)?, number(2)?.ln());
        Some((row.get(0)?.parse().ok()?, Chapter { goods, ln_median, variance: dispersion.powi(2) }))
    };
    rows(SIGMA_BY_HS2, chapter).into_iter().collect()
}

/// The chapters in a list such as `01-05,15`.
fn numbers(list: &str) -> impl Iterator<Item = u8> + use<'_> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    list.split(',').filter_map(range).flatten()
}

fn rows<T>(table: &str, read: impl Fn(&csv::StringRecord) -> Option<T>) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader.records().filter_map(|row| read(&row.ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_sector_has_a_spread() {
        let found = sector_dispersions();
        assert_eq!(found.len(), 24);
        assert!(found.values().all(|d| (0.1..0.7).contains(d)), "{found:?}");
    }

    #[test]
    fn one_chapter_is_the_error_of_its_median() {
        // HS 12: 77 goods, quartiles 1.927 and 5.539; 25 of them count.
        let goods = (5.539_f64 / 1.927).ln() / 1.348_979_5;
        let expected = 1.253_314_137_3 * goods / 5.0;
        assert!((sector_dispersions()["soybeans"] - expected).abs() < 1e-6);
    }

    #[test]
    fn lists_of_chapters_are_read() {
        assert_eq!(numbers("01-03,15").collect::<Vec<_>>(), [1, 2, 3, 15]);
        assert_eq!(numbers("x,4").collect::<Vec<_>>(), [4]);
    }
}
