//! The observatory's page: ES modules and a style sheet as committed, no build step.

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its text.
    pub text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal $kind:ident),* $(,)?) => {
        /// Every file of the page.
        pub const ASSETS: &[Asset] = &[
            Asset { name: "page.css", kind: CSS, text: crate::STYLE },
            $(Asset { name: $name, kind: $kind, text: include_str!(concat!("../assets/observatory/", $name)) },)*
        ];
    };
}

assets! {
    "index.html" HTML,
    "icon.svg" IMAGE,
    "observatory.css" CSS,
    "api.js" SCRIPT,
    "dance.js" SCRIPT,
    "dom.js" SCRIPT,
    "format.js" SCRIPT,
    "heat.js" SCRIPT,
    "impact.js" SCRIPT,
    "live.js" SCRIPT,
    "main.js" SCRIPT,
    "plot.js" SCRIPT,
    "record.js" SCRIPT,
    "replay.js" SCRIPT,
    "standings.js" SCRIPT,
    "talk.js" SCRIPT,
    "talks.js" SCRIPT,
    "tournament.js" SCRIPT,
    "tournaments.js" SCRIPT,
    "trace.js" SCRIPT,
    "virtual.js" SCRIPT,
    "waterfall.js" SCRIPT,
    "zone.js" SCRIPT,
}

#[cfg(test)]
mod tests {
    use super::ASSETS;

    #[test]
    fn every_file_in_the_folder_is_served_and_none_has_anything_inline() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/observatory");
        for file in std::fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(ASSETS.iter().any(|asset| asset.name == name), "{name} is not served");
        }
        let index = ASSETS.iter().find(|asset| asset.name == "index.html").unwrap().text;
        assert!(!index.contains("style=") && !index.contains("<style") && !index.contains(" on"), "{index}");
        for asset in ASSETS {
            for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                assert!(!asset.text.contains(sink), "{} uses {sink}", asset.name);
            }
        }
    }
}
