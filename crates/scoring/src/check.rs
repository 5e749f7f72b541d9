//! The bounds of a model's inputs: lists and tables of any depth against one rule.

use crate::{ScoringError, Supply};

/// What a number may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    allows: fn(f64) -> bool,
    expected: &'static str,
}

/// A value of trade, income or sales.
pub(crate) const AMOUNT: Rule =
    Rule { allows: |x| x.is_finite() && x >= 0.0, expected: "a finite amount from 0" };
/// An ad valorem tariff, as a fraction.
pub(crate) const TARIFF: Rule = Rule {
    allows: |x| x.is_finite() && x > -1.0,
    expected: "a tariff as a finite fraction above -1 (-100%)",
};
/// 1 + an ad valorem tariff.
pub(crate) const POWER: Rule = Rule {
    allows: |x| x.is_finite() && x > 0.0,
    expected: "the power of a tariff, 1 + t, finite and above 0",
};
/// A share of a whole.
pub(crate) const SHARE: Rule = Rule { allows: |x| (0.0..=1.0).contains(&x), expected: "a share from 0 to 1" };
/// An elasticity or a size that must be there.
pub(crate) const POSITIVE: Rule =
    Rule { allows: |x| x.is_finite() && x > 0.0, expected: "a finite number above 0" };
/// An elasticity of substitution between varieties that firms set their prices by.
pub(crate) const SUBSTITUTION: Rule = Rule {
    allows: |x| x.is_finite() && x > 1.0,
    expected: "an elasticity of substitution, finite and above 1",
};
/// An elasticity or a share that may be nothing.
pub(crate) const NOT_NEGATIVE: Rule =
    Rule { allows: |x| x.is_finite() && x >= 0.0, expected: "a finite number from 0" };
/// An elasticity of demand.
pub(crate) const DEMAND: Rule =
    Rule { allows: |x| x.is_finite() && x <= 0.0, expected: "an elasticity of demand, finite and at most 0" };
/// Rounding that shares written with a few decimals, or sums of them, may carry.
pub(crate) const SLACK: f64 = 1e-6;

const ONE_EACH: &str = "one entry per region, sector or source, as the other lists have";

/// A number, or a list of such.
pub(crate) trait Table {
    fn check(&self, shape: &[usize], rule: Rule) -> Result<(), Misfit>;
}

/// Where below a table something is wrong, and what.
pub(crate) struct Misfit {
    place: String,
    given: String,
    expected: &'static str,
}

impl Table for f64 {
    fn check(&self, _: &[usize], rule: Rule) -> Result<(), Misfit> {
        if (rule.allows)(*self) {
            return Ok(());
        }
        Err(Misfit { place: String::new(), given: self.to_string(), expected: rule.expected })
    }
}

impl<T: Table> Table for Vec<T> {
    fn check(&self, shape: &[usize], rule: Rule) -> Result<(), Misfit> {
        self.as_slice().check(shape, rule)
    }
}

impl<T: Table> Table for [T] {
    fn check(&self, shape: &[usize], rule: Rule) -> Result<(), Misfit> {
        let (wanted, below) = shape.split_first().unwrap_or((&0, &[]));
        if self.len() != *wanted {
            let given = format!("a list of {}", self.len());
            return Err(Misfit {
                place: String::new(),
                given,
                expected: "one entry per region, sector or source",
            });
        }
        let mut entries = self.iter().enumerate();
        entries.try_for_each(|(i, entry)| {
            entry.check(below, rule).map_err(|m| Misfit { place: format!("[{i}]{}", m.place), ..m })
        })
    }
}

/// Every number of `table` against the rule, and the table against its shape.
pub(crate) fn table(
    name: &str,
    table: &(impl Table + ?Sized),
    shape: &[usize],
    rule: Rule,
) -> Result<(), ScoringError> {
    table.check(shape, rule).map_err(|m| ScoringError::BadFact {
        place: format!("{name}{}", m.place),
        given: m.given,
        expected: m.expected,
    })
}

/// No tariff on what a region sells at home, for tariffs `[exporter][importer]`.
pub(crate) fn domestic(name: &str, tariffs: &[Vec<f64>]) -> Result<(), ScoringError> {
    for (i, row) in tariffs.iter().enumerate() {
        if let Some(tariff) = row.get(i).filter(|tariff| **tariff != 0.0) {
            let expected = "0: domestic sales pay no tariff";
            return bad(&format!("{name}[{i}][{i}]"), &tariff.to_string(), expected);
        }
    }
    Ok(())
}

/// One number against the rule.
pub(crate) fn number(name: &str, value: f64, rule: Rule) -> Result<(), ScoringError> {
    table(name, &value, &[], rule)
}

/// The length of a list whose entries are checked elsewhere.
pub(crate) fn length(name: &str, given: usize, wanted: usize) -> Result<(), ScoringError> {
    if given == wanted { Ok(()) } else { bad(name, &format!("a list of {given}"), ONE_EACH) }
}

/// The most unknowns of a system that is solved: time grows with their cube.
const MAX_UNKNOWNS: usize = 3000;

/// A system small enough to be solved; `size` says in words what makes it so large.
pub(crate) fn solvable(name: &str, unknowns: usize, size: &str) -> Result<(), ScoringError> {
    if unknowns <= MAX_UNKNOWNS {
        return Ok(());
    }
    bad(name, &format!("{size}, {unknowns} unknowns"), "a system of at most 3000 unknowns")
}

/// A list of at least one entry.
pub(crate) fn not_empty(name: &str, len: usize) -> Result<(), ScoringError> {
    if len == 0 { bad(name, "an empty list", "at least one entry") } else { Ok(()) }
}

/// An elasticity of supply: from 0, or infinite.
pub(crate) fn supply(name: &str, supply: Supply) -> Result<(), ScoringError> {
    match supply {
        Supply::Finite(eps) if !(eps.is_finite() && eps >= 0.0) => {
            bad(name, &eps.to_string(), "an elasticity of supply from 0, or infinite")
        }
        _ => Ok(()),
    }
}

/// The refusal of a value.
pub(crate) fn bad<T>(place: &str, given: &str, expected: &'static str) -> Result<T, ScoringError> {
    Err(ScoringError::BadFact { place: place.to_owned(), given: given.to_owned(), expected })
}
