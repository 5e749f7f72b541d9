//! The page's API over a record: what is answered, what is refused, and what is told as it happens.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use detente_observatory::{Drawings, PageConfig, SeatLink, Sources, Tournaments, Watcher, serve_page};
use record::{Draft, Log as _, SqliteLog, TalkId, Tip};
use scenario::Scenario;
use scoring_server::Bench;
use serde_json::{Value as Json, json};
use talks::Event;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use wire::{EntryKind, PublicTerms, encode_convened, encode_event};

const TOKEN: &str = "only the run knows it";
const SEAT: &str = "http://127.0.0.1:4711/";

struct Page {
    address: SocketAddr,
    log: SqliteLog,
    talk: TalkId,
    shutdown: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Page {
    /// A page over a record with one talk that has just opened.
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talks.db");
        let (log, talk) = (SqliteLog::open(&path).unwrap(), TalkId::new("talk-1").unwrap());
        let bench = Bench::new(Arc::new(Scenario::load("geneva-2025").unwrap())).unwrap();
        let terms = PublicTerms {
            scenario: "geneva-2025".to_owned(),
            scenario_digest: Some(*bench.scenario().digest().as_bytes()),
            agenda_bytes: bench.agenda_bytes().clone(),
            ordinal: 0,
            terms: bench.scenario().terms(bench.agenda().clone(), 9).unwrap(),
        };
        let sources = Sources { record: Some(path), ..Sources::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let page = Self { address, log, talk, shutdown, _folder: folder };
        page.append(encode_convened("talk-1", &terms)).await;
        page.append(encode_event(&Event::Opened, "")).await;
        let config = PageConfig {
            watcher: Watcher::new(sources).unwrap(),
            store: None,
            reader: None,
            collector: None,
            viewer: None,
            tournaments: Tournaments::default(),
            drawings: Drawings::default(),
            token: TOKEN.to_owned(),
            seats: vec![SeatLink { party: "USA".to_owned(), page: SEAT.to_owned() }],
        };
        tokio::spawn(serve_page(listener, page.shutdown.clone(), config));
        page
    }

    async fn append(&self, (kind, payload): (EntryKind, Bytes)) {
        let tip = self.log.tip(&self.talk).await.unwrap_or(Tip::genesis(&self.talk));
        let kind = u16::try_from(kind as i32).unwrap();
        let draft = Draft {
            epoch: 1,
            time_us: 1_746_835_200_000_000,
            kind,
            payload,
            signatures: vec![],
            trace: None,
        };
        self.log.append(&self.talk, tip, vec![draft]).await.unwrap();
    }

    async fn send(&self, request: &str, headers: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let host =
            if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.address) };
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\n{host}{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// The status and the whole answer.
    async fn ask(&self, request: &str, headers: &str, body: &str) -> (u16, String) {
        let mut answer = String::new();
        self.send(request, headers, body).await.read_to_string(&mut answer).await.unwrap();
        (answer[9..12].parse().unwrap(), answer)
    }

    async fn get(&self, path: &str) -> (u16, Json) {
        let (status, answer) = self.ask(&format!("GET {path}"), "", "").await;
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")))
    }

    /// The list, once it has this talk as it is.
    async fn listed(&self, state: &str) -> Json {
        loop {
            let (_, document) = self.get("/api/talks?query=geneva").await;
            if document["talks"][0]["state"] == state {
                return document["talks"][0].clone();
            }
        }
    }
}

/// Reads a stream until it has said this.
async fn heard(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut said, mut part) = (String::new(), vec![0; 16_384]);
    while !said.contains(wanted) {
        let read = stream.read(&mut part).await.unwrap();
        assert!(read > 0, "the stream ended before {wanted:?}: {said}");
        said += &String::from_utf8_lossy(&part[..read]);
    }
    said
}

#[tokio::test]
async fn a_talk_is_listed_and_told_in_full_and_what_there_is_not_is_404() {
    let page = Page::start().await;
    let (_, about) = page.get("/api/about").await;
    assert_eq!(about["seats"], json!([{ "party": "USA", "page": SEAT }]));
    let listed = page.listed("open").await;
    assert_eq!((&listed["id"], &listed["rounds_limit"]), (&json!("talk-1"), &json!(9)));
    assert!(listed["deficit_before"].as_i64().unwrap() > 0);
    let (status, talk) = page.get("/api/talks/talk-1").await;
    assert_eq!((status, &talk["talk"]["turn"]), (200, &json!("USA")));
    assert_eq!(talk["entries"][1]["kind"], "opened");
    assert_eq!(talk["entries"][1]["prev_hash"], talk["entries"][0]["hash"]);
    assert_eq!(talk["talk"]["issues"].as_array().unwrap().len(), 59);
    let (_, later) = page.get("/api/talks/talk-1?after=1").await;
    assert_eq!(later["entries"].as_array().unwrap().len(), 1);
    let (_, impact) = page.get("/api/talks/talk-1/impact").await;
    assert_eq!(
        impact["headlines"][0]["before"], impact["headlines"][0]["after"],
        "the status quo changes nothing"
    );
    for path in [
        "/api/talks/talk-2",
        "/api/talks/%3Cscript%3E",
        "/api/talks/talk-1/trace",
        "/api/nothing",
        "/assets/..%2F..%2FCargo.toml",
        "/api/talks/talk-1/impact?seq=2",
        "/api/tournaments/lab-standard",
        "/api/tournaments/..%2F..",
    ] {
        let (status, problem) = page.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(problem["error"]["code"].is_string() && problem["error"]["message"].is_string(), "{problem}");
    }
    page.shutdown.cancel();
}

#[tokio::test]
async fn every_answer_has_the_policy_and_other_pages_get_none() {
    let page = Page::start().await;
    for path in ["/", "/assets/main.js", "/api/talks", "/nowhere"] {
        let (_, answer) = page.ask(&format!("GET {path}"), "", "").await;
        let head = answer.split_once("\r\n\r\n").unwrap().0;
        for wanted in
            ["content-security-policy: default-src 'none'; script-src 'self'", "nosniff", "no-referrer"]
        {
            assert!(head.contains(wanted), "{path}: {head}");
        }
    }
    for headers in [
        "Host: evil.example\r\n",
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n",
    ] {
        let (status, answer) = page.ask("GET /api/talks", headers, "").await;
        assert_eq!(status, 403, "{headers}");
        assert!(answer.contains("FOREIGN_REQUEST"));
    }
    page.shutdown.cancel();
}

#[tokio::test]
async fn a_stream_tells_entries_as_they_come_and_goes_on_after_the_last_event() {
    let page = Page::start().await;
    page.listed("open").await;
    let mut stream = page.send("GET /api/events?talk=talk-1", "", "").await;
    let said = heard(&mut stream, "id: 2\n").await;
    assert!(said.contains("\"kind\":\"convened\""));
    page.append(encode_event(&Event::Adjourned, "<b>lunch</b>")).await;
    let said = heard(&mut stream, "id: 3\n").await;
    assert!(said.contains("\"said\":\"<b>lunch</b>\"") && !said.contains("\"kind\":\"convened\""), "{said}");
    let mut resumed = page.send("GET /api/events?talk=talk-1&after=0", "Last-Event-ID: 2\r\n", "").await;
    let said = heard(&mut resumed, "id: 3\n").await;
    assert!(said.contains("\"kind\":\"adjourned\"") && !said.contains("\"kind\":\"opened\""), "{said}");
    let mut list = page.send("GET /api/events", "", "").await;
    heard(&mut list, "\"state\":\"adjourned\"").await;
    let (status, _) = page.get("/api/events?talk=talk-9").await;
    assert_eq!(status, 404);
    page.shutdown.cancel();
}

#[tokio::test]
async fn a_drawing_is_taken_with_the_token_alone_and_shown_with_its_talk() {
    let page = Page::start().await;
    let drawing = json!({
        "parties": ["USA", "CHN"], "walk_away": [0.2, 0.3], "edge": [[0.1, 0.9], [0.9, 0.1]],
        "points": [{ "name": "Nash", "at": [0.6, 0.6] }], "offers": [{ "seq": 3, "at": [0.9, 0.1] }],
    });
    let post = async |token: &str, body: &Json| {
        let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        page.ask("POST /api/talks/talk-1/drawing", &headers, &body.to_string()).await.0
    };
    assert_eq!(post("a guess", &drawing).await, 401);
    assert_eq!(page.get("/api/talks/talk-1").await.1["drawing"], Json::Null);
    let mut bent = drawing.clone();
    bent["edge"][0] = json!([0.1]);
    assert_eq!(post(TOKEN, &bent).await, 400);
    assert_eq!(post(TOKEN, &drawing).await, 204);
    assert_eq!(page.get("/api/talks/talk-1").await.1["drawing"], drawing);
    page.shutdown.cancel();
}
