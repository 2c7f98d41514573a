//! The main job in the real window, each step proven by the brokers' own tools.
//!
//! 1. connect to both brokers over TLS with the passwords in the keyring
//! 2. browse a topic
//! 3. find one message by its time, among thousands
//! 4. hold a dead-letter queue in production, after unlocking it with a reason
//! 5. acknowledge one message, return the others
//! 6. replay one event to the other broker
//! 7. read what was done in Activity

mod proof;
mod steps;

use std::path::Path;

use brokers::world::facts::Facts;
use brokers::{Kafka, RabbitMq};

use crate::oracle::Oracle;
use crate::window::Window;
use proof::Proofs;

/// The demo's name in the keyring.
pub const KEYRING: &str = "Kronos Console demo";

/// Does the main job, prints a line a proof, and leaves a picture a step. True where every step is
/// proven.
pub async fn main_job(
    window: &Window<'_>,
    kafka: &Kafka,
    rabbit: &RabbitMq,
    facts: &Facts,
    pictures: &Path,
) -> bool {
    let oracle = Oracle { kafka, rabbit };
    let mut proofs = Proofs::default();
    let picture = |name: &str| window.screenshot(&pictures.join(format!("{name}.png")));

    steps::connect(window, &oracle, &mut proofs).await;
    picture("1-connected");
    steps::browse(window, &oracle, &mut proofs).await;
    picture("2-browse");
    steps::find(window, &oracle, facts, &mut proofs).await;
    picture("3-found");
    steps::hold(window, &oracle, facts, &mut proofs, &picture).await;
    picture("4-held");
    steps::acknowledge_one(window, &oracle, facts, &mut proofs, &picture).await;
    picture("5-acknowledged");
    steps::replay_one(window, &oracle, facts, &mut proofs, &picture).await;
    picture("6-replayed");
    steps::read_activity(window, &mut proofs).await;
    picture("7-activity");
    proofs.all_hold()
}
