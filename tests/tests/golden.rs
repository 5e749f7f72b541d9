//! What an earlier version wrote is read for ever: a whole record of the Geneva talks, and the bytes
//! of messages. `tests/golden/README.md` says how they were made.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::PathBuf;

use detente_tests::programs::workspace;
use detente_tests::talks_at::{moves, party, small_offer, small_terms, sound};
use record::{Page, SqliteReader, TalkId};
use sha2::{Digest as _, Sha256};
use talks::{Outcome, Seq};
use wire::{OutgoingMove, WireAct};

const ALL: Page = Page { entries: usize::MAX, bytes: usize::MAX };

const TALK: &str = "talk-8775dda2bc692dcf";
const TIP: (u64, &str) = (57, "27e6b44b547b288427e01b5416bae90d813a5d5df68c5737086ee5f1e056a64d");
const AGREED: u64 = 55;

/// A copy that may be opened beside anything.
fn golden(folder: &tempfile::TempDir) -> PathBuf {
    let copy = folder.path().join("geneva-2025.detente");
    std::fs::copy(workspace().join("tests/golden/geneva-2025.detente"), &copy).unwrap();
    copy
}

#[test]
fn the_first_record_of_geneva_is_verified_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let reader = SqliteReader::open(&golden(&folder)).unwrap();
    let talk = TalkId::new(TALK).unwrap();
    let tip = reader.verify(&talk).unwrap();
    assert_eq!((tip.seq, tip.hash.to_string().as_str()), TIP);
    let entries = reader.read(&talk, 0, ALL).unwrap();
    let transcript = sound(&talk, &entries);
    assert_eq!(transcript.talk().outcome(), Some(&Outcome::Agreed { offer: Seq(AGREED) }));
    assert_eq!(transcript.talk().history().len(), moves(&entries).len());
}

#[test]
fn its_entries_are_written_again_as_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let reader = SqliteReader::open(&golden(&folder)).unwrap();
    let talk = TalkId::new(TALK).unwrap();
    let entries = reader.read(&talk, 0, ALL).unwrap();
    let mut transcript = transcript::Transcript::open(&talk, &entries[0]).unwrap();
    let (_, convened) = wire::encode_convened(TALK, transcript.public());
    assert_eq!(convened, entries[0].payload);
    for entry in &entries[1..] {
        let standing = transcript.standing();
        let event = transcript.accept(entry).unwrap();
        let (kind, payload) = wire::encode_event(&event, "");
        assert_eq!(kind as i32, i32::from(entry.kind));
        if kind != wire::EntryKind::Moved {
            assert_eq!(payload, entry.payload, "entry {}", entry.seq);
            continue;
        }
        let agenda = transcript.talk().terms().agenda();
        let received = wire::decode_move(&entry.payload, agenda, standing).unwrap();
        let given = received.submission;
        let act = match given.act {
            talks::Act::Propose(offer) => WireAct::Propose(offer),
            talks::Act::Accept { .. } => WireAct::Accept(standing.unwrap().hash),
            talks::Act::WalkAway => WireAct::WalkAway(received.reason),
        };
        let (talk, round) = (TALK, given.round.unwrap_or(0));
        let again = OutgoingMove { talk, party: &given.party, client_seq: given.client_seq, round, act };
        assert_eq!(wire::encode_move(agenda, &again), entry.payload, "entry {}", entry.seq);
    }
}

#[test]
fn messages_have_the_bytes_they_always_had() {
    let terms = small_terms(&["USA", "CHN"], 3);
    let usa = party("USA");
    let encode = |act| {
        let given = OutgoingMove { talk: "talk-1", party: &usa, client_seq: 2, round: 3, act };
        hexadecimal(&wire::encode_move(terms.terms.agenda(), &given))
    };
    let (_, convened) = wire::encode_convened("talk-1", &terms);
    let now = [
        ("agenda", hexadecimal(&terms.agenda_bytes)),
        ("convened sha256", hexadecimal(&Sha256::digest(&convened))),
        ("propose", encode(WireAct::Propose(small_offer(&terms, 500)))),
        ("accept", encode(WireAct::Accept([7; 32]))),
        ("walk away", encode(WireAct::WalkAway("enough".to_owned()))),
    ];
    let now: String = now.iter().map(|(name, bytes)| format!("{name}: {bytes}\n")).collect();
    assert_eq!(now, include_str!("../golden/wire.txt"));
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
