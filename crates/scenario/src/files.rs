//! Where the exact bytes of a public part come from: the binary itself or a folder.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::ScenarioError;

/// The file every scenario has.
pub(crate) const MAIN: &str = "scenario.toml";
/// The largest file that is read.
const MAX_BYTES: u64 = 8 << 20;

/// A shipped public part: its files by name.
pub(crate) struct Embedded {
    pub(crate) name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! shipped {
    ($name:literal: $($file:literal),+) => {
        Embedded {
            name: $name,
            files: &[$(($file, include_str!(concat!("../../../scenarios/", $name, "/public/", $file)))),+],
        }
    };
}

pub(crate) const SHIPPED: [Embedded; 6] = [
    shipped!("geneva-2025":
        "scenario.toml", "sectors.csv", "us_china_2024_by_sector.csv", "tariffs_in_force_2025_05_est.csv",
        "us_imports_2024_by_partner_sector.csv", "china_market_2024_est.csv"),
    shipped!("protocol-of-talks": "scenario.toml"),
    shipped!("itex-cypress": "scenario.toml"),
    shipped!("laptop": "scenario.toml"),
    shipped!("grocery": "scenario.toml"),
    shipped!("energy": "scenario.toml"),
];

/// The names of the shipped scenarios.
pub(crate) fn shipped_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|e| e.name).collect()
}

/// Where files are read from.
pub(crate) enum Files {
    /// The binary.
    Embedded(&'static Embedded),
    /// A folder.
    Folder(PathBuf),
}

impl Files {
    /// A shipped scenario by name, else the folder at a path, its `public` folder, or the folder of
    /// a `scenario.toml`.
    pub(crate) fn find(name_or_path: &str) -> Result<Self, ScenarioError> {
        if let Some(embedded) = SHIPPED.iter().find(|e| e.name == name_or_path) {
            return Ok(Self::Embedded(embedded));
        }
        let given = Path::new(name_or_path);
        let folder = if given.ends_with(MAIN) { given.parent().map(Path::to_path_buf) } else { None };
        let candidates = [folder, Some(given.to_path_buf()), Some(given.join("public"))];
        let holds = |folder: &PathBuf| folder.join(MAIN).is_file();
        candidates.into_iter().flatten().find(holds).map(Self::Folder).ok_or_else(|| {
            ScenarioError::NotFound {
                given: name_or_path.chars().take(200).collect(),
                known: shipped_names(),
            }
        })
    }

    /// The text of one file of the public part.
    pub(crate) fn text(&self, file: &str) -> Result<String, ScenarioError> {
        match self {
            Self::Embedded(embedded) => embedded
                .files
                .iter()
                .find(|(name, _)| *name == file)
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| unreadable(file, "not part of this scenario")),
            Self::Folder(folder) => read(&folder.join(file)),
        }
    }
}

fn read(path: &Path) -> Result<String, ScenarioError> {
    let shown = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|e| unreadable(&shown, &e.to_string()))?;
    let mut text = String::new();
    file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|e| unreadable(&shown, &e.to_string()))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(unreadable(&shown, "larger than 8 MiB"));
    }
    Ok(text)
}

fn unreadable(path: &str, reason: &str) -> ScenarioError {
    ScenarioError::Unreadable { path: path.to_owned(), reason: reason.to_owned() }
}
