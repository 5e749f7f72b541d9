//! The validation page, as Markdown.

use super::Check;

const HEAD: &str = "\
# Validation: the models beside what others published

`detente backtest page` prints this page; a test holds the file to what the command prints. A row is a
*hit* where the model lies within the tolerance that stands beside it, and a **miss** where it does
not. Rows are not independent: one experiment gives several, under several elasticities or
expectations, and the sign and the size of one figure are two rows. Nothing is tuned to hit: long-run
and in-year results differ by design, and the misses say what an answer rests on.
";

pub(super) fn markdown(parts: &[(&str, Vec<Check>)]) -> String {
    let mut page = HEAD.to_owned();
    for (title, checks) in parts {
        let hits = checks.iter().filter(|check| check.hit).count();
        page += &format!("\n## {title}\n\n{hits} of {} rows within their tolerance.\n\n", checks.len());
        page += "| what | published | model | tolerance | |\n|---|---|---|---|---|\n";
        page.extend(checks.iter().map(row));
        let mut sources: Vec<&str> = checks.iter().map(|check| check.source).collect();
        sources.dedup();
        page += &format!("\nPublished: {}.\n", sources.join("; "));
    }
    page
}

fn row(check: &Check) -> String {
    let Check { target, published, model, tolerance, hit, .. } = check;
    let verdict = if *hit { "hit" } else { "**miss**" };
    format!("| {target} | {published} | {model} | {tolerance} | {verdict} |\n")
}
