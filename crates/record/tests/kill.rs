//! A process that appends is killed, again and again: what it was told is durable is there.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use common::{append_one, talk};
use detente_record::{Log, SqliteLog, SqliteReader};

const TEST: &str = "a_killed_writer_loses_nothing_it_acknowledged";
const CHILD: &str = "DETENTE_TEST_RECORD";
const TALKS: usize = 8;

/// Appends to several talks at once for ever; says of each entry, once it is durable, so.
fn append_for_ever(path: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(path).unwrap());
    for n in 0..TALKS {
        let log = log.clone();
        runtime.spawn(async move {
            let talk = talk(&format!("talk-{n}"));
            loop {
                let entry = append_one(&log, &talk, vec![b'x'; 700]).await;
                let line = format!("ack {talk} {} {}\n", entry.seq, entry.hash());
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    // Ends with the parent at the latest: its pipe is gone then, and a write fails.
    runtime.block_on(std::future::pending::<()>());
}

/// Runs this test as a child that appends, and kills it after so many acknowledgements. Returns all
/// that it had acknowledged: what a parent has not read stays in the pipe.
fn kill_after(path: &Path, acknowledgements: usize) -> BTreeMap<(String, u64), String> {
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new(this);
    command.args(["--exact", TEST, "--nocapture", "--test-threads=1"]).env(CHILD, path);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acknowledged = BTreeMap::new();
    let mut note = |line: String| {
        let words: Vec<_> = line.split(' ').collect();
        if let ["ack", talk, seq, hash] = words[..]
            && hash.len() == 64
        {
            acknowledged.insert((talk.to_owned(), seq.parse().unwrap()), hash.to_owned());
        }
        acknowledged.len()
    };
    while lines.next().map(&mut note).expect("the child goes on until it is killed") < acknowledgements {}
    child.kill().unwrap();
    child.wait().unwrap();
    lines.for_each(|line| {
        note(line);
    });
    acknowledged
}

#[test]
fn a_killed_writer_loses_nothing_it_acknowledged() {
    if let Some(path) = std::env::var_os(CHILD) {
        append_for_ever(path.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.detente");
    let mut acknowledged = BTreeMap::new();
    for round in [1, 10, 150, 40, 300] {
        acknowledged.append(&mut kill_after(&path, round));
        let reader = SqliteReader::open(&path).unwrap();
        for n in 0..TALKS {
            reader.verify(&talk(&format!("talk-{n}"))).unwrap();
        }
        for ((name, seq), hash) in &acknowledged {
            let entry = &reader.read(&talk(name), seq - 1, common::ALL).unwrap()[0];
            assert_eq!((entry.seq, &entry.hash().to_string()), (*seq, hash), "{name}");
        }
    }
}
