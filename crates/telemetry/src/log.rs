use std::fmt;
use std::str::FromStr;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Full, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Plain,
    /// One JSON object a line.
    Json,
}

/// There is no such log format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("log format {0:?} is not known: expected \"plain\" or \"json\"")]
pub struct BadLogFormat(pub String);

impl FromStr for LogFormat {
    type Err = BadLogFormat;
    fn from_str(text: &str) -> Result<Self, BadLogFormat> {
        match text {
            "plain" => Ok(Self::Plain),
            "json" => Ok(Self::Json),
            other => Err(BadLogFormat(other.chars().take(80).collect())),
        }
    }
}

/// The formats of `tracing-subscriber`, with the ids of the span a line was written in.
pub(crate) enum Traced {
    Plain(Format<Full>),
    Json(Format<Json>),
}

impl Traced {
    pub(crate) fn plain() -> Self {
        Self::Plain(Format::default().with_ansi(false))
    }

    pub(crate) fn json() -> Self {
        Self::Json(Format::default().json().flatten_event(true).with_span_list(false))
    }
}

/// The fields of a span, in the format of its lines.
pub(crate) type JsonSpanFields = JsonFields;

impl<S, N> FormatEvent<S, N> for Traced
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        match self {
            Self::Plain(format) => format.format_event(context, Writer::new(&mut line), event)?,
            Self::Json(format) => format.format_event(context, Writer::new(&mut line), event)?,
        }
        writer.write_str(&with_ids(line.trim_end(), matches!(self, Self::Json(_))))?;
        writer.write_char('\n')
    }
}

fn with_ids(line: &str, json: bool) -> String {
    let ids = Context::map_current(|context| {
        let span = context.span();
        let place = span.span_context();
        place.is_valid().then(|| (place.trace_id(), place.span_id()))
    });
    match (ids, line.strip_suffix('}')) {
        (None, _) => line.to_owned(),
        (Some((trace, span)), Some(open)) if json => {
            format!(r#"{open},"trace_id":"{trace}","span_id":"{span}"}}"#)
        }
        (Some((trace, span)), _) => format!("{line} trace_id={trace} span_id={span}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;
    use crate::{Config, TraceContext, set_parent};

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// One line in a span of another process's trace, one outside of any.
    fn two_lines(format: LogFormat) -> [String; 2] {
        let lines = Lines::default();
        let writer = lines.clone();
        let mut config = Config::new("test");
        config.log = format;
        let tracer = SdkTracerProvider::builder().build();
        let subscriber = crate::init::subscriber(&config, &tracer, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("decide", party = "USA");
            set_parent(&span, &TraceContext::parse(PARENT, ""));
            span.in_scope(|| tracing::info!(seq = 7, "a \"move\"\nover {{two}} lines"));
            tracing::info!("outside");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let mut lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
        let outside = lines.pop().unwrap();
        [lines.join("\n"), outside]
    }

    #[test]
    fn json_lines_are_json_and_carry_the_trace() {
        let [inside, outside] = two_lines(LogFormat::Json).map(|line| -> serde_json::Value {
            serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line}: {e}"))
        });
        assert_eq!(inside["trace_id"], &PARENT[3..35]);
        assert_eq!(inside["span_id"].as_str().unwrap().len(), 16);
        assert_eq!(inside["message"], "a \"move\"\nover {two} lines");
        assert_eq!(inside["seq"], 7);
        assert_eq!(inside["span"]["party"], "USA");
        assert_eq!(outside.get("trace_id"), None);
    }

    #[test]
    fn plain_lines_carry_the_trace() {
        let [inside, outside] = two_lines(LogFormat::Plain);
        assert!(inside.contains(&format!("trace_id={}", &PARENT[3..35])), "{inside}");
        assert!(!outside.contains("trace_id"), "{outside}");
    }

    #[test]
    fn formats_are_read_by_name() {
        assert_eq!("json".parse(), Ok(LogFormat::Json));
        assert_eq!("plain".parse(), Ok(LogFormat::Plain));
        assert!("JSON".parse::<LogFormat>().unwrap_err().to_string().contains("\"JSON\""));
    }
}
