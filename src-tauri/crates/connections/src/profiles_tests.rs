use expect_test::expect;
use tempfile::TempDir;

use super::*;
use crate::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings,
    RabbitMqAuthentication, SaslMechanism,
};

/// Written by the first version that had this format. Later versions must open it.
const VERSION_1: &[u8] = include_bytes!("../tests/fixtures/profiles-1.json");

fn folder_with(content: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("profiles.json"), content).unwrap();
    folder
}

fn open(folder: &TempDir) -> (Profiles, Option<Failure>) {
    Profiles::open(folder.path()).unwrap()
}

fn content(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("profiles.json")).unwrap()
}

/// The files kept aside.
fn kept(folder: &TempDir) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.to_string_lossy().contains(".kept-"))
        .map(|path| fs::read(path).unwrap())
        .collect()
}

fn local(name: &str) -> Profile {
    Profile {
        id: ProfileId::random(),
        name: name.to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::Open,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "127.0.0.1".to_owned(), port: 9092 }],
            security: KafkaSecurity::Plaintext,
        }),
    }
}

#[test]
fn the_file_of_version_1_opens_and_is_written_back_byte_for_byte() {
    let folder = folder_with(VERSION_1);
    let (profiles, notice) = open(&folder);
    assert_eq!(notice, None);
    let list = profiles.list();
    let names: Vec<&str> = list.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(
        names,
        ["orders", "orders mTLS", "local", "Commandes (préprod)", "commands EXTERNAL"]
    );
    let Broker::Kafka(KafkaSettings { bootstrap_servers, security }) = &list[0].broker else {
        panic!("the first is a Kafka")
    };
    assert_eq!(bootstrap_servers[1], Endpoint { host: "::1".to_owned(), port: 9094 });
    let KafkaSecurity::SaslSsl { mechanism, user, tls } = security else { panic!("with SASL_SSL") };
    assert_eq!((*mechanism, user.as_str()), (SaslMechanism::ScramSha512, "reader"));
    assert!(tls.verify_name);
    let Broker::RabbitMq(settings) = &list[4].broker else { panic!("the last is a RabbitMQ") };
    let external = RabbitMqAuthentication::External { management_user: Some("monitor".to_owned()) };
    assert_eq!(settings.authentication, external);

    profiles.save(list[0].clone()).unwrap();
    assert_eq!(content(&folder), VERSION_1);
}

#[test]
fn what_is_saved_is_there_after_a_restart_and_what_is_removed_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (local("a"), local("b"));
    {
        let (profiles, notice) = open(&folder);
        assert_eq!((profiles.list(), notice), (Vec::new(), None));
        profiles.save(a.clone()).unwrap();
        profiles.save(b.clone()).unwrap();
        profiles.save(Profile { name: "a2".to_owned(), ..a.clone() }).unwrap();
        assert_eq!(profiles.remove(b.id).unwrap(), b);
        assert_eq!(profiles.remove(b.id).unwrap_err().code, Code::NotFound);
    }
    let (profiles, _) = open(&folder);
    assert_eq!(profiles.list(), [Profile { name: "a2".to_owned(), ..a.clone() }]);
    assert_eq!(profiles.get(a.id).unwrap().name, "a2");
    assert_eq!(profiles.get(b.id).unwrap_err().code, Code::NotFound);
}

#[test]
fn a_name_is_taken_in_any_case_of_its_letters() {
    let folder = tempfile::tempdir().unwrap();
    let (profiles, _) = open(&folder);
    profiles.save(local("Préprod")).unwrap();
    let failure = profiles.save(local("PRÉPROD")).unwrap_err();
    assert_eq!(failure.code, Code::Invalid);
    assert_eq!(profiles.list().len(), 1);
}

#[test]
fn a_file_cut_at_any_place_is_kept_aside_and_a_new_one_begun() {
    for cut in [0, 1, 20, VERSION_1.len() / 2, VERSION_1.len() - 3] {
        let folder = folder_with(&VERSION_1[..cut]);
        let (profiles, notice) = open(&folder);
        let notice = notice.expect("a loss is told");
        assert_eq!(notice.code, Code::Storage);
        assert!(notice.message.contains("is damaged; it was kept as profiles.json.kept-"));
        assert_eq!(profiles.list(), []);
        profiles.save(local("new")).unwrap();
        assert_eq!(kept(&folder), [&VERSION_1[..cut]], "cut at {cut}");
    }
}

#[test]
fn a_file_of_a_newer_version_is_neither_changed_nor_copied() {
    let newer = br#"{"version": 2, "profiles": {"another": "shape"}}"#;
    let folder = folder_with(newer);
    {
        let (profiles, notice) = open(&folder);
        assert!(notice.unwrap().message.contains("is of version 2"));
        let failure = profiles.save(local("new")).unwrap_err();
        assert_eq!(failure.code, Code::Storage);
        assert_eq!(profiles.list(), []);
    }
    assert_eq!(content(&folder), newer);
    assert_eq!(kept(&folder), Vec::<Vec<u8>>::new());
}

#[test]
fn one_profile_that_cannot_be_read_hides_no_other() {
    let mut file: Value = serde_json::from_slice(VERSION_1).unwrap();
    file["profiles"][0]["password"] = "hunter2".into();
    file["profiles"][1]["broker"]["security"]["tls"]["trust"] = "hunter2".into();
    file["profiles"][2]["broker"]["bootstrap_servers"][0]["host"] = "a b".into();
    file["profiles"][4]["name"] = "COMMANDES (PRÉPROD)".into();
    let damaged = serde_json::to_vec(&file).unwrap();
    let folder = folder_with(&damaged);
    let (profiles, notice) = open(&folder);
    let names: Vec<String> = profiles.list().into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["Commandes (préprod)"]);
    let notice = notice.unwrap();
    assert!(!notice.to_string().contains("hunter2"), "a value may be a secret in a wrong place");
    let told = notice.message.split("cannot be read: ").nth(1).unwrap();
    let told = told.split(';').next().unwrap();
    expect![[r#""orders" (an unknown field or value), "orders mTLS" (an unknown field or value), "local" (a b is no host name or address), "COMMANDES (PRÉPROD)" (there are two of it)"#]]
        .assert_eq(told);
    profiles.save(local("new")).unwrap();
    assert_eq!(kept(&folder), [damaged], "the unreadable ones are kept before anything is saved");
}

#[test]
fn a_file_edited_meanwhile_is_not_overwritten() {
    let folder = folder_with(VERSION_1);
    let (profiles, _) = open(&folder);
    let edited = String::from_utf8(VERSION_1.to_vec()).unwrap().replace("orders", "ORDERS");
    fs::write(folder.path().join("profiles.json"), &edited).unwrap();
    assert_eq!(profiles.save(local("new")).unwrap_err().code, Code::Changed);
    assert_eq!(content(&folder), edited.as_bytes());
    fs::remove_file(folder.path().join("profiles.json")).unwrap();
    assert_eq!(profiles.save(local("new")).unwrap_err().code, Code::Changed);
}

#[test]
fn a_folder_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = open(&folder);
    let failure = Profiles::open(folder.path()).unwrap_err();
    assert!(failure.message.contains("in use by another console"), "{failure}");
    drop(first);
    Profiles::open(folder.path()).unwrap();
}

#[test]
fn what_is_no_file_stops_saving_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("profiles.json")).unwrap();
    let (profiles, notice) = open(&folder);
    assert!(notice.unwrap().message.contains("cannot be read"));
    assert_eq!(profiles.save(local("new")).unwrap_err().code, Code::Storage);
}

#[test]
fn a_file_is_not_written_longer_than_it_could_be_read_again() {
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem();
    // A text around certificates is allowed; half a MiB is the longest of one profile.
    let padded = |length: usize| crate::profile::Tls {
        trust: crate::profile::Trust::OnlyCa,
        ca_pem: Some(format!("{}\n{pem}", "#".repeat(length))),
        certificate_pem: None,
        verify_name: true,
    };
    let large = |number: u32, length: usize| Profile {
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "kafka".to_owned(), port: 9093 }],
            security: KafkaSecurity::Ssl { tls: padded(length) },
        }),
        ..local(&format!("number {number}"))
    };
    let many: Vec<Profile> = (0..32).map(|number| large(number, 500 * 1024)).collect();
    let folder = folder_with(
        &serde_json::to_vec_pretty(&Written { version: VERSION, profiles: &many }).unwrap(),
    );
    let (profiles, notice) = open(&folder);
    assert_eq!((profiles.list().len(), notice), (32, None));
    let before = content(&folder);
    let failure = profiles.save(large(32, 500 * 1024)).unwrap_err();
    assert_eq!(failure.code, Code::TooLarge);
    assert_eq!(profiles.list().len(), 32, "what was refused is not listed");
    assert!(content(&folder) == before);
    profiles.save(local("a small one")).unwrap();
    drop(profiles);
    let (profiles, notice) = open(&folder);
    assert_eq!((profiles.list().len(), notice), (33, None));
}

#[test]
fn a_longer_file_is_kept_aside_whole_and_one_of_the_greatest_length_is_read() {
    let padded = |length: usize| {
        let mut file = VERSION_1.to_vec();
        file.resize(length, b' ');
        file
    };
    let full = padded(usize::try_from(LONGEST).unwrap());
    let (profiles, notice) = open(&folder_with(&full));
    assert_eq!((profiles.list().len(), notice), (5, None));

    let longer = padded(full.len() + 1);
    let folder = folder_with(&longer);
    let (profiles, notice) = open(&folder);
    assert!(notice.unwrap().message.contains("is longer than this console writes it"));
    assert_eq!(profiles.list(), []);
    assert!(kept(&folder) == [longer], "the whole of it is kept");
}

#[test]
fn listing_does_not_wait_for_the_disk() {
    let folder = folder_with(VERSION_1);
    let (profiles, _) = open(&folder);
    let _somebody_saves = profiles.file.lock().unwrap();
    assert_eq!(profiles.list().len(), 5);
    assert!(profiles.get(profiles.list()[0].id).is_ok());
}
