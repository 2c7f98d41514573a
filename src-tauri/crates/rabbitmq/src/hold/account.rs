//! The account of one settlement, for people and for the ledger.

use connections::Failure;
use connections::access::{Detail, Fact, Fate, Outcome};

use super::fate::MessageState;
use super::settle::Settled;

/// How many of a settlement's messages ended how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// As asked.
    pub done: u64,
    /// Of these, dead-lettered or deleted by the queue: they had no looks left.
    pub spent: u64,
    /// Sent, and nobody can tell whether it happened.
    pub unsure: u64,
    /// Not at all.
    pub failed: u64,
    /// The first reason why something is not done for certain.
    pub failure: Option<Failure>,
}

impl Account {
    /// The account of what [`super::HoldHandle::acknowledge`] and its like gave.
    pub fn of(results: &[Settled]) -> Account {
        let mut account = Account::default();
        for settled in results {
            match (&settled.result, settled.state) {
                (Ok(state), _) => {
                    account.done += 1;
                    account.spent += u64::from(!matches!(
                        state,
                        MessageState::Returned | MessageState::Acknowledged
                    ));
                }
                (Err(_), Some(MessageState::Unsure)) => account.unsure += 1,
                (Err(_), _) => account.failed += 1,
            }
            if let (Err(failure), None) = (&settled.result, &account.failure) {
                account.failure = Some(failure.clone());
            }
        }
        account
    }

    /// For the ledger. What may have happened is never written as failed.
    pub fn outcome(&self) -> Outcome {
        let Account { done, spent, unsure, failed, .. } = *self;
        let with_reason = |detail: Detail| match &self.failure {
            Some(failure) => detail.and(failure.into()),
            None => detail,
        };
        let spent = Detail::default().and_some(spent, Fate::Spent);
        match (done, unsure, failed) {
            (_, 1.., _) => {
                let told = Detail::of(Fact::Messages { count: done, fate: Fate::Done });
                let told = spent.0.into_iter().fold(told, Detail::and);
                let told = told.and(Fact::Messages { count: unsure, fate: Fate::PerhapsDone });
                Outcome::Unknown { detail: with_reason(told.and_some(failed, Fate::NotDone)) }
            }
            (_, 0, 0) => {
                let detail = Some(spent).filter(|spent| !spent.0.is_empty());
                Outcome::Done { count: Some(done), detail }
            }
            (0, 0, _) => Outcome::Failed { detail: with_reason(Detail::default()) },
            _ => Outcome::Partial { done, failed, detail: with_reason(spent) },
        }
    }
}

#[cfg(test)]
mod tests {
    use connections::Code;

    use super::*;

    fn settled(state: MessageState, failed: bool) -> Settled {
        let failure = Failure::new(Code::ConnectionLost, "the connection is gone");
        let result = if failed { Err(failure) } else { Ok(state) };
        Settled { id: 1, state: Some(state), result }
    }

    #[test]
    fn what_may_have_happened_is_never_written_as_failed() {
        let done = settled(MessageState::Acknowledged, false);
        let held = settled(MessageState::Held, true);
        let unsure = settled(MessageState::Unsure, true);
        let outcome = |results: &[&Settled]| {
            let results: Vec<Settled> = results.iter().map(|one| (*one).clone()).collect();
            Account::of(&results).outcome()
        };
        let why = Detail::from(&Failure::new(Code::ConnectionLost, "the connection is gone"));
        assert_eq!(outcome(&[&done, &done]), Outcome::Done { count: Some(2), detail: None });
        assert_eq!(outcome(&[&held]), Outcome::Failed { detail: why.clone() });
        let some = Outcome::Partial { done: 1, failed: 1, detail: why };
        assert_eq!(outcome(&[&done, &held]), some);
        for results in [vec![&unsure], vec![&done, &unsure, &held]] {
            let Outcome::Unknown { detail } = outcome(&results) else { panic!("{results:?}") };
            assert!(detail.to_string().contains("1 may have happened or not"), "{detail}");
        }
    }

    #[test]
    fn messages_that_their_last_look_took_are_named() {
        let gone = settled(MessageState::DeletedByLimit, false);
        let back = settled(MessageState::Returned, false);
        let Outcome::Done { count: Some(2), detail: Some(detail) } =
            Account::of(&[gone, back]).outcome()
        else {
            panic!("both are done")
        };
        assert!(detail.to_string().starts_with("1 had no looks left"), "{detail}");
    }
}
