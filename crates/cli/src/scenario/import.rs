//! `detente scenario import` and `export`: scenarios of other tools, both ways.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use exchange::{Convention, ExchangeError, Exported, Format as Tool, Options, Written};
use scenario::Scenario;
use scoring_server::Bench;
use serde_json::json;
use tariff::{Issue, IssueKind};
use utility::Utility;

use crate::output::{Failure, Format, exit, line, print_json, unwritable};
use crate::parties;

/// What can be set for an import.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  detente scenario import genius ./Laptop -o ./laptop-talks
  detente scenario import negmas ./scenario -o ./talks --convention minmax

Then: detente scenario check ./laptop-talks, detente landing-zone ./laptop-talks")]
pub(crate) struct ImportOptions {
    /// Whose files they are
    #[arg(value_enum)]
    tool: ToolName,
    /// The folder with the domain and the profiles
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// The folder to make
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// How evaluations become utilities; the tool's own way if left out
    #[arg(long, value_enum)]
    convention: Option<ConventionName>,
    /// Steps of a real issue
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    real_steps: u32,
    /// Take these profiles alone, by their files' names without ending
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    profiles: Vec<String>,
}

/// What can be set for an export.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  detente scenario export negmas laptop -o ./laptop-negmas")]
pub(crate) struct ExportOptions {
    /// The tool
    #[arg(value_enum)]
    tool: ExportTool,
    /// A shipped scenario's name, or a folder
    #[arg(value_name = "NAME|DIR")]
    scenario: String,
    /// The folder to make
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ToolName {
    /// XML
    Genius,
    /// JSON
    Geniusweb,
    /// YAML
    Negmas,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ExportTool {
    /// YAML
    Negmas,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ConventionName {
    /// Each evaluation over the greatest of its issue
    Genius,
    /// As they stand
    Raw,
    /// Stretched so that the worst offer is worth 0 and the best 1
    Minmax,
}

pub(crate) fn import(options: &ImportOptions, format: Format) -> Result<(), Failure> {
    free(&options.output)?;
    let tool = match options.tool {
        ToolName::Genius => Tool::Genius,
        ToolName::Geniusweb => Tool::GeniusWeb,
        ToolName::Negmas => Tool::Negmas,
    };
    let chosen = options.convention.map(|name| match name {
        ConventionName::Genius => Convention::Genius,
        ConventionName::Raw => Convention::Raw,
        ConventionName::Minmax => Convention::MinMax,
    });
    let convention = chosen.unwrap_or(tool.convention());
    let given =
        Options { convention: chosen, real_steps: options.real_steps, profiles: options.profiles.clone() };
    let domain = exchange::read(&options.from, tool, &given)?;
    let name = name_of(&options.output);
    let files = exchange::files(&domain, &name, tool, convention)?;
    let scenario = keep(&options.output, &files)?;
    let parties: Vec<String> = scenario.parties().iter().map(|p| p.id.to_string()).collect();
    let outcomes: f64 = scenario.issues().iter().map(|issue| f64::from(issue.levels())).product();
    if format == Format::Json {
        print_json(&json!({
            "scenario": options.output.display().to_string(),
            "issues": scenario.issues().len(),
            "outcomes": outcomes,
            "parties": parties,
            "convention": convention.words(),
            "reservations": domain.profiles.iter().map(|p| p.reservation).collect::<Vec<_>>(),
            "discounts": domain.profiles.iter().map(|p| p.discount).collect::<Vec<_>>(),
            "written": files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    line(&format!(
        "{}: {} issues, {outcomes} offers, {}",
        domain.name,
        scenario.issues().len(),
        parties.join(", ")
    ));
    line(&format!("utilities: {}", convention.words()));
    for (party, profile) in parties.iter().zip(&domain.profiles) {
        let discounted = profile.discount != 1.0;
        let note = if discounted {
            format!(", discount factor {} (applied at agreement, in tournaments)", profile.discount)
        } else {
            String::new()
        };
        line(&format!("{party}: profile {}, no deal is worth {}{note}", profile.name, profile.reservation));
    }
    line(&format!("next: detente run {0}, or {0} in a tournament", options.output.display()));
    Ok(())
}

pub(crate) fn export(options: &ExportOptions, format: Format) -> Result<(), Failure> {
    let ExportTool::Negmas = options.tool;
    free(&options.output)?;
    let bench = Bench::new(Arc::new(Scenario::load(&options.scenario)?)).map_err(Failure::internal)?;
    let scenario = bench.scenario();
    let issues: Vec<(String, Vec<String>)> =
        scenario.issues().iter().map(|issue| (issue.id().to_string(), labels(issue))).collect();
    let mut profiles = Vec::new();
    for party in scenario.parties() {
        let settings = delegation::service::Settings { scenario, mandate: None, strategy: None, seed: 0 };
        let prepared = settings.briefing(&parties::profile(&party.id))?.prepare(&party.id, bench.agenda())?;
        let worths = additive(prepared.preferences.utility()).ok_or_else(|| {
            let message = format!("what {} wants is no sum over single issues", party.id);
            Failure::new(exit::USAGE, "NOT_ADDITIVE", message)
                .at(options.scenario.clone())
                .hint("NegMAS files hold utilities that are sums over single issues")
        })?;
        let (walk_away, discount) = (prepared.preferences.walk_away(), prepared.preferences.discount());
        profiles.push(Exported { party: party.id.to_string(), worths, walk_away, discount });
    }
    let files = exchange::export_negmas(scenario.name(), &issues, &profiles);
    write(&options.output, &files)?;
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| options.output.join(path)).collect();
    let next = format!("negmas.inout.Scenario.load({:?})", options.output.display().to_string());
    crate::agent::written(&paths, format, &next);
    Ok(())
}

/// The values of an issue as texts.
fn labels(issue: &Issue) -> Vec<String> {
    let text = |level: u32| {
        let value = issue.value_at(level)?;
        Some(match issue.kind() {
            IssueKind::Number(_) => issue.display(value).split(' ').next().unwrap_or_default().to_owned(),
            _ => issue.display(value),
        })
    };
    (0..issue.levels()).filter_map(text).collect()
}

/// What each value of each issue adds; none where issues interact.
fn additive(utility: &Utility) -> Option<Vec<Vec<f64>>> {
    let issues = utility.agenda().issues();
    let mut worths: Vec<Vec<f64>> = issues.iter().map(|issue| vec![0.0; issue.levels() as usize]).collect();
    if !utility.is_additive() {
        return None;
    }
    for table in utility.tables() {
        let [place] = table.places() else { return None };
        worths[*place].iter_mut().zip(table.values()).for_each(|(worth, value)| *worth += value);
    }
    Some(worths)
}

fn free(folder: &Path) -> Result<(), Failure> {
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::new(exit::USAGE, "ALREADY_THERE", "the folder is there and not empty")
            .at(folder.display().to_string()));
    }
    Ok(())
}

/// Writes a scenario, reads it back as any would be, and puts it where it was asked for: what cannot be
/// used leaves nothing behind.
fn keep(folder: &Path, files: &[Written]) -> Result<Scenario, Failure> {
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unkept = |error: &std::io::Error| unwritable(folder, error, "the scenario");
    std::fs::create_dir_all(above).map_err(|error| unkept(&error))?;
    let draft =
        tempfile::Builder::new().prefix(".import").tempdir_in(above).map_err(|error| unkept(&error))?;
    write(draft.path(), files)?;
    let scenario = Scenario::load(&draft.path().display().to_string())?;
    let bench = Bench::new(Arc::new(scenario.clone())).map_err(Failure::internal)?;
    for party in scenario.parties() {
        let settings = delegation::service::Settings {
            scenario: bench.scenario(),
            mandate: None,
            strategy: None,
            seed: 0,
        };
        settings.briefing(&parties::profile(&party.id))?.prepare(&party.id, bench.agenda())?;
    }
    // An empty folder may stand there; nothing else does.
    let _ = std::fs::remove_dir(folder);
    let draft = draft.keep();
    std::fs::rename(&draft, folder).map_err(|error| {
        let _ = std::fs::remove_dir_all(&draft);
        unkept(&error)
    })?;
    Ok(scenario)
}

fn write(folder: &Path, files: &[Written]) -> Result<(), Failure> {
    for (name, text) in files {
        let path = folder.join(name);
        let above = path.parent().unwrap_or(folder);
        let written = std::fs::create_dir_all(above).and_then(|()| std::fs::write(&path, text));
        written.map_err(|error| unwritable(&path, &error, "the scenario"))?;
    }
    Ok(())
}

/// A scenario's name from its folder's: lowercase letters, digits and dashes.
fn name_of(folder: &Path) -> String {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("imported").to_ascii_lowercase();
    let fit = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let name: String = name.chars().map(fit).take(60).collect();
    let name = name.trim_matches('-').to_owned();
    if name.is_empty() { "imported".to_owned() } else { name }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        let message = error.to_string();
        match error {
            ExchangeError::Unreadable { .. } => Self::new(exit::NOT_FOUND, "UNREADABLE_FILE", message),
            ExchangeError::Unsupported { .. } => Self::new(exit::USAGE, "UNSUPPORTED_SCENARIO", message),
            _ => Self::new(exit::USAGE, "BROKEN_SCENARIO", message),
        }
    }
}
