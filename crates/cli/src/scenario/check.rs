use std::path::{Path, PathBuf};
use std::sync::Arc;

use mandate::{Mandate, MandateError};
use scenario::{Scenario, ScenarioError};
use scoring_server::Bench;
use serde::Serialize;
use serde_json::json;

use crate::output::{Failure, Format, exit, line, print_json};
use crate::parties;

/// One thing that is wrong with a file.
#[derive(Debug, Serialize)]
struct Problem {
    file: String,
    line: usize,
    /// The character of the line, from 1; mandates name lines only.
    column: Option<usize>,
    key: String,
    found: Option<String>,
    expected: String,
    #[serde(skip)]
    text: String,
}

impl Problem {
    /// File and line, and column where it is known.
    fn place(&self) -> String {
        let column = self.column.map_or_else(String::new, |column| format!(":{column}"));
        format!("{}:{}{column}", self.file, self.line)
    }
}

/// What was checked, and what is wrong with it.
struct Checked {
    scenario: String,
    mandates: Vec<String>,
    problems: Vec<Problem>,
}

pub(crate) fn check(given: Option<&str>, format: Format) -> Result<(), Failure> {
    let names = given.map_or_else(|| Ok(all()), members)?;
    let checked = names.iter().map(|name| one(name)).collect::<Result<Vec<_>, _>>()?;
    if checked.iter().all(|checked| checked.problems.is_empty()) {
        passed(&checked, format);
        return Ok(());
    }
    let problems: Vec<&Problem> = checked.iter().flat_map(|checked| &checked.problems).collect();
    let count = problems.len();
    let message = format!("{count} {} found", if count == 1 { "problem" } else { "problems" });
    let failure = Failure::new(exit::USAGE, "BROKEN_SCENARIO", message)
        .hint("docs/mandates.md and docs/scenarios.md show the formats");
    let failure = match problems.first() {
        Some(first) => failure.at(first.place()),
        None => failure,
    };
    match format {
        // The document of the error carries the problems with their parts.
        Format::Json => {
            Err(failure.problem_documents(problems.iter().map(|problem| json!(problem)).collect()))
        }
        Format::Text => {
            problems.iter().for_each(|problem| line(&problem.text));
            Err(failure)
        }
    }
}

fn all() -> Vec<String> {
    Scenario::embedded().into_iter().map(str::to_owned).collect()
}

/// What was named: a scenario, or every member of a series.
fn members(name: &str) -> Result<Vec<String>, Failure> {
    // What is wrong with the files is told file by file later.
    let members = match Scenario::members(name) {
        Err(error) if error.problems().is_empty() => return Err(error.into()),
        members => members.unwrap_or_default(),
    };
    if members.is_empty() || Scenario::embedded().contains(&name) || member_of(name).is_some() {
        return Ok(vec![name.to_owned()]);
    }
    Ok(members.iter().map(|member| format!("{name}:{member}")).collect())
}

/// The path or series and the member, where a member is named and no folder has the whole name.
fn member_of(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once(':').filter(|_| !Path::new(name).exists())
}

fn passed(checked: &[Checked], format: Format) {
    if format == Format::Json {
        let documents = checked.iter();
        let documents =
            documents.map(|c| json!({ "scenario": c.scenario, "mandates": c.mandates, "problems": [] }));
        return print_json(&json!({ "checked": documents.collect::<Vec<_>>() }));
    }
    for c in checked {
        let mandates =
            if c.mandates.is_empty() { "no mandates beside it".to_owned() } else { c.mandates.join(", ") };
        line(&format!("{}: in order ({mandates})", c.scenario));
    }
}

fn one(name: &str) -> Result<Checked, Failure> {
    let mut checked = Checked { scenario: name.to_owned(), mandates: Vec::new(), problems: Vec::new() };
    let bench =
        match Scenario::load(name) {
            Ok(scenario) => {
                scenario.name().clone_into(&mut checked.scenario);
                // Mandates name issues and sectors, so they need the scenario; a broken model shows here.
                Some(Bench::new(Arc::new(scenario)).map_err(|error| {
                    Failure::new(exit::USAGE, "BROKEN_SCENARIO", error.to_string()).at(name)
                })?)
            }
            Err(error) if error.problems().is_empty() => return Err(error.into()),
            Err(error) => {
                checked.problems.extend(scenario_problems(name, &error));
                None
            }
        };
    for (file, text) in mandates(name)? {
        checked.problems.extend(mandate_problems(&file, &text, bench.as_ref())?);
        checked.mandates.push(file);
    }
    Ok(checked)
}

/// The mandates of a scenario: the shipped ones by name, or those in the folder beside its public part.
fn mandates(name: &str) -> Result<Vec<(String, String)>, Failure> {
    if Scenario::embedded().contains(&name) {
        return Ok(parties::shipped_mandates(name));
    }
    let (path, member) = member_of(name).map_or((name, None), |(path, member)| (path, Some(member)));
    let Some(folder) = mandates_folder(Path::new(path)) else { return Ok(Vec::new()) };
    let unreadable = |path: &Path, error: &std::io::Error| {
        Failure::new(exit::NOT_FOUND, "UNREADABLE_FILE", format!("cannot read: {error}"))
            .at(path.display().to_string())
    };
    let listed = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
    let mut paths: Vec<PathBuf> = listed.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    if let Some(member) = member {
        // Those of the other members have a seat in other talks.
        let others = Scenario::members(path)?.into_iter().filter(|other| other != member);
        let others: Vec<String> = others.collect();
        paths.retain(|path| path.file_stem().is_none_or(|party| !others.iter().any(|o| party == o.as_str())));
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}

/// The folder of mandates beside the public part of a scenario.
fn mandates_folder(given: &Path) -> Option<PathBuf> {
    let public = if given.is_file() { given.parent()? } else { given };
    let above = public.file_name().filter(|name| *name == "public").and_then(|_| public.parent());
    [Some(public), above]
        .into_iter()
        .flatten()
        .map(|folder| folder.join("mandates"))
        .find(|folder| folder.is_dir())
}

fn scenario_problems(name: &str, error: &ScenarioError) -> Vec<Problem> {
    let given = Path::new(member_of(name).map_or(name, |(path, _)| path));
    let folder = if given.is_file() { given.parent().unwrap_or(given) } else { given };
    let public = folder.join("public");
    let folder = if public.join("scenario.toml").is_file() && !folder.join("scenario.toml").is_file() {
        &public
    } else {
        folder
    };
    let problem = |p: &scenario::Problem| {
        let file = folder.join(&p.file).display().to_string();
        let found = p.found.as_ref().map_or_else(|| "missing".to_owned(), |found| format!("found {found}"));
        let text = format!("{file}:{}:{}: {}: {found}, expected {}", p.line, p.column, p.key, p.expected);
        let (key, found, expected) = (p.key.clone(), p.found.clone(), p.expected.clone());
        Problem { file, line: p.line, column: Some(p.column), key, found, expected, text }
    };
    error.problems().iter().map(problem).collect()
}

fn mandate_problems(file: &str, text: &str, bench: Option<&Bench>) -> Result<Vec<Problem>, Failure> {
    let compiled = Mandate::parse(file, text).and_then(|mandate| match bench {
        Some(bench) => {
            mandate.compile(bench.agenda(), bench.model().cloned(), bench.status_quo())?;
            Ok(Some(mandate.party().clone()))
        }
        None => Ok(None),
    });
    match (compiled, bench) {
        (Err(MandateError::Broken(problems)), _) => Ok(problems.into_iter().map(of_mandate).collect()),
        (Err(error), _) => Err(Failure::from(error).at(file)),
        (Ok(Some(party)), Some(bench)) if !bench.scenario().parties().iter().any(|p| p.id == party) => {
            Ok(vec![of_mandate(mandate::Problem {
                file: file.to_owned(),
                line: 1,
                key: "party".to_owned(),
                what: format!("{party} has no seat in {}", bench.scenario().name()),
            })])
        }
        _ => Ok(Vec::new()),
    }
}

fn of_mandate(problem: mandate::Problem) -> Problem {
    let text = problem.to_string();
    let mandate::Problem { file, line, key, what } = problem;
    let (found, expected) = match what.rsplit_once("expected ") {
        Some((found, expected)) => {
            (Some(found.trim_end_matches([' ', ',', ':']).to_owned()), expected.to_owned())
        }
        None => (None, what),
    };
    Problem { file, line, column: None, key, found: found.filter(|found| !found.is_empty()), expected, text }
}
