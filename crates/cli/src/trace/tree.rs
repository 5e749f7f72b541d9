use std::collections::BTreeMap;

use observatory::model::{Span, SpanId};

/// The spans of a trace, each below the one it belongs to.
pub(super) struct Tree<'a> {
    pub(super) spans: &'a [Span],
    places: BTreeMap<SpanId, usize>,
    below: BTreeMap<SpanId, Vec<usize>>,
    tops: Vec<usize>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(spans: &'a [Span]) -> Self {
        let places: BTreeMap<SpanId, usize> =
            spans.iter().enumerate().map(|(place, span)| (span.span_id, place)).collect();
        let (mut below, mut tops) = (BTreeMap::<SpanId, Vec<usize>>::new(), Vec::new());
        for (place, span) in spans.iter().enumerate() {
            match span.parent.filter(|parent| places.contains_key(parent) && *parent != span.span_id) {
                Some(parent) => below.entry(parent).or_default().push(place),
                None => tops.push(place),
            }
        }
        Self { spans, places, below, tops }
    }

    /// Spans that lie below none that is here.
    pub(super) fn tops(&self) -> impl Iterator<Item = &'a Span> {
        self.tops.iter().map(|place| &self.spans[*place])
    }

    /// Spans that say they lie below one that is not here.
    pub(super) fn orphans(&self) -> usize {
        self.tops().filter(|span| span.parent.is_some()).count()
    }

    pub(super) fn below(&self, span: &Span) -> impl Iterator<Item = &'a Span> {
        self.below.get(&span.span_id).into_iter().flatten().map(|place| &self.spans[*place])
    }

    pub(super) fn get(&self, id: SpanId) -> Option<&'a Span> {
        self.places.get(&id).map(|place| &self.spans[*place])
    }

    /// The span and all below it with their depth, each once, in order. A ring of parents, which
    /// only a forged trace has, has no top and is never entered.
    pub(super) fn walk(&self, top: &'a Span) -> Vec<(usize, &'a Span)> {
        let (mut found, mut next) = (Vec::new(), vec![(0, top)]);
        while let Some((depth, span)) = next.pop() {
            found.push((depth, span));
            let mut children: Vec<_> = self.below(span).map(|child| (depth + 1, child)).collect();
            children.reverse();
            next.extend(children);
        }
        found
    }
}

/// An attribute as text.
pub(super) fn attribute(span: &Span, name: &str) -> Option<String> {
    span.attributes.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
