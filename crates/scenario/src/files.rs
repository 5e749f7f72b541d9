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
    name: &'static str,
    /// Under what it is loaded: its name, or that of each member of a series.
    loaded_as: &'static [&'static str],
    files: &'static [(&'static str, &'static str)],
}

macro_rules! shipped {
    ($name:literal: $($file:literal),+) => {
        shipped!(@ $name, [$name], $($file),+)
    };
    // A series, with its members in order of the main file.
    ($name:literal [$($member:literal),+]: $($file:literal),+) => {
        shipped!(@ $name, [$(concat!($name, ":", $member)),+], $($file),+)
    };
    (@ $name:literal, [$($loaded_as:expr),+], $($file:literal),+) => {
        Embedded {
            name: $name,
            loaded_as: &[$($loaded_as),+],
            files: &[$(($file, include_str!(concat!("../../../scenarios/", $name, "/public/", $file)))),+],
        }
    };
}

pub(crate) const SHIPPED: &[Embedded] = &[
    shipped!("geneva-2025":
        "scenario.toml", "sectors.csv", "us_china_2024_by_sector.csv", "tariffs_in_force_2025_05_est.csv",
        "us_imports_2024_by_partner_sector.csv", "china_market_2024_est.csv"),
    shipped!("protocol-of-talks": "scenario.toml"),
    shipped!("uk-2025":
        "scenario.toml", "sectors.csv", "us_imports_2024_by_partner_sector.csv", "rates_2025_05_est.csv",
        "us_exports_2024_total.csv", "imports_2023_baci.csv"),
    shipped!("eu-2025":
        "scenario.toml", "sectors.csv", "us_imports_2024_by_partner_sector.csv", "rates_2025_07_est.csv",
        "us_exports_2024_by_list.csv", "imports_2023_baci.csv"),
    shipped!("usmca-2026" ["CAN", "MEX"]:
        "scenario.toml", "partners.csv", "sectors.csv", "us_imports_2024_by_partner_sector.csv",
        "rates_2026_04_est.csv", "us_exports_2023_totals_baci.csv", "imports_2023_baci.csv"),
    shipped!("seventeen-partners" ["AUS", "BGD", "BRA", "CHE", "CHN", "EU27", "GBR", "IDN", "IND", "JPN",
        "KHM", "KOR", "MYS", "PHL", "THA", "TWN", "VNM"]:
        "scenario.toml", "partners.csv", "sectors.csv", "us_imports_2024_by_partner_sector.csv",
        "rates_annex_i.csv", "us_exports_2024_totals.csv", "imports_2023_baci.csv"),
    shipped!("itex-cypress": "scenario.toml"),
    shipped!("laptop": "scenario.toml"),
    shipped!("grocery": "scenario.toml"),
    shipped!("energy": "scenario.toml"),
];

/// What the shipped scenarios are loaded as: a series counts once for each member.
pub(crate) fn loadable() -> Vec<&'static str> {
    SHIPPED.iter().flat_map(|e| e.loaded_as).copied().collect()
}

/// The names of the shipped scenarios, those of series among them.
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
    /// The files, and the member of a series if one is named after `:`.
    pub(crate) fn find(name_or_path: &str) -> Result<(Self, Option<&str>), ScenarioError> {
        let whole = Self::whole(name_or_path).map(|files| (files, None));
        whole.or_else(|unknown| {
            let (series, member) = name_or_path.rsplit_once(':').ok_or(unknown.clone())?;
            Ok((Self::whole(series).map_err(|_| unknown)?, Some(member)))
        })
    }

    /// A shipped scenario by name, else the folder at a path, its `public` folder, or the folder of
    /// a `scenario.toml`.
    fn whole(name_or_path: &str) -> Result<Self, ScenarioError> {
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

    /// No files at all, for what is read from a text alone.
    pub(crate) fn none() -> Self {
        Self::Folder(PathBuf::new())
    }

    /// The folder, if they are in one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Embedded(_) => None,
        }
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
