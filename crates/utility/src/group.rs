use tariff::Agenda;

use crate::UtilityError;

/// The most combinations of levels one group of issues can have.
pub const MAX_COMBINATIONS: usize = 1 << 20;

/// Places of an agenda whose combinations of levels are numbered, the last place fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    places: Vec<usize>,
    radices: Vec<u32>,
    size: usize,
}

impl Group {
    /// A group over ascending, distinct `places`.
    pub(crate) fn new(agenda: &Agenda, places: Vec<usize>) -> Result<Self, UtilityError> {
        let ascending = places.windows(2).all(|w| w[0] < w[1]);
        if places.is_empty() || !ascending || places.iter().any(|p| *p >= agenda.len()) {
            return Err(UtilityError::BadGroup { places, issues: agenda.len() });
        }
        let radices: Vec<u32> = places.iter().map(|p| agenda.issues()[*p].levels()).collect();
        let combinations = radices.iter().fold(1_u128, |n, r| n.saturating_mul(u128::from(*r)));
        match usize::try_from(combinations) {
            Ok(size) if size <= MAX_COMBINATIONS => Ok(Self { places, radices, size }),
            _ => Err(UtilityError::GroupTooLarge { places, combinations, max: MAX_COMBINATIONS }),
        }
    }

    pub(crate) fn places(&self) -> &[usize] {
        &self.places
    }

    /// How many combinations there are.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The number of the combination that an offer at `levels` (of the whole agenda) contains.
    pub(crate) fn index(&self, levels: &[u32]) -> usize {
        if let [place] = self.places[..] {
            return levels[place] as usize;
        }
        let digits = self.places.iter().zip(&self.radices);
        digits.fold(0, |index, (place, radix)| index * *radix as usize + levels[*place] as usize)
    }

    /// Writes combination `index` into the levels of the whole agenda.
    pub(crate) fn write(&self, mut index: usize, levels: &mut [u32]) {
        for (place, radix) in self.places.iter().zip(&self.radices).rev() {
            levels[*place] = (index % *radix as usize) as u32;
            index /= *radix as usize;
        }
    }

    /// The levels of combination `index`, in the order of the group's places.
    pub(crate) fn digits(&self, mut index: usize) -> Vec<u32> {
        let mut digits = vec![0; self.places.len()];
        for (digit, radix) in digits.iter_mut().zip(&self.radices).rev() {
            *digit = (index % *radix as usize) as u32;
            index /= *radix as usize;
        }
        digits
    }
}
