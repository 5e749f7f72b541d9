//! The floors of the house: a crate imports only from floors below its own.

/// Every package of the workspace by its short name, with its floor.
pub const FLOORS: &[(&str, u8)] = &[
    ("ambient", 0),
    ("tariff", 0),
    ("exchange", 1),
    ("page", 1),
    ("record", 1),
    ("scoring", 1),
    ("talks", 1),
    ("telemetry", 1),
    ("utility", 1),
    ("mandate", 2),
    ("process", 2),
    ("scenario", 2),
    ("strategy", 2),
    ("web", 2),
    ("wire", 2),
    ("agent", 3),
    ("lab", 3),
    ("scoring-server", 3),
    ("transcript", 3),
    ("delegation", 4),
    ("china", 5),
    ("mediator", 5),
    ("observatory", 5),
    ("us", 5),
    ("cli", 6),
    ("tests", 7),
];

/// What a package must not reach, directly or through others, whatever the floors allow.
pub const STRANGERS: &[(&str, &[&str])] = &[
    // The mediator never learns what anybody wants.
    ("mediator", &["mandate", "utility", "strategy", "delegation"]),
    // The observatory keeps what everybody tells, and nobody tells it what anybody wants.
    ("observatory", &["mandate", "utility", "strategy", "delegation", "mediator"]),
    // What an offer does is nobody's wish, and no trade model knows the rules of procedure.
    ("scoring", &["utility", "talks"]),
    // Values are held without knowing trade or how anybody bargains.
    ("utility", &["scoring", "strategy", "talks"]),
    // The rules of procedure know neither what is at stake nor how anything is sent or kept.
    ("talks", &["scoring", "utility", "wire", "record", "telemetry"]),
    // A strategy sees its utility, not the mandate behind it.
    ("strategy", &["mandate", "scoring", "wire"]),
    ("mandate", &["strategy", "wire"]),
    // Bytes and their order, not their meaning.
    ("record", &["talks", "wire", "tariff"]),
    // The contract without behaviour.
    ("wire", &["transcript", "utility", "mandate", "strategy"]),
    // A plug-in is asked what to do, not told why.
    ("agent", &["mandate", "scenario"]),
    // Talks in one process need no network, whatever plays in them.
    ("lab", &["wire", "record", "telemetry"]),
    // The process and its telemetry serve any domain.
    ("telemetry", &["tariff"]),
    ("process", &["tariff"]),
    // Pages are drawn from figures, whatever they mean.
    ("page", &["tariff"]),
    ("web", &["tariff"]),
    // What is public is scored and read without anybody's wishes.
    ("scenario", &["mandate", "utility", "strategy"]),
    ("scoring-server", &["mandate", "utility", "strategy"]),
];

/// The packages that do no network I/O: none of [`TRANSPORT`] is among their direct dependencies.
pub const OFFLINE: &[&str] = &[
    "ambient",
    "tariff",
    "page",
    "record",
    "scoring",
    "talks",
    "utility",
    "mandate",
    "scenario",
    "strategy",
    "lab",
    "exchange",
    "transcript",
];

/// The crates that carry the contract over a network.
pub const TRANSPORT: &[&str] = &["tonic", "tonic-prost", "tower", "hyper-util"];

/// The floor of a package.
#[must_use]
pub fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}
