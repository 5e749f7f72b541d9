use scoring::{Model, Side};
use tariff::PartyId;

use crate::Mandate;
use crate::figure::Figure;
use crate::mandate::{Better, Objective, Over};

/// What another party is presumed to want.
pub(crate) struct Presumed {
    pub(crate) party: PartyId,
    pub(crate) objectives: Vec<Objective>,
}

impl Mandate {
    /// What the file declares, or else the other trading party's exports and its retained leverage;
    /// none without trade data on this party.
    pub(crate) fn presumed(&self, model: Option<&dyn Model>) -> Option<Presumed> {
        if let Some(prior) = &self.prior {
            return Some(Presumed { party: prior.party.clone(), objectives: prior.objectives.clone() });
        }
        let base = model?.base();
        let side = match base.side(&self.party)? {
            Side::Home => Side::Partner,
            Side::Partner => Side::Home,
        };
        let objectives = [Figure::Exports, Figure::RetainedLeverage].map(half).to_vec();
        Some(Presumed { party: base.facts().party(side).clone(), objectives })
    }
}

fn half(figure: Figure) -> Objective {
    let over = Over::Figure { figure, of: None, sectors: Vec::new(), better: Better::Higher };
    Objective { name: "presumed".to_owned(), weight: 0.5, over, line: 1 }
}
