use std::path::Path;

use crate::domain::{Convention, Domain, ForeignIssue, ForeignKind, Profile};
use crate::{ExchangeError, genius, geniusweb, negmas};

/// The most bytes of a file.
const FILE_LIMIT: u64 = 4 << 20;
/// The most files of a folder.
const FILES: usize = 256;
/// The most values of all issues together.
const VALUES: usize = 1 << 20;

/// Whose format it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// XML of GENIUS.
    Genius,
    /// JSON of GeniusWeb.
    GeniusWeb,
    /// YAML of NegMAS.
    Negmas,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How evaluations become utilities; the tool's own way if left out.
    pub convention: Option<Convention>,
    /// Steps of a real issue.
    pub real_steps: u32,
    /// Which profiles to take, by their files' names; all if empty.
    pub profiles: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { convention: None, real_steps: 100, profiles: Vec::new() }
    }
}

impl Format {
    /// The tool's own convention.
    #[must_use]
    pub fn convention(self) -> Convention {
        match self {
            Self::Genius => Convention::Genius,
            Self::GeniusWeb | Self::Negmas => Convention::Raw,
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Genius => &["xml"],
            Self::GeniusWeb => &["json"],
            Self::Negmas => &["yml", "yaml"],
        }
    }
}

enum Found {
    Domain(String, Vec<ForeignIssue>),
    Genius(Box<Profile>, Vec<ForeignIssue>),
    Later(serde_json::Value, String),
    Other,
}

/// Reads the domain and the profiles of a folder.
///
/// # Errors
/// No domain, no two profiles, a file that is broken or holds what this project has no words for.
pub fn read(folder: &Path, format: Format, options: &Options) -> Result<Domain, ExchangeError> {
    let at = folder.display().to_string();
    let contradiction = |why: String| ExchangeError::Folder { folder: at.clone(), why };
    let (mut domain, mut profiles) = (None, Vec::new());
    for (name, stem, bytes) in files(folder, format)? {
        let text = decode(&bytes);
        match found(&name, &stem, &text, format, options)? {
            Found::Domain(title, issues) => {
                if let Some((other, ..)) = domain.replace((name.clone(), title, issues)) {
                    return Err(contradiction(format!(
                        "{other} and {name} are both domains: keep one of them"
                    )));
                }
            }
            Found::Other => {}
            profile => profiles.push((name, stem, profile)),
        }
    }
    let wanted = |stem: &String| options.profiles.is_empty() || options.profiles.iter().any(|p| p == stem);
    if let Some(missing) = options.profiles.iter().find(|p| !profiles.iter().any(|(_, stem, _)| stem == *p)) {
        return Err(contradiction(format!("there is no profile {missing:?}")));
    }
    profiles.retain(|(_, stem, _)| wanted(stem));
    let from_profile = || match profiles.first() {
        Some((_, _, Found::Genius(_, issues))) => Some(("domain".to_owned(), issues.clone())),
        _ => None,
    };
    let (title, issues) =
        domain.map(|(_, title, issues)| (title, issues)).or_else(from_profile).ok_or_else(|| {
            contradiction(format!(
                "no domain was found among the files ending in {}",
                format.endings().join(", ")
            ))
        })?;
    check(&at, &issues)?;
    let profiles = profiles.into_iter().map(|(file, _, found)| settle(&file, found, &issues, format));
    let profiles = profiles.collect::<Result<Vec<_>, _>>()?;
    if profiles.len() < 2 {
        return Err(contradiction(format!("{} profiles were found: expected two or more", profiles.len())));
    }
    Ok(Domain { name: title, issues, profiles })
}

fn found(
    name: &str,
    stem: &str,
    text: &str,
    format: Format,
    options: &Options,
) -> Result<Found, ExchangeError> {
    Ok(match format {
        Format::Genius => match genius::read(name, stem, text, options)? {
            genius::File::Domain(title, issues) => Found::Domain(title, issues),
            genius::File::Profile(profile, issues) => Found::Genius(profile, issues),
            genius::File::Other => Found::Other,
        },
        Format::GeniusWeb => match geniusweb::read(name, stem, text, options)? {
            geniusweb::File::Domain(title, issues) => Found::Domain(title, issues),
            geniusweb::File::Profile(document, title) => Found::Later(document, title),
        },
        Format::Negmas => match negmas::read(name, stem, text, options)? {
            negmas::File::Domain(title, issues) => Found::Domain(title, issues),
            negmas::File::Profile(document, title) => Found::Later(document, title),
        },
    })
}

fn settle(
    file: &str,
    found: Found,
    issues: &[ForeignIssue],
    format: Format,
) -> Result<Profile, ExchangeError> {
    match (found, format) {
        (Found::Genius(profile, own), _) => fit(file, *profile, &own, issues),
        (Found::Later(document, name), Format::Negmas) => negmas::profile(file, &name, &document, issues),
        (Found::Later(document, name), _) => geniusweb::profile(file, &name, &document, issues),
        (Found::Domain(..) | Found::Other, _) => Err(ExchangeError::malformed(file, "expected a profile")),
    }
}

/// A profile of GENIUS repeats the issues, perhaps in another order: its figures in the domain's.
fn fit(
    file: &str,
    profile: Profile,
    own: &[ForeignIssue],
    issues: &[ForeignIssue],
) -> Result<Profile, ExchangeError> {
    let mut fitted = Profile { weights: Vec::new(), evaluations: Vec::new(), ..profile.clone() };
    for (turn, issue) in issues.iter().enumerate() {
        let named = own.iter().position(|o| o.name == issue.name);
        let same_place = || own.get(turn).filter(|o| o.kind.levels() == issue.kind.levels()).map(|_| turn);
        let place = named.or_else(same_place).ok_or_else(|| {
            ExchangeError::malformed(file, format!("issue {:?} of the domain is missing", issue.name))
        })?;
        fitted.weights.push(profile.weights[place]);
        let ForeignKind::Discrete(labels) = &issue.kind else {
            if own[place].kind.levels() != issue.kind.levels() {
                let why = format!("issue {:?} has another range than in the domain", issue.name);
                return Err(ExchangeError::malformed(file, why));
            }
            fitted.evaluations.push(profile.evaluations[place].clone());
            continue;
        };
        let ForeignKind::Discrete(theirs) = &own[place].kind else {
            return Err(ExchangeError::malformed(
                file,
                format!("issue {:?} is of another type than in the domain", issue.name),
            ));
        };
        let worth = |label: &String| match theirs.iter().position(|their| their == label) {
            Some(at) => Ok(profile.evaluations[place][at]),
            None => Err(ExchangeError::malformed(
                file,
                format!("issue {:?}: value {label:?} of the domain is missing", issue.name),
            )),
        };
        fitted.evaluations.push(labels.iter().map(worth).collect::<Result<_, _>>()?);
    }
    Ok(fitted)
}

/// What every domain must keep to, so that it can be an agenda here.
fn check(folder: &str, issues: &[ForeignIssue]) -> Result<(), ExchangeError> {
    let bad = |why: String| Err(ExchangeError::Folder { folder: folder.to_owned(), why });
    if issues.is_empty() || issues.len() > tariff::MAX_ISSUES {
        return bad(format!("{} issues were found: expected 1 to {}", issues.len(), tariff::MAX_ISSUES));
    }
    let mut values = 0_usize;
    for (turn, issue) in issues.iter().enumerate() {
        let levels = issue.kind.levels();
        values = values.saturating_add(levels);
        let most =
            if matches!(issue.kind, ForeignKind::Discrete(_)) { 4_096 } else { tariff::MAX_LEVELS as usize };
        if levels == 0 || levels > most || values > VALUES {
            return bad(format!(
                "issue {:?} has {levels} values: expected 1 to {most}, and not too many in all",
                issue.name
            ));
        }
        if issues[..turn].iter().any(|other| other.name == issue.name) {
            return bad(format!("there are two issues {:?}", issue.name));
        }
        if let ForeignKind::Discrete(labels) = &issue.kind {
            let mut sorted: Vec<&String> = labels.iter().collect();
            sorted.sort();
            if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                return bad(format!("issue {:?} has the value {:?} twice", issue.name, pair[0]));
            }
        }
    }
    Ok(())
}

type FileBytes = (String, String, Vec<u8>);

/// The files of a format, in the order of their names; hidden ones left out.
fn files(folder: &Path, format: Format) -> Result<Vec<FileBytes>, ExchangeError> {
    let unreadable =
        |path: &Path, why: String| ExchangeError::Unreadable { file: path.display().to_string(), why };
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, error.to_string()))?;
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    let fits = |path: &std::path::PathBuf| {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or(".");
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        !name.starts_with('.') && path.is_file() && format.endings().contains(&ending.as_str())
    };
    paths.retain(fits);
    paths.sort();
    if paths.len() > FILES {
        return Err(unreadable(folder, format!("{} files, expected at most {FILES}", paths.len())));
    }
    let mut found = Vec::new();
    for path in paths {
        let size = std::fs::metadata(&path).map_err(|error| unreadable(&path, error.to_string()))?.len();
        if size > FILE_LIMIT {
            return Err(unreadable(&path, format!("{size} bytes, expected at most {FILE_LIMIT}")));
        }
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, error.to_string()))?;
        let part =
            |part: Option<&std::ffi::OsStr>| part.and_then(|p| p.to_str()).unwrap_or_default().to_owned();
        found.push((part(path.file_name()), part(path.file_stem()), bytes));
    }
    Ok(found)
}

/// The text of a file: by its byte order mark, else by what its XML declares, else UTF-8.
fn decode(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_ascii_lowercase();
    let declared = head
        .split_once("encoding=")
        .and_then(|(_, rest)| rest.get(1..)?.split(['"', '\'']).next().map(str::to_owned));
    // What can be read as far as the declaration is no UTF-16, whatever it declares.
    let wide = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE];
    let encoding = declared
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .filter(|encoding| !wide.contains(encoding));
    let (text, ..) = encoding.unwrap_or(encoding_rs::UTF_8).decode(bytes);
    text.trim_start_matches('\u{feff}').trim_start().to_owned()
}
