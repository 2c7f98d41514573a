//! Whether a topic is still the one that was planned.
//!
//! Offsets say nothing of it: one that is deleted and made anew while it is read has the same ones
//! again, and librdkafka reads on in the new one wherever it is in the old one, unless the new one is
//! shorter. So the id of each topic is frozen with its range and compared when all was read: records
//! that came in between are of the planned topic, or it is said that they may not be.

use std::collections::{BTreeMap, BTreeSet};

use connections::{Code, Failure};

use crate::native::{ErrorCode, Native, TopicMeta, describe_topics};
use crate::plan::Plan;
use crate::scan::part::Part;
use crate::verdict::{self, Doing};

/// Takes topics out of a plan that are not those whose ranges were frozen before.
pub(super) fn refuse_others(frozen: &BTreeMap<usize, String>, topics: &[&str], plan: &mut Plan) {
    for (topic, id) in frozen {
        if plan.ids.get(topic).is_none_or(|now| now == id) {
            continue;
        }
        plan.ranges.retain(|range| range.at.topic != *topic);
        plan.offline.retain(|at| at.topic != *topic);
        plan.refused.retain(|at, _| at.topic != *topic);
        plan.unseen.insert(*topic, made_anew(topics.get(*topic).copied().unwrap_or_default()));
    }
}

/// Compares the topics of which something was read with the planned ones. What was read of another
/// one is not accounted for.
pub(super) fn confirm(admin: &Native, topics: &[&str], plan: &Plan, parts: &mut [Part]) {
    // It is not done, and cannot be asked: whoever goes on asks first.
    if parts.iter().any(Part::lost_its_broker) {
        return;
    }
    let read: BTreeSet<usize> =
        parts.iter().filter(|part| part.passed() > 0).map(|part| part.at.topic).collect();
    let asked: Vec<(usize, &str, &String)> = read
        .into_iter()
        .filter_map(|topic| Some((topic, *topics.get(topic)?, plan.ids.get(&topic)?)))
        .collect();
    let names: Vec<&str> = asked.iter().map(|(_, name, _)| *name).collect();
    let now = match describe_topics(admin, &names) {
        Ok(now) => now,
        Err(failure) => {
            let of_asked = |part: &&mut Part| asked.iter().any(|(it, ..)| *it == part.at.topic);
            parts.iter_mut().filter(of_asked).for_each(|part| part.doubt(&failure));
            return;
        }
    };
    for (topic, name, id) in asked {
        let found = now.iter().find(|meta| meta.name == name);
        let of_topic = parts.iter_mut().filter(|part| part.at.topic == topic);
        match judged(name, id, found) {
            Verdict::Same => {}
            Verdict::Another => of_topic.for_each(|part| part.disown(&made_anew(name))),
            Verdict::Unknown(failure) => of_topic.for_each(|part| part.doubt(&failure)),
        }
    }
}

enum Verdict {
    Same,
    Another,
    Unknown(Failure),
}

fn judged(name: &str, id: &str, found: Option<&TopicMeta>) -> Verdict {
    let unknown = |code| Verdict::Unknown(verdict::of_topic(code, name, Doing::Describe));
    match found {
        None => unknown(ErrorCode::UnknownTopicOrPartition),
        Some(TopicMeta { id: Some(now), error: None, .. }) if now == id => Verdict::Same,
        Some(TopicMeta { id: Some(_), error: None, .. }) => Verdict::Another,
        Some(TopicMeta { error: Some(code), .. }) => unknown(*code),
        // A broker that knows no ids has answered this time: there is nothing to compare.
        Some(TopicMeta { id: None, error: None, .. }) => Verdict::Same,
    }
}

fn made_anew(topic: &str) -> Failure {
    Failure::new(Code::Changed, format!("the topic {topic} was made anew while it was searched"))
        .hint("search again: what was found may be of the topic that was there before, or of this one")
}
