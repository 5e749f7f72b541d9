//! What every request must be, and what every answer says.
//!
//! A page reads what is private on loopback, so a page of another origin must reach nothing: a name
//! that was bound to this address (DNS rebinding) is refused by its `Host`, a request from another page
//! by its `Origin`.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::Problem;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where a page is served.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// Whether only this machine can reach it.
    pub loopback: bool,
}

/// Refuses what only another page would ask, and gives every answer its policy.
pub async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let mut response = match check(door, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn check(door: Door, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    if !is_ours(door, host) {
        return Err(refused("Host", host, "open the page by its address, or as localhost"));
    }
    if let Some(origin) = text(header::ORIGIN).filter(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Err(refused("Origin", origin, "only the page itself may ask"));
    }
    match text(HeaderName::from_static("sec-fetch-site")) {
        None | Some("same-origin" | "none") => Ok(()),
        // A link from elsewhere may lead here; what is read there is this page's own.
        Some(_) if text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate") => Ok(()),
        Some(site) => Err(refused("Sec-Fetch-Site", site, "only the page itself may ask")),
    }
}

/// A name can be bound to any address, so only addresses themselves and `localhost` are ours.
fn is_ours(door: Door, host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| !door.loopback || ip.is_loopback())
}

fn refused(what: &str, given: &str, hint: &str) -> Problem {
    let given: String = given.chars().take(80).collect();
    Problem::new(StatusCode::FORBIDDEN, "FOREIGN_REQUEST", format!("{what} {given:?} is refused: {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)]) -> Result<(), Problem> {
        let headers =
            pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        check(Door { loopback: true }, &headers)
    }

    #[test]
    fn only_the_page_itself_may_ask() {
        for host in ["127.0.0.1:7405", "localhost:7405", "[::1]:7405", "127.0.0.1"] {
            assert!(asked(&[("host", host)]).is_ok(), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.7:7405", "", "localhost.evil"] {
            assert!(asked(&[("host", host)]).is_err(), "{host}");
        }
        let ours = ("host", "127.0.0.1:7405");
        assert!(asked(&[ours, ("origin", "http://127.0.0.1:7405")]).is_ok());
        for origin in ["http://evil.example", "null", "https://127.0.0.1:7405", "http://127.0.0.1:9999"] {
            assert!(asked(&[ours, ("origin", origin)]).is_err(), "{origin}");
        }
        assert!(asked(&[ours, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]).is_err());
        assert!(asked(&[ours, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]).is_ok());
    }
}
