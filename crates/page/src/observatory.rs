//! The observatory's page: ES modules and a style sheet as committed, no build step.

pub use crate::asset::Asset;
use crate::asset::{CSS, HTML, IMAGE, SCRIPT, assets};

assets! {
    "observatory" {
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
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_in_the_folder_is_served_and_none_has_anything_inline() {
        crate::asset::check(super::ASSETS, "observatory");
    }
}
