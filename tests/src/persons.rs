//! A person's seat as its page uses it, over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use delegation::service::{Options, Service, ServiceError};
use record::TalkId;
use serde_json::{Value as Json, json};
use tariff::{Offer, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wire::PublicTerms;

use crate::mediators::{Mediator, free_port};
use crate::patiently;

/// The key that the person's browser made.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The delegation of the USA, with a person in it.
pub struct Person {
    page: SocketAddr,
    /// What opens the seat.
    pub token: String,
    /// Ends the delegation.
    pub shutdown: CancellationToken,
    /// The delegation.
    pub running: JoinHandle<Result<(), ServiceError>>,
}

/// A delegation with a person in it.
#[must_use]
pub fn options(mediator: String) -> Options {
    Options {
        mediator,
        scenario: "geneva-2025".to_owned(),
        mandate: None,
        strategy: Some("person".parse().unwrap()),
        seat: free_port(),
        seed: 0,
        pace: Duration::ZERO,
        listen: None,
    }
}

impl Person {
    /// A seat that nobody has taken.
    pub async fn start(mediator: &Mediator) -> Self {
        let service = Service::prepare(&us::PROFILE, &options(mediator.url())).await.unwrap();
        let address = service.seat().unwrap();
        let (page, token) = address.strip_prefix("http://").unwrap().split_once("/#take=").unwrap();
        let (page, token, shutdown) = (page.parse().unwrap(), token.to_owned(), CancellationToken::new());
        let running = tokio::spawn(service.run(shutdown.clone()));
        Self { page, token, shutdown, running }
    }

    /// A seat that is taken with [`KEY`].
    pub async fn sit(mediator: &Mediator) -> Self {
        let person = Self::start(mediator).await;
        assert_eq!(person.claim(&person.token, KEY).await.0, 204);
        person
    }

    /// Asks; the status and the whole answer.
    pub async fn ask(&self, request: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.page).await.unwrap();
        let host = if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.page) };
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\n{host}{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        patiently("an answer", stream.read_to_string(&mut answer)).await.unwrap();
        (answer[9..12].parse().unwrap(), answer)
    }

    /// Asks for the seat.
    pub async fn claim(&self, token: &str, key: &str) -> (u16, String) {
        self.ask("POST /api/claim", "", &json!({ "token": token, "key": key }).to_string()).await
    }

    /// As whoever sits there.
    pub async fn seated(&self, request: &str, body: &str) -> (u16, Json) {
        let (status, answer) = self.ask(request, &format!("Authorization: Bearer {KEY}\r\n"), body).await;
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap_or(Json::Null))
    }

    /// The talk, once this holds of what the page is told of it.
    pub async fn until(&self, talk: &TalkId, enough: impl Fn(&Json) -> bool) -> Json {
        let asking = async {
            let mut after = 0;
            loop {
                let (status, news) =
                    self.seated(&format!("GET /api/seat?after={after}&talk={talk}"), "").await;
                assert_eq!(status, 200, "{news}");
                if enough(&news["talk"]) {
                    return news["talk"].clone();
                }
                after = news["version"].as_u64().unwrap();
            }
        };
        patiently("what the page is to be told", asking).await
    }

    /// Asks on as a page does, until it is told that the seat closes; what it asked just before it read
    /// that is answered too. Then it says goodbye.
    pub async fn until_closing(&self, talk: &TalkId, page: u32, mut after: u64) {
        let asking = async {
            loop {
                let (status, news) =
                    self.seated(&format!("GET /api/seat?after={after}&page={page}"), "").await;
                assert_eq!(status, 200, "{news}");
                if news["closing"] == true {
                    break;
                }
                after = news["version"].as_u64().unwrap();
            }
        };
        patiently("the word that the seat closes", asking).await;
        assert_eq!(self.seated(&format!("GET /api/talks/{talk}"), "").await.0, 200, "page {page}");
        assert_eq!(self.seated("POST /api/goodbye", &json!({ "page": page }).to_string()).await.0, 202);
    }

    /// The talk, once it is the person's turn in a round.
    pub async fn turn(&self, talk: &TalkId, round: u32) -> Json {
        self.until(talk, |told| told["mine"] == true && told["round"] == round).await
    }

    /// Makes a move.
    pub async fn make(&self, talk: &TalkId, given: &Json) -> (u16, Json) {
        let (status, answer) = self.seated(&format!("POST /api/talks/{talk}/move"), &given.to_string()).await;
        (status, answer["error"].clone())
    }
}

/// An offer on Geneva's agenda: the status quo, but for every added rate of one side.
#[must_use]
pub fn offer(terms: &PublicTerms, side: &str, bps: i64) -> Offer {
    let agenda = terms.terms.agenda();
    let value = |issue: &tariff::Issue| match issue.id().as_str() {
        id if id.starts_with(&format!("{side}.rate")) => Value::Number(bps),
        id if id.contains(".rate.") => Value::Number(12_500),
        _ => issue.value_at(0).unwrap(),
    };
    agenda.offer(agenda.issues().iter().map(value).collect()).unwrap()
}

/// The same as the page sends it.
#[must_use]
pub fn given(terms: &PublicTerms, offer: &Offer) -> Json {
    let agenda = terms.terms.agenda();
    let digest: String = agenda.digest().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let value = |(issue, value): (&tariff::Issue, &Value)| {
        let value = match *value {
            Value::Number(n) => json!(n),
            Value::Switch(on) => json!(on),
            Value::Choice(_) => json!(issue.display(*value)),
        };
        json!({ "issue": issue.id().as_str(), "value": value })
    };
    let values: Vec<Json> = agenda.issues().iter().zip(offer.values()).map(value).collect();
    json!({ "agenda": digest, "values": values })
}
