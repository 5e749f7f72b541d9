/// Whether `name` is spelled as `pattern`, in which each `*` stands for any text.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = tail.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    // The earliest place for each part in between leaves most for those after it.
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("usa.rate.steel", "usa.rate.steel", true),
            ("usa.rate.steel", "usa.rate.steel2", false),
            ("usa.rate.*", "usa.rate.steel", true),
            ("usa.rate.*", "chn.rate.steel", false),
            ("*.rate.*", "chn.rate.steel", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("a*b*b", "axbyb", true),
            ("a*b*b", "axb", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
