use scoring::{Model, Side};
use tariff::{Agenda, PartyId, SectorId};

use crate::figure::{Figure, Gauge};
use crate::mandate::{Better, Objective, Over, Worth};

/// An objective whose names have been found on the agenda and in the trade data.
pub(crate) struct Bound<'a> {
    pub(crate) objective: &'a Objective,
    pub(crate) to: To,
}

/// What it is bound to.
pub(crate) enum To {
    Figure(Gauge, Better),
    Issue(usize, Vec<f64>),
}

/// What was not found: the key at fault and what was expected.
pub(crate) type Unbound = (&'static str, String);

/// Binds an objective as `viewer` sees it.
pub(crate) fn bind<'a>(
    objective: &'a Objective,
    viewer: &PartyId,
    agenda: &Agenda,
    model: Option<&dyn Model>,
) -> Result<Bound<'a>, Unbound> {
    let to = match &objective.over {
        Over::Figure { figure, of, sectors, better } => {
            let model =
                model.ok_or_else(|| ("figure", "the scenario has no trade data: expected `issue`".into()))?;
            To::Figure(gauge(*figure, of.as_ref().unwrap_or(viewer), sectors, agenda, model)?, *better)
        }
        Over::Issue { issue, worth } => {
            let place = agenda.place(issue.as_str());
            let place = place.ok_or_else(|| ("issue", format!("{issue} is not on the agenda")))?;
            let key = if matches!(worth, Worth::Values(_)) { "values" } else { "points" };
            To::Issue(place, worth.levels(&agenda.issues()[place]).map_err(|what| (key, what))?)
        }
    };
    Ok(Bound { objective, to })
}

fn gauge(
    figure: Figure,
    of: &PartyId,
    sectors: &[SectorId],
    agenda: &Agenda,
    model: &dyn Model,
) -> Result<Gauge, Unbound> {
    let base = model.base();
    let side = base.side(of).ok_or_else(|| {
        let [home, partner] = Side::BOTH.map(|side| base.facts().party(side));
        ("of", format!("no trade data on {of}: expected {home} or {partner}"))
    })?;
    let place = |sector: &SectorId| {
        base.sector(sector).ok_or_else(|| ("sectors", format!("no trade data on sector {sector}")))
    };
    let mut places = sectors.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    if places.is_empty() {
        places = (0..base.facts().sectors.len()).collect();
    }
    // The order of the data, so that a sum does not depend on how the file lists its sectors.
    places.sort_unstable();
    Ok(Gauge::new(figure, side, places, model, agenda))
}
