/// A place in a file, as editors count: line and character, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// Where a file begins.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place of an offset in bytes.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        Self::after(text, (0, 1), offset)
    }

    /// The place of an offset in bytes, counted from an offset before it whose line is known: a long
    /// file need not be read from its beginning for every place in it.
    pub(crate) fn after(text: &str, (known, line): (usize, usize), offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { line: line + newlines(before, known), column: before[start..].chars().count() + 1 }
    }
}

/// How many lines end in `text` from an offset in bytes on.
pub(crate) fn newlines(text: &str, from: usize) -> usize {
    text.as_bytes().iter().skip(from).filter(|b| **b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn lines_and_characters_count_from_one() {
        let text = "a\nüb,c\n";
        let at = |offset| {
            let Place { line, column } = Place::of(text, offset);
            (line, column)
        };
        assert_eq!([at(0), at(1), at(2), at(4), at(6)], [(1, 1), (1, 2), (2, 1), (2, 2), (2, 4)]);
        assert_eq!((at(3), at(99)), ((2, 1), (3, 1)), "inside a character; past the end");
        for offset in 2..9 {
            assert_eq!(Place::after(text, (2, 2), offset), Place::of(text, offset), "{offset}");
        }
    }
}
