//! Against GNOME Keyring, the reference implementation of the Secret Service.
//!
//! The keyring is found through the environment of a process, so each test runs itself again in a
//! D-Bus session of its own, with a home of its own. `secret-tool` is the oracle.

#![cfg(target_os = "linux")]

mod editing;
mod session;

use std::time::{Duration, Instant};

use connections::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings, SaslMechanism, Tls,
    Trust,
};
use connections::secrets::{Kept, Keyring, SecretKind, SecretStore};
use connections::{Code, Profile, ProfileId, Secret};

use session::{Daemon, in_session, secret_tool};

const SERVICE: &str = "Kronos Console test";

fn profile() -> Profile {
    let tls = Tls {
        trust: Trust::System,
        ca_pem: None,
        certificate_pem: Some("of the client".to_owned()),
        verify_name: true,
    };
    let mechanism = SaslMechanism::ScramSha512;
    Profile {
        id: ProfileId::random(),
        name: "orders".to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::Open,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "kafka".to_owned(), port: 9093 }],
            security: KafkaSecurity::SaslSsl { tls, mechanism, user: "reader".to_owned() },
        }),
    }
}

async fn password(store: &SecretStore, profile: &Profile) -> Option<String> {
    store.get(profile).await.unwrap().password.map(|secret| secret.expose().to_owned())
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[test]
fn secrets_survive_the_program_one_entry_each_and_are_forgotten_together() {
    in_session("secrets_survive_the_program_one_entry_each_and_are_forgotten_together", async {
        let _daemon = Daemon::unlocked();
        let profile = profile();
        let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n", "é".repeat(4000));
        {
            let store = SecretStore::new(SERVICE);
            assert_eq!(store.state().await, Keyring::Available);
            for (kind, text) in
                [(SecretKind::Password, "fïrst"), (SecretKind::PrivateKey, key.as_str())]
            {
                assert_eq!(store.put(&profile, kind, secret(text)).await, Ok(Kept::Keyring));
            }
            let again = store.put(&profile, SecretKind::Password, secret("p@ss wörd\n")).await;
            assert_eq!(again, Ok(Kept::Keyring));
            assert_eq!(store.in_memory(&profile), []);
        }
        let entry = |kind: SecretKind| secret_tool(SERVICE, &kind.entry(&profile));
        assert_eq!(entry(SecretKind::Password).as_deref(), Some("p@ss wörd\n"));
        assert_eq!(entry(SecretKind::PrivateKey).as_ref(), Some(&key));

        let store = SecretStore::new(SERVICE);
        let secrets = store.get(&profile).await.unwrap();
        assert_eq!(secrets.password.unwrap().expose(), "p@ss wörd\n");
        assert_eq!(secrets.private_key.unwrap().expose(), key);
        let elsewhere = SecretStore::new("another program");
        assert_eq!(password(&elsewhere, &profile).await, None);

        store.forget(&profile).await.unwrap();
        store.forget(&profile).await.expect("forgetting twice is fine");
        assert_eq!(SecretKind::ALL.map(entry), [None, None]);
        assert!(store.get(&profile).await.unwrap().password.is_none());
    });
}

#[test]
fn without_a_keyring_secrets_stay_in_memory_and_the_answer_says_so() {
    in_session("without_a_keyring_secrets_stay_in_memory_and_the_answer_says_so", async {
        let store = SecretStore::new(SERVICE);
        let profile = profile();
        assert_eq!(store.state().await, Keyring::Missing);
        let kept = store.put(&profile, SecretKind::Password, secret("hunter2")).await.unwrap();
        let Kept::Memory(why) = kept else { panic!("there is no keyring to keep it in") };
        assert_eq!(why.code, Code::Keyring);
        assert_eq!(why.message, "there is no keyring to keep secrets in");
        store.put(&profile, SecretKind::PrivateKey, secret("key")).await.unwrap();

        assert_eq!(password(&store, &profile).await.as_deref(), Some("hunter2"));
        assert_eq!(store.in_memory(&profile).len(), 2);
        assert!(!format!("{store:?} {why:?}").contains("hunter2"));
        let restarted = SecretStore::new(SERVICE);
        assert_eq!(restarted.get(&profile).await.unwrap_err().code, Code::Keyring);

        // It appears later: what was kept in memory moves, and outlives the program.
        let _daemon = Daemon::unlocked();
        assert_eq!(store.move_to_keyring().await, 0);
        assert_eq!(password(&restarted, &profile).await.as_deref(), Some("hunter2"));
    });
}

#[test]
fn a_locked_keyring_is_left_locked_until_the_user_unlocks_it() {
    in_session("a_locked_keyring_is_left_locked_until_the_user_unlocks_it", async {
        let daemon = Daemon::unlocked();
        let store = SecretStore::new(SERVICE);
        let profile = profile();
        store.put(&profile, SecretKind::Password, secret("old")).await.unwrap();
        daemon.lock();

        assert_eq!(store.state().await, Keyring::Locked);
        let began = Instant::now();
        let failure = store.get(&profile).await.unwrap_err();
        assert_eq!(
            (failure.code, failure.message.as_str()),
            (Code::Keyring, "the keyring is locked")
        );
        let kept = store.put(&profile, SecretKind::Password, secret("new")).await.unwrap();
        assert!(matches!(kept, Kept::Memory(_)), "{kept:?}");
        store.put(&profile, SecretKind::PrivateKey, secret("key")).await.unwrap();
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "a locked keyring must not be waited for"
        );
        assert_eq!(password(&store, &profile).await.as_deref(), Some("new"));
        let failure = store.forget(&self::profile()).await.unwrap_err();
        assert_eq!(failure.code, Code::Keyring, "nobody can tell whether it held something");

        // Without a desktop nobody can answer the dialog, which counts as dismissed.
        assert_eq!(store.unlock().await, Keyring::Locked);
        drop(daemon);
        let _daemon = Daemon::unlocked();
        assert_eq!(store.unlock().await, Keyring::Available);
        assert_eq!(store.in_memory(&profile), [], "the newer secrets moved into the keyring");
        let restarted = SecretStore::new(SERVICE);
        assert_eq!(password(&restarted, &profile).await.as_deref(), Some("new"));
    });
}

#[test]
fn a_keyring_that_hangs_is_not_waited_for_and_one_that_restarts_is_found_again() {
    in_session(
        "a_keyring_that_hangs_is_not_waited_for_and_one_that_restarts_is_found_again",
        async {
            let daemon = Daemon::unlocked();
            let store = SecretStore::new(SERVICE);
            let profile = profile();
            store.put(&profile, SecretKind::Password, secret("one")).await.unwrap();
            store.put(&profile, SecretKind::PrivateKey, secret("key")).await.unwrap();

            daemon.freeze();
            let began = Instant::now();
            let failure = store.get(&profile).await.unwrap_err();
            assert_eq!(failure.message, "the keyring does not answer as it should");
            let kept = store.put(&profile, SecretKind::Password, secret("two")).await.unwrap();
            assert!(matches!(kept, Kept::Memory(_)), "{kept:?}");
            assert_eq!(store.state().await, Keyring::Refused);
            assert!(store.forget(&self::profile()).await.is_err());
            // Once for the first call, and not again for each of the others.
            assert!(began.elapsed() < Duration::from_secs(15), "took {:?}", began.elapsed());
            drop(daemon);

            let _daemon = Daemon::unlocked();
            let deadline = Instant::now() + Duration::from_secs(20);
            while store.state().await != Keyring::Available {
                assert!(Instant::now() < deadline, "the call without an answer ends with its bus");
                tokio::task::yield_now().await;
            }
            assert_eq!(store.move_to_keyring().await, 0);
            let restarted = SecretStore::new(SERVICE);
            assert_eq!(password(&restarted, &profile).await.as_deref(), Some("two"));
        },
    );
}

#[tokio::test]
async fn a_profile_without_secrets_never_asks_the_keyring() {
    let mut plain = profile();
    if let Broker::Kafka(settings) = &mut plain.broker {
        settings.security = KafkaSecurity::Plaintext;
    }
    let secrets = SecretStore::new(SERVICE).get(&plain).await.unwrap();
    assert!(secrets.password.is_none() && secrets.private_key.is_none());
}

#[tokio::test]
async fn an_empty_or_endless_secret_is_refused() {
    let store = SecretStore::new(SERVICE);
    for text in [String::new(), "x".repeat(64 * 1024 + 1)] {
        let result = store.put(&profile(), SecretKind::Password, Secret::new(text)).await;
        assert_eq!(result.unwrap_err().code, Code::Invalid);
    }
}
