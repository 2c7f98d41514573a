//! Which record is being looked at, for whoever sees that it takes too long.

use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::child::out::Out;
use crate::contract::{At, Told};

/// How long one record may be looked at. A text of 20 MB takes a hundredth of that.
const LONGEST: Duration = Duration::from_secs(10);

/// The pulses of all consumers.
#[derive(Default)]
pub(super) struct Pulses(Mutex<Vec<Arc<Pulse>>>);

/// The pulse of one consumer. Odd while a record is looked at.
#[derive(Default)]
pub(super) struct Pulse {
    beat: AtomicU64,
    topic: AtomicUsize,
    partition: AtomicI32,
    offset: AtomicI64,
}

impl Pulse {
    pub fn begin(&self, at: At) {
        self.topic.store(at.topic, Ordering::Relaxed);
        self.partition.store(at.partition, Ordering::Relaxed);
        self.offset.store(at.offset, Ordering::Relaxed);
        self.beat.fetch_add(1, Ordering::Release);
    }

    pub fn end(&self) {
        self.beat.fetch_add(1, Ordering::Release);
    }

    fn beat(&self) -> u64 {
        self.beat.load(Ordering::Acquire)
    }

    fn at(&self) -> At {
        At {
            topic: self.topic.load(Ordering::Relaxed),
            partition: self.partition.load(Ordering::Relaxed),
            offset: self.offset.load(Ordering::Relaxed),
        }
    }
}

impl Pulses {
    /// One more consumer.
    pub fn add(&self) -> Arc<Pulse> {
        let pulse = Arc::new(Pulse::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&pulse));
        pulse
    }

    /// Ends the worker, with the name of the record, once one takes too long. A thread can be ended
    /// in no other way.
    pub fn watch(self: &Arc<Self>, out: &Arc<Out>) {
        let (pulses, out) = (Arc::clone(self), Arc::clone(out));
        let watching = std::thread::Builder::new().name("pulse".to_owned()).spawn(move || {
            let mut before: Vec<u64> = Vec::new();
            loop {
                std::thread::sleep(LONGEST);
                let all = pulses.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let now: Vec<u64> = all.iter().map(|pulse| pulse.beat()).collect();
                for ((before, now), pulse) in before.iter().zip(&now).zip(&all) {
                    let at = pulse.at();
                    // Asked once more: it may have gone on while its place was read.
                    if before == now && !now.is_multiple_of(2) && pulse.beat() == *now {
                        out.tell_and_end(&Told::Stuck(at));
                    }
                }
                before = now;
            }
        });
        if watching.is_err() {
            tracing::warn!("nobody sees whether a record takes too long");
        }
    }
}
