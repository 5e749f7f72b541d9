/// A file of a page, as committed.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its text.
    pub text: &'static str,
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const CSS: &str = "text/css; charset=utf-8";
pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";
pub(crate) const IMAGE: &str = "image/svg+xml";

/// The style sheet of all pages, and files from folders under `assets`: pages share modules by taking
/// them from the same folder.
macro_rules! assets {
    ($($folder:literal { $($name:literal $kind:ident),* $(,)? })*) => {
        /// Every file of the page.
        pub const ASSETS: &[Asset] = &[
            Asset { name: "page.css", kind: CSS, text: crate::STYLE },
            $($(Asset { name: $name, kind: $kind, text: include_str!(concat!("../assets/", $folder, "/", $name)) },)*)*
        ];
    };
}
pub(crate) use assets;

/// What holds for the files of every page.
#[cfg(test)]
pub(crate) fn check(assets: &[Asset], folder: &str) {
    let path = format!("{}/assets/{folder}", env!("CARGO_MANIFEST_DIR"));
    for file in std::fs::read_dir(path).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(assets.iter().any(|asset| asset.name == name), "{name} is not served");
    }
    let index = assets.iter().find(|asset| asset.name == "index.html").unwrap().text;
    assert!(!index.contains("style=") && !index.contains("<style") && !index.contains(" on"), "{index}");
    for asset in assets {
        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!asset.text.contains(sink), "{} uses {sink}", asset.name);
        }
        let imports =
            asset.text.lines().filter_map(|line| line.split(" from './").nth(1)?.split('\'').next());
        for import in imports {
            assert!(assets.iter().any(|other| other.name == import), "{} needs {import}", asset.name);
        }
    }
}
