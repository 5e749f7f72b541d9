use crate::{
    Acceptance, AgentK, CuhkLike, Edge, EdgeParameters, HardHeaded, InsideTime, Micro, ModelKind,
    NiceTitForTat, Offering, RandomWalker, RelativeTitForTat, Reply, ShochanLike, TimeDependent, TitForTat,
    Zeuthen,
};

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
    /// The opponent model it takes unless `model` says otherwise; none if it has no use for one.
    pub model: Option<ModelKind>,
    pub(crate) make: fn(&[f64], ModelKind) -> Box<dyn Offering>,
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
const INSIDE: Parameter = whole("inside", "1: time, targets and acceptance as in NegMAS", 0.0, 0.0, 1.0);
const FARATIN: &str = "Faratin, Sierra & Jennings 1998";

/// The strategies that are built in, in alphabetical order. The exponents of Boulware and Conceder
/// are those customary in GENIUS.
#[must_use]
pub fn builtin() -> &'static [Builtin] {
    &BUILTIN
}

static BUILTIN: [Builtin; 15] = [
    Builtin {
        name: "agent-k",
        summary: "wavers around what it expects to be offered at most",
        reference: "Kawaguchi, Fujita & Ito 2010",
        parameters: &[real("tremor", "how much it wavers", 2.0, 0.0, 10.0)],
        model: None,
        make: |v, _| Box::new(AgentK { tremor: v[0] }),
    },
    Builtin {
        name: "boulware",
        summary: "holds out and concedes late",
        reference: FARATIN,
        parameters: &[
            real("e", "how the concession bends; the smaller, the later", 0.2, 0.001, 1.0),
            K,
            INSIDE,
        ],
        model: None,
        make: |v, _| time_dependent(v[0], v[1], v[2]),
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
        model: None,
        make: |v, _| time_dependent(v[0], v[1], v[2]),
    },
    Builtin {
        name: "cuhk-like",
        summary: "waits for those who still move, gives back the best offer at the end",
        reference: "after Hao & Leung 2014",
        parameters: &[],
        model: Some(ModelKind::HardHeaded),
        make: |_, model| Box::new(CuhkLike::new(model)),
    },
    Builtin {
        name: "edge",
        summary: "learns which impacts the other side is after, offers on the efficient edge",
        reference: "Détente's own",
        parameters: &[
            real("e", "how the concession bends; the smaller, the later", 0.1, 0.001, 1.0),
            real(
                "floor",
                "share of the way from walking away to the Nash point it comes down to",
                0.9,
                0.0,
                2.0,
            ),
            real("last", "that share in the last tenth, if the other side holds out", 0.4, 0.0, 2.0),
            real("take", "that share will do in the last turn", 0.2, 0.0, 1.0),
        ],
        model: Some(ModelKind::Impact),
        make: |v, model| {
            let (e, floor, last, take) = (v[0], v[1], v[2], v[3]);
            Box::new(Edge::new(EdgeParameters { e, floor, last, take }, model))
        },
    },
    Builtin {
        name: "hardheaded",
        summary: "holds out almost to the end, learns what the other side insists on",
        reference: "van Krimpen, Looije & Hajizadeh 2013",
        parameters: &[],
        model: Some(ModelKind::HardHeaded),
        make: |_, model| Box::new(HardHeaded::new(model)),
    },
    Builtin {
        name: "linear",
        summary: "concedes evenly over the talk",
        reference: FARATIN,
        parameters: &[K, INSIDE],
        model: None,
        make: |v, _| time_dependent(1.0, v[0], v[1]),
    },
    Builtin {
        name: "micro",
        summary: "one step down a ladder of offers for each new offer of the other side",
        reference: "de Jonge 2022",
        parameters: &[whole("rungs", "steps of the ladder; 0: every offer", 40.0, 0.0, 10_000.0)],
        model: None,
        make: |v, _| Box::new(Micro::new(v[0] as usize)),
    },
    Builtin {
        name: "nice-tit-for-tat",
        summary: "comes as far towards the Nash point as the other side does",
        reference: "Baarslag, Hindriks & Jonker 2013",
        parameters: &[real("band", "offers this far above the target are compared", 0.02, 0.0, 0.5)],
        model: Some(ModelKind::Bayesian),
        make: |v, model| Box::new(NiceTitForTat::new(v[0], model)),
    },
    Builtin {
        name: "random-walker",
        summary: "proposes any acceptable offer, drawn anew each turn",
        reference: "the usual yardstick",
        parameters: &[],
        model: None,
        make: |_, _| Box::new(RandomWalker),
    },
    Builtin {
        name: "shochan-like",
        summary: "aspires steeply, settles near the Nash point in the last turn",
        reference: "after the winner of ANL 2024",
        parameters: &[],
        model: Some(ModelKind::Prior),
        make: |_, model| Box::new(ShochanLike::new(model)),
    },
    Builtin {
        name: "tit-for-tat",
        summary: "gives way in the proportion in which the other side did",
        reference: FARATIN,
        parameters: &[whole("delta", "answers the concession so many offers ago", 1.0, 1.0, 1000.0)],
        model: None,
        make: |v, _| Box::new(RelativeTitForTat { delta: v[0] as usize }),
    },
    Builtin {
        name: "tit-for-tat-absolute",
        summary: "gives as much as the other side gave",
        reference: FARATIN,
        parameters: &[whole("delta", "answers the concession so many offers ago", 1.0, 1.0, 1000.0)],
        model: None,
        make: |v, _| Box::new(TitForTat { reply: Reply::Absolute, delta: v[0] as usize }),
    },
    Builtin {
        name: "tit-for-tat-averaged",
        summary: "gives way in the proportion of the last few concessions",
        reference: FARATIN,
        parameters: &[whole("gamma", "averages over so many concessions", 3.0, 1.0, 1000.0)],
        model: None,
        make: |v, _| Box::new(TitForTat { reply: Reply::Averaged, delta: v[0] as usize }),
    },
    Builtin {
        name: "zeuthen",
        summary: "who can bear less risk concedes, as little as turns the order",
        reference: "Zeuthen 1930; Rosenschein & Zlotkin 1994",
        parameters: &[],
        model: Some(ModelKind::Prior),
        make: |_, model| Box::new(Zeuthen::new(model)),
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
    real(
        "t",
        "from this progress on, AC_combi takes the best of the recent offers, AC_time any",
        0.99,
        0.0,
        1.0,
    ),
];

/// A rule of acceptance, by its name, and which of [`acceptance_parameters`] it has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Next,
    Combi,
    Time,
}

impl Rule {
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("next", Self::Next), ("combi", Self::Combi), ("time", Self::Time)];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, rule)| *rule == self).map_or("next", |(name, _)| name)
    }

    pub(crate) fn uses(self, key: &str) -> bool {
        if key == "t" { self != Self::Next } else { self != Self::Time }
    }

    /// The acceptance with these values of [`acceptance_parameters`].
    pub(crate) fn acceptance(self, values: &[f64]) -> Acceptance {
        let (a, b, after) = (values[0], values[1], values[2]);
        match self {
            Self::Next => Acceptance::Next { a, b },
            Self::Combi => Acceptance::Combi { a, b, after },
            Self::Time => Acceptance::Time { after },
        }
    }
}
