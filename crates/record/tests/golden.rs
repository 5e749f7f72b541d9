//! A record written by the first version: every later one reads it, and gives the same hashes.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::path::{Path, PathBuf};

use common::{ALL, draft, talk};
use detente_record::{Entry, Log, SqliteLog, SqliteReader, Tip};

const FILE: &str = "format-1.detente";
/// The last entries' hashes as the first version gave them.
const TIPS: [(&str, u64, &str); 2] = [
    ("geneva-2025", 12, "067f67a327106eed5f436ed2a1984a1fbeed5d87d6ff9c731402f2ed0135d4f9"),
    ("london-2025", 1, "7515adb96d054480eefcd9aa234bb51e8431b11a3b8d84f471f697bd29d4b518"),
];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(FILE)
}

/// What the golden record holds.
fn expected(name: &str, count: u64) -> Vec<Entry> {
    let mut tip = Tip::genesis(&talk(name));
    let place = |n| {
        let entry = Entry::after(tip, draft(1 + n / 8, format!("{name}, entry {}", "i".repeat(n as usize))));
        tip = Tip::of(&entry);
        entry
    };
    (1..=count).map(place).collect()
}

#[test]
fn the_first_format_is_read_and_hashed_as_ever() {
    let reader = SqliteReader::open(&golden()).unwrap();
    for (name, seq, hash) in TIPS {
        let tip = reader.verify(&talk(name)).unwrap();
        assert_eq!((tip.seq, tip.hash.to_string().as_str()), (seq, hash));
        assert_eq!(reader.read(&talk(name), 0, ALL).unwrap(), expected(name, seq));
    }
    let listed: Vec<_> = reader.talks(None, 9).unwrap().into_iter().map(|l| l.talk.to_string()).collect();
    assert_eq!(listed, ["london-2025", "geneva-2025"]);
}

#[tokio::test]
async fn the_first_format_is_written_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::copy(golden(), &path).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    let tip = log.tip(&talk("geneva-2025")).await.unwrap();
    log.append(&talk("geneva-2025"), tip, vec![draft(tip.epoch, "on it goes")]).await.unwrap();
    assert_eq!(log.verify(&talk("geneva-2025")).await.unwrap().seq, tip.seq + 1);
}
