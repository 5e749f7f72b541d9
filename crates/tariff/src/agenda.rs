use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::{Issue, IssueId, Offer, TariffError, Value};

/// The most issues one agenda can have.
pub const MAX_ISSUES: usize = 1024;

/// SHA-256 of an agenda's exact stored bytes. Offers carry it, so that one made for another
/// agenda, or for the same one spelled differently, cannot be mistaken for a value here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgendaDigest([u8; 32]);

impl AgendaDigest {
    /// The digest of the bytes as they are stored.
    #[must_use]
    pub fn of(stored: &[u8]) -> Self {
        Self(Sha256::digest(stored).into())
    }

    /// A digest received from elsewhere.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for AgendaDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..8].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// The issues to be settled, in their fixed order, under the digest of their stored bytes.
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agenda(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    issues: Vec<Issue>,
    places: HashMap<IssueId, usize>,
    digest: AgendaDigest,
}

impl Agenda {
    /// An agenda of 1 to [`MAX_ISSUES`] issues with distinct names and distinct instruments.
    /// `digest` is that of the bytes the agenda is stored in.
    pub fn new(issues: Vec<Issue>, digest: AgendaDigest) -> Result<Self, TariffError> {
        if issues.is_empty() || issues.len() > MAX_ISSUES {
            return Err(TariffError::IssueCount { given: issues.len(), max: MAX_ISSUES });
        }
        let mut places = HashMap::with_capacity(issues.len());
        let mut instruments = HashSet::new();
        for (place, issue) in issues.iter().enumerate() {
            if places.insert(issue.id().clone(), place).is_some() {
                return Err(TariffError::DuplicateIssue(issue.id().clone()));
            }
            if issue.instrument().is_some_and(|i| !instruments.insert(i.clone())) {
                return Err(TariffError::DuplicateInstrument(issue.id().clone()));
            }
        }
        Ok(Self(Arc::new(Inner { issues, places, digest })))
    }

    /// The issues in agenda order.
    #[inline]
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.0.issues
    }

    /// How many issues there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.issues.len()
    }

    /// Never true: an agenda has at least one issue.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.issues.is_empty()
    }

    /// The digest of the stored bytes.
    #[inline]
    #[must_use]
    pub fn digest(&self) -> AgendaDigest {
        self.0.digest
    }

    /// The same issues under the digest of other stored bytes.
    #[must_use]
    pub fn with_digest(&self, digest: AgendaDigest) -> Self {
        let Inner { issues, places, .. } = &*self.0;
        Self(Arc::new(Inner { issues: issues.clone(), places: places.clone(), digest }))
    }

    /// Where an issue stands in agenda order.
    #[must_use]
    pub fn place(&self, issue: &str) -> Option<usize> {
        self.0.places.get(issue).copied()
    }

    /// The issue with this name.
    #[must_use]
    pub fn issue(&self, name: &str) -> Option<&Issue> {
        self.place(name).map(|p| &self.0.issues[p])
    }

    /// How many complete offers there are; infinity past the range of a float.
    #[must_use]
    pub fn outcomes(&self) -> f64 {
        self.0.issues.iter().map(|i| f64::from(i.levels())).product()
    }

    /// An offer of `values` in agenda order.
    pub fn offer(&self, values: Vec<Value>) -> Result<Offer, TariffError> {
        let levels = self.levels(&values)?;
        Ok(Offer::unchecked(self.digest(), values, levels))
    }

    /// An offer of the values at `levels`, in agenda order.
    pub fn offer_at(&self, levels: &[u32]) -> Result<Offer, TariffError> {
        let at = |(issue, level): (&Issue, &u32)| {
            issue.value_at(*level).ok_or_else(|| TariffError::OutOfRange {
                issue: issue.id().clone(),
                given: i64::from(*level),
                min: 0,
                max: i64::from(issue.levels()) - 1,
            })
        };
        let values = self.issues().iter().zip(levels).map(at).collect::<Result<Vec<_>, _>>()?;
        self.offer(values)
    }

    /// An offer from named values, as they arrive from outside: every issue once, in agenda order.
    /// `read` turns what stands beside a name into a value of that issue.
    pub fn offer_named<'a, V, E: From<TariffError>>(
        &self,
        named: impl IntoIterator<Item = (&'a str, V)>,
        read: impl Fn(&Issue, V) -> Result<Value, E>,
    ) -> Result<Offer, E> {
        let mut values: Vec<Option<Value>> = vec![None; self.len()];
        let mut misplaced = None;
        for (turn, (name, given)) in named.into_iter().enumerate() {
            let place = self.place_near(turn, name)?;
            let issue = &self.issues()[place];
            if values[place].is_some() {
                return Err(TariffError::DuplicateIssue(issue.id().clone()).into());
            }
            if place != turn && misplaced.is_none() {
                misplaced = Some((issue, &self.issues()[turn.min(self.len() - 1)]));
            }
            values[place] = Some(read(issue, given)?);
        }
        if let Some(missing) = values.iter().position(Option::is_none) {
            return Err(TariffError::IncompleteOffer(self.issues()[missing].id().clone()).into());
        }
        if let Some((given, expected)) = misplaced {
            return Err(TariffError::IssueOrder {
                given: given.id().clone(),
                expected: expected.id().clone(),
            }
            .into());
        }
        Ok(self.offer(values.into_iter().flatten().collect())?)
    }

    /// Where an issue stands; an offer in order has it where it was looked for first.
    fn place_near(&self, expected: usize, name: &str) -> Result<usize, TariffError> {
        if self.issues().get(expected).is_some_and(|issue| issue.id().as_str() == name) {
            return Ok(expected);
        }
        self.place(name).ok_or_else(|| TariffError::UnknownIssue(name.chars().take(80).collect()))
    }

    /// The levels of an offer's values, in agenda order.
    #[inline]
    pub fn levels_of<'a>(&self, offer: &'a Offer) -> Result<&'a [u32], TariffError> {
        self.check(offer).map(|()| offer.levels())
    }

    /// Whether `offer` was made for this agenda.
    #[inline]
    pub fn check(&self, offer: &Offer) -> Result<(), TariffError> {
        let (given, expected) = (offer.agenda(), self.digest());
        if given == expected { Ok(()) } else { Err(TariffError::OtherAgenda { given, expected }) }
    }

    /// Whether `value` may stand at a place of the agenda.
    pub fn check_value(&self, place: usize, value: Value) -> Result<(), TariffError> {
        let none = || TariffError::UnknownIssue(format!("number {}", place.saturating_add(1)));
        self.issues().get(place).ok_or_else(none)?.level_of(value).map(|_| ())
    }

    fn levels(&self, values: &[Value]) -> Result<Vec<u32>, TariffError> {
        if let Some(missing) = self.issues().get(values.len()) {
            return Err(TariffError::IncompleteOffer(missing.id().clone()));
        }
        if values.len() > self.len() {
            return Err(TariffError::UnknownIssue(format!("number {}", self.len() + 1)));
        }
        self.issues().iter().zip(values).map(|(issue, value)| issue.level_of(*value)).collect()
    }
}
