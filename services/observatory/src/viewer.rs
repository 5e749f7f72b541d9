use std::str::FromStr;

/// What stands for a trace's id in a viewer's address.
const TRACE: &str = "{trace}";

/// Where an operator's own viewer of traces, such as Jaeger or Tempo, shows one of them: an address
/// with `{trace}` for its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    template: String,
}

/// Why an address cannot be linked to.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ViewerError {
    /// A browser would take it for something else than an address.
    #[error("expected an address that begins with http:// or https://")]
    Scheme,
    /// It says nothing of the trace.
    #[error("expected {{trace}} where the trace's id goes, as in http://127.0.0.1:16686/trace/{{trace}}")]
    Trace,
}

impl Viewer {
    /// The address, with `{trace}` in it.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }
}

impl FromStr for Viewer {
    type Err = ViewerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The page makes a link of it, and no link of ours runs a script.
        let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with(['/', '{'])) {
            return Err(ViewerError::Scheme);
        }
        if !text.contains(TRACE) {
            return Err(ViewerError::Trace);
        }
        Ok(Self { template: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_with_a_place_for_the_trace_is_taken() {
        assert!("https://jaeger.example/trace/{trace}?x=1".parse::<Viewer>().is_ok());
        for (text, why) in [
            ("javascript:alert('{trace}')", ViewerError::Scheme),
            ("/trace/{trace}", ViewerError::Scheme),
            ("http://{trace}", ViewerError::Scheme),
            ("http://jaeger.example/trace", ViewerError::Trace),
        ] {
            assert_eq!(text.parse::<Viewer>(), Err(why), "{text}");
        }
    }
}
