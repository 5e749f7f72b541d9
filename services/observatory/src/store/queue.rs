//! The way to the writer: bounded in rows and bytes, and never waited for.

use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::rows::{EventRow, PointRow, SpanRow};

/// How much may wait for the disk.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Rows.
    pub rows: usize,
    /// Bytes of them.
    pub bytes: usize,
}

/// What the writer is given.
pub(super) enum Work {
    Spans(Vec<SpanRow>),
    Events(Vec<EventRow>),
    Points(Vec<PointRow>),
    /// Everything before it is on disk, or lost, when this is answered.
    Flush(Sender<()>),
}

impl Work {
    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Spans(rows) => rows.len(),
            Self::Events(rows) => rows.len(),
            Self::Points(rows) => rows.len(),
            Self::Flush(_) => 0,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Spans(rows) => rows.iter().map(SpanRow::weight).sum(),
            Self::Events(rows) => rows.iter().map(EventRow::weight).sum(),
            Self::Points(rows) => rows.iter().map(PointRow::weight).sum(),
            Self::Flush(_) => 0,
        }
    }
}

/// What is left of the room. Shared by those who put in and the writer, who gives back.
#[derive(Debug)]
pub(super) struct Gate(Mutex<Room>);

impl Gate {
    pub(super) fn is_shut(&self) -> bool {
        self.lock().rows == 0
    }

    pub(super) fn give_back(&self, rows: usize, bytes: usize) {
        let mut left = self.lock();
        left.rows += rows;
        left.bytes += bytes;
    }

    /// Keeps of the rows those there is room for, from the first on, and says how many are not.
    fn admit<R>(&self, rows: &mut Vec<R>, weight: impl Fn(&R) -> usize) -> usize {
        let mut left = self.lock();
        let mut bytes = left.bytes;
        let fits = rows.iter().take(left.rows).take_while(|row| match bytes.checked_sub(weight(row)) {
            Some(rest) => {
                bytes = rest;
                true
            }
            None => false,
        });
        let admitted = fits.count();
        left.rows -= admitted;
        left.bytes = bytes;
        let shed = rows.len() - admitted;
        rows.truncate(admitted);
        shed
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Room> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end into which work is put.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) gate: Arc<Gate>,
    sender: Sender<Work>,
}

impl Queue {
    pub(super) fn new(room: Room) -> (Self, Receiver<Work>) {
        let (sender, receiver) = mpsc::channel();
        (Self { gate: Arc::new(Gate(Mutex::new(room))), sender }, receiver)
    }

    /// Puts in what there is room for; returns how many rows were shed.
    pub(super) fn put<R>(
        &self,
        mut rows: Vec<R>,
        weight: impl Fn(&R) -> usize,
        work: impl FnOnce(Vec<R>) -> Work,
    ) -> usize {
        let shed = self.gate.admit(&mut rows, weight);
        let admitted = rows.len();
        if admitted == 0 {
            return shed;
        }
        // A writer that is gone takes nothing more: all of it is shed.
        self.sender.send(work(rows)).map_or(shed + admitted, |()| shed)
    }

    /// Waits until all that was put in before has been written.
    pub(super) fn flush(&self) -> bool {
        let (done, waiting) = mpsc::channel();
        self.sender.send(Work::Flush(done)).is_ok() && waiting.recv().is_ok()
    }
}
