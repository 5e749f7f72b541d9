//! A trade model on an analyst's own data: what `detente model NAME FILE` runs.
//!
//! A study is one JSON file: the data of a base year, and cases, each with other tariffs. Inputs
//! and outputs go by the names of the literature; the folders under `models/` hold the equations
//! and say which keys each reads. Keys a model does not read (notes, expected results) are left
//! alone, but for those that look like an optional key mistyped.
//!
//! ```
//! let text = r#"{"cases": [{"name": "open", "trade_value": [100, 300], "tariff0": [0.2, 0.2],
//!     "tariff1": [0.0, 0.2], "import_elasticity": -1.5, "substitution_elasticity": 1.5}]}"#;
//! let study = detente_scoring::study::read("smart", text)?;
//! let cases = study.solve()?;
//! assert_eq!(cases[0].name, "open");
//! assert!((cases[0].outputs["trade_creation"][0].as_f64().unwrap() - 25.0).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
mod error;
mod input;

use serde_json::{Map, Value};

use crate::models::{armington, caliendo_parro, deficit_ge, gsim, ossa, smart};
use document::Document;
pub use error::StudyError;
pub(crate) use input::{Axis, Case, Input};

/// A model with data and cases, checked and ready to be solved.
pub trait Study: Send + Sync {
    /// The name of the model, as [`models`] lists it.
    fn model(&self) -> &'static str;

    /// Solves every case, in the order of the file: one without a solution within the tolerance is
    /// [`StudyError::Unsolved`], and the others are solved all the same.
    fn solve_each(&self) -> Vec<Result<Solved, StudyError>>;

    /// Solves every case, in the order of the file.
    ///
    /// # Errors
    /// [`StudyError::Unsolved`] for the first case without a solution within the tolerance.
    fn solve(&self) -> Result<Vec<Solved>, StudyError> {
        self.solve_each().into_iter().collect()
    }
}

/// One case, solved.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Solved {
    /// The name of the case.
    pub name: String,
    /// The largest violation of the model's equations that is left; each model says in which unit.
    pub residual: f64,
    /// The figures, by name.
    #[serde(flatten)]
    pub outputs: Map<String, Value>,
}

impl Solved {
    pub(crate) fn new<const N: usize>(name: &str, residual: f64, outputs: [(&str, Value); N]) -> Self {
        let outputs = outputs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { name: name.to_owned(), residual, outputs }
    }
}

/// A model as the catalogue lists it.
struct Entry {
    name: &'static str,
    about: &'static str,
    read: fn(Input<'_>) -> Result<Box<dyn Study>, StudyError>,
}

/// One line for each model that runs on a file.
const CATALOGUE: &[Entry] = &[
    Entry {
        name: "smart",
        about: "one importer's market, linear, one partner's tariff at a time (Laird & Yeats 1986)",
        read: smart::read,
    },
    Entry { name: "gsim", about: "one industry worldwide, linear (Francois & Hall 2003)", read: gsim::read },
    Entry {
        name: "armington",
        about: "one market with CES demand and finite supply, exact (Hallren & Riker 2017)",
        read: armington::read,
    },
    Entry {
        name: "ossa",
        about: "general equilibrium with monopolistic competition and balanced trade (Ossa 2014)",
        read: ossa::read,
    },
    Entry {
        name: "caliendo-parro",
        about: "general equilibrium with input-output loops and fixed deficits (Caliendo & Parro 2015)",
        read: caliendo_parro::read,
    },
    Entry {
        name: "deficit-ge",
        about: "general equilibrium of one sector in which deficits survive (Ignatenko et al. 2025)",
        read: deficit_ge::read,
    },
];

/// The models a study can run on: the name, and a line about it.
pub fn models() -> impl Iterator<Item = (&'static str, &'static str)> {
    CATALOGUE.iter().map(|entry| (entry.name, entry.about))
}

/// Reads the study in `text` (JSON) for the model of this name.
///
/// # Errors
/// [`StudyError::UnknownModel`], or [`StudyError::BadInput`]: what is wrong, with line and column.
pub fn read(model: &str, text: &str) -> Result<Box<dyn Study>, StudyError> {
    let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == model) else {
        let known: Vec<_> = models().map(|(name, _)| name).collect();
        let given = model.chars().take(80).collect();
        return Err(StudyError::UnknownModel { given, known: known.join(", ") });
    };
    parse(text, entry.read)
}

/// What `read` makes of the document in `text`.
pub(crate) fn parse<T>(
    text: &str,
    read: impl FnOnce(Input<'_>) -> Result<T, StudyError>,
) -> Result<T, StudyError> {
    let document = Document::parse(text)?;
    read(Input::root(&document))
}
