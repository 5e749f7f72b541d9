use std::fmt;
use std::path::{Path as FilePath, PathBuf};

use scoring::time::Path;
use scoring::{ArmingtonCes, Elasticities, ScoringError, Side, TradeBase};
use sha2::{Digest, Sha256};
use talks::{Procedure, Terms};
use tariff::{Agenda, AgendaDigest, Instrument, Issue, Offer, PartyId, TariffError, Value};

use crate::files::{Files, loadable};
use crate::{ScenarioError, read};

/// Basis points in 1.
const BPS: f64 = 1e4;

/// SHA-256 over the exact bytes of a public part: of `scenario.toml` (filled in for the member, where
/// it describes a series) and of each data file it names, in order of name, each preceded by the
/// lengths of its name and of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScenarioDigest(pub(crate) [u8; 32]);

impl ScenarioDigest {
    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// That of the same public part under rates that other talks agreed on.
    fn with_rates(&self, agreed: &[(PartyId, i64)]) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        for (party, bps) in agreed {
            hash.update((party.as_str().len() as u64).to_be_bytes());
            hash.update(party.as_str());
            hash.update(bps.to_be_bytes());
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Display for ScenarioDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// A party with its name for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its name for people.
    pub name: String,
}

/// Where a part of the data or of the story comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it gave.
    pub what: String,
    /// Who published it, where and when.
    pub citation: String,
    /// Under which terms it may be passed on.
    pub licence: String,
}

/// The public part of a scenario: what every party and every watcher may know.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) story: String,
    pub(crate) parties: Vec<Party>,
    pub(crate) procedure: Procedure,
    pub(crate) rounds: u32,
    pub(crate) turn_limit_us: Option<i64>,
    pub(crate) time_limit_us: Option<i64>,
    /// Under a digest of no bytes; users bind it to theirs.
    pub(crate) agenda: Agenda,
    pub(crate) issue_titles: Vec<String>,
    pub(crate) status_quo: Vec<Value>,
    pub(crate) trade: Option<TradeBase>,
    pub(crate) sources: Vec<Source>,
    pub(crate) digest: ScenarioDigest,
    pub(crate) folder: Whereabouts,
}

/// Where a scenario's files stand, unless in the binary: no part of what the scenario is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whereabouts(pub(crate) Option<PathBuf>);

impl PartialEq for Whereabouts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Scenario {
    /// A shipped scenario by name, or the one in a folder (that with `scenario.toml`, or the one
    /// above its `public` folder). A member of a series is named after a colon:
    /// `seventeen-partners:JPN`.
    ///
    /// # Errors
    /// [`ScenarioError::NotFound`], [`ScenarioError::Unreadable`], [`ScenarioError::Series`] where a
    /// member must be named, [`ScenarioError::NotInSeries`] for one there is not, or
    /// [`ScenarioError::Broken`] with everything that is wrong in the files.
    pub fn load(name_or_path: &str) -> Result<Self, ScenarioError> {
        let (files, member) = Files::find(name_or_path)?;
        let scenario = read::scenario(&files, member)?;
        Ok(Self { folder: Whereabouts(files.folder().map(FilePath::to_path_buf)), ..scenario })
    }

    /// The folder it was read from, where `public` is left out: mandates may stand beside. None for one
    /// that ships.
    #[must_use]
    pub fn folder(&self) -> Option<&FilePath> {
        let folder = self.folder.0.as_deref()?;
        if folder.ends_with("public") { folder.parent() } else { Some(folder) }
    }

    /// What the scenarios in this binary are loaded as, in order: each member of a series by itself.
    #[must_use]
    pub fn embedded() -> Vec<&'static str> {
        loadable()
    }

    /// The members of a series, in order; none for a scenario that is one talk.
    ///
    /// ```
    /// use detente_scenario::Scenario;
    /// assert_eq!(Scenario::members("usmca-2026")?, ["CAN", "MEX"]);
    /// assert!(Scenario::members("geneva-2025")?.is_empty());
    /// # Ok::<(), detente_scenario::ScenarioError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn members(name_or_path: &str) -> Result<Vec<String>, ScenarioError> {
        read::members(&Files::find(name_or_path)?.0)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A line about it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the talk is about, in paragraphs.
    #[must_use]
    pub fn story(&self) -> &str {
        &self.story
    }

    /// The parties in seat order.
    #[must_use]
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// The issues in agenda order.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        self.agenda.issues()
    }

    /// The name for people of the issue at a place of the agenda.
    #[must_use]
    pub fn issue_title(&self, place: usize) -> Option<&str> {
        self.issue_titles.get(place).map(String::as_str)
    }

    /// Where each issue stands before the talk, in agenda order.
    #[must_use]
    pub fn status_quo(&self) -> &[Value] {
        &self.status_quo
    }

    /// The rules of procedure.
    #[must_use]
    pub fn procedure(&self) -> Procedure {
        self.procedure
    }

    /// Rounds until the talk fails.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// How long a turn may take, in microseconds of mediator time.
    #[must_use]
    pub fn turn_limit_us(&self) -> Option<i64> {
        self.turn_limit_us
    }

    /// How long the whole talk may take from its convening, in microseconds of mediator time.
    #[must_use]
    pub fn time_limit_us(&self) -> Option<i64> {
        self.time_limit_us
    }

    /// The facts an offer is scored on; none where the issues touch no trade.
    #[must_use]
    pub fn trade(&self) -> Option<&TradeBase> {
        self.trade.as_ref()
    }

    /// Where the data and the story come from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The digest of the public part.
    #[must_use]
    pub fn digest(&self) -> ScenarioDigest {
        self.digest
    }

    /// The agenda under the digest of the bytes its holder stores it in.
    #[must_use]
    pub fn agenda(&self, digest: AgendaDigest) -> Agenda {
        self.agenda.with_digest(digest)
    }

    /// The status quo as an offer on this scenario's agenda.
    ///
    /// # Errors
    /// For an agenda with other issues.
    pub fn status_quo_offer(&self, agenda: &Agenda) -> Result<Offer, TariffError> {
        agenda.offer(self.status_quo.clone())
    }

    /// The terms of a talk on this agenda; without a deadline, since that is a moment of the
    /// mediator's clock: [`Self::time_limit_us`] says how far off it is.
    ///
    /// # Errors
    /// For rounds that no talk can have.
    pub fn terms(&self, agenda: Agenda, rounds: u32) -> Result<Terms, ScenarioError> {
        let parties = self.parties.iter().map(|p| p.id.clone()).collect();
        let terms = Terms::new(self.procedure, parties, agenda, rounds)?;
        Ok(match self.turn_limit_us {
            Some(limit) => terms.with_turn_limit_us(limit)?,
            None => terms,
        })
    }

    /// The same scenario with the home party's other talks concluded: `agreed` is what it charges each
    /// third country over its duty of the data year, in basis points, in every sector whose rate is on
    /// this agenda. What a deal with one partner is worth depends on the deals with others.
    ///
    /// The facts are other facts then, so the digest changes too.
    ///
    /// # Errors
    /// [`ScenarioError::Scoring`] for a party that is no third country of the data, for a rate out of
    /// bounds, and for a scenario without trade.
    pub fn with_third_rates(&self, agreed: &[(PartyId, i64)]) -> Result<Self, ScenarioError> {
        let without = || ScoringError::BadFact {
            place: self.name.clone(),
            given: "no trade data".to_owned(),
            expected: "a scenario with the imports of third countries",
        };
        let base = self.trade.as_ref().ok_or_else(without)?;
        let sectors: Vec<usize> = self.issues().iter().filter_map(|i| home_rate(base, i)).collect();
        let added: Vec<_> = agreed.iter().map(|(party, bps)| (party.clone(), *bps as f64 / BPS)).collect();
        let trade = base.with_third_rates(Side::Home, &sectors, &added)?;
        Ok(Self { trade: Some(trade), digest: self.digest.with_rates(agreed), ..self.clone() })
    }

    /// The default trade model for this agenda; none where there are no trade facts.
    ///
    /// # Errors
    /// For an agenda with other issues.
    pub fn model(&self, agenda: &Agenda) -> Result<Option<ArmingtonCes>, ScenarioError> {
        self.model_with(agenda, &Elasticities::default())
    }

    /// The same model with chosen elasticities, such as those of a horizon.
    ///
    /// # Errors
    /// For an agenda with other issues, and as [`ArmingtonCes::compile_with`].
    pub fn model_with(
        &self,
        agenda: &Agenda,
        elasticities: &Elasticities,
    ) -> Result<Option<ArmingtonCes>, ScenarioError> {
        let Some(base) = &self.trade else { return Ok(None) };
        let status_quo = self.status_quo_offer(agenda)?;
        Ok(Some(ArmingtonCes::compile_with(base, agenda, &status_quo, elasticities)?))
    }

    /// What an offer does month by month, on the scenario's own timetable; none where there are no
    /// trade facts.
    ///
    /// # Errors
    /// For an agenda with other issues, and as [`scoring::time::path`].
    pub fn path(&self, agenda: &Agenda, offer: &Offer, months: u32) -> Result<Option<Path>, ScenarioError> {
        let Some(base) = &self.trade else { return Ok(None) };
        let status_quo = self.status_quo_offer(agenda)?;
        let timetable = &base.facts().timetable;
        Ok(Some(scoring::time::path(base, agenda, &status_quo, offer, timetable, months)?))
    }
}

/// The sector in which an issue sets the home party's rate.
fn home_rate(base: &TradeBase, issue: &Issue) -> Option<usize> {
    let Some(Instrument::AddedRate { by, sector, .. }) = issue.instrument() else { return None };
    (base.side(by)? == Side::Home).then(|| base.sector(sector)).flatten()
}
