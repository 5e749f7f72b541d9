//! Which talks are traced, and the ids of spans that have theirs already.

use std::cell::Cell;
use std::sync::OnceLock;

use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    Config, IdGenerator, RandomIdGenerator, Sampler, SamplingDecision, SamplingResult, ShouldSample,
};

use crate::TraceContext;

/// The sampler of this process, once telemetry has begun.
static SAMPLER: OnceLock<ByTalk> = OnceLock::new();

thread_local! {
    /// The ids of the span that this thread is about to make, where they are known before it.
    static GIVEN: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Whole talks or nothing. What `OTEL_TRACES_SAMPLER` names decides where a trace begins, which is where
/// a talk is convened; whatever comes below follows that, also where services are set differently. A
/// service that is told `always_off` still says nothing at all.
#[derive(Debug, Clone)]
pub(crate) struct ByTalk(Sampler);

impl ByTalk {
    /// As the environment has it.
    pub(crate) fn from_environment() -> Self {
        let silent = std::env::var("OTEL_TRACES_SAMPLER").is_ok_and(|name| name == "always_off");
        if silent { Self(Sampler::AlwaysOff) } else { Self(Sampler::ParentBased(Config::default().sampler)) }
    }

    /// Makes this the sampler of the process, of point spans too.
    pub(crate) fn begin(&self) {
        // The first one stays, as the first telemetry of a process does.
        SAMPLER.set(self.clone()).ok();
    }
}

impl ShouldSample for ByTalk {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let mut result = self.0.should_sample(parent, trace_id, name, kind, attributes, links);
        if GIVEN.get().is_some() && !matches!(self.0, Sampler::AlwaysOff) {
            // It was decided when the ids were made, perhaps by a process that is gone.
            result.decision = SamplingDecision::RecordAndSample;
        }
        result
    }
}

/// Fresh ids, but for spans that have theirs.
#[derive(Debug, Default)]
pub(crate) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        GIVEN.get().map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        GIVEN.get().map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// Makes a span that has its ids, and is sampled.
pub(crate) fn with_ids<T>(place: &SpanContext, make: impl FnOnce() -> T) -> T {
    GIVEN.set(Some((place.trace_id(), place.span_id())));
    let made = make();
    GIVEN.set(None);
    made
}

/// A fresh place below `parent`, or at the root of a new trace if that is empty. In a process without
/// telemetry it is the parent's own.
pub(crate) fn fresh_place(parent: &TraceContext) -> TraceContext {
    let Some(sampler) = SAMPLER.get() else { return parent.clone() };
    let (ids, above) = (RandomIdGenerator::default(), parent.as_parent());
    let trace_id =
        if parent.is_empty() { ids.new_trace_id() } else { above.span().span_context().trace_id() };
    let sampled = sampler.should_sample(Some(&above), trace_id, "", &SpanKind::Internal, &[], &[]);
    let flags = above.span().span_context().trace_flags();
    let flags = flags.with_sampled(sampled.decision == SamplingDecision::RecordAndSample);
    let place = SpanContext::new(trace_id, ids.new_span_id(), flags, false, sampled.trace_state);
    TraceContext::from_span_context(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decides(sampler: &ByTalk, parent: &TraceContext, trace: u128) -> bool {
        let (parent, trace) = (parent.as_parent(), TraceId::from(trace));
        let result = sampler.should_sample(Some(&parent), trace, "talk", &SpanKind::Internal, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    #[test]
    fn the_root_decides_for_all_below_it() {
        let half = ByTalk(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(0.5))));
        let root = TraceContext::default();
        let sampled: usize = (0..1_000_u64)
            .map(|n| u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .filter(|trace| decides(&half, &root, *trace))
            .count();
        assert!((400..600).contains(&sampled), "{sampled} of 1000");
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";
        for trace in [1, u128::MAX] {
            assert!(decides(&half, &TraceContext::parse(&format!("{parent}1"), ""), trace));
            assert!(!decides(&half, &TraceContext::parse(&format!("{parent}0"), ""), trace));
        }
    }

    #[test]
    fn a_span_with_ids_is_made_with_them() {
        let (none, never) = (Sampler::TraceIdRatioBased(0.0), ByTalk(Sampler::AlwaysOff));
        let none = ByTalk(Sampler::ParentBased(Box::new(none)));
        let place = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "");
        let made = with_ids(&place.span_context(), || {
            let ids = Ids::default();
            let root = TraceContext::default();
            assert!(!decides(&never, &root, 1), "a service that is told to say nothing tells nothing again");
            (ids.new_trace_id(), ids.new_span_id(), decides(&none, &root, 1))
        });
        assert_eq!(made, (place.span_context().trace_id(), place.span_context().span_id(), true));
        assert_ne!(Ids::default().new_span_id(), made.1);
        assert!(!decides(&none, &TraceContext::default(), 1));
    }
}
