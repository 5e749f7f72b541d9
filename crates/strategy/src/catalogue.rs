use crate::{Acceptance, InsideTime, Micro, Offering, RandomWalker, RelativeTitForTat, TimeDependent};

/// A strategy that is built in.
#[derive(Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Who published it.
    pub reference: &'static str,
    /// What can be set, beside [`acceptance_parameters`].
    pub parameters: &'static [Parameter],
    pub(crate) make: fn(&[f64]) -> Box<dyn Offering>,
}

/// Something that can be set about a strategy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// How it is spelled.
    pub key: &'static str,
    /// What it means, in a line.
    pub summary: &'static str,
    /// Its value where none is given.
    pub default: f64,
    /// The least value.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Whether only whole numbers make sense.
    pub whole: bool,
}

const fn real(key: &'static str, summary: &'static str, default: f64, min: f64, max: f64) -> Parameter {
    Parameter { key, summary, default, min, max, whole: false }
}

const fn whole(key: &'static str, summary: &'static str, default: f64, min: f64, max: f64) -> Parameter {
    Parameter { key, summary, default, min, max, whole: true }
}

const K: Parameter = real("k", "share conceded at the first offer", 0.0, 0.0, 1.0);
const INSIDE: Parameter = whole("inside", "1: time is round/(rounds + 1), as in NegMAS", 0.0, 0.0, 1.0);
const FARATIN: &str = "Faratin, Sierra & Jennings 1998";

/// The strategies that are built in, in alphabetical order. The exponents of Boulware and Conceder
/// are those customary in GENIUS.
#[must_use]
pub fn builtin() -> &'static [Builtin] {
    &BUILTIN
}

static BUILTIN: [Builtin; 6] = [
    Builtin {
        name: "boulware",
        summary: "holds out and concedes late",
        reference: FARATIN,
        parameters: &[
            real("e", "how the concession bends; the smaller, the later", 0.2, 0.001, 1.0),
            K,
            INSIDE,
        ],
        make: |v| time_dependent(v[0], v[1], v[2]),
    },
    Builtin {
        name: "conceder",
        summary: "concedes early",
        reference: FARATIN,
        parameters: &[
            real("e", "how the concession bends; the greater, the earlier", 2.0, 1.0, 1000.0),
            K,
            INSIDE,
        ],
        make: |v| time_dependent(v[0], v[1], v[2]),
    },
    Builtin {
        name: "linear",
        summary: "concedes evenly over the talk",
        reference: FARATIN,
        parameters: &[K, INSIDE],
        make: |v| time_dependent(1.0, v[0], v[1]),
    },
    Builtin {
        name: "micro",
        summary: "one step down a ladder of offers for each new offer of the other side",
        reference: "de Jonge 2022",
        parameters: &[whole("rungs", "steps of the ladder; 0: every offer", 40.0, 0.0, 10_000.0)],
        make: |v| Box::new(Micro::new(v[0] as usize)),
    },
    Builtin {
        name: "random-walker",
        summary: "proposes any acceptable offer, drawn anew each turn",
        reference: "the usual yardstick",
        parameters: &[],
        make: |_| Box::new(RandomWalker),
    },
    Builtin {
        name: "tit-for-tat",
        summary: "gives way in the proportion in which the other side did",
        reference: FARATIN,
        parameters: &[whole("delta", "answers the concession so many offers ago", 1.0, 1.0, 1000.0)],
        make: |v| Box::new(RelativeTitForTat { delta: v[0] as usize }),
    },
];

fn time_dependent(e: f64, k: f64, inside: f64) -> Box<dyn Offering> {
    let offering = TimeDependent { e, k };
    if inside > 0.0 { Box::new(InsideTime(offering)) } else { Box::new(offering) }
}

/// What can be set about the acceptance of any strategy, beside `accept=next` (AC_next, the
/// default) and `accept=combi` (AC_combi; Baarslag 2013).
#[must_use]
pub fn acceptance_parameters() -> &'static [Parameter] {
    &ACCEPTANCE
}

static ACCEPTANCE: [Parameter; 3] = [
    real("a", "AC_next accepts a·u + b at the worth of the own next offer", 1.0, 0.0, 10.0),
    real("b", "see a", 0.0, -1.0, 1.0),
    real("t", "AC_combi: from this progress on, the best of the recent offers will do", 0.99, 0.0, 1.0),
];

/// The acceptance with these values of [`acceptance_parameters`].
pub(crate) fn acceptance(combi: bool, values: &[f64]) -> Acceptance {
    let (a, b, after) = (values[0], values[1], values[2]);
    if combi { Acceptance::Combi { a, b, after } } else { Acceptance::Next { a, b } }
}
