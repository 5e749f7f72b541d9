//! A collector that is not there, and settings that cannot be used.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::{Duration, Instant};

use detente_telemetry::{Config, TelemetryError, init, point_span};

fn with_endpoint(endpoint: &str) -> Config {
    Config { endpoint: Some(endpoint.to_owned()), ..Config::new("detente-test") }
}

/// The one test of this file that begins telemetry. The port accepts connections and never answers.
#[tokio::test]
async fn a_collector_that_hangs_cannot_hold_the_process_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let guard = init(&with_endpoint(&endpoint)).unwrap();
    let span = point_span("talk", None, []);
    assert!(!span.is_empty());
    let begun = Instant::now();
    let result = guard.shutdown(Duration::from_millis(300));
    assert!(matches!(result, Err(TelemetryError::Unsent(_))), "{result:?}");
    assert!(begun.elapsed() < Duration::from_secs(3), "took {:?}", begun.elapsed());
}

/// Within a runtime, where dropping another one carelessly would panic.
#[tokio::test]
async fn an_endpoint_that_cannot_be_used_is_an_error_that_names_it() {
    for bad in ["not an address", "https://127.0.0.1:4317", "http://"] {
        let error = init(&with_endpoint(bad)).unwrap_err();
        assert!(matches!(error, TelemetryError::Endpoint { .. }), "{bad}: {error:?}");
        assert!(error.to_string().contains(bad), "{error}");
    }
}

#[test]
fn a_filter_that_cannot_be_read_is_an_error_that_names_it() {
    let config = Config { filter: "info,=x=y".to_owned(), ..Config::new("detente-test") };
    let error = init(&config).unwrap_err();
    assert!(matches!(&error, TelemetryError::Filter { filter, .. } if filter == "info,=x=y"), "{error:?}");
}
