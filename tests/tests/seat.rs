//! A person's seat, over HTTP: who may sit, what may be said, and that whoever thinks for long holds up
//! nobody and nothing.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use delegation::service::{Options, Service, ServiceError};
use detente_tests::mediators::{Client, GENEVA_US, Mediator, free_port};
use detente_tests::patiently;
use detente_tests::persons::{KEY, Person, given, offer, options};
use detente_tests::seats::Seat;
use detente_tests::talks_at::{convene, entries, moves, scenario_terms, sound};
use record::{MemoryLog, TalkId};
use serde_json::{Value as Json, json};
use wire::pb::mediation::v1 as pb;
use wire::{PublicTerms, WireAct};

/// A talk with a person in the USA's seat and a raw seat for China.
async fn table(mediator: &Mediator) -> (Client, PublicTerms, TalkId, Seat, Person) {
    let terms = scenario_terms("geneva-2025", None);
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "the talk", &terms).await;
    let person = Person::sit(mediator).await;
    let china = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    person.turn(&talk, 1).await;
    (client, terms, talk, china, person)
}

#[tokio::test]
async fn the_seat_opens_once_to_its_own_page_on_this_machine() {
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let person = Person::start(&mediator).await;
    let (status, page) = person.ask("GET /", "", "").await;
    assert_eq!(status, 200);
    let head = page.split_once("\r\n\r\n").unwrap().0.to_lowercase();
    assert!(
        head.contains("content-security-policy: default-src 'none'")
            && head.contains("cache-control: no-store")
    );
    assert!(!page.contains(&person.token), "the token is not in the page");
    for foreign in
        ["Host: evil.example\r\n", "Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"]
    {
        assert_eq!(person.ask("GET /", foreign, "").await.0, 403, "{foreign}");
    }
    for question in
        ["GET /api/seat", "GET /api/talks/x", "POST /api/talks/x/move", "POST /api/talks/x/explain"]
    {
        let (status, answer) = person.ask(question, "", "{}").await;
        assert!(status == 401 && answer.contains("NO_KEY"), "{answer}");
    }
    assert_eq!(person.claim("00000000000000000000000000000000", KEY).await.0, 403);
    assert_eq!(person.claim(&person.token, "short").await.0, 400);
    assert_eq!(person.ask("POST /api/claim", "", r#"{"token":"a","key":"b","more":1}"#).await.0, 400);
    assert_eq!(person.claim(&person.token, KEY).await.0, 204);
    let other = "f".repeat(32);
    let (status, answer) = person.claim(&person.token, &other).await;
    assert!(status == 403 && answer.contains("TAKEN"), "{answer}");
    let (status, answer) =
        person.ask("GET /api/seat", &format!("Authorization: Bearer {other}\r\n"), "").await;
    assert!(status == 401 && answer.contains("TAKEN"), "{answer}");
    // Whoever took it comes back, with the address or without.
    assert_eq!(person.claim(&person.token, KEY).await.0, 204);
    assert_eq!(person.seated("GET /api/seat", "").await.0, 200);
    assert_eq!(person.seated("GET /api/talks/nobody-knows-this", "").await.0, 404);

    let open = Options { seat: "0.0.0.0:0".parse().unwrap(), ..options(mediator.url()) };
    let refused = Service::prepare(&us::PROFILE, &open).await.err().unwrap();
    assert!(matches!(refused, ServiceError::SeatInTheOpen(_)) && !refused.is_unavailable());
}

#[tokio::test]
async fn what_a_person_says_is_read_and_judged_before_it_is_a_move() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let (_client, terms, talk, mut china, person) = table(&mediator).await;
    let best = offer(&terms, "chn", 0);
    let propose = |round: u32, offer: Json| json!({ "act": "propose", "round": round, "offer": offer });

    // What is no move of this contract.
    let mut unknown = propose(1, given(&terms, &best));
    unknown["haste"] = json!(true);
    let mut elsewhere = given(&terms, &best);
    elsewhere["agenda"] = json!("00");
    let mut beyond = given(&terms, &best);
    beyond["values"][0]["value"] = json!(12_600);
    let mut short = given(&terms, &best);
    short["values"].as_array_mut().unwrap().pop();
    let mut kind = given(&terms, &best);
    kind["values"][0]["value"] = json!("much");
    for (bad, code) in [
        (unknown, "BAD_REQUEST"),
        (json!({ "act": "shout", "round": 1 }), "BAD_REQUEST"),
        (propose(1, elsewhere), "OTHER_AGENDA"),
        (propose(1, beyond), "BAD_OFFER"),
        (propose(1, short), "BAD_OFFER"),
        (propose(1, kind), "BAD_OFFER"),
    ] {
        let (status, error) = person.make(&talk, &bad).await;
        assert_eq!((status, error["code"].as_str()), (400, Some(code)), "{error}");
    }
    // What is none now, or none for this party.
    let (status, error) = person.make(&talk, &propose(2, given(&terms, &best))).await;
    assert_eq!((status, &error["code"]), (409, &json!("NOT_YOUR_TURN")), "{error}");
    let free = offer(&terms, "usa", 0);
    let (status, error) = person.make(&talk, &propose(1, given(&terms, &free))).await;
    assert_eq!((status, &error["code"]), (422, &json!("RED_LINE")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("US added rate: at least 10%"), "{error}");
    let nothing = json!({ "act": "accept", "round": 1, "entry": "00" });
    assert_eq!(person.make(&talk, &nothing).await.1["code"], "NO_OFFER");
    // What is worth less than the walk-away value is asked about.
    let mut poor = propose(1, given(&terms, &offer(&terms, "usa", 12_500)));
    let (status, error) = person.make(&talk, &poor).await;
    assert_eq!((status, &error["code"]), (409, &json!("BELOW_WALK_AWAY")), "{error}");
    assert!((error["details"]["utility"].as_f64().unwrap() - 0.31).abs() < 0.05, "{error}");
    poor["confirmed"] = json!(true);
    assert_eq!(person.make(&talk, &poor).await.0, 202);
    let again = person.make(&talk, &propose(1, given(&terms, &best))).await;
    assert_eq!(again.1["code"], "NOT_YOUR_TURN", "one turn, one move");

    // An acceptance names the offer that stands.
    china.entry(3).await;
    china.act(&terms, 1, WireAct::Propose(free.clone())).await.unwrap();
    let told = person.turn(&talk, 2).await;
    assert_eq!(
        (&told["standing"]["permitted"], &told["standing"]["acceptable"]),
        (&json!(false), &json!(false))
    );
    let stale = json!({ "act": "accept", "round": 2, "entry": "ab".repeat(32) });
    assert_eq!(person.make(&talk, &stale).await.1["code"], "STALE_OFFER");
    let behind =
        json!({ "act": "accept", "round": 2, "entry": told["standing"]["entry"], "confirmed": true });
    assert_eq!(person.make(&talk, &behind).await.1["code"], "RED_LINE");
    assert_eq!(person.make(&talk, &propose(2, given(&terms, &best))).await.0, 202);
    china.entry(5).await;
    china.act(&terms, 2, WireAct::Propose(best.clone())).await.unwrap();
    let told = person.turn(&talk, 3).await;
    let accept = json!({ "act": "accept", "round": 3, "entry": told["standing"]["entry"] });
    assert_eq!(told["standing"]["acceptable"], true, "{}", told["standing"]);
    assert_eq!(person.make(&talk, &accept).await.0, 202);
    let over = person.until(&talk, |told| told["state"] == "agreed").await;
    assert_eq!(over["known"], 5);
    assert_eq!(sound(&talk, &entries(&*log, &talk).await).talk().agreed(), Some(&best));
}

#[tokio::test]
async fn a_draft_is_weighed_by_the_own_mandate() {
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let (_client, terms, talk, _china, person) = table(&mediator).await;
    let draft = json!({ "offer": given(&terms, &offer(&terms, "usa", 0)) }).to_string();
    let (status, of) = person.seated(&format!("POST /api/talks/{talk}/explain"), &draft).await;
    assert_eq!((status, &of["permitted"], &of["acceptable"]), (200, &json!(false), &json!(false)), "{of}");
    let parts = of["objectives"].as_array().unwrap().iter();
    let sum: f64 = parts.map(|part| part["offer"]["contribution"].as_f64().unwrap()).sum();
    assert_eq!(sum, of["utility"].as_f64().unwrap());
    let broken = of["red_lines"].as_array().unwrap().iter().filter(|line| line["kept"] == false);
    assert_eq!(broken.count(), 2, "the mandate's and the one at home");
    let (status, impact) = person.seated(&format!("POST /api/talks/{talk}/impact"), &draft).await;
    assert_eq!((status, impact["sectors"].as_array().unwrap().len()), (200, 24));
    let deficit = &impact["headlines"][0];
    assert!(
        deficit["p5"].as_i64() < deficit["after"].as_i64()
            && deficit["after"].as_i64() < deficit["p95"].as_i64()
    );
    let (_, head) = person.seated(&format!("GET /api/talks/{talk}"), "").await;
    assert_eq!((&head["party"]["id"], head["issues"].as_array().unwrap().len()), (&json!("USA"), 59));
    assert!(head["best_utility"].as_f64() > head["walk_away"].as_f64());
}

#[tokio::test]
async fn a_delegation_whose_person_thinks_ends_when_it_is_told_to_and_says_so() {
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let (_client, _terms, talk, _china, person) = table(&mediator).await;
    let (_, news) = person.seated("GET /api/seat", "").await;
    let after = news["version"].as_u64().unwrap();
    // Two pages are open. Whatever else they are told first, both hear of it: a
    // seat that did not wait for them would refuse their next question.
    let end = async {
        person.shutdown.cancel();
    };
    tokio::join!(person.until_closing(&talk, 1, after), person.until_closing(&talk, 2, after), end);
    patiently("the end of the delegation", person.running).await.unwrap().unwrap();
}

/// Geneva's terms with a minute for each turn.
fn limited() -> PublicTerms {
    let public = scenario_terms("geneva-2025", None);
    let limited = public.terms.clone().with_turn_limit_us(60_000_000).unwrap();
    PublicTerms { terms: limited, ..public }
}

/// A talk with a minute for each turn, a person in the one seat and a test in the other.
struct Limited {
    clock: Arc<ambient::ManualClock>,
    terms: PublicTerms,
    talk: TalkId,
    person: Person,
    china: Seat,
    _mediator: Mediator,
}

impl Limited {
    async fn start() -> Self {
        let clock = Arc::new(ambient::ManualClock::at(GENEVA_US));
        let limits = mediator::Limits::default();
        let mediator = Mediator::start(free_port(), Arc::new(MemoryLog::new()), clock.clone(), limits).await;
        let (terms, mut client) = (limited(), mediator.client().await);
        let talk = convene(&mut client, "limited", &terms).await;
        let person = Person::sit(&mediator).await;
        let china = Seat::take(&mut client, &talk, "CHN").await.unwrap();
        Self { clock, terms, talk, person, china, _mediator: mediator }
    }
}

#[tokio::test]
async fn a_turn_that_passes_while_the_person_thinks_is_gone_and_the_next_is_theirs() {
    let Limited { clock, terms, talk, person, mut china, _mediator } = Limited::start().await;
    let told = person.turn(&talk, 1).await;
    assert_eq!(told["wakeup_us"], GENEVA_US + 60_000_000);
    // Any submission makes the mediator look at its clock.
    clock.advance_us(60_000_000);
    china.act(&terms, 1, WireAct::Propose(offer(&terms, "chn", 0))).await.unwrap();
    let told = person.turn(&talk, 2).await;
    assert_eq!(told["told"][0]["act"], "missed");
    let late = json!({ "act": "propose", "round": 1, "offer": given(&terms, &offer(&terms, "chn", 0)) });
    assert_eq!(person.make(&talk, &late).await.1["code"], "NOT_YOUR_TURN");
    let late = json!({ "act": "walk-away", "told": 0 });
    assert_eq!(person.make(&talk, &late).await.1["code"], "MOVED_ON");
    let accept = json!({ "act": "accept", "round": 2, "entry": told["standing"]["entry"] });
    assert_eq!(person.make(&talk, &accept).await.0, 202);
    person.until(&talk, |told| told["state"] == "agreed").await;
}

#[tokio::test]
async fn a_move_that_comes_too_late_is_not_said_and_the_person_is_told() {
    let Limited { clock, terms, talk, person, mut china, _mediator } = Limited::start().await;
    person.turn(&talk, 1).await;
    // The mediator looks at its clock as the move comes, and finds the turn over.
    clock.advance_us(60_000_000);
    let mine = offer(&terms, "chn", 0);
    let propose = |round: u32| json!({ "act": "propose", "round": round, "offer": given(&terms, &mine) });
    assert_eq!(person.make(&talk, &propose(1)).await.0, 202);
    person.until(&talk, |told| !told["late"].is_null()).await;
    china.act(&terms, 1, WireAct::Propose(offer(&terms, "usa", 12_500))).await.unwrap();
    let told = person.turn(&talk, 2).await;
    assert_eq!(told["told"][0]["act"], "missed");
    assert_eq!(
        (&told["late"], &told["refused"]),
        (&json!({ "said": 0, "round": 1, "leaving": false }), &Json::Null),
        "{told}"
    );
    // It stays until the person goes on.
    assert_eq!(person.make(&talk, &propose(2)).await.0, 202);
    person.until(&talk, |told| told["known"] == 3 && told["late"].is_null()).await;
}

#[tokio::test]
async fn a_move_made_while_the_mediator_is_away_is_said_once_when_it_is_back() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let address = mediator.address();
    let (_client, terms, talk, _china, person) = table(&mediator).await;
    mediator.kill().await;
    let propose = json!({ "act": "propose", "round": 1, "offer": given(&terms, &offer(&terms, "chn", 0)) });
    assert_eq!(person.make(&talk, &propose).await.0, 202);
    let log = Arc::new(log.crash());
    let mediator = Mediator::at(address, log.clone()).await;
    let mut china = Seat::take(&mut mediator.client().await, &talk, "CHN").await.unwrap();
    // Entry 3 is the takeover.
    let offer = china.entry(4).await;
    china.act(&terms, 1, WireAct::Accept(offer.hash().0)).await.unwrap();
    person.until(&talk, |told| told["state"] == "agreed").await;
    let left = entries(&*log, &talk).await;
    assert_eq!(moves(&left).len(), 2);
    drop(sound(&talk, &left));
}

#[tokio::test]
async fn a_person_walks_away_while_the_other_side_thinks_and_knows_all_that_was_said() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let (_client, terms, talk, mut china, person) = table(&mediator).await;
    let mine = given(&terms, &offer(&terms, "chn", 0));
    let propose = |round: u32| json!({ "act": "propose", "round": round, "offer": mine });
    let leave = |told: usize| json!({ "act": "walk-away", "told": told });
    assert_eq!(person.make(&talk, &propose(1)).await.0, 202);
    person.until(&talk, |told| told["known"] == 1).await;
    assert_eq!(person.make(&talk, &propose(1)).await.1["code"], "NOT_YOUR_TURN");
    // What China says meanwhile is looked at first.
    china.entry(3).await;
    china.act(&terms, 1, WireAct::Propose(offer(&terms, "usa", 12_500))).await.unwrap();
    person.turn(&talk, 2).await;
    assert_eq!(person.make(&talk, &leave(1)).await.1["code"], "MOVED_ON");
    assert_eq!(person.make(&talk, &propose(2)).await.0, 202);
    person.until(&talk, |told| told["known"] == 3 && told["turn"] == "CHN").await;
    assert_eq!(person.make(&talk, &leave(3)).await.0, 202);
    let over = person.until(&talk, |told| told["state"] == "failed").await;
    assert!(
        over["reason"].as_str().unwrap().starts_with("USA walked away") && over["late"].is_null(),
        "{over}"
    );
    assert_eq!(person.make(&talk, &leave(4)).await.1["code"], "TALK_OVER");
    assert_eq!(moves(&entries(&*log, &talk).await).len(), 4);
}

#[tokio::test]
async fn a_person_walks_away_from_a_talk_that_is_paused() {
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let (mut client, _terms, talk, _china, person) = table(&mediator).await;
    let pause = pb::AdjournTalkRequest { talk: talk.to_string(), reason: String::new() };
    client.adjourn_talk(pause).await.unwrap();
    person.until(&talk, |told| told["state"] == "adjourned").await;
    assert_eq!(person.make(&talk, &json!({ "act": "walk-away", "told": 0 })).await.0, 202);
    person.until(&talk, |told| told["state"] == "failed").await;
}

#[tokio::test]
async fn a_walk_away_before_what_was_said_meanwhile_is_not_made_and_the_person_is_told() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let address = mediator.address();
    let (_client, terms, talk, mut china, person) = table(&mediator).await;
    let propose = json!({ "act": "propose", "round": 1, "offer": given(&terms, &offer(&terms, "chn", 0)) });
    assert_eq!(person.make(&talk, &propose).await.0, 202);
    china.entry(3).await;
    person.until(&talk, |told| told["known"] == 1).await;
    mediator.kill().await;
    assert_eq!(person.make(&talk, &json!({ "act": "walk-away", "told": 1 })).await.0, 202);
    // China speaks first, to a mediator that the person's delegation does not know of.
    let log = Arc::new(log.crash());
    let elsewhere = Mediator::over(log.clone()).await;
    let mut china = Seat::take(&mut elsewhere.client().await, &talk, "CHN").await.unwrap();
    china.act(&terms, 1, WireAct::Propose(offer(&terms, "usa", 12_500))).await.unwrap();
    elsewhere.kill().await;
    let _mediator = Mediator::at(address, Arc::new(log.crash())).await;
    let told = person.turn(&talk, 2).await;
    assert_eq!(told["late"], json!({ "said": 1, "round": 1, "leaving": true }), "{told}");
    assert_eq!(told["sent"], false);
}

#[tokio::test]
async fn a_talk_that_waits_for_its_person_holds_up_no_other() {
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let (mut client, terms, first, _china, person) = table(&mediator).await;
    let second = convene(&mut client, "another", &terms).await;
    let _other = Seat::take(&mut client, &second, "CHN").await.unwrap();
    person.turn(&second, 1).await;
    let (_, news) = person.seated("GET /api/seat", "").await;
    assert_eq!(news["talks"].as_array().unwrap().len(), 2);
    assert_eq!(person.make(&second, &json!({ "act": "walk-away", "told": 0 })).await.0, 202);
    person.until(&second, |told| told["state"] == "failed").await;
    person.turn(&first, 1).await;
}

#[tokio::test]
async fn of_the_talks_that_are_over_the_latest_stay_on_the_desk() {
    let mediator = Mediator::over(Arc::new(MemoryLog::new())).await;
    let (mut client, terms, first, _china, person) = table(&mediator).await;
    let mut over = Vec::new();
    for count in 0..18 {
        let talk = convene(&mut client, &format!("talk {count}"), &terms).await;
        let _china = Seat::take(&mut client, &talk, "CHN").await.unwrap();
        person.turn(&talk, 1).await;
        assert_eq!(person.make(&talk, &json!({ "act": "walk-away", "told": 0 })).await.0, 202);
        person.until(&talk, |told| told["state"] == "failed").await;
        over.push(talk);
    }
    // Counted whenever another talk begins.
    let last = convene(&mut client, "the last talk", &terms).await;
    let _china = Seat::take(&mut client, &last, "CHN").await.unwrap();
    person.turn(&last, 1).await;
    for (place, talk) in over.iter().enumerate() {
        let status = if place < 2 { 404 } else { 200 };
        assert_eq!(person.seated(&format!("GET /api/talks/{talk}"), "").await.0, status, "talk {place}");
    }
    person.turn(&first, 1).await;
}
