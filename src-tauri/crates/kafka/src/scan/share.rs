//! What one consumer of a scan reads, on a thread of its own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::native::{Fetch, Message, TopicPartition};
use crate::plan;
use crate::read::Start;
use crate::read::pass::{self, Halt, STALL, Silence, Surroundings, Window};
use crate::scan::Examiner;
use crate::scan::part::{Order, Part};
use crate::scan::record::RawRecord;
use crate::scan::run::{Shared, TELL};

/// How long to wait for what may be a batch that nothing will ever come of: the broker has answered
/// just before.
const SILENCE: Duration = Duration::from_secs(5);

/// Reads the share of one consumer and gives it back with what became of it.
pub(super) fn read(
    shared: &Shared<'_>,
    number: usize,
    mut parts: Vec<Part>,
    mut examiner: Box<dyn Examiner>,
) -> Vec<Part> {
    let opened = (shared.means.open)().and_then(|native| Fetch::of(native, shared.topics));
    match opened {
        Err(failure) => parts.iter_mut().for_each(|part| part.lose(&failure)),
        Ok(mut fetch) => {
            // Windows of the same partition after each other, until nothing is left.
            while pass(shared, number, &mut fetch, &mut parts, &mut *examiner) {}
            fetch.end_elsewhere();
        }
    }
    examiner.reached(parts.iter().map(|part| part.told(None)).collect());
    parts
}

/// Reads the next window of each partition. False where nothing is left, or nothing can go on.
fn pass(
    shared: &Shared<'_>,
    number: usize,
    fetch: &mut Fetch,
    parts: &mut [Part],
    examiner: &mut dyn Examiner,
) -> bool {
    let order = Order::of(shared.request);
    let mut windows: Vec<Window<()>> = parts.iter().filter_map(|part| part.window(order)).collect();
    if windows.is_empty() {
        return false;
    }
    let silent = parts.iter().all(|part| part.window(order).is_none() || part.is_silent());
    let silence = Silence::EndsWindows(if silent { SILENCE } else { STALL });
    let passed_before: u64 = parts.iter().map(Part::passed).sum();
    let eyes = RefCell::new(Eyes { examiner, outside: BTreeMap::new() });
    let keep = |at: TopicPartition, message: &Message| {
        eyes.borrow_mut().see(shared, at, message);
        None
    };
    let mut told = Told::default();
    let mut progress = |records, bytes, windows: &[Window<()>]| {
        shared.count(number, records, bytes, passed_before + pass::passed(windows));
        if told.is_due() {
            let eyes = &mut *eyes.borrow_mut();
            let accounts = told.news(windows).filter_map(|window| {
                let part = parts.iter().find(|part| part.at == window.at)?;
                let mut account = part.told(Some(window));
                account.outside_time += eyes.outside.get(&part.at).copied().unwrap_or(0);
                Some(account)
            });
            eyes.examiner.reached(accounts.collect());
        }
    };
    let watermarks = |at: TopicPartition| {
        let topic = shared.topics.get(at.topic).copied().unwrap_or_default();
        plan::watermarks(shared.means.admin, topic, at.partition, shared.request.isolation)
    };
    let halt = {
        let mut around = Surroundings {
            cancel: shared.stop,
            watermarks: &watermarks,
            silence,
            progress: &mut progress,
        };
        pass::read(fetch, &mut windows, keep, &mut around)
    };
    let Eyes { examiner, outside } = eyes.into_inner();
    let mut accounts = Vec::with_capacity(windows.len());
    for window in windows {
        if let Some(part) = parts.iter_mut().find(|part| part.at == window.at) {
            part.outside_time += outside.get(&part.at).copied().unwrap_or(0);
            part.settle(window);
            accounts.push(part.told(None));
        }
    }
    // Each of them: what was found in one whose windows are over would be told with those of others.
    examiner.reached(accounts);
    match halt {
        None => true,
        Some(Halt::Stopped) => false,
        Some(Halt::Lost(failure)) => {
            parts.iter_mut().for_each(|part| part.lose(&failure));
            false
        }
    }
}

/// What looks at the records of one pass.
struct Eyes<'a> {
    examiner: &'a mut dyn Examiner,
    /// Records that a time left out.
    outside: BTreeMap<TopicPartition, u64>,
}

impl Eyes<'_> {
    fn see(&mut self, shared: &Shared<'_>, at: TopicPartition, message: &Message) {
        let request = shared.request;
        let after = match request.start {
            Start::Time(millis) => Some(millis),
            _ => None,
        };
        if (after.is_some() || request.before.is_some())
            && let Some(millis) = message.timestamp().millis()
        {
            // A record without a timestamp is not known to be outside.
            let early = after.is_some_and(|after| millis < after);
            if early || request.before.is_some_and(|before| millis >= before) {
                *self.outside.entry(at).or_default() += 1;
                return;
            }
        }
        if !self.examiner.examine(&RawRecord::of(at.topic, message)) {
            shared.enough.store(true, Ordering::Relaxed);
            shared.stop.cancel();
        }
    }
}

/// Of what an examiner was told, and when.
#[derive(Default)]
struct Told {
    at: Option<Instant>,
    done: BTreeSet<TopicPartition>,
}

impl Told {
    fn is_due(&mut self) -> bool {
        let due = self.at.is_none_or(|at| at.elapsed() >= TELL);
        if due {
            self.at = Some(Instant::now());
        }
        due
    }

    /// The windows that went on: one that ended does no more.
    fn news<'w>(
        &'w mut self,
        windows: &'w [Window<()>],
    ) -> impl Iterator<Item = &'w Window<()>> + 'w {
        windows
            .iter()
            .filter(|window| window.next > window.from)
            .filter(|window| window.end.is_none() || self.done.insert(window.at))
    }
}
