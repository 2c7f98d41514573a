//! The probe's steps and the broker client's own findings, composed so that they cannot contradict.
//!
//! The rules, which the property tests hold:
//! 1. What the client passed is passed, whatever the probe says; a fact tells the difference.
//! 2. Where the client failed, exactly one step is failed and nothing after it is reached.
//! 3. A failed client never leaves a diagnosis without a failed step.
//!
//! The management API stands outside the order: it is another port with another protocol, and its
//! absence does not undo an AMQP connection.

use std::time::Duration;

use crate::failure::{Code, Failure};
use crate::probe::{Diagnosis, Found, Stage, Step, StepState};

/// What the broker's own client found at one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// At which stage; `None` lets the failure's code and the probe decide.
    pub stage: Option<Stage>,
    /// How long it took, where that was measured.
    pub took: Option<Duration>,
    /// What was found, or why it failed.
    pub result: Result<Found, Failure>,
}

impl Finding {
    /// The client got through this stage, and so through every one before it.
    pub fn passed(stage: Stage, took: Option<Duration>, fact: Found) -> Self {
        Finding { stage: Some(stage), took, result: Ok(fact) }
    }

    /// The client failed, and only the failure's code and the probe tell where. A client that says
    /// no more than "it did not work" is placed where the probe failed.
    pub fn failed(took: Option<Duration>, failure: Failure) -> Self {
        Finding { stage: None, took, result: Err(failure) }
    }

    /// The client failed at this stage.
    pub fn failed_at(stage: Stage, took: Option<Duration>, failure: Failure) -> Self {
        Finding { stage: Some(stage), took, result: Err(failure) }
    }
}

impl Diagnosis {
    /// Composes the `probe`'s steps and the client's `findings`. `later` names the stages of this
    /// kind of connection that the probe does not try, so that they are shown as not reached.
    /// Without any finding the probe stands alone.
    pub fn judge(probe: Vec<Step>, later: &[Stage], findings: Vec<Finding>) -> Diagnosis {
        let mut stages: Vec<Stage> = probe.iter().map(|step| step.stage).collect();
        stages.extend(later);
        stages.extend(findings.iter().filter_map(|finding| finding.stage));
        stages.sort();
        stages.dedup();
        let path: Vec<Stage> = stages.iter().copied().filter(|s| *s != Stage::Management).collect();

        let on_path = |finding: &&Finding| finding.stage != Some(Stage::Management);
        let passed_to = findings
            .iter()
            .filter(on_path)
            .filter(|finding| finding.result.is_ok())
            .filter_map(|finding| finding.stage)
            .max();
        let failure = findings
            .iter()
            .filter(on_path)
            .find_map(|f| f.result.as_ref().err().map(|failure| (f, failure)));
        let fails_at = failure.and_then(|(finding, failure)| {
            let wanted = finding.stage.unwrap_or_else(|| locate(failure.code, &probe));
            place(wanted, passed_to, &path)
        });

        let steps = stages
            .iter()
            .map(|&stage| {
                let seen = probe.iter().find(|step| step.stage == stage);
                let found = findings.iter().find(|f| f.stage == Some(stage) && f.result.is_ok());
                if stage == Stage::Management {
                    return management(&findings);
                }
                match (fails_at, failure) {
                    (Some(at), Some((finding, failure))) if stage == at => {
                        failed(stage, seen, finding.took, failure)
                    }
                    (Some(at), _) if stage < at => passed(stage, seen, found),
                    (Some(_), _) => Step::not_reached(stage),
                    (None, _) if passed_to.is_some_and(|to| stage <= to) => {
                        passed(stage, seen, found)
                    }
                    (None, _) => seen.cloned().unwrap_or_else(|| Step::not_reached(stage)),
                }
            })
            .collect();
        Diagnosis { steps }
    }

    /// The step that failed first, the management API last.
    pub fn failed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.state == StepState::Failed)
    }

    /// True where every step passed but for the management API, which may be missing.
    pub fn connected(&self) -> bool {
        let mut path = self.steps.iter().filter(|step| step.stage != Stage::Management).peekable();
        path.peek().is_some() && path.all(|step| step.state == StepState::Passed)
    }
}

/// Where a failure belongs. A code may stand for a range of stages, because clients report some
/// failures vaguely (librdkafka calls a failed handshake a transport failure); within that range
/// the probe knows better, outside of it the code stands.
fn locate(code: Code, probe: &[Step]) -> Stage {
    let (earliest, latest, otherwise) = match code {
        Code::NameLookup => (Stage::NameLookup, Stage::NameLookup, Stage::NameLookup),
        Code::Unreachable => (Stage::NameLookup, Stage::Protocol, Stage::Tcp),
        Code::Tls => (Stage::Tls, Stage::Tls, Stage::Tls),
        Code::NotABroker => (Stage::Tls, Stage::Protocol, Stage::Protocol),
        Code::Authentication => {
            (Stage::Authentication, Stage::Authentication, Stage::Authentication)
        }
        Code::Authorization => (Stage::Authorization, Stage::Authorization, Stage::Authorization),
        _ => (Stage::NameLookup, Stage::Protocol, Stage::Authentication),
    };
    probe
        .iter()
        .find(|step| step.state == StepState::Failed)
        .map(|step| step.stage)
        .filter(|stage| (earliest..=latest).contains(stage))
        .unwrap_or(otherwise)
}

/// The stage of this connection nearest to the wanted one, after what the client already passed.
fn place(wanted: Stage, passed_to: Option<Stage>, path: &[Stage]) -> Option<Stage> {
    path.iter()
        .copied()
        .find(|stage| *stage >= wanted && passed_to.is_none_or(|to| *stage > to))
        .or_else(|| path.last().copied())
}

fn passed(stage: Stage, seen: Option<&Step>, found: Option<&Finding>) -> Step {
    let said = found.and_then(|finding| finding.result.as_ref().ok()).cloned();
    let (seen_took, facts) = match seen {
        Some(step) if step.state == StepState::Passed => {
            (step.took, step.found.iter().cloned().chain(said).collect())
        }
        Some(Step { failure: Some(failure), .. }) => {
            let overruled = Found::ClientAccepts { objection: failure.to_string() };
            (None, said.into_iter().chain([overruled]).collect())
        }
        _ => (None, vec![said.unwrap_or(Found::ClientGotThrough)]),
    };
    Step::passed(stage, found.and_then(|finding| finding.took).or(seen_took), facts)
}

fn failed(stage: Stage, seen: Option<&Step>, took: Option<Duration>, failure: &Failure) -> Step {
    let told = match seen {
        // The probe explains better than the client, which says one thing for many causes.
        Some(Step { failure: Some(explained), .. }) => {
            let mut told = explained.clone();
            if !told.message.contains(&failure.message) {
                told.message.push_str(&format!(" (the client says: {})", failure.message));
            }
            told
        }
        Some(step) if step.state == StepState::Passed => {
            let mut told = failure.clone();
            told.message.push_str(" (the console's own check got through)");
            told
        }
        _ => failure.clone(),
    };
    Step::failed(stage, took.or_else(|| seen.and_then(|step| step.took)), told)
}

fn management(findings: &[Finding]) -> Step {
    let stage = Stage::Management;
    match findings.iter().find(|finding| finding.stage == Some(stage)) {
        None => Step::not_reached(stage),
        Some(Finding { took, result: Ok(fact), .. }) => {
            Step::passed(stage, *took, vec![fact.clone()])
        }
        Some(Finding { took, result: Err(failure), .. }) => {
            Step::failed(stage, *took, failure.clone())
        }
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
