use std::collections::HashMap;

use crate::model::{Span, SpanId};

/// The spans of a trace, each below the one it belongs to.
pub struct Tree<'a> {
    pub(super) spans: &'a [Span],
    places: HashMap<SpanId, usize>,
    below: HashMap<SpanId, Vec<usize>>,
    tops: Vec<usize>,
}

impl<'a> Tree<'a> {
    /// The tree of spans in the order in which they began.
    #[must_use]
    pub fn new(spans: &'a [Span]) -> Self {
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

    /// All its spans, in the order in which they began.
    #[must_use]
    pub fn spans(&self) -> &'a [Span] {
        self.spans
    }

    /// Spans that lie below none that is here.
    pub fn tops(&self) -> impl Iterator<Item = &'a Span> {
        self.tops.iter().map(|place| &self.spans[*place])
    }

    /// How many say they lie below a span that is not here.
    #[must_use]
    pub fn orphans(&self) -> usize {
        self.tops().filter(|span| span.parent.is_some()).count()
    }

    /// Spans right below one.
    pub fn below(&self, span: &Span) -> impl Iterator<Item = &'a Span> {
        self.below.get(&span.span_id).into_iter().flatten().map(|place| &self.spans[*place])
    }

    /// The span of this id.
    #[must_use]
    pub fn get(&self, id: SpanId) -> Option<&'a Span> {
        self.place(id).map(|place| &self.spans[place])
    }

    pub(super) fn place(&self, id: SpanId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The span and all below it with their depth, each once, in order.
    #[must_use]
    pub fn walk(&self, top: &Span) -> Vec<(usize, &'a Span)> {
        let walked = self.place(top.span_id).map_or_else(Vec::new, |place| self.descend(vec![(0, place)]));
        walked.into_iter().map(|(depth, place)| (depth, &self.spans[place])).collect()
    }

    /// Every span's depth and place, what lies below a span right after it. A ring of parents, which
    /// only a forged trace has, has no top and is never entered: it stands at the end.
    pub(super) fn order(&self) -> Vec<(usize, usize)> {
        let mut found = self.descend(self.tops.iter().rev().map(|place| (0, *place)).collect());
        let mut seen = vec![false; self.spans.len()];
        found.iter().for_each(|(_, place)| seen[*place] = true);
        found.extend((0..self.spans.len()).filter(|place| !seen[*place]).map(|place| (0, place)));
        found
    }

    /// From these depths and places, the last first, down to what lies below none.
    fn descend(&self, mut next: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        while let Some((depth, place)) = next.pop() {
            found.push((depth, place));
            let below = self.below.get(&self.spans[place].span_id).into_iter().flatten();
            next.extend(below.rev().map(|child| (depth + 1, *child)));
        }
        found
    }
}

/// An attribute as text.
#[must_use]
pub fn attribute(span: &Span, name: &str) -> Option<String> {
    span.attributes.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
