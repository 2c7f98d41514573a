use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::access::memory::Memory;
use crate::profile::{AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings};

fn connection<C>() -> Arc<Connection<C>> {
    let profile = Profile {
        id: ProfileId::random(),
        name: "orders".to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::Open,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "kafka".to_owned(), port: 9092 }],
            security: KafkaSecurity::Plaintext,
        }),
    };
    Arc::new(Connection::new(profile, Arc::new(Memory::default())))
}

async fn open(client: u32) -> Result<u32, Failure> {
    Ok(client)
}

fn failure(code: Code) -> Failure {
    Failure::new(code, "no")
}

async fn fail(code: Code) -> Result<u32, Failure> {
    Err(failure(code))
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_attempt() {
    let connection = connection();
    let attempts = Arc::new(AtomicUsize::new(0));
    let ask = || {
        let (connection, attempts) = (Arc::clone(&connection), Arc::clone(&attempts));
        tokio::spawn(async move {
            let open = || async {
                attempts.fetch_add(1, Ordering::SeqCst);
                assert!(matches!(connection.state(), State::Connecting));
                tokio::task::yield_now().await;
                Ok(7)
            };
            connection.get_or_open(open).await
        })
    };
    let asked: Vec<_> = (0..20).map(|_| ask()).collect();
    for asked in asked {
        assert_eq!(*asked.await.unwrap().unwrap(), 7);
    }
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert!(matches!(connection.state(), State::Open(_)));
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again_until_asked() {
    let connection = connection();
    let refused = connection.get_or_open(|| fail(Code::Authentication)).await.unwrap_err();
    let again = connection.get_or_open(|| async { panic!("an account may be locked by this") });
    assert_eq!(again.await.unwrap_err(), refused);
    connection.forget_refusal();
    assert_eq!(*connection.get_or_open(|| open(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_refusal_of_a_client_in_use_is_not_tried_again_until_asked() {
    let connection = connection();
    let client = connection.get_or_open(|| open(1)).await.unwrap();
    assert!(connection.discard(&client, failure(Code::Authentication)));
    let again = connection.get_or_open(|| async { panic!("an account may be locked by this") });
    assert_eq!(again.await.unwrap_err().code, Code::Authentication);
    connection.forget_refusal();
    assert_eq!(*connection.get_or_open(|| open(2)).await.unwrap(), 2);
}

#[tokio::test]
async fn any_other_failure_is_tried_again() {
    let connection = connection();
    assert!(connection.get_or_open(|| fail(Code::Unreachable)).await.is_err());
    assert!(matches!(connection.state(), State::Failed(_)));
    assert_eq!(*connection.get_or_open(|| open(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn an_attempt_given_up_leaves_the_way_free() {
    let connection = connection();
    let (begun, wait) = tokio::sync::oneshot::channel();
    let stuck = tokio::spawn({
        let connection = Arc::clone(&connection);
        async move {
            let open = || async {
                begun.send(()).unwrap();
                std::future::pending::<Result<u32, Failure>>().await
            };
            connection.get_or_open(open).await
        }
    });
    wait.await.unwrap();
    assert_eq!(connection.peek(), None);
    stuck.abort();
    assert!(stuck.await.unwrap_err().is_cancelled());
    assert!(matches!(connection.state(), State::Closed));
    assert_eq!(*connection.get_or_open(|| open(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_that_ends_while_it_opens_is_nobodys() {
    let connection = connection();
    let ending = Arc::clone(&connection);
    let opened = connection.get_or_open(|| async move {
        assert_eq!(ending.end(), None);
        Ok(1)
    });
    assert_eq!(opened.await.unwrap_err().code, Code::Changed);
    assert!(matches!(connection.state(), State::Closed));
    let again = connection.get_or_open(|| async { panic!("it ended for good") });
    assert_eq!(again.await.unwrap_err().code, Code::Changed);
}

#[tokio::test]
async fn only_the_dead_client_itself_is_discarded() {
    let connection = connection();
    let first = connection.get_or_open(|| open(1)).await.unwrap();
    assert!(connection.discard(&first, failure(Code::ConnectionLost)));
    assert_eq!(connection.peek(), None);
    let second = connection.get_or_open(|| open(2)).await.unwrap();
    assert!(!connection.discard(&first, failure(Code::ConnectionLost)));
    assert_eq!(connection.peek(), Some(second));
}

#[tokio::test]
async fn a_client_does_not_print_itself() {
    let connection = connection();
    connection.get_or_open(|| async { Ok("hunter2") }).await.unwrap();
    assert_eq!(format!("{connection:?}"), "Connection(\"orders\")");
}
