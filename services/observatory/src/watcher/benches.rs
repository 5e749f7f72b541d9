use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use scenario::Scenario;
use scoring_server::Bench;
use wire::PublicTerms;

/// The scenarios whose offers can be scored here, each made ready once.
#[derive(Default)]
pub(super) struct Benches {
    given: Vec<Arc<Scenario>>,
    ready: Mutex<HashMap<String, Option<Arc<Bench>>>>,
}

impl Benches {
    /// The shipped scenarios, and these.
    pub(super) fn new(given: Vec<Arc<Scenario>>) -> Self {
        Self { given, ready: Mutex::default() }
    }

    /// The bench for a talk, if it is about exactly an edition that is known here.
    pub(super) fn find(&self, public: &PublicTerms) -> Option<Arc<Bench>> {
        let bench = self.named(&public.scenario)?;
        let same = public.scenario_digest == Some(*bench.scenario().digest().as_bytes())
            && bench.agenda().digest() == public.terms.agenda().digest();
        same.then_some(bench)
    }

    /// Names come from a record, so only those of scenarios that are there are remembered.
    fn named(&self, name: &str) -> Option<Arc<Bench>> {
        if let Some(known) = self.lock().get(name) {
            return known.clone();
        }
        let given = self.given.iter().find(|scenario| scenario.name() == name).cloned();
        let shipped = || Scenario::embedded().contains(&name).then(|| Scenario::load(name).ok()).flatten();
        let scenario = given.or_else(|| shipped().map(Arc::new))?;
        let bench = Bench::new(scenario)
            .inspect_err(|error| tracing::warn!(scenario = name, %error, "cannot be scored"))
            .ok()
            .map(Arc::new);
        self.lock().insert(name.to_owned(), bench.clone());
        bench
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<Arc<Bench>>>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Benches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Benches").field("given", &self.given.len()).finish_non_exhaustive()
    }
}
