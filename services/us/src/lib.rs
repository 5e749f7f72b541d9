//! The delegation of the United States: its default mandate, its strategy, and the rules it brings
//! from home. Everything else is the delegation runtime, the same for every party.

use delegation::DomesticRule;
use delegation::service::Profile;
use tariff::{Instrument, Issue, Value};

/// What makes this delegation that of the United States.
pub const PROFILE: Profile = Profile {
    party: "USA",
    name: "United States",
    mandates: &[
        ("geneva-2025", include_str!("../../../scenarios/geneva-2025/mandates/USA.toml")),
        ("protocol-of-talks", include_str!("../../../scenarios/protocol-of-talks/mandates/USA.toml")),
        ("uk-2025", include_str!("../../../scenarios/uk-2025/mandates/USA.toml")),
        ("eu-2025", include_str!("../../../scenarios/eu-2025/mandates/USA.toml")),
        // One for every partner of a series.
        ("usmca-2026", include_str!("../../../scenarios/usmca-2026/mandates/USA.toml")),
        ("seventeen-partners", include_str!("../../../scenarios/seventeen-partners/mandates/USA.toml")),
    ],
    strategy: "boulware",
    rules: &RULES,
};

/// Positions stated in public in April and May 2025, as bounds no mandate can lift. They are
/// illustrations, not evidence of what was instructed.
static RULES: [DomesticRule; 2] = [
    // The President on 9 May 2025: a baseline of 10% stays even with trade deals; Secretary Bessent
    // and Ambassador Greer said the same of the 10% in Geneva on 12 May.
    DomesticRule {
        rule: "the 10% baseline duty stays in every sector",
        source: "White House, 9 May 2025; joint statement of Geneva, 12 May 2025 (10% retained)",
        concerns: |issue| own_rate(issue),
        allows: |_, value| matches!(value, Value::Number(bps) if bps >= 1_000),
    },
    // Executive Order 14256 (2 April 2025) ended de minimis entry for goods from China as of 2 May;
    // Geneva lowered the duty on parcels and did not bring the exemption back.
    DomesticRule {
        rule: "the de minimis exemption is not restored in full (800 dollars)",
        source: "Executive Order 14256, 2 April 2025, in force 2 May 2025",
        concerns: |issue| matches!(issue.instrument(), Some(Instrument::DeMinimis { by, .. }) if by.as_str() == "USA"),
        allows: |_, value| matches!(value, Value::Number(usd) if usd < 800),
    },
];

/// The baseline was never charged on goods from Canada and Mexico (Executive Order 14257, section 3).
fn own_rate(issue: &Issue) -> bool {
    let Some(Instrument::AddedRate { by, on, .. }) = issue.instrument() else { return false };
    by.as_str() == "USA" && !matches!(on.as_str(), "CAN" | "MEX")
}
