//! Leaving: what is asked before the app ends, and who asks.
//!
//! - What is in hand is never dropped: the app ends after replays have settled what is on its way and
//!   held messages are returned, whether there was something to ask about or not.
//! - The page asks. It says when its question can be seen; where it does not, because it crashed, the
//!   next wish to close is asked about by a dialog of the system, so that a window can always be
//!   closed.
//!
//! Only the decisions are here; [`crate::window`] carries them out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rabbitmq::hold::Phase;

use crate::events::LeaveAsked;

/// How long the page has to show its question. Somebody who clicks twice is not asked twice.
const PATIENCE: Duration = Duration::from_secs(1);

/// What leaving ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InHand {
    /// Messages held.
    pub held: u32,
    /// Holds that are not over. One that takes messages may have none yet, and gets them all the
    /// same.
    pub holds: u32,
    /// Replays that run.
    pub replays: u32,
}

impl InHand {
    /// Of these holds and replays.
    pub fn of(holds: impl Iterator<Item = (Phase, u64)>, replays: usize) -> Self {
        let mut in_hand = InHand { replays: small(replays as u64), ..InHand::default() };
        for (phase, held) in holds {
            in_hand.held = in_hand.held.saturating_add(small(held));
            in_hand.holds = in_hand.holds.saturating_add(u32::from(phase != Phase::Ended));
        }
        in_hand
    }

    fn is_nothing(&self) -> bool {
        *self == InHand::default()
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What follows the wish to leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Next {
    /// The app ends.
    Go,
    /// What is in hand is ended, then the app ends. There is nothing to ask.
    EndFirst,
    /// The page asks.
    AskOnPage(LeaveAsked),
    /// A dialog of the system asks: the page does not.
    AskBeside(LeaveAsked),
    /// Nothing: it is being asked, or the app is ending.
    Wait,
}

/// How far leaving is.
#[derive(Default)]
pub struct Leaving(Mutex<Stage>);

#[derive(Default)]
struct Stage {
    /// The page has something that nobody saved.
    unsaved: bool,
    /// When the page was told to ask, until it does.
    unanswered: Option<Instant>,
    /// A dialog of the system asks.
    beside: bool,
    ending: Ending,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Ending {
    #[default]
    No,
    /// What is in hand is being ended.
    UnderWay,
    /// Nothing is left that could be saved.
    Done,
}

impl Leaving {
    /// Somebody wants to close the window.
    pub fn closing(&self, in_hand: InHand, now: Instant) -> Next {
        let mut stage = self.lock();
        match stage.ending {
            Ending::Done => return Next::Go,
            Ending::UnderWay => return Next::Wait,
            Ending::No if stage.beside => return Next::Wait,
            Ending::No => {}
        }
        let InHand { held, replays, holds } = in_hand;
        if held == 0 && replays == 0 && !stage.unsaved {
            return if holds == 0 { Next::Go } else { Next::EndFirst };
        }
        let asked = LeaveAsked { held, replays, unsaved: stage.unsaved };
        match stage.unanswered {
            None => {
                stage.unanswered = Some(now);
                Next::AskOnPage(asked)
            }
            Some(since) if now.saturating_duration_since(since) < PATIENCE => Next::Wait,
            Some(_) => {
                stage.beside = true;
                Next::AskBeside(asked)
            }
        }
    }

    /// The app is about to end, whoever wants it: a signal, the system, the last window. Whether
    /// something has to be ended before.
    pub fn exiting(&self, in_hand: InHand) -> Next {
        match self.lock().ending {
            Ending::Done => Next::Go,
            Ending::UnderWay => Next::Wait,
            Ending::No if in_hand.is_nothing() => Next::Go,
            Ending::No => Next::EndFirst,
        }
    }

    /// The page could not be told to ask: a dialog of the system does.
    pub fn page_is_gone(&self) {
        self.lock().beside = true;
    }

    /// The page's question can be seen.
    pub fn page_asks(&self) {
        self.lock().unanswered = None;
    }

    /// The dialog of the system was answered with staying. The page is not trusted to ask the next
    /// time, unless it begins anew.
    pub fn stays(&self) {
        self.lock().beside = false;
    }

    /// What is in hand is being ended. False where it was already.
    pub fn ends(&self) -> bool {
        let mut stage = self.lock();
        let first = stage.ending == Ending::No;
        if first {
            stage.ending = Ending::UnderWay;
        }
        first
    }

    /// Nothing is in hand any more that could be ended well.
    pub fn ended(&self) {
        self.lock().ending = Ending::Done;
    }

    /// The page has something that nobody saved, or has not any more.
    pub fn unsaved(&self, unsaved: bool) {
        self.lock().unsaved = unsaved;
    }

    /// A new page has nothing unsaved, and can ask.
    pub fn page_begins(&self) {
        let mut stage = self.lock();
        (stage.unsaved, stage.unanswered) = (false, None);
    }

    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the dialog of the system says: the page, which has the texts, does not answer.
pub fn words(asked: LeaveAsked) -> String {
    let LeaveAsked { held, replays, unsaved } = asked;
    let some = |count: u32, one: &str, more: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {more}"),
    };
    let mut lines = Vec::new();
    if held > 0 {
        let held = some(held, "message is held", "messages are held");
        lines.push(format!(
            "{held}. Leaving returns them to their queues; one that has no look left is lost."
        ));
    }
    if replays > 0 {
        let replays = some(replays, "replay runs", "replays run");
        lines.push(format!("{replays}, and stops once what is on its way is settled."));
    }
    if unsaved {
        lines.push("What you changed in a connection is not saved.".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: InHand = InHand { held: 0, holds: 0, replays: 0 };
    const HELD: InHand = InHand { held: 3, holds: 1, replays: 0 };
    const TAKING: InHand = InHand { held: 0, holds: 1, replays: 0 };
    const ASKED: LeaveAsked = LeaveAsked { held: 3, replays: 0, unsaved: false };

    fn later(now: Instant) -> Instant {
        now + PATIENCE
    }

    #[test]
    fn a_hold_that_has_taken_nothing_yet_is_in_hand() {
        let holds = [(Phase::Taking, 0), (Phase::Ended, 0), (Phase::Holding, 3)];
        let in_hand = InHand::of(holds.into_iter(), 2);
        assert_eq!(in_hand, InHand { held: 3, holds: 2, replays: 2 });
        assert!(InHand::of([(Phase::Ended, 0)].into_iter(), 0).is_nothing());
    }

    #[test]
    fn a_window_with_nothing_in_hand_closes() {
        let leaving = Leaving::default();
        assert_eq!(leaving.closing(NOTHING, Instant::now()), Next::Go);
        assert_eq!(leaving.exiting(NOTHING), Next::Go);
    }

    #[test]
    fn a_hold_that_has_taken_nothing_yet_is_ended_without_a_question() {
        let leaving = Leaving::default();
        assert_eq!(leaving.closing(TAKING, Instant::now()), Next::EndFirst);
        assert_eq!(leaving.exiting(TAKING), Next::EndFirst);
        assert!(leaving.ends());
        assert!(!leaving.ends(), "once");
        assert_eq!(leaving.closing(TAKING, Instant::now()), Next::Wait);
        assert_eq!(leaving.exiting(TAKING), Next::Wait);
        leaving.ended();
        // What is in its last look is still held then.
        assert_eq!(leaving.exiting(HELD), Next::Go);
        assert_eq!(leaving.closing(HELD, Instant::now()), Next::Go);
    }

    #[test]
    fn a_form_that_nobody_saved_is_asked_about_until_a_new_page_begins() {
        let leaving = Leaving::default();
        leaving.unsaved(true);
        let asked = LeaveAsked { held: 0, replays: 0, unsaved: true };
        assert_eq!(leaving.closing(NOTHING, Instant::now()), Next::AskOnPage(asked));
        assert_eq!(leaving.exiting(NOTHING), Next::Go, "nobody is there to be asked");
        leaving.page_begins();
        assert_eq!(leaving.closing(NOTHING, Instant::now()), Next::Go);
    }

    #[test]
    fn a_page_that_asks_is_trusted_to_ask_again() {
        let leaving = Leaving::default();
        let mut now = Instant::now();
        for _ in 0..3 {
            assert_eq!(leaving.closing(HELD, now), Next::AskOnPage(ASKED));
            leaving.page_asks();
            now = later(now);
        }
    }

    #[test]
    fn a_page_that_does_not_ask_is_asked_beside_and_impatience_is_no_proof() {
        let leaving = Leaving::default();
        let now = Instant::now();
        assert_eq!(leaving.closing(HELD, now), Next::AskOnPage(ASKED));
        assert_eq!(leaving.closing(HELD, now + PATIENCE / 2), Next::Wait);
        assert_eq!(leaving.closing(HELD, later(now)), Next::AskBeside(ASKED));
        assert_eq!(leaving.closing(HELD, later(now)), Next::Wait, "one dialog");
        leaving.stays();
        assert_eq!(leaving.closing(HELD, later(now)), Next::AskBeside(ASKED), "at once");
        leaving.stays();
        leaving.page_begins();
        assert_eq!(leaving.closing(HELD, later(now)), Next::AskOnPage(ASKED));
    }

    #[test]
    fn the_words_name_all_that_is_at_stake() {
        let all = words(LeaveAsked { held: 1, replays: 2, unsaved: true });
        for part in ["1 message is held", "2 replays run", "not saved"] {
            assert!(all.contains(part), "{all}");
        }
        let only = words(LeaveAsked { held: 0, replays: 1, unsaved: false });
        assert_eq!(only, "1 replay runs, and stops once what is on its way is settled.");
    }
}
