//! The walk from a name to a broker that answers, as far as it goes without an account.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::failure::{Code, Failure};
use crate::printable::printable;
use crate::probe::dialogue::{Duplex, End, Reply, Route, ask, identify};
use crate::probe::handshake::{Handshake, Refusal};
use crate::probe::peer::Peer;
use crate::probe::wording::{name, silent, without_tls, wrong_peer};
use crate::probe::{Found, Stage, Step, StepState, amqp, kafka, lookup};
use crate::profile::{Endpoint, Tls};
use crate::secret::Secret;

/// More servers of one connection than this are not probed.
const MOST_ENDPOINTS: usize = 16;

/// Which protocol is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Kafka's.
    Kafka,
    /// AMQP 0-9-1.
    Amqp,
}

/// Name lookup, TCP, TLS where `tls` is given, and one question of the protocol. Never logs in.
///
/// Gives every one of these stages: passed ones with what was found, at most one failed with a
/// sentence and the next step, the others not reached. Takes no longer than about `timeout`, reads
/// no more than 128 KiB an answer. Dropping the future ends it.
pub async fn reach(
    endpoint: &Endpoint,
    tls: Option<(&Tls, Option<&Secret>)>,
    speaks: Protocol,
    timeout: Duration,
) -> Vec<Step> {
    let mut walk = Walk::new(tls.is_some());
    // The walk itself says where it stopped; its result has nothing to add.
    let _ = walk.go(endpoint, tls, speaks, Instant::now() + timeout).await;
    walk.finish()
}

/// [`reach`] for each of several servers at once: the steps of the one that got furthest, the first
/// listed among equals. Where they differ, the last step says how many answer and why one does not.
pub async fn reach_any(
    endpoints: &[Endpoint],
    tls: Option<(&Tls, Option<&Secret>)>,
    speaks: Protocol,
    timeout: Duration,
) -> Vec<Step> {
    if let [only] = endpoints {
        return reach(only, tls, speaks, timeout).await;
    }
    let mut probes = JoinSet::new();
    for (order, endpoint) in endpoints.iter().take(MOST_ENDPOINTS).cloned().enumerate() {
        let tls = tls.map(|(tls, key)| (tls.clone(), key.cloned()));
        probes.spawn(async move {
            let tls = tls.as_ref().map(|(tls, key)| (tls, key.as_ref()));
            (order, reach(&endpoint, tls, speaks, timeout).await)
        });
    }
    let mut walks = Vec::new();
    while let Some(done) = probes.join_next().await {
        walks.extend(done.ok());
    }
    walks.sort_by_key(|(order, steps)| (std::cmp::Reverse(passed(steps)), *order));
    let all = walks.len();
    let full = walks.first().map_or(0, |(_, steps)| steps.len());
    let answering = walks.iter().filter(|(_, steps)| passed(steps) == full).count();
    let objection = walks
        .iter()
        .find_map(|(_, steps)| steps.iter().find(|step| step.state == StepState::Failed))
        .and_then(|step| step.failure.as_ref().map(ToString::to_string));
    let Some((_, mut best)) = walks.into_iter().next() else {
        return Walk::new(tls.is_some()).finish();
    };
    if let (true, Some(objection), Some(last)) = (answering > 0, objection, best.last_mut()) {
        last.found.push(Found::SomeAnswer { answering, all, objection });
    }
    best
}

fn passed(steps: &[Step]) -> usize {
    steps.iter().filter(|step| step.state == StepState::Passed).count()
}

/// The steps so far.
struct Walk {
    stages: Vec<Stage>,
    steps: Vec<Step>,
    since: Instant,
}

/// The walk ends here.
struct Stopped;

impl Walk {
    fn new(encrypted: bool) -> Self {
        let mut stages = vec![Stage::NameLookup, Stage::Tcp, Stage::Tls, Stage::Protocol];
        stages.retain(|stage| encrypted || *stage != Stage::Tls);
        Walk { stages, steps: Vec::new(), since: Instant::now() }
    }

    async fn go(
        &mut self,
        endpoint: &Endpoint,
        tls: Option<(&Tls, Option<&Secret>)>,
        speaks: Protocol,
        deadline: Instant,
    ) -> Result<(), Stopped> {
        let shown = printable(&endpoint.to_string(), 80);
        let (addresses, found) = match lookup::resolve(endpoint, deadline).await {
            Ok(resolved) => resolved,
            Err(sentence) => return self.stop(Stage::NameLookup, Code::NameLookup, sentence),
        };
        self.pass(Stage::NameLookup, vec![found]);

        let (stream, address, found) =
            match lookup::connect(endpoint, &addresses, part_of(deadline)).await {
                Ok(connected) => connected,
                Err(sentence) => return self.stop(Stage::Tcp, Code::Unreachable, sentence),
            };
        self.pass(Stage::Tcp, found);

        let Some((tls, key)) = tls else {
            let mut stream = stream;
            let route = Route { address, tls: None };
            let reply = talk(&mut stream, speaks, part_of(deadline)).await;
            return self.protocol(&shown, speaks, &route, &reply, deadline).await;
        };

        let handshake = match prepare(endpoint, tls, key).await {
            Ok(handshake) => handshake,
            Err(failure) => return self.stop_with(Stage::Tls, failure),
        };
        let mut encrypted = match handshake.shake(stream, part_of(deadline)).await {
            Ok(encrypted) => encrypted,
            Err(Refusal::Explained(sentence)) => {
                return self.stop(Stage::Tls, Code::Tls, sentence);
            }
            Err(Refusal::NotTls(first)) => {
                let plain = Route { address, tls: None };
                let peer = match Peer::of(&first) {
                    Some(peer) if peer != Peer::Unknown => Some(peer),
                    other => identify(&plain, deadline).await.or(other),
                };
                let sentence = without_tls(&shown, speaks, peer.as_ref());
                return self.stop(Stage::Tls, Code::Tls, sentence);
            }
            Err(Refusal::Silent) => {
                let plain = Route { address, tls: None };
                let peer = identify(&plain, deadline).await.filter(|peer| *peer != Peer::Tls);
                let (code, sentence) = match peer {
                    Some(peer) => (Code::Tls, without_tls(&shown, speaks, Some(&peer))),
                    None => (Code::Timeout, silent(&shown, "the TLS handshake")),
                };
                return self.stop(Stage::Tls, code, sentence);
            }
        };
        let took = self.since.elapsed();
        let reply = talk(&mut encrypted.stream, speaks, part_of(deadline)).await;
        if reply.bytes.is_empty() {
            let late = match &reply.end {
                End::Broken(error) => handshake.late_refusal(encrypted.asked, Some(error)),
                End::Closed => handshake.late_refusal(encrypted.asked, None),
                End::Complete | End::Silent => None,
            };
            if let Some(sentence) = late {
                return self.stop(Stage::Tls, Code::Tls, sentence);
            }
        }
        self.pass_in(Stage::Tls, encrypted.found, took);
        let tls = Some((Arc::clone(&handshake.config), handshake.name.clone()));
        self.protocol(&shown, speaks, &Route { address, tls }, &reply, deadline).await
    }

    /// What the answer to the protocol's question means.
    async fn protocol(
        &mut self,
        shown: &str,
        speaks: Protocol,
        route: &Route,
        reply: &Reply,
        deadline: Instant,
    ) -> Result<(), Stopped> {
        match read(speaks, &reply.bytes) {
            Reading::Good(found) => {
                self.pass(Stage::Protocol, vec![found]);
                return Ok(());
            }
            Reading::Bad(why) => {
                let sentence = format!("{shown} {why}");
                return self.stop(Stage::Protocol, Code::NotABroker, sentence);
            }
            Reading::Other => {}
        }
        let peer = match Peer::of(&reply.bytes) {
            Some(peer) if peer != Peer::Unknown => Some(peer),
            other => identify(route, deadline).await.or(other),
        };
        let code = match (&peer, &reply.end) {
            (Some(Peer::Tls), _) => Code::Tls,
            (None, End::Silent) => Code::Timeout,
            _ => Code::NotABroker,
        };
        let sentence = match (peer, &reply.end) {
            (Some(peer), _) => wrong_peer(shown, speaks, &peer),
            (None, End::Silent) => silent(shown, &format!("{}'s first question", name(speaks))),
            (None, _) => format!(
                "{shown} closes the connection at {}'s first question; check the port, and whether \
                 it is one for clients",
                name(speaks)
            ),
        };
        self.stop(Stage::Protocol, code, sentence)
    }

    fn pass(&mut self, stage: Stage, found: Vec<Found>) {
        let took = self.since.elapsed();
        self.pass_in(stage, found, took);
    }

    fn pass_in(&mut self, stage: Stage, found: Vec<Found>, took: Duration) {
        self.steps.push(Step::passed(stage, Some(took), found));
        self.since += took;
    }

    fn stop(&mut self, stage: Stage, code: Code, sentence: String) -> Result<(), Stopped> {
        self.stop_with(stage, Failure::new(code, sentence))
    }

    fn stop_with(&mut self, stage: Stage, failure: Failure) -> Result<(), Stopped> {
        self.steps.push(Step::failed(stage, Some(self.since.elapsed()), failure));
        Err(Stopped)
    }

    fn finish(mut self) -> Vec<Step> {
        let reached = self.steps.len();
        self.steps.extend(self.stages.iter().skip(reached).copied().map(Step::not_reached));
        self.steps
    }
}

async fn prepare(
    endpoint: &Endpoint,
    tls: &Tls,
    key: Option<&Secret>,
) -> Result<Handshake, Failure> {
    let (endpoint, tls, key) = (endpoint.clone(), tls.clone(), key.cloned());
    tokio::task::spawn_blocking(move || Handshake::prepare(&endpoint, &tls, key.as_ref()))
        .await
        .unwrap_or_else(|_| Err(Failure::new(Code::Internal, "the TLS set-up was interrupted")))
}

/// Leaves time to find out who is there, should this step meet with silence.
fn part_of(deadline: Instant) -> Instant {
    let now = Instant::now();
    now + deadline.saturating_duration_since(now) * 2 / 3
}

async fn talk(stream: &mut (impl Duplex + ?Sized), speaks: Protocol, deadline: Instant) -> Reply {
    match speaks {
        Protocol::Kafka => ask(stream, &kafka::question(), kafka::complete, deadline).await,
        Protocol::Amqp => ask(stream, &amqp::QUESTION, amqp::complete, deadline).await,
    }
}

enum Reading {
    /// The broker that was expected.
    Good(Found),
    /// The protocol that was expected, from a server that is not for us: a sentence's predicate.
    Bad(String),
    /// Something else.
    Other,
}

fn read(speaks: Protocol, bytes: &[u8]) -> Reading {
    match speaks {
        Protocol::Kafka => match kafka::answer(bytes) {
            kafka::Answer::Broker => Reading::Good(Found::Kafka),
            kafka::Answer::Controller => Reading::Bad(
                "is a Kafka controller, which does not serve clients; use the port of a broker's \
                 listener"
                    .to_owned(),
            ),
            kafka::Answer::Refused(code) => Reading::Bad(format!(
                "is Kafka but refuses the first question with error {code}; look into the broker's \
                 log"
            )),
            kafka::Answer::NotKafka => Reading::Other,
        },
        Protocol::Amqp => match amqp::answer(bytes) {
            amqp::Answer::Start(start) => Reading::Good(Found::Amqp {
                product: start.product,
                version: start.version,
                mechanisms: start.mechanisms,
            }),
            amqp::Answer::OtherVersion([0, 0, 9, 1]) | amqp::Answer::NotAmqp => Reading::Other,
            amqp::Answer::OtherVersion([_, major, minor, revision]) => Reading::Bad(format!(
                "speaks AMQP {major}-{minor}-{revision} and not 0-9-1; use a port with AMQP 0-9-1"
            )),
        },
    }
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
