//! An activity log of the unit tests: in memory, unwilling when told so.

use std::sync::Mutex;

use uuid::Uuid;

use crate::access::{ActivityLog, EntryId, Intent, Outcome};
use crate::failure::{Code, Failure};

/// What was written, in order.
#[derive(Default)]
pub(crate) struct Memory {
    written: Mutex<Vec<(EntryId, Result<Intent, Outcome>)>>,
    full: Mutex<bool>,
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

/// Action, reason and outcome of an entry.
pub(crate) type Line = (String, String, Option<Outcome>);

impl Memory {
    /// Refuses to write from now on.
    pub fn fill(&self) {
        *self.full.lock().unwrap() = true;
    }

    /// Does this before the next intent is written.
    pub fn meanwhile(&self, act: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(act));
    }

    /// What was announced.
    pub fn intents(&self) -> Vec<Intent> {
        let written = self.written.lock().unwrap();
        written.iter().filter_map(|(_, line)| line.as_ref().ok().cloned()).collect()
    }

    /// How it ended.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let written = self.written.lock().unwrap();
        written.iter().filter_map(|(_, line)| line.as_ref().err().cloned()).collect()
    }

    /// Action and reason of what was announced.
    pub fn actions(&self) -> Vec<(String, String)> {
        let intents = self.intents().into_iter();
        intents.map(|intent| (intent.subject.action, intent.reason)).collect()
    }

    /// What was announced, each with how it ended.
    pub fn lines(&self) -> Vec<Line> {
        let written = self.written.lock().unwrap();
        let outcome = |entry: EntryId| {
            let ends = written.iter().filter(|(id, _)| *id == entry);
            ends.filter_map(|(_, line)| line.as_ref().err().cloned()).next()
        };
        let line = |(entry, line): &(EntryId, Result<Intent, Outcome>)| {
            let intent = line.as_ref().ok()?;
            Some((intent.subject.action.clone(), intent.reason.clone(), outcome(*entry)))
        };
        written.iter().filter_map(line).collect()
    }

    fn write(&self, entry: EntryId, line: Result<Intent, Outcome>) -> Result<(), Failure> {
        if *self.full.lock().unwrap() {
            return Err(Failure::new(Code::Storage, "the disk is full"));
        }
        self.written.lock().unwrap().push((entry, line));
        Ok(())
    }
}

impl ActivityLog for Memory {
    fn intend(&self, intent: &Intent) -> Result<EntryId, Failure> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        let entry = EntryId(Uuid::new_v4());
        self.write(entry, Ok(intent.clone()))?;
        Ok(entry)
    }

    fn conclude(&self, entry: EntryId, outcome: &Outcome) -> Result<(), Failure> {
        self.write(entry, Err(outcome.clone()))
    }
}
