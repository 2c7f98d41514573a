//! One pass: reads one window of each of some partitions, with one consumer.
//!
//! A window is finished when a record at or after its last offset came, when the partition's end
//! was reached, or when the position passed it, which it does over transaction markers. Nothing
//! else finishes it.

use std::time::{Duration, Instant};

use connections::{Code, Failure};
use tokio_util::sync::CancellationToken;

use crate::native::{ErrorCode, Fetch, Given, Message, TopicPartition};
use crate::verdict::{self, Doing};

/// How long a read may be without any sign of life before it is given up as incomplete.
pub(crate) const STALL: Duration = Duration::from_secs(20);

/// How often a window may be out of range for no visible reason.
const MOST_RESTARTS: u8 = 3;

/// Records between two looks at the clock and at whether to stop: both cost as much as a record.
const BETWEEN_LOOKS: u32 = 64;

/// How long to wait for an event before looking after the rest.
const TICK: Duration = Duration::from_millis(10);

/// A contiguous range of one partition: `from` up to, not including, `to`.
#[derive(Debug)]
pub(crate) struct Window<T> {
    pub at: TopicPartition,
    pub from: i64,
    pub to: i64,
    /// Bytes after which it ends early, at a record.
    pub budget: u64,
    /// The first offset that is not accounted for.
    pub next: i64,
    /// What was kept of its records, in the order of their offsets.
    pub kept: Vec<T>,
    /// Records that came.
    pub received: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// Offsets that retention took while it was read.
    pub gone: u64,
    /// How it ended; `None` while it has not.
    pub end: Option<WindowEnd>,
    /// How often it was started again because its next offset was out of range.
    restarts: u8,
}

/// How a window ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WindowEnd {
    /// All of it is accounted for.
    Complete,
    /// Its budget was spent before.
    Budget,
    /// It cannot be read.
    Broken(Failure),
    /// What is at the next offset cannot be read, and what is behind it maybe can.
    Unreadable {
        /// Why not.
        failure: Failure,
        /// The first offset of the batch that is to blame, where that was told; else nothing came,
        /// although the broker of the partition answers.
        batch: Option<i64>,
    },
}

impl WindowEnd {
    /// Why not all of it was read.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        match self {
            WindowEnd::Broken(failure) | WindowEnd::Unreadable { failure, .. } => Some(failure),
            WindowEnd::Complete | WindowEnd::Budget => None,
        }
    }
}

/// What becomes of a pass in which nothing comes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It is lost.
    EndsAll,
    /// After so long, the brokers are asked: where they answer, the windows are unreadable. librdkafka
    /// says nothing of a batch that it cannot make out, and fetches it again for ever.
    EndsWindows(Duration),
}

/// Why a pass ended before its windows did.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Stopped by the user.
    Stopped,
    /// The connection is lost, or nothing came.
    Lost(Failure),
}

impl<T> Window<T> {
    pub(crate) fn new(at: TopicPartition, from: i64, to: i64, budget: u64) -> Window<T> {
        Window {
            at,
            from,
            to,
            budget,
            next: from,
            kept: Vec::new(),
            received: 0,
            bytes: 0,
            gone: 0,
            end: None,
            restarts: 0,
        }
    }

    /// Offsets that are accounted for.
    fn passed(&self) -> u64 {
        self.next.saturating_sub(self.from).max(0).cast_unsigned()
    }

    fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Takes a record, or leaves it where it is outside.
    fn take(
        &mut self,
        message: &Message,
        keep: &mut impl FnMut(TopicPartition, &Message) -> Option<T>,
    ) {
        let offset = message.offset();
        if offset < self.next {
            return;
        }
        if offset < self.to {
            let part = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len) as u64;
            self.received += 1;
            self.bytes += part(message.key()) + part(message.value());
            self.kept.extend(keep(self.at, message));
            self.next = offset + 1;
        }
        if offset >= self.to - 1 {
            self.complete();
        } else if self.bytes >= self.budget {
            self.end = Some(WindowEnd::Budget);
        }
    }

    fn complete(&mut self) {
        self.next = self.to;
        self.end = Some(WindowEnd::Complete);
    }
}

/// What a pass needs besides its windows.
pub(crate) struct Surroundings<'a, T> {
    pub cancel: &'a CancellationToken,
    /// First offset and end of a partition, now.
    pub watermarks: &'a dyn Fn(TopicPartition) -> Result<(i64, i64), Failure>,
    /// What happens where nothing comes.
    pub silence: Silence,
    /// Called with the records and bytes received since the last call, and the windows; at least ten
    /// times a second.
    pub progress: &'a mut Progress<'a, T>,
}

/// See [`Surroundings`].
pub(crate) type Progress<'a, T> = dyn FnMut(u64, u64, &[Window<T>]) + 'a;

/// Offsets that the windows have passed so far.
pub(crate) fn passed<T>(windows: &[Window<T>]) -> u64 {
    windows.iter().map(Window::passed).sum()
}

/// Reads the windows, at most one of each partition, and keeps of each record what `keep` makes of
/// it. Windows that did not end when the pass did are left open.
pub(crate) fn read<T>(
    fetch: &mut Fetch,
    windows: &mut [Window<T>],
    mut keep: impl FnMut(TopicPartition, &Message) -> Option<T>,
    around: &mut Surroundings<'_, T>,
) -> Option<Halt> {
    for window in windows.iter_mut() {
        if window.from >= window.to {
            window.complete();
        } else if let Err(failure) = fetch.start(window.at, window.from) {
            window.end = Some(WindowEnd::Broken(failure));
        }
    }
    let (mut alive, mut looked) = (Instant::now(), Instant::now());
    let (mut records, mut bytes, mut last) = (0, 0, 0);
    let (mut came, mut unlooked) = (false, 0);
    let mut open = count_open(windows);
    let mut halt = None;
    while open > 0 {
        let given = fetch.next(TICK);
        let idle = given.is_none();
        if let Some((at, given)) = given {
            came |= !matches!(given, Given::Error(..));
            if let Some(window) = find(windows, &mut last, at) {
                match given {
                    Given::Record(message) => {
                        let before = window.bytes;
                        window.take(&message, &mut keep);
                        records += 1;
                        bytes += window.bytes - before;
                    }
                    // An end before that of the window is the start of what a new leader has not got
                    // yet, or of what a log has lost: neither is accounted for.
                    Given::End(offset) if offset < window.to => {}
                    Given::End(_) => window.complete(),
                    Given::Error(code, offset) => {
                        partition_error(fetch, window, code, offset, around);
                    }
                }
                if !window.is_open() {
                    open -= 1;
                    fetch.stop(at);
                }
            }
        }
        unlooked += 1;
        if !idle && unlooked < BETWEEN_LOOKS {
            continue;
        }
        unlooked = 0;
        if around.cancel.is_cancelled() {
            halt = Some(Halt::Stopped);
            break;
        }
        // Also while others are busy: a marker at the end of a window makes no event.
        if idle || looked.elapsed() >= TICK {
            pass_markers(fetch, windows);
            open = count_open(windows);
            (around.progress)(std::mem::take(&mut records), std::mem::take(&mut bytes), windows);
            looked = Instant::now();
            if std::mem::take(&mut came) {
                alive = looked;
            }
            if let Some(failure) = fetch.context().lost() {
                halt = Some(Halt::Lost(failure));
                break;
            }
            let patience = match around.silence {
                Silence::EndsAll => STALL,
                Silence::EndsWindows(patience) => patience,
            };
            if alive.elapsed() >= patience {
                halt = silent(fetch, windows, patience, around).err().map(Halt::Lost);
                break;
            }
        }
    }
    (around.progress)(records, bytes, windows);
    for window in windows.iter().filter(|w| w.is_open()) {
        fetch.stop(window.at);
    }
    halt
}

/// The open window of a partition. `last` is where the one before was found: records come in runs.
fn find<'w, T>(
    windows: &'w mut [Window<T>],
    last: &mut usize,
    at: TopicPartition,
) -> Option<&'w mut Window<T>> {
    if windows.get(*last).is_none_or(|window| window.at != at) {
        *last = windows.iter().position(|window| window.at == at)?;
    }
    windows.get_mut(*last).filter(|window| window.is_open())
}

fn count_open<T>(windows: &[Window<T>]) -> usize {
    windows.iter().filter(|window| window.is_open()).count()
}

/// Completes the windows whose position is past them.
fn pass_markers<T>(fetch: &mut Fetch, windows: &mut [Window<T>]) {
    for window in windows.iter_mut().filter(|w| w.is_open()) {
        if fetch.position(window.at).is_some_and(|position| position >= window.to) {
            window.complete();
            fetch.stop(window.at);
        }
    }
}

fn partition_error<T>(
    fetch: &mut Fetch,
    window: &mut Window<T>,
    code: ErrorCode,
    offset: i64,
    around: &Surroundings<'_, T>,
) {
    match code {
        ErrorCode::AutoOffsetReset | ErrorCode::OffsetOutOfRange => {
            out_of_range(fetch, window, around);
        }
        // librdkafka looks for the new leader by itself.
        ErrorCode::NotLeaderForPartition
        | ErrorCode::LeaderNotAvailable
        | ErrorCode::FencedLeaderEpoch
        | ErrorCode::UnknownLeaderEpoch
        | ErrorCode::ReplicaNotAvailable
        | ErrorCode::BrokerNotAvailable
        | ErrorCode::BrokerTransportFailure
        | ErrorCode::OperationTimedOut
        | ErrorCode::RequestTimedOut
        | ErrorCode::NetworkException => {}
        ErrorCode::BadCompression
        | ErrorCode::BadMessage
        | ErrorCode::InvalidMessage
        | ErrorCode::NotImplemented
        | ErrorCode::Underflow
        | ErrorCode::MessageSizeTooLarge => {
            // What comes before it has come: up to its batch there is nothing more.
            window.next = window.next.max(offset.min(window.to));
            if window.next >= window.to {
                window.complete();
            } else {
                let failure = verdict::of_topic(code, fetch.name(window.at.topic), Doing::Read);
                window.end = Some(WindowEnd::Unreadable { failure, batch: Some(offset) });
            }
        }
        code => {
            let failure = verdict::of_topic(code, fetch.name(window.at.topic), Doing::Read);
            window.end = Some(WindowEnd::Broken(failure));
        }
    }
}

/// Nothing came for long. Ends the windows where that is no fault of the connection.
///
/// # Errors
/// Why all is lost.
fn silent<T>(
    fetch: &mut Fetch,
    windows: &mut [Window<T>],
    patience: Duration,
    around: &Surroundings<'_, T>,
) -> Result<(), Failure> {
    let stalled = verdict::stalled(patience);
    if around.silence == Silence::EndsAll {
        return Err(stalled);
    }
    for window in windows.iter_mut().filter(|window| window.is_open()) {
        // The first that does not answer says enough: each takes its time.
        let (low, end) = (around.watermarks)(window.at).map_err(|_| stalled.clone())?;
        if low > window.next || end < window.to {
            return Err(stalled);
        }
        window.end = Some(WindowEnd::Unreadable { failure: stalled.clone(), batch: None });
        fetch.stop(window.at);
    }
    Ok(())
}

/// The next offset is not there: retention took it while reading, or the log was cut or made anew.
fn out_of_range<T>(fetch: &mut Fetch, window: &mut Window<T>, around: &Surroundings<'_, T>) {
    let broken = |failure| Some(WindowEnd::Broken(failure));
    match (around.watermarks)(window.at) {
        Err(failure) => window.end = broken(failure),
        Ok((low, _)) if low > window.next => {
            let resumed = low.min(window.to);
            window.gone += resumed.saturating_sub(window.next).max(0).cast_unsigned();
            window.next = resumed;
            fetch.stop(window.at);
            if resumed >= window.to {
                window.complete();
            } else if let Err(failure) = fetch.start(window.at, resumed) {
                window.end = broken(failure);
            }
        }
        Ok((_, end)) if end >= window.to && window.restarts < MOST_RESTARTS => {
            // It was out of range for a moment, as while a leader changes.
            window.restarts += 1;
            fetch.stop(window.at);
            if let Err(failure) = fetch.start(window.at, window.next) {
                window.end = broken(failure);
            }
        }
        Ok((_, end)) if end >= window.to => {
            let topic = fetch.name(window.at.topic);
            let partition = window.at.partition;
            let message =
                format!("partition {partition} of {topic} gave no records where it has some");
            let failure = Failure::new(Code::ConnectionLost, message);
            window.end = broken(failure.hint("its leader may be changing; read again"));
        }
        Ok(_) => {
            let topic = fetch.name(window.at.topic);
            let partition = window.at.partition;
            let failure = Failure::new(
                Code::Changed,
                format!("partition {partition} of {topic} became shorter while it was read"),
            );
            window.end =
                broken(failure.hint("the topic was made anew or lost records; read again"));
        }
    }
}
