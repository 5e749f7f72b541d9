/// The starts of a text's lines, to turn an offset into a line.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(breaks).collect())
    }

    /// The line of an offset in bytes, from 1.
    pub(crate) fn of(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}
