//! The page of a person's seat: modules of its own, and those it shares with the observatory.

pub use crate::asset::Asset;
use crate::asset::{CSS, HTML, IMAGE, SCRIPT, assets};

assets! {
    "seat" {
        "index.html" HTML,
        "seat.css" CSS,
        "action.js" SCRIPT,
        "dialog.js" SCRIPT,
        "focus.js" SCRIPT,
        "form.js" SCRIPT,
        "history.js" SCRIPT,
        "key.js" SCRIPT,
        "meter.js" SCRIPT,
        "offers.js" SCRIPT,
        "seat.js" SCRIPT,
        "table.js" SCRIPT,
        "worth.js" SCRIPT,
    }
    "observatory" {
        "icon.svg" IMAGE,
        "observatory.css" CSS,
        "api.js" SCRIPT,
        "dom.js" SCRIPT,
        "format.js" SCRIPT,
        "heat.js" SCRIPT,
        "impact.js" SCRIPT,
        "live.js" SCRIPT,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_in_the_folder_is_served_and_none_has_anything_inline() {
        crate::asset::check(super::ASSETS, "seat");
    }
}
