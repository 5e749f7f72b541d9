//! `detente model`: any of the trade models on an analyst's own data.

mod show;

use std::path::PathBuf;

use scoring::study::{self, Solved, StudyError};
use serde_json::{Value as Json, json};

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
    let cases = study.solve_each();
    if let Some(Err(error)) = cases.first()
        && cases.iter().all(Result::is_err)
    {
        return Err(failed(error.clone()));
    }
    if format == Format::Json {
        print_json(
            &json!({ "model": study.model(), "cases": cases.iter().map(document).collect::<Vec<_>>() }),
        );
        return Ok(());
    }
    for case in &cases {
        line(&text(study.model(), case));
    }
    Ok(())
}

/// A case as JSON: its figures, or why it has none.
fn document(case: &Result<Solved, StudyError>) -> Json {
    match case {
        Ok(solved) => json!(solved),
        Err(StudyError::Unsolved { case, error }) => json!({ "name": case, "error": error.to_string() }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn text(model: &str, case: &Result<Solved, StudyError>) -> String {
    match case {
        Ok(case) => {
            let outputs = show::outputs(&case.outputs);
            format!("{model}: {}   (residual {:.1e})\n\n{outputs}", case.name, case.residual)
        }
        Err(error) => format!("{model}: {error}\n"),
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
