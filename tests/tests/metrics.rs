//! A Prometheus finds every documented metric at the service that is said to have it, under labels
//! of few values, and nobody can keep a service busy through its metrics.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use detente_tests::mediators;
use detente_tests::patiently;
use detente_tests::programs::{Process, workspace};
use detente_tests::scrape::{Page, say, scrape};
use detente_tests::seats::Seat;
use detente_tests::talks_at::{convene, scenario_terms, small_offer, small_terms, watch_to_the_end};
use record::TalkId;
use tokio::net::TcpStream;
use wire::WireAct;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_request::Message as Up;
use wire::pb::scoring::v1 as scoring;
use wire::pb::scoring::v1::scoring_service_client::ScoringServiceClient;

const SHOWN: [&str; 2] = ["--metrics", "127.0.0.1:0"];

async fn start(name: &str, arguments: &[&str]) -> Process {
    Process::start(name, &[arguments, &SHOWN[..]].concat()).await
}

/// Every service, and a talk of the two that sit at the table.
struct Services {
    mediator: Process,
    us: Process,
    china: Process,
    other: Process,
    scoring: Process,
    observatory: Process,
    _folder: tempfile::TempDir,
}

impl Services {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let (record, store) = (file("talks.db"), file("traces.db"));
        let observatory = start("detente-observatory", &["--listen", "127.0.0.1:0", "--store", &store]).await;
        let otlp = observatory.url();
        let mediator =
            start("detente-mediator", &["--listen", "127.0.0.1:0", "--record", &record, "--otlp", &otlp])
                .await;
        let table = mediator.url();
        let delegation = ["--mediator", &table, "--listen", "127.0.0.1:0", "--otlp", &otlp];
        let us = start("detente-us", &[&delegation[..], &["--strategy", "conceder:e=5"]].concat()).await;
        let china = start("detente-china", &delegation).await;
        let other = ["serve", "delegation", "--party", "JPN", "--scenario", "seventeen-partners:JPN"];
        let other = start("detente", &[&other[..], &["--mediator", &table]].concat()).await;
        let scoring = start("detente", &["serve", "scoring", "--listen", "127.0.0.1:0"]).await;
        Self { mediator, us, china, other, scoring, observatory, _folder: folder }
    }

    /// A talk to its end, then something that is refused. Returns its name and how many moves it had.
    async fn talk(&self) -> (TalkId, usize) {
        let mut client = mediators::client(&self.mediator.url()).await;
        let talk = convene(&mut client, "metrics", &scenario_terms("geneva-2025", None)).await;
        let ended = watch_to_the_end(&mut client, &talk).await;
        let request = pb::AdjournTalkRequest { talk: talk.to_string(), reason: "too late".to_owned() };
        client.adjourn_talk(request).await.unwrap_err();
        (talk, ended.talk().history().len())
    }

    async fn score(&self) {
        let mut client = ScoringServiceClient::connect(self.scoring.url()).await.unwrap();
        let listed = client.list_scenarios(scoring::ListScenariosRequest {}).await.unwrap().into_inner();
        let geneva = listed.scenarios.into_iter().find(|scenario| scenario.name == "geneva-2025").unwrap();
        let offers = vec![geneva.status_quo.unwrap(); 3];
        let request = scoring::ScoreOffersRequest { scenario: geneva.name, offers };
        patiently("impacts", client.score_offers(request)).await.unwrap();
    }

    async fn pages(&self) -> BTreeMap<&'static str, Vec<Page>> {
        let delegations = [&self.us, &self.china, &self.other].map(Process::metrics).map(scrape);
        BTreeMap::from([
            ("mediator", vec![scrape(self.mediator.metrics()).await]),
            ("delegation", futures::future::join_all(delegations).await),
            ("scoring", vec![scrape(self.scoring.metrics()).await]),
            ("observatory", vec![scrape(self.observatory.metrics()).await]),
        ])
    }
}

/// The metrics of docs/telemetry.md, as Prometheus writes them: name and whose.
fn documented() -> BTreeMap<String, String> {
    let docs = std::fs::read_to_string(workspace().join("docs/telemetry.md")).unwrap();
    let rows =
        docs.lines().skip_while(|line| *line != "## Metrics").filter(|line| line.starts_with("| `detente."));
    let rows = rows.take_while(|row| !row.contains("detente.private"));
    let named = rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let (name, unit, by) = (cells[1].replace('.', "_"), cells[2], cells[3].to_owned());
        let unit = match unit {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        (format!("{name}{unit}"), by)
    });
    named.collect()
}

fn find<'a>(pages: &'a [Page], metric: &str) -> Vec<&'a Page> {
    let has = |page: &&Page| page.names().iter().any(|name| name.trim_end_matches("_total") == metric);
    pages.iter().filter(has).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_shows_the_metrics_it_is_said_to_have() {
    let services = Services::start().await;
    let (talk, moves) = services.talk().await;
    services.score().await;
    let pages = services.pages().await;
    let documented = documented();
    assert!(documented.len() > 20, "{documented:?}");
    for (metric, by) in &documented {
        // Who attends no talk has decided nothing.
        let expected =
            if metric == "detente_decision_duration_seconds" { 2 } else { pages[by.as_str()].len() };
        assert_eq!(find(&pages[by.as_str()], metric).len(), expected, "{metric} at {by}");
    }
    let mediator = &pages["mediator"][0];
    assert_eq!(mediator.sum("detente_moves_total"), moves as f64);
    assert_eq!(mediator.sum("detente_refusals_total"), 1.0);
    assert_eq!(mediator.sum("detente_persist_duration_seconds_count"), moves as f64 + 1.0);
    // Both offers stand from the second one on; the last move accepts.
    assert_eq!(mediator.sum("detente_gap_steps_count"), moves as f64 - 2.0);
    assert_eq!(mediator.sum("detente_gap_deficit_count"), moves as f64 - 2.0);
    assert!(mediator.sum("detente_deliver_duration_seconds_count") > moves as f64);
    assert_eq!(mediator.sum("detente_seats_stalled"), 0.0);
    let decisions =
        pages["delegation"].iter().map(|page| page.sum("detente_decision_duration_seconds_count"));
    assert_eq!(decisions.sum::<f64>(), moves as f64);
    assert_eq!(pages["scoring"][0].sum("detente_scoring_offers_total"), 3.0);
    assert_labels(&pages, &talk);
}

/// The labels are those of the schema, and their values words of ours.
fn assert_labels(pages: &BTreeMap<&'static str, Vec<Page>>, talk: &TalkId) {
    let allowed = ["act", "procedure", "refusal", "strategy", "signal", "drop_reason"];
    let allowed: BTreeSet<_> = allowed.iter().map(|label| format!("detente_{label}")).collect();
    let mut strategies = BTreeSet::new();
    for (label, values) in pages.values().flatten().flat_map(Page::labels) {
        assert!(allowed.contains(&label), "{label}: {values:?}");
        for value in &values {
            assert!(
                !value.contains(talk.as_str()) && !["USA", "CHN", "JPN"].contains(&value.as_str()),
                "{value}"
            );
        }
        if label == "detente_strategy" {
            strategies.extend(values);
        }
    }
    assert_eq!(strategies, BTreeSet::from(["boulware".to_owned(), "conceder".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scrape_is_bounded_and_only_a_scrape_is_answered() {
    let scoring = start("detente", &["serve", "scoring", "--listen", "127.0.0.1:0"]).await;
    let address = scoring.metrics();
    let answer = |request: &'static [u8]| say(address, request);
    assert!(answer(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.starts_with("HTTP/1.1 404"));
    assert!(answer(b"POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await.starts_with("HTTP/1.1 405"));
    assert!(answer(b"no HTTP at all\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    let endless = format!("GET /metrics HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(100_000));
    let refused = say(address, endless.as_bytes()).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 431"), "{refused}");
    // Eight that say nothing take every place; the ninth is closed unheard, until they are cut off.
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let heard = async {
        loop {
            let answer = say(address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
            if answer.starts_with("HTTP/1.1 200") {
                return;
            }
            assert_eq!(answer, "");
        }
    };
    patiently("a place", heard).await;
    drop(silent);
}

/// Asks until `holds` of the page.
async fn eventually(service: &Process, what: &str, holds: impl Fn(&Page) -> bool) -> Page {
    let asked = async {
        loop {
            let page = scrape(service.metrics()).await;
            if holds(&page) {
                return page;
            }
        }
    };
    patiently(what, asked).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_without_credit_refusals_gaps_and_returns_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("talks.db").display().to_string();
    let mediator = start("detente-mediator", &["--listen", "127.0.0.1:0", "--record", &record]).await;
    let mut client = mediators::client(&mediator.url()).await;
    let terms = small_terms(&["USA", "CHN"], 10);
    let talk = convene(&mut client, "credit", &terms).await;
    let poor = pb::Hello { party: "USA".to_owned(), credit: 1, ..pb::Hello::default() };
    let mut usa = Seat::resume(&mut client, &talk, poor).await.unwrap();
    let mut china = Seat::take(&mut client, &talk, "CHN").await.unwrap();

    // The opening is the second entry, and there is room for one.
    let page = eventually(&mediator, "a stalled seat", |page| page.sum("detente_seats_stalled") == 1.0).await;
    assert_eq!((page.sum("detente_seats_taken"), page.sum("detente_credit_granted_total")), (2.0, 257.0));
    usa.say(0, Up::Credit(pb::Credit { entries: 20 })).await;
    usa.entry(2).await;
    assert_eq!(scrape(mediator.metrics()).await.sum("detente_seats_stalled"), 0.0);

    let offer = |bps| WireAct::Propose(small_offer(&terms, bps));
    china.entry(2).await;
    let refused = china.act(&terms, 1, offer(2_000)).await.unwrap_err();
    usa.act(&terms, 1, offer(5_000)).await.unwrap();
    china.entry(3).await;
    china.act(&terms, 1, offer(2_000)).await.unwrap();
    // Told after the answer. 50% and 20% are six steps of 5 apart, and nothing here touches trade.
    let page = eventually(&mediator, "a gap", |page| page.sum("detente_gap_steps_count") == 1.0).await;
    assert_eq!((page.sum("detente_gap_steps_sum"), page.sum("detente_gap_deficit_count")), (6.0, 0.0));
    assert_eq!(page.labels()["detente_refusal"], BTreeSet::from([refused.reason]));

    drop(china);
    eventually(&mediator, "a seat left", |page| page.sum("detente_seats_taken") == 1.0).await;
    let mut china = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    china.entry(4).await;
    assert_eq!(scrape(mediator.metrics()).await.sum("detente_seats_resumed_total"), 1.0);
}

/// Off unless asked for; and an address that is taken is the operator's to mend.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_taken_keeps_the_service_from_starting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = tokio::process::Command::new(detente_tests::programs::program("detente"));
    command.args(["serve", "scoring", "--listen", "127.0.0.1:0", "--metrics", &address]);
    let output = patiently("the end", command.kill_on_drop(true).output()).await.unwrap();
    assert_eq!(output.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&address), "{output:?}");
    assert!(output.stdout.is_empty(), "it never was ready");
}
