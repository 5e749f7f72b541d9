//! `detente model`: any of the trade models on an analyst's own data.

mod show;

use std::path::PathBuf;

use scoring::study::{self, Solved, StudyError};
use serde_json::json;

use crate::input::{self, Given};
use crate::output::{Failure, Format, exit, line, print_json};
use crate::tables::Sheet;

/// The largest study that is read: 60 regions in 60 sectors fit.
const MAX_BYTES: u64 = 16 << 20;

#[derive(clap::Args)]
#[command(after_help = "\
The file is JSON: the data of a base year and cases with other tariffs, in the schema docs/scoring.md
describes model by model. Each case is printed with its residual: how far the solution is from the
model's equations. A case that has no solution prints nothing and says why.

Examples:
  detente model                                   # the models, with what each is for
  detente model gsim four-regions.json
  detente model caliendo-parro world.json --format json")]
pub(crate) struct ModelOptions {
    /// The model; without one, they are listed
    #[arg(value_name = "NAME")]
    model: Option<String>,
    /// The study, JSON; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) fn model(options: &ModelOptions, format: Format) -> Result<(), Failure> {
    let (Some(model), Some(file)) = (&options.model, &options.file) else {
        return list(options.model.as_deref(), format);
    };
    let given = input::read(file, "the study", MAX_BYTES)?;
    let failed = |error| failure(error, &given);
    let study = study::read(model, &given.text).map_err(failed)?;
    let cases = study.solve().map_err(failed)?;
    if format == Format::Json {
        print_json(&json!({ "model": study.model(), "cases": cases }));
        return Ok(());
    }
    text(study.model(), &cases);
    Ok(())
}

fn text(model: &str, cases: &[Solved]) {
    for case in cases {
        line(&format!("{model}: {}   (residual {:.1e})\n", case.name, case.residual));
        line(&show::outputs(&case.outputs));
    }
}

/// A model without a file is a question about it.
fn list(model: Option<&str>, format: Format) -> Result<(), Failure> {
    if let Some(model) = model {
        let known = study::models().any(|(name, _)| name == model);
        let (code, message) = match known {
            true => ("BAD_ARGUMENT", format!("{model} needs a study: a JSON file with data and cases")),
            false => ("NO_SUCH_MODEL", format!("there is no model {model:?}")),
        };
        return Err(Failure::new(exit::USAGE, code, message).hint("`detente model` lists the models"));
    }
    if format == Format::Json {
        let model = |(name, about)| json!({ "name": name, "about": about });
        print_json(&json!({ "models": study::models().map(model).collect::<Vec<_>>() }));
        return Ok(());
    }
    let mut sheet = Sheet::new(2, &["model", "what it is"]);
    for (name, about) in study::models() {
        sheet.row([name, about]);
    }
    line(&sheet.to_string());
    Ok(())
}

/// What is wrong with a study, and where in its file.
pub(crate) fn failure(error: StudyError, given: &Given) -> Failure {
    let message = error.to_string();
    match error {
        StudyError::UnknownModel { .. } => {
            Failure::new(exit::USAGE, "NO_SUCH_MODEL", message).hint("`detente model` lists the models")
        }
        StudyError::BadInput { line, column, .. } => {
            Failure::new(exit::USAGE, "BAD_STUDY", message).at(format!("{}:{line}:{column}", given.name))
        }
        _ => Failure::new(exit::USAGE, "NO_SOLUTION", message)
            .at(&given.name)
            .hint("no figure is given rather than a wrong one: try a smaller shock"),
    }
}
