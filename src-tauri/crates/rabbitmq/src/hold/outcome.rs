//! What the ledger is told of a hold, once it is over.

use connections::access::{Detail, Fact, Fate, Outcome};

use super::message::Lost;
use super::state::{EndReason, HoldState};

/// What became of the messages; `lost` are those that the end of the channel took out of their
/// queue, which nobody asked for.
pub(super) fn outcome(state: &HoldState, reason: &EndReason, lost: Lost) -> Outcome {
    if let (0, EndReason::Failed(failure)) = (state.taken, reason) {
        return Outcome::Failed { detail: failure.into() };
    }
    let asked = state.spent.saturating_sub(lost.certainly + lost.perhaps);
    let detail = Detail::of(Fact::Messages { count: state.returned, fate: Fate::Returned })
        .and(Fact::Messages { count: state.acknowledged, fate: Fate::Acknowledged })
        .and_some(asked, Fate::LastLook)
        .and_some(lost.certainly, Fate::Destroyed)
        .and_some(lost.perhaps, Fate::PerhapsDestroyed)
        .and_some(state.otherwise, Fate::Ended);
    match (lost.certainly, lost.perhaps) {
        (0, 0) => Outcome::Done { count: Some(state.taken), detail: Some(detail) },
        (failed, 0) => {
            Outcome::Partial { done: state.taken.saturating_sub(failed), failed, detail }
        }
        _ => Outcome::Unknown { detail },
    }
}

#[cfg(test)]
mod tests {
    use connections::{Code, Failure};

    use super::*;
    use crate::hold::LookMode;

    fn state(taken: u64, returned: u64, spent: u64) -> HoldState {
        HoldState { taken, returned, spent, ..HoldState::new(LookMode::Hold) }
    }

    fn of(state: &HoldState, certainly: u64, perhaps: u64) -> Outcome {
        let lost = EndReason::Failed(Failure::new(Code::ConnectionLost, "gone"));
        outcome(state, &lost, Lost { certainly, perhaps })
    }

    #[test]
    fn what_a_lost_connection_destroyed_is_named_with_its_number() {
        let returned = of(&state(3, 3, 0), 0, 0);
        assert!(matches!(returned, Outcome::Done { count: Some(3), .. }), "{returned:?}");
        let Outcome::Partial { done: 1, failed: 2, detail } = of(&state(3, 1, 2), 2, 0) else {
            panic!("two of three are gone")
        };
        assert!(detail.to_string().contains("2 dead-lettered or deleted"), "{detail}");
        let Outcome::Unknown { detail } = of(&state(3, 1, 2), 0, 2) else {
            panic!("nobody can tell")
        };
        assert!(detail.to_string().contains("2 perhaps"), "{detail}");
        let knowingly = of(&state(2, 1, 1), 0, 0);
        let Outcome::Done { detail: Some(detail), .. } = knowingly else { panic!("{knowingly:?}") };
        assert!(detail.to_string().contains("1 returned in their last look"), "{detail}");
        let nothing = of(&state(0, 0, 0), 0, 0);
        assert_eq!(
            nothing,
            Outcome::Failed { detail: (&Failure::new(Code::ConnectionLost, "gone")).into() }
        );
    }
}
