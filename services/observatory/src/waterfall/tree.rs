use std::collections::HashMap;

use crate::model::{Span, SpanId};

/// The spans of a trace, each below the one it belongs to.
pub(super) struct Tree<'a> {
    pub(super) spans: &'a [Span],
    places: HashMap<SpanId, usize>,
    below: HashMap<SpanId, Vec<usize>>,
    tops: Vec<usize>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(spans: &'a [Span]) -> Self {
        let places: HashMap<SpanId, usize> =
            spans.iter().enumerate().map(|(place, span)| (span.span_id, place)).collect();
        let (mut below, mut tops) = (HashMap::<SpanId, Vec<usize>>::new(), Vec::new());
        for (place, span) in spans.iter().enumerate() {
            match span.parent.filter(|parent| places.contains_key(parent) && *parent != span.span_id) {
                Some(parent) => below.entry(parent).or_default().push(place),
                None => tops.push(place),
            }
        }
        Self { spans, places, below, tops }
    }

    /// How many say they lie below a span that is not here.
    pub(super) fn orphans(&self) -> usize {
        self.tops.iter().filter(|place| self.spans[**place].parent.is_some()).count()
    }

    pub(super) fn below(&self, span: &Span) -> impl Iterator<Item = &'a Span> {
        self.below.get(&span.span_id).into_iter().flatten().map(|place| &self.spans[*place])
    }

    pub(super) fn get(&self, id: SpanId) -> Option<&'a Span> {
        self.places.get(&id).map(|place| &self.spans[*place])
    }

    pub(super) fn place(&self, id: SpanId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// Every span with its depth, each once, what lies below a span right after it. A ring of
    /// parents, which only a forged trace has, has no top: it stands at the end.
    pub(super) fn walk(&self) -> Vec<(usize, usize)> {
        let (mut found, mut seen) = (Vec::new(), vec![false; self.spans.len()]);
        let mut next: Vec<(usize, usize)> = self.tops.iter().rev().map(|place| (0, *place)).collect();
        while let Some((depth, place)) = next.pop() {
            found.push((depth, place));
            seen[place] = true;
            let below = self.below.get(&self.spans[place].span_id).into_iter().flatten();
            next.extend(below.rev().map(|child| (depth + 1, *child)));
        }
        found.extend((0..self.spans.len()).filter(|place| !seen[*place]).map(|place| (0, place)));
        found
    }
}

/// An attribute as text.
pub(super) fn attribute(span: &Span, name: &str) -> Option<String> {
    span.attributes.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
