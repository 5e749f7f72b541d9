use crate::group::Group;
use crate::table::Grains;
use crate::{Preferences, Table, Utility, UtilityError};

/// One combination of a joint group that keeps to the red lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its number in the group.
    pub(crate) index: u32,
    /// What it adds to the own utility.
    pub(crate) own: Grains,
    /// What it adds to the prior.
    pub(crate) prior: Grains,
}

/// Issues that no table and no red line, own or presumed, connects to any other issue: joint groups
/// can be chosen independently of each other.
#[derive(Debug)]
pub(crate) struct Joint {
    pub(crate) group: Group,
    /// Never empty; in ascending order of index.
    pub(crate) choices: Vec<Choice>,
}

/// The joint groups of an agenda, in the order of their first issues. Together they hold every issue.
pub(crate) fn joints(preferences: &Preferences, prior: Option<&Utility>) -> Result<Vec<Joint>, UtilityError> {
    let own = preferences.utility().tables();
    let prior = prior.map_or(&[][..], Utility::tables);
    let masks = preferences.red_lines().iter().map(|mask| mask.places());
    let linked = own.iter().chain(prior).map(Table::places).chain(masks);
    let parts = partition(preferences.agenda().len(), linked);
    parts.into_iter().map(|places| joint(preferences, own, prior, places)).collect()
}

fn joint(
    preferences: &Preferences,
    own: &[Table],
    prior: &[Table],
    places: Vec<usize>,
) -> Result<Joint, UtilityError> {
    let group = Group::new(preferences.agenda(), places)?;
    let inside = |inner: &[usize]| group.places().contains(&inner[0]);
    let own: Vec<&Table> = own.iter().filter(|t| inside(t.places())).collect();
    let prior: Vec<&Table> = prior.iter().filter(|t| inside(t.places())).collect();
    let masks: Vec<_> = preferences.red_lines().iter().filter(|m| inside(m.places())).collect();
    let sum = |tables: &[&Table], levels: &[u32]| tables.iter().map(|t| t.grains_at(levels)).sum();

    let mut levels = vec![0; preferences.agenda().len()];
    let mut choices = Vec::new();
    for index in 0..group.size() {
        group.write(index, &mut levels);
        if masks.iter().all(|mask| mask.allows(&levels)) {
            choices.push(Choice {
                index: index as u32,
                own: sum(&own, &levels),
                prior: sum(&prior, &levels),
            });
        }
    }
    if choices.is_empty() {
        return Err(UtilityError::NothingAcceptable(group.places().to_vec()));
    }
    Ok(Joint { group, choices })
}

/// Splits `0..issues` into the finest parts that keep each of `linked` together.
pub(crate) fn partition<'a>(issues: usize, linked: impl Iterator<Item = &'a [usize]>) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..issues).collect();
    for places in linked {
        let first = find(&mut leader, places[0]);
        for place in &places[1..] {
            let other = find(&mut leader, *place);
            let first = find(&mut leader, first);
            leader[first.max(other)] = first.min(other);
        }
    }
    let mut parts = vec![Vec::new(); issues];
    for place in 0..issues {
        let part = find(&mut leader, place);
        parts[part].push(place);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn find(leader: &mut [usize], mut place: usize) -> usize {
    while leader[place] != place {
        leader[place] = leader[leader[place]];
        place = leader[place];
    }
    place
}
