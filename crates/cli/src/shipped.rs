//! Delegations by configuration alone: parties without a service of their own, with the mandates that
//! ship for them.

use delegation::service::Profile;

/// A mandate of a party, by the scenario it is for.
macro_rules! mandate {
    ($scenario:expr, $folder:literal, $party:literal) => {
        ($scenario, include_str!(concat!("../../../scenarios/", $folder, "/mandates/", $party, ".toml")))
    };
}

/// A party that bargains along its own concession curve and has no rules from home.
const fn party(
    party: &'static str,
    name: &'static str,
    mandates: &'static [(&'static str, &'static str)],
) -> Profile {
    Profile { party, name, mandates, strategy: "boulware", rules: &[] }
}

/// A partner of the series `seventeen-partners` alone.
macro_rules! partner {
    ($party:literal, $name:literal) => {
        party(
            $party,
            $name,
            &[mandate!(concat!("seventeen-partners:", $party), "seventeen-partners", $party)],
        )
    };
}

/// A party of one of the reference domains of the automated-negotiation literature.
macro_rules! reference {
    ($scenario:literal, $party:literal, $name:literal) => {
        party($party, $name, &[mandate!($scenario, $scenario, $party)])
    };
}

/// Every party that a shipped scenario seats and no service of its own speaks for.
pub(crate) const PARTIES: &[Profile] = &[
    Profile {
        party: "CHE",
        name: "Switzerland, the host",
        mandates: &[
            mandate!("protocol-of-talks", "protocol-of-talks", "CHE"),
            mandate!("seventeen-partners:CHE", "seventeen-partners", "CHE"),
        ],
        // The host of the talks about the talks concedes evenly.
        strategy: "linear",
        rules: &[],
    },
    party("CAN", "Canada", &[mandate!("usmca-2026:CAN", "usmca-2026", "CAN")]),
    party("MEX", "Mexico", &[mandate!("usmca-2026:MEX", "usmca-2026", "MEX")]),
    party(
        "GBR",
        "United Kingdom",
        &[
            mandate!("uk-2025", "uk-2025", "GBR"),
            mandate!("seventeen-partners:GBR", "seventeen-partners", "GBR"),
        ],
    ),
    party(
        "EU27",
        "European Union",
        &[
            mandate!("eu-2025", "eu-2025", "EU27"),
            mandate!("seventeen-partners:EU27", "seventeen-partners", "EU27"),
        ],
    ),
    partner!("AUS", "Australia"),
    partner!("BGD", "Bangladesh"),
    partner!("BRA", "Brazil"),
    partner!("IDN", "Indonesia"),
    partner!("IND", "India"),
    partner!("JPN", "Japan"),
    partner!("KHM", "Cambodia"),
    partner!("KOR", "South Korea"),
    partner!("MYS", "Malaysia"),
    partner!("PHL", "Philippines"),
    partner!("THA", "Thailand"),
    partner!("TWN", "Taiwan"),
    partner!("VNM", "Vietnam"),
    reference!("itex-cypress", "CYPRESS", "Cypress, the buyer"),
    reference!("itex-cypress", "ITEX", "Itex, the manufacturer"),
    reference!("laptop", "BUYER", "Buyer"),
    reference!("laptop", "SELLER", "Seller"),
    reference!("grocery", "MARY", "Mary"),
    reference!("grocery", "SAM", "Sam"),
    reference!("energy", "CONSUMER", "Consumer"),
    reference!("energy", "DISTRIBUTOR", "Distributor"),
];
