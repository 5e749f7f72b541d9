//! The parties of the reference domains of the automated-negotiation literature: by configuration
//! alone.

use delegation::service::Profile;

macro_rules! party {
    ($scenario:literal, $party:literal, $name:literal) => {
        Profile {
            party: $party,
            name: $name,
            mandates: &[(
                $scenario,
                include_str!(concat!("../../../../scenarios/", $scenario, "/mandates/", $party, ".toml")),
            )],
            strategy: "boulware",
            rules: &[],
        }
    };
}

pub(super) const PROFILES: [Profile; 8] = [
    party!("itex-cypress", "CYPRESS", "Cypress, the buyer"),
    party!("itex-cypress", "ITEX", "Itex, the manufacturer"),
    party!("laptop", "BUYER", "Buyer"),
    party!("laptop", "SELLER", "Seller"),
    party!("grocery", "MARY", "Mary"),
    party!("grocery", "SAM", "Sam"),
    party!("energy", "CONSUMER", "Consumer"),
    party!("energy", "DISTRIBUTOR", "Distributor"),
];
