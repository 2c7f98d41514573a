//! The job of a scan.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use connections::{Code, Failure};
use kafka::Cluster;
use kafka::scan::{Examiner, Observer, ScanCoverage, ScanPlan, ScanProgress};
use message::search::{Choices, Filter};
use results::writer::{Limits, Writer};
use tokio_util::sync::CancellationToken;

use crate::child::Before;
use crate::child::examiner::Looking;
use crate::child::out::Out;
use crate::child::pulse::Pulses;
use crate::contract::{ScanJob, Told};

/// Does it, and tells how it ended.
pub(super) async fn scan(
    job: ScanJob,
    out: &Arc<Out>,
    cancel: CancellationToken,
    before: Option<Before>,
) {
    let ended = begin(job, out, cancel, before).await;
    out.tell(&Told::Ended(ended));
}

async fn begin(
    job: ScanJob,
    out: &Arc<Out>,
    cancel: CancellationToken,
    before: Option<Before>,
) -> Result<ScanCoverage, Failure> {
    let filter =
        Filter::new(&job.condition).map_err(|bad| Failure::new(Code::Invalid, bad.to_string()))?;
    let writer = Writer::open(&job.folder, &job.key.taken(), Limits::default())?;
    let secrets = job.secrets.taken();
    let cluster = tokio::select! {
        cluster = Cluster::connect(&job.profile, &secrets) => cluster?,
        () = cancel.cancelled() => {
            return Err(Failure::new(Code::Cancelled, "the search was stopped before it began"));
        }
    };
    let pulses = Arc::<Pulses>::default();
    pulses.watch(out);
    let common = Common {
        filter,
        choices: Choices::default(),
        writer,
        out: Arc::clone(out),
        most_hits: job.most_hits,
        hits: AtomicU64::new(0),
        careful: job.careful.map(AtomicU64::new),
        broken: OnceLock::new(),
        pulses,
        before,
    };
    let common = Arc::new(common);
    let coverage = cluster.scan(job.request, cancel, Telling(Arc::clone(&common))).await?;
    match common.broken.get() {
        Some(failure) => Err(failure.clone()),
        None => Ok(coverage),
    }
}

/// What the consumers of a scan have in common.
pub(super) struct Common {
    pub filter: Filter,
    pub choices: Choices,
    pub writer: Arc<Writer>,
    pub out: Arc<Out>,
    pub most_hits: u64,
    pub hits: AtomicU64,
    /// Records that may still be looked at, one by one.
    pub careful: Option<AtomicU64>,
    /// Why nothing can be put into the result set any more.
    pub broken: OnceLock<Failure>,
    pub pulses: Arc<Pulses>,
    pub before: Option<Before>,
}

/// Tells the app of the scan.
struct Telling(Arc<Common>);

impl Observer for Telling {
    fn planned(&mut self, plan: ScanPlan) {
        self.0.out.tell(&Told::Planned(plan));
    }

    fn examiner(&mut self) -> Box<dyn Examiner> {
        Box::new(Looking::of(Arc::clone(&self.0)))
    }

    fn progress(&mut self, progress: ScanProgress) {
        self.0.out.tell(&Told::Progress(progress));
    }
}
