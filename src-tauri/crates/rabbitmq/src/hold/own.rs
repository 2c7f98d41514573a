//! What this console's own holds have to do with a queue's counts: some of its consumers are ours,
//! and its statistics may be from before something was taken or settled here.
//!
//! A classic queue forgets a consumer when it is cancelled. A quorum queue counts it for as long as
//! one of its messages is unsettled (every version from 3.8 to 4.3: the count is that of all
//! consumers its log knows), and a hold of several batches has several. What a passive declaration
//! counts is therefore compared with what the holds know at the same moment, and where these moved
//! meanwhile nothing is claimed.
//!
//! Left out: the holds of other connections to the same broker. Their consumers are told as others,
//! which they are for this connection.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::in_force::Turns;
use super::message::Messages;
use super::shared::Shared;
use super::{HoldHandle, MessageState, Phase};
use crate::management::{QueueFacts, QueueType};

/// How long a queue may still count a consumer whose last message was settled: the settlement was
/// carried out by then in every run that was measured (see `drain`).
const PUT_OFF: Duration = Duration::from_secs(2);

/// Statistics that were asked for so long after a change are from after it: a queue tells its counts
/// every five seconds, and the management API collects them every five seconds.
const STATISTICS: Duration = Duration::from_secs(11);

/// When something was last taken or settled; outlives the session.
#[derive(Debug, Default)]
pub(super) struct LastChange(Mutex<Option<Instant>>);

impl LastChange {
    pub fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn within(&self, time: Duration) -> bool {
        self.get().is_some_and(|at| at.elapsed() < time)
    }
}

/// The holds of one connection.
#[derive(Default)]
pub(crate) struct Holds {
    entries: Mutex<Vec<Entry>>,
    turns: Turns,
}

struct Entry {
    queue: String,
    shared: Weak<Shared>,
    last_change: Arc<LastChange>,
    handle: Weak<HoldHandle>,
}

impl Holds {
    pub(super) fn add(&self, shared: &Arc<Shared>) {
        let mut entries = self.entries();
        entries.retain(|entry| {
            entry.shared.strong_count() > 0 || entry.last_change.within(STATISTICS)
        });
        entries.push(Entry {
            queue: shared.parts.queue.clone(),
            shared: Arc::downgrade(shared),
            last_change: Arc::clone(&shared.last_change),
            handle: Weak::new(),
        });
    }

    /// Lets others have this handle too, for as long as somebody keeps it.
    pub(super) fn share(&self, handle: &Arc<HoldHandle>) {
        for entry in self.entries().iter_mut().filter(|entry| handle.is_of(&entry.shared)) {
            entry.handle = Arc::downgrade(handle);
        }
    }

    /// The hold in force of a queue, where its handle is shared.
    pub(super) fn in_force(&self, queue: &str) -> Option<Arc<HoldHandle>> {
        let entries = self.entries();
        let mut handles = entries.iter().filter(|entry| entry.queue == queue);
        handles.find_map(|entry| {
            entry.handle.upgrade().filter(|handle| handle.state().borrow().phase != Phase::Ended)
        })
    }

    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How those of a queue stand now.
    pub fn of(&self, queue: &str) -> Own {
        let entries = self.entries();
        let ours = entries.iter().filter(|entry| entry.queue == queue);
        let mut own = Own::default();
        for entry in ours {
            own.last_change = own.last_change.max(entry.last_change.get());
            match entry.shared.upgrade() {
                Some(shared) => {
                    let consumers = shared.consumers();
                    own.held += consumers.held;
                    own.consumers.push(consumers);
                }
                // Ended and cleared away; its last consumers may not be forgotten yet.
                None if entry.last_change.within(PUT_OFF) => own.consumers.push(Consumers::ANY),
                None => {}
            }
        }
        own
    }
}

impl std::fmt::Debug for Holds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holds")
    }
}

/// The consumers of one session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Consumers {
    /// Certainly counted by the queue.
    sure: BTreeSet<u32>,
    /// Perhaps counted; these included.
    possible: BTreeSet<u32>,
    /// Those that have not certainly ended, whichever they are.
    reading: usize,
    /// All so far.
    began: u32,
    /// Messages held or on their way.
    held: u64,
    /// Something is being taken or settled.
    moving: bool,
    /// Nothing is known.
    any: bool,
}

impl Consumers {
    const ANY: Consumers = Consumers {
        sure: BTreeSet::new(),
        possible: BTreeSet::new(),
        reading: 0,
        began: 0,
        held: 0,
        moving: true,
        any: true,
    };

    pub fn of(
        messages: &Messages,
        kind: Option<&QueueType>,
        reading: usize,
        began: u32,
    ) -> Consumers {
        let mut consumers =
            Consumers { reading, began, moving: reading > 0, ..Consumers::default() };
        for (_, message) in messages.iter() {
            let unsettled = match message.state {
                MessageState::Held => {
                    consumers.sure.insert(message.consumer);
                    true
                }
                MessageState::Settling => {
                    consumers.moving = true;
                    true
                }
                MessageState::Unsure => true,
                _ => message.settled.is_some_and(|at| at.elapsed() < PUT_OFF),
            };
            consumers.held +=
                u64::from(matches!(message.state, MessageState::Held | MessageState::Settling));
            if unsettled {
                consumers.possible.insert(message.consumer);
            }
        }
        if kind != Some(&QueueType::Quorum) {
            consumers.sure.clear();
        }
        if kind == Some(&QueueType::Classic) {
            consumers.possible.clear();
        }
        consumers
    }
}

/// How the holds of a queue stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Own {
    consumers: Vec<Consumers>,
    held: u64,
    last_change: Option<Instant>,
}

impl Own {
    /// How many of these consumers are ours; the queue counted them between `self` and `after`.
    fn among(&self, after: &Own, counted: u64) -> Option<u64> {
        if counted == 0 || (self.consumers.is_empty() && after.consumers.is_empty()) {
            return Some(0);
        }
        let moved = self.consumers != after.consumers;
        if moved || after.consumers.iter().any(|consumers| consumers.any) {
            return None;
        }
        let sum = |of: fn(&Consumers) -> usize| -> u64 {
            after.consumers.iter().map(|consumers| of(consumers) as u64).sum()
        };
        let least = sum(|consumers| consumers.sure.len());
        let most = sum(|consumers| consumers.possible.len() + consumers.reading).min(counted);
        (least == most).then_some(least)
    }

    /// Whether a quorum queue that counted between `self` and `after` must have counted one of ours.
    fn surely_counted(&self, after: &Own) -> bool {
        let sure = |own: &Own| own.consumers.iter().any(|consumers| !consumers.sure.is_empty());
        self.consumers == after.consumers && sure(after)
    }

    /// Whether statistics asked for at `asked` may be from before the last change, or show that they
    /// are: fewer unacknowledged than what is held here.
    fn outdates(&self, asked: Instant, unacked: u64) -> bool {
        let moving = self.consumers.iter().any(|consumers| consumers.moving);
        let early = self.last_change.is_some_and(|at| at + STATISTICS > asked);
        moving || early || unacked < self.held
    }
}

impl QueueFacts {
    /// Takes our own holds out of what was counted: `before` is how they stood before the counts were
    /// asked for, `after` how they stand now, `asked` when the statistics were.
    pub(crate) fn set_apart(&mut self, before: &Own, after: &Own, asked: Instant) {
        if self.kind == Some(QueueType::Quorum)
            && (self.ready, self.consumers) == (Some(0), Some(0))
            && before.surely_counted(after)
        {
            // It must count those that are ours: nobody leads it (see `leader`).
            (self.ready, self.consumers, self.total) = (None, None, None);
            self.counts_in_doubt = true;
        }
        self.own_consumers = match self.consumers {
            Some(counted) => before.among(after, counted),
            None => Some(0),
        };
        let stale = self.unacked.is_some_and(|unacked| after.outdates(asked, unacked));
        if stale {
            self.unacked = None;
            self.total = None;
        }
        self.more_soon = stale || self.own_consumers.is_none();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumers(sure: &[u32], possible: &[u32], reading: usize) -> Own {
        let consumers = Consumers {
            sure: sure.iter().copied().collect(),
            possible: possible.iter().copied().collect(),
            reading,
            ..Consumers::default()
        };
        Own { consumers: vec![consumers], ..Own::default() }
    }

    #[test]
    fn only_what_is_certainly_ours_is_taken_off() {
        let among = |own: &Own, counted| own.among(own, counted);
        assert_eq!(among(&Own::default(), 3), Some(0), "nothing is held here");
        let three = consumers(&[0, 1, 2], &[0, 1, 2], 0);
        assert_eq!(among(&three, 3), Some(3));
        assert_eq!(among(&three, 5), Some(3));
        assert_eq!(among(&three, 2), None, "the queue says that ours are fewer than they are");
        let leaving = consumers(&[1], &[0, 1], 0);
        assert_eq!(among(&leaving, 2), None, "the other may be ours or not");
        assert_eq!(among(&leaving, 1), Some(1), "ours is the only one");
        assert_eq!(among(&leaving, 0), Some(0));
        assert_eq!(among(&consumers(&[], &[], 1), 1), None, "one that reads may be counted");
        let gone = Own { consumers: vec![Consumers::ANY], ..Own::default() };
        assert_eq!((among(&gone, 1), among(&gone, 0)), (None, Some(0)));
    }

    #[test]
    fn counts_while_something_moved_are_not_compared() {
        let (one, two) = (consumers(&[0], &[0], 0), consumers(&[0, 1], &[0, 1], 0));
        assert_eq!(one.among(&two, 2), None);
        assert_eq!(two.among(&two, 2), Some(2));
    }

    #[test]
    fn statistics_from_before_the_last_change_tell_nothing() {
        let facts = |unacked, own: &Own| {
            let mut facts = QueueFacts::unknown("/", "q");
            (facts.unacked, facts.total) = (unacked, unacked);
            facts.set_apart(own, own, Instant::now());
            (facts.unacked, facts.total, facts.more_soon)
        };
        let now = Instant::now();
        let held = |held, last_change| Own { held, last_change, ..Own::default() };
        assert_eq!(facts(Some(12), &held(0, None)), (Some(12), Some(12), false));
        assert_eq!(facts(Some(12), &held(0, Some(now))), (None, None, true));
        assert_eq!(
            facts(Some(12), &held(12, now.checked_sub(STATISTICS))),
            (Some(12), Some(12), false)
        );
        assert_eq!(facts(Some(11), &held(12, now.checked_sub(STATISTICS))), (None, None, true));
        assert_eq!(facts(None, &held(0, Some(now))), (None, None, false), "nobody tells it ever");
    }
}
