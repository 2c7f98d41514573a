//! What the ledger keeps of a run: no part of a message, whatever went wrong with it.

use std::path::Path;
use std::sync::Arc;

use connections::access::Access;
use ledger::{Ledger, Query};
use message::record::Record;
use replay::mapping::RoutingKey;
use replay::request::{OnFailure, Target};
use replay::run::{CopyState, End};

use crate::support::*;

const KEY: &str = "IBAN-FR76-3000-6000";

fn holds(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.is_file());
    files.any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_leads_nowhere_is_told_to_the_user_and_not_to_the_ledger() {
    let (kafka, rabbit) = (brokers::kafka(), brokers::rabbitmq());
    let (bare_kafka, bare) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (KafkaDesk::at(kafka).await, RabbitDesk::at(rabbit).await);
    let topic = bare_kafka.topic(1, &[]).await;
    bare_kafka.put(&[Record { key: Some(KEY.into()), ..plain_record(&topic, 0, "a payment") }]);
    let queue = bare.queue(&[]).await;
    let exchange = bare.exchange(&[(&queue, KEY)]).await;
    let to = Target::Exchange { exchange: exchange.clone(), routing_key: RoutingKey::Original };
    let asked = copying(&source.party, &target.party, to);
    let prepared = prepared(asked, source.records(&topic, &[(0, 0)]), &target.destination()).await;
    // After the preview somebody removes the binding.
    bare.unbind(&queue, &exchange, KEY).await;

    let folder = tempfile::tempdir().unwrap();
    let ledger = Arc::new(Ledger::open_as(folder.path(), "ann").unwrap().ledger);
    let access = Access::new(&target.profile, ledger.clone());
    let mut run = go(prepared, target.destination(), &access, None);
    run.on_failure = OnFailure::Stop;
    let report = finish(run).await;
    let End::MessageFailed { failure } = &report.end else { panic!("{:?}", report.end) };
    assert!(failure.message.contains(KEY), "the user is told: {failure}");
    assert!(matches!(report.results[0].copy, CopyState::Unroutable { .. }));

    let entries = ledger.entries(&Query::default()).unwrap().entries;
    assert_eq!(entries.len(), 1);
    assert!(format!("{entries:?}").contains("no queue would receive a message"), "{entries:?}");
    assert!(holds(folder.path(), &exchange), "it is the file that is looked into");
    assert!(!holds(folder.path(), KEY), "no part of a message");
}
