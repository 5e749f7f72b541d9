//! Which places of an agenda move a figure together.

/// What a place of the agenda moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Flow(usize),
    Parcels(usize),
    Services(usize),
}

/// Places with what they move.
#[derive(Debug, Clone, Default)]
pub(super) struct Links(Vec<(usize, Vec<Target>)>);

impl Links {
    pub(super) fn add(&mut self, place: usize, targets: Vec<Target>) {
        self.0.push((place, targets));
    }

    /// Disjoint groups in agenda order of their first place, each ascending: two places stand in one
    /// group where a chain of shared targets leads from one to the other.
    pub(super) fn into_groups(mut self) -> Vec<Vec<usize>> {
        self.0.sort_by_key(|(place, _)| *place);
        let mut groups: Vec<(Vec<usize>, Vec<Target>)> = Vec::new();
        for (place, targets) in self.0 {
            let touches = |group: &(Vec<usize>, Vec<Target>)| group.1.iter().any(|t| targets.contains(t));
            let Some(first) = groups.iter().position(touches) else {
                groups.push((vec![place], targets));
                continue;
            };
            let mut joined = (vec![place], targets.clone());
            for (places, moved) in groups.extract_if(first.., |group| touches(group)) {
                joined.0.extend(places);
                joined.1.extend(moved);
            }
            joined.0.sort_unstable();
            groups.insert(first, joined);
        }
        groups.into_iter().map(|(places, _)| places).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Links, Target::Flow};

    #[test]
    fn a_place_that_moves_two_things_joins_their_groups() {
        let mut links = Links::default();
        for (place, targets) in [
            (0, vec![Flow(7)]),
            (1, vec![Flow(1)]),
            (2, vec![Flow(2)]),
            (3, vec![Flow(3)]),
            (4, vec![Flow(2), Flow(1)]),
            (5, vec![Flow(3)]),
        ] {
            links.add(place, targets);
        }
        assert_eq!(links.into_groups(), [vec![0], vec![1, 2, 4], vec![3, 5]]);
    }
}
