use expect_test::expect;
use proptest::prelude::*;

use super::*;

const KAFKA: [Stage; 2] = [Stage::Authentication, Stage::Authorization];
const RABBITMQ: [Stage; 3] = [Stage::Authentication, Stage::Authorization, Stage::Management];

/// A probe that failed at this stage, or passed.
fn probe(encrypted: bool, fails_at: Option<Stage>) -> Vec<Step> {
    let stages = [Stage::NameLookup, Stage::Tcp, Stage::Tls, Stage::Protocol];
    stages
        .into_iter()
        .filter(|stage| encrypted || *stage != Stage::Tls)
        .map(|stage| match fails_at {
            Some(at) if stage > at => Step::not_reached(stage),
            at => Step {
                stage,
                state: if at == Some(stage) { StepState::Failed } else { StepState::Passed },
                took: Some(Duration::from_millis(3)),
                found: if at == Some(stage) { Vec::new() } else { vec![Found::Kafka] },
                failure: (at == Some(stage))
                    .then(|| Failure::new(Code::Internal, format!("probed {stage:?}"))),
            },
        })
        .collect()
}

fn shown(diagnosis: &Diagnosis) -> String {
    let line = |step: &Step| match &step.failure {
        Some(failure) => format!("{:?} {:?}: {failure}\n", step.stage, step.state),
        None => format!("{:?} {:?}: {:?}\n", step.stage, step.state, step.found),
    };
    diagnosis.steps.iter().map(line).collect()
}

#[test]
fn a_client_that_connected_overrules_a_probe_that_rustls_stopped() {
    let diagnosis = Diagnosis::judge(
        probe(true, Some(Stage::Tls)),
        &KAFKA,
        vec![
            Finding::passed(Stage::Authentication, None, Found::Anonymous),
            Finding::passed(Stage::Authorization, None, Found::Brokers { count: 3 }),
        ],
    );
    assert!(diagnosis.connected());
    expect![[r#"
        NameLookup Passed: [Kafka]
        Tcp Passed: [Kafka]
        Tls Passed: [ClientAccepts { objection: "probed Tls" }]
        Protocol Passed: [ClientGotThrough]
        Authentication Passed: [Anonymous]
        Authorization Passed: [Brokers { count: 3 }]
    "#]]
    .assert_eq(&shown(&diagnosis));
}

#[test]
fn a_vague_failure_is_placed_where_the_probe_failed() {
    let vague = Failure::new(Code::Timeout, "no broker answered in 10 s");
    let diagnosis =
        Diagnosis::judge(probe(true, Some(Stage::Tls)), &KAFKA, vec![Finding::failed(None, vague)]);
    expect![[r#"
        NameLookup Passed: [Kafka]
        Tcp Passed: [Kafka]
        Tls Failed: probed Tls (the client says: no broker answered in 10 s)
        Protocol NotReached: []
        Authentication NotReached: []
        Authorization NotReached: []
    "#]]
    .assert_eq(&shown(&diagnosis));
}

#[test]
fn a_refused_password_is_at_authentication_even_where_the_probe_stopped_at_tls() {
    let refused = Failure::new(Code::Authentication, "the broker does not accept reader");
    let diagnosis = Diagnosis::judge(
        probe(true, Some(Stage::Tls)),
        &RABBITMQ,
        vec![Finding::failed(None, refused.hint("check the password"))],
    );
    expect![[r#"
        NameLookup Passed: [Kafka]
        Tcp Passed: [Kafka]
        Tls Passed: [ClientAccepts { objection: "probed Tls" }]
        Protocol Passed: [ClientGotThrough]
        Authentication Failed: the broker does not accept reader; check the password
        Authorization NotReached: []
        Management NotReached: []
    "#]]
    .assert_eq(&shown(&diagnosis));
}

#[test]
fn a_client_that_fails_where_the_probe_got_through_is_believed() {
    let refused = Failure::new(Code::Tls, "the client refuses the certificate");
    let diagnosis =
        Diagnosis::judge(probe(true, None), &KAFKA, vec![Finding::failed(None, refused)]);
    assert_eq!(diagnosis.failed().map(|step| step.stage), Some(Stage::Tls));
    let failure = diagnosis.failed().and_then(|step| step.failure.clone()).unwrap();
    assert_eq!(failure.code, Code::Tls);
    assert_eq!(
        failure.message,
        "the client refuses the certificate (the console's own check got through)"
    );
}

#[test]
fn a_missing_management_api_does_not_undo_the_connection() {
    let off = Failure::new(Code::Unreachable, "the management API does not answer");
    let diagnosis = Diagnosis::judge(
        probe(false, None),
        &RABBITMQ,
        vec![
            Finding::passed(Stage::Authentication, None, Found::Anonymous),
            Finding::passed(Stage::Authorization, None, Found::Anonymous),
            Finding::failed_at(Stage::Management, None, off),
        ],
    );
    assert!(diagnosis.connected());
    assert_eq!(diagnosis.failed().map(|step| step.stage), Some(Stage::Management));
}

#[test]
fn without_a_client_the_probe_stands_alone_and_proves_no_connection() {
    let diagnosis = Diagnosis::judge(probe(false, None), &KAFKA, Vec::new());
    assert!(!diagnosis.connected());
    assert_eq!(diagnosis.failed(), None);
    let states: Vec<_> = diagnosis.steps.iter().map(|step| step.state).collect();
    use StepState::{NotReached, Passed};
    assert_eq!(states, [Passed, Passed, Passed, NotReached, NotReached]);
}

fn any_stage() -> impl Strategy<Value = Stage> {
    prop::sample::select(vec![
        Stage::NameLookup,
        Stage::Tcp,
        Stage::Tls,
        Stage::Protocol,
        Stage::Authentication,
        Stage::Authorization,
        Stage::Management,
    ])
}

fn any_code() -> impl Strategy<Value = Code> {
    prop::sample::select(vec![
        Code::NameLookup,
        Code::Unreachable,
        Code::Tls,
        Code::NotABroker,
        Code::Authentication,
        Code::Authorization,
        Code::Timeout,
        Code::ConnectionLost,
        Code::Invalid,
        Code::Unsupported,
    ])
}

fn any_finding() -> impl Strategy<Value = Finding> {
    prop_oneof![
        any_stage().prop_map(|stage| Finding::passed(stage, None, Found::Anonymous)),
        any_code().prop_map(|code| Finding::failed(None, Failure::new(code, "not fine"))),
        (any_stage(), any_code()).prop_map(|(stage, code)| {
            Finding::failed_at(stage, None, Failure::new(code, "not fine"))
        }),
    ]
}

proptest! {
    #[test]
    fn the_probe_and_the_client_never_contradict(
        encrypted: bool,
        stopped in prop::option::of(any_stage()),
        findings in prop::collection::vec(any_finding(), 0..5),
        management: bool,
    ) {
        let stopped = stopped.filter(|stage| encrypted || *stage != Stage::Tls);
        let later: &[Stage] = if management { &RABBITMQ } else { &KAFKA };
        let diagnosis = Diagnosis::judge(probe(encrypted, stopped), later, findings.clone());
        let path: Vec<&Step> =
            diagnosis.steps.iter().filter(|step| step.stage != Stage::Management).collect();
        let client = |f: &&Finding| f.stage != Some(Stage::Management);
        let passed_to =
            findings.iter().filter(client).filter(|f| f.result.is_ok()).filter_map(|f| f.stage).max();
        let client_failed = findings.iter().filter(client).any(|f| f.result.is_err());

        prop_assert!(diagnosis.steps.is_sorted_by_key(|step| step.stage));
        let failed = path.iter().filter(|step| step.state == StepState::Failed).count();
        prop_assert!(failed <= 1);
        let after = path.iter().skip_while(|step| step.state != StepState::Failed).skip(1);
        prop_assert!(after.clone().all(|step| step.state == StepState::NotReached));
        if client_failed {
            prop_assert_eq!(failed, 1, "a failed client must show where");
        } else if let Some(to) = passed_to {
            let reached = path.iter().filter(|step| step.stage <= to);
            prop_assert!(reached.clone().all(|step| step.state == StepState::Passed));
        }
        // A step that the client passed is failed only if the client itself says both.
        if let (Some(to), Some(step)) =
            (passed_to, path.iter().find(|step| step.state == StepState::Failed))
        {
            let nothing_later = path.last().is_some_and(|last| last.stage <= to);
            prop_assert!(step.stage > to || nothing_later);
        }
    }
}
