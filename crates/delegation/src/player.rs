use std::fmt;
use std::str::FromStr;

use agent::{PERSON, Source, SourceError};
use strategy::SpecError;

/// Who decides for a party: what stands behind `PARTY=` where a seat is filled.
#[derive(Debug, Clone)]
pub enum Player {
    /// A strategy.
    Strategy(Source),
    /// A person, at the page that the party's delegation serves.
    Person,
}

impl Player {
    /// Whether it is a person.
    #[must_use]
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person)
    }

    /// Whether the same mandate, seed and history always give the same decision.
    #[must_use]
    pub fn deterministic(&self) -> bool {
        match self {
            Self::Strategy(source) => source.factory().deterministic(),
            Self::Person => false,
        }
    }

    /// Whether a turn may be left without a move by a fault that only a limit of turns can mend. A
    /// person takes the time they take.
    #[must_use]
    pub fn may_miss(&self) -> bool {
        match self {
            Self::Strategy(source) => source.factory().may_miss(),
            Self::Person => false,
        }
    }
}

impl FromStr for Player {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        if text == PERSON {
            return Ok(Self::Person);
        }
        match text.parse() {
            Ok(source) => Ok(Self::Strategy(source)),
            // Here a person may sit as well.
            Err(SourceError::Spec(SpecError::UnknownStrategy { given })) => {
                Err(SourceError::Nobody { given })
            }
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strategy(source) => fmt::Display::fmt(source, f),
            Self::Person => f.write_str(PERSON),
        }
    }
}

#[cfg(test)]
mod tests {
    use agent::Source;

    use super::Player;

    #[test]
    fn a_person_is_seated_where_seats_are_filled_and_refused_elsewhere() {
        let player: Player = "person".parse().unwrap();
        assert!(player.is_person() && !player.deterministic() && !player.may_miss());
        assert_eq!(player.to_string(), "person");
        let refused = "person".parse::<Source>().unwrap_err().to_string();
        assert!(refused.contains("detente run"), "{refused}");
        assert_eq!("micro:rungs=100".parse::<Player>().unwrap().to_string(), "micro:rungs=100");
        let nobody = "persona".parse::<Player>().unwrap_err().to_string();
        assert!(nobody.contains("did you mean person?") && nobody.contains("boulware"), "{nobody}");
        let nobody = "persona".parse::<Source>().unwrap_err().to_string();
        assert!(!nobody.contains("person?"), "{nobody}");
    }
}
