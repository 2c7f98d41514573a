//! What one screen works on, kept here so that the UI reads windows of it.

use std::sync::{Arc, OnceLock};

use connections::ProfileId;
use connections::failure::Code;
use kafka::read::ResultSet;
use rabbitmq::budget::AfterLast;
use rabbitmq::hold::HoldHandle;
use tokio_util::sync::CancellationToken;

use crate::wire::Failure;

/// A read and, once it ended, its result set.
pub struct Reading {
    pub connection: ProfileId,
    pub topic: String,
    pub cancel: CancellationToken,
    result: OnceLock<ResultSet>,
}

impl Reading {
    pub fn new(connection: ProfileId, topic: String) -> Self {
        Reading { connection, topic, cancel: CancellationToken::new(), result: OnceLock::new() }
    }

    /// Keeps what the read gave. The first result counts; a read ends once.
    pub fn finish(&self, result: ResultSet) {
        if self.result.set(result).is_err() {
            tracing::error!("a read ended twice");
        }
    }

    /// The result set; `None` while the read goes on.
    pub fn result(&self) -> Option<&ResultSet> {
        self.result.get()
    }

    /// One row of the result set.
    pub fn row(&self, row: u32) -> Result<&kafka::read::Row, Failure> {
        let rows = self.result().map(|result| result.rows.as_slice()).unwrap_or_default();
        rows.get(row as usize).ok_or_else(|| Failure {
            code: crate::wire::failure::Code::from(Code::NotFound),
            message: format!("the result set has no row {row}"),
            hint: None,
        })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// An inspection session and what it was started with.
pub struct HoldSession {
    pub connection: ProfileId,
    pub handle: Arc<HoldHandle>,
    pub after_last: AfterLast,
}
