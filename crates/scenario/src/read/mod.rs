//! From the bytes of a public part to a scenario, noting everything that is wrong on the way.
//!
//! A reader answers with a harmless stand-in where it noted a problem, and goes on; nothing is
//! returned once a problem was noted.

mod agenda;
mod cells;
mod columns;
mod head;
mod measures;
mod node;
mod place;
mod series;
mod staging;
mod third;
mod trade;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use toml::de::DeTable;

use crate::files::{Files, MAIN};
use crate::{Problem, Scenario, ScenarioError};
pub(crate) use cells::{Cells, Row};
use node::Node;
pub(crate) use place::Place;

/// Past this many, further problems are not worth reading.
const MAX_PROBLEMS: usize = 100;
/// The most data files one scenario can name.
const MAX_FILES: usize = 64;

/// What is read so far, and what is wrong with it.
pub(crate) struct Reading<'a> {
    files: &'a Files,
    problems: RefCell<Vec<Problem>>,
    /// Data files by name, as far as they could be read.
    cells: RefCell<BTreeMap<String, Option<Rc<Cells>>>>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(files: &'a Files) -> Self {
        Self { files, problems: RefCell::default(), cells: RefCell::default() }
    }

    /// Notes a problem. Its place is only looked for while there is room for it: that takes time in a
    /// long file.
    pub(crate) fn wrong(
        &self,
        file: &str,
        place: impl FnOnce() -> Place,
        key: &str,
        found: Option<String>,
        expected: &str,
    ) {
        if self.full() {
            return;
        }
        let found = found.map(|f| f.chars().take(120).collect());
        let (file, key, expected) = (file.to_owned(), key.to_owned(), expected.to_owned());
        let Place { line, column } = place();
        self.problems.borrow_mut().push(Problem { file, line, column, key, found, expected });
    }

    /// Whether further problems would not be noted.
    pub(crate) fn full(&self) -> bool {
        self.problems.borrow().len() >= MAX_PROBLEMS
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        problems
    }

    pub(crate) fn any_problem(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    /// A data file that the main file names at `node`; none, with the problem noted, if it cannot
    /// be read.
    fn cells(&self, name: &str, node: &Node<'_>, key: &str) -> Option<Rc<Cells>> {
        if let Some(known) = self.cells.borrow().get(name) {
            return known.clone();
        }
        let read = self.read_cells(name, node, key);
        self.cells.borrow_mut().insert(name.to_owned(), read.clone());
        read
    }

    fn read_cells(&self, name: &str, node: &Node<'_>, key: &str) -> Option<Rc<Cells>> {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if !plain || name.starts_with('.') || name == MAIN {
            node.wrong(key, Some(name), "the name of a data file beside scenario.toml");
            return None;
        }
        if self.cells.borrow().len() >= MAX_FILES {
            node.wrong(key, Some(name), "at most 64 data files");
            return None;
        }
        match self.files.text(name) {
            Ok(text) => Cells::read(self, name, text).map(Rc::new),
            Err(error) => {
                node.wrong(key, Some(&error.to_string()), "a data file that can be read");
                None
            }
        }
    }

    /// Name and text of each data file, in order of name.
    fn data(&self) -> Vec<(String, Rc<Cells>)> {
        let cells = self.cells.borrow();
        cells.iter().filter_map(|(name, cells)| Some((name.clone(), Rc::clone(cells.as_ref()?)))).collect()
    }
}

/// Reads a whole public part: that of `member` where the main file describes a series.
pub(crate) fn scenario(files: &Files, member: Option<&str>) -> Result<Scenario, ScenarioError> {
    let template = files.text(MAIN)?;
    let reading = Reading::new(files);
    if let Some(text) = text_of(&reading, &template, member)? {
        let (document, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            let place = || Place::of(&text, error.span().map_or(0, |span| span.start));
            reading.wrong(MAIN, place, "syntax", Some(first_line(error.message())), "valid TOML");
        }
        // What cannot be parsed would only be reported again as missing.
        if errors.is_empty() {
            let root = Node::root(&reading, &text, document.get_ref());
            if let Some(scenario) = head::scenario(&root, &text, member) {
                return Ok(scenario);
            }
        }
    }
    Err(ScenarioError::Broken(reading.into_problems()))
}

/// The members of a series; none where the main file describes one talk.
pub(crate) fn members(files: &Files) -> Result<Vec<String>, ScenarioError> {
    let template = files.text(MAIN)?;
    let reading = Reading::new(files);
    let (document, _) = DeTable::parse_recoverable(&template);
    let root = Node::root(&reading, &template, document.get_ref());
    let series = root.optional("series").and_then(|node| series::series(&node));
    match reading.any_problem() {
        true => Err(ScenarioError::Broken(reading.into_problems())),
        false => Ok(series.map_or_else(Vec::new, |series| series.members)),
    }
}

/// The main file of a talk: as it stands, or filled in for a member; none, with the problem noted,
/// where the series is wrong.
fn text_of(
    reading: &Reading<'_>,
    template: &str,
    member: Option<&str>,
) -> Result<Option<String>, ScenarioError> {
    let (document, errors) = DeTable::parse_recoverable(template);
    if !errors.is_empty() {
        return Ok(Some(template.to_owned()));
    }
    let root = Node::root(reading, template, document.get_ref());
    let given = member.map(|member| member.chars().take(200).collect());
    let Some(node) = root.optional("series") else {
        return match given {
            Some(given) => Err(ScenarioError::NotInSeries { given, members: Vec::new() }),
            None => Ok(Some(template.to_owned())),
        };
    };
    let Some(series) = series::series(&node) else { return Ok(None) };
    match member.filter(|member| series.members.iter().any(|known| known == member)) {
        Some(member) => Ok(series::filled(&node, template, member)),
        None => Err(match given {
            Some(given) => ScenarioError::NotInSeries { given, members: series.members },
            None => ScenarioError::Series { members: series.members },
        }),
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Cells, Files, MAX_PROBLEMS, Place, Reading, Row};

    /// The time a wrong file takes does not grow with what is wrong past the last problem noted.
    #[test]
    fn nothing_is_looked_for_once_the_list_is_full() {
        let files = Files::none();
        let reading = Reading::new(&files);
        let text = "n\n".to_owned() + &"x\n".repeat(10 * MAX_PROBLEMS);
        let cells = Cells::read(&reading, "n.csv", text).unwrap();
        let wrong = |row: &&Row| cells.number(&reading, row, 0, (0.0, 1.0)).is_none();
        let read = cells.rows(&reading).filter(wrong).count();
        assert_eq!((read, cells.len()), (MAX_PROBLEMS, 10 * MAX_PROBLEMS));
        let looked = Cell::new(false);
        let place = || {
            looked.set(true);
            Place::START
        };
        reading.wrong("n.csv", place, "n", None, "nothing");
        assert!(!looked.get());
        let lines: Vec<_> = reading.into_problems().iter().map(|problem| problem.line).collect();
        assert_eq!(lines, (2..MAX_PROBLEMS + 2).collect::<Vec<_>>());
    }
}
