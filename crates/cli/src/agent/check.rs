//! `detente agent check`: the conformance kit, as a table.

use agent::{Finding, Source};
use serde_json::json;

use crate::output::{Failure, Format, exit, line, print_json};
use crate::tables::Sheet;

pub(crate) fn check(target: &Source, format: Format) -> Result<(), Failure> {
    let findings = agent::check(target, |finding| tracing::info!(check = finding.check, "done"));
    let findings = findings.map_err(Failure::internal)?;
    let failed = findings.iter().filter(|f| f.passed == Some(false)).count();
    match format {
        Format::Json => print_json(&json!({
            "target": target.to_string(),
            "passed": failed == 0,
            "checks": findings.iter().map(document).collect::<Vec<_>>(),
        })),
        Format::Text => print(target, &findings),
    }
    if failed == 0 {
        return Ok(());
    }
    if format == Format::Json {
        // The document has said it all; only the exit code is left.
        std::process::exit(i32::from(exit::BAD_DATA));
    }
    let message = format!("{failed} of {} checks failed", findings.len());
    Err(Failure::new(exit::BAD_DATA, "NOT_CONFORMING", message).at(target.to_string()))
}

fn print(target: &Source, findings: &[Finding]) {
    line(&format!("{target}\n"));
    let mut sheet = Sheet::new(3, &["check", "", "seen"]);
    for finding in findings {
        sheet.row([finding.check, verdict(finding), &finding.seen]);
    }
    line(&sheet.to_string());
    for finding in findings.iter().filter(|f| f.passed == Some(false)) {
        line(&format!("\n{}: {}\n  what to do: {}", finding.check, finding.seen, finding.advice));
    }
}

fn verdict(finding: &Finding) -> &'static str {
    match finding.passed {
        Some(true) => "passed",
        Some(false) => "FAILED",
        None => "not asked",
    }
}

fn document(finding: &Finding) -> serde_json::Value {
    json!({
        "check": finding.check,
        "passed": finding.passed,
        "seen": finding.seen,
        "advice": (!finding.advice.is_empty()).then_some(finding.advice),
    })
}
