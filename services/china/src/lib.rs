//! The delegation of China: its default mandate, its strategy, and the rules it brings from home.
//! Everything else is the delegation runtime, the same for every party.

use delegation::DomesticRule;
use delegation::service::Profile;
use tariff::{Instrument, Value};

/// What makes this delegation that of China.
pub const PROFILE: Profile = Profile {
    party: "CHN",
    name: "China",
    mandates: &[
        ("geneva-2025", include_str!("../../../scenarios/geneva-2025/mandates/CHN.toml")),
        ("protocol-of-talks", include_str!("../../../scenarios/protocol-of-talks/mandates/CHN.toml")),
        ("seventeen-partners:CHN", include_str!("../../../scenarios/seventeen-partners/mandates/CHN.toml")),
    ],
    strategy: "boulware",
    rules: &RULES,
};

/// Positions stated in public in April and May 2025, as bounds no mandate can lift. They are
/// illustrations, not evidence of what was instructed.
static RULES: [DomesticRule; 1] = [
    // Ministry of Commerce, 2 May 2025: if the United States wants to talk it should show sincerity
    // and correct its wrong practices, including cancelling the unilateral additional tariffs. The
    // joint statement of 12 May cancelled the 91 points of the April escalation and left 34, of
    // which 24 were suspended.
    DomesticRule {
        rule: "the 91 points of the April 2025 escalation go: at most 35% of the United States' layer stays (34 on steps of 5)",
        source: "Ministry of Commerce of China, 2 May 2025; joint statement of Geneva, 12 May 2025",
        concerns: |issue| matches!(issue.instrument(), Some(Instrument::AddedRate { by, .. }) if by.as_str() == "USA"),
        allows: |_, value| matches!(value, Value::Number(bps) if bps <= 3_500),
    },
];
