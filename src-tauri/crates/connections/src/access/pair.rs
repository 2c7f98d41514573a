//! A change on two connections at once: a copy here, its original there.

use crate::access::gate::Access;
use crate::access::grant::Grant;
use crate::access::intent::{Outcome, Subject};
use crate::access::scope::Scope;
use crate::access::told::{Detail, Note};
use crate::failure::Failure;

/// What was taken, and the permissions for it.
pub type Taken<T, A, B> = (T, Grant<A>, Option<Grant<B>>);

/// Announces both parts of a change, gives both permissions and then takes what is to be done; or
/// gives and takes nothing. Whatever was announced by then is concluded as failed, because nothing
/// was done: what is denied can be tried again, with what was prepared for it. Blocks on the disk.
///
/// # Errors
/// As [`Access::grant`], of whichever is denied first; what `take` gives.
pub fn take_with_grants<T, A: Scope, B: Scope>(
    first: (&Access, Subject),
    second: Option<(&Access, Subject)>,
    take: impl FnOnce() -> Result<T, Failure>,
) -> Result<Taken<T, A, B>, Failure> {
    let grant = first.0.grant::<A>(first.1)?;
    let second = match second.map(|(access, subject)| access.grant::<B>(subject)).transpose() {
        Ok(second) => second,
        Err(denied) => {
            give_back(grant, &denied);
            return Err(denied);
        }
    };
    match take() {
        Ok(taken) => Ok((taken, grant, second)),
        Err(failure) => {
            give_back(grant, &failure);
            if let Some(second) = second {
                give_back(second, &failure);
            }
            Err(failure)
        }
    }
}

fn give_back<S: Scope>(grant: Grant<S>, why: &Failure) {
    let detail = Detail::from(Note::NothingDone).and(why.into());
    if let Err(failure) = grant.conclude(&Outcome::Failed { detail }) {
        tracing::error!(%failure, "an outcome could not be written to the ledger");
    }
}
