use super::*;

fn judged(code: ErrorCode, text: &str) -> Failure {
    judged_as(code, text, None, &Account::default())
}

fn judged_as(code: ErrorCode, text: &str, x509: Option<i32>, account: &Account) -> Failure {
    of_notes([Note::new(code, text, x509)].iter(), account)
}

fn user() -> Account {
    Account { user: Some("ann".into()), mechanism: Some("SCRAM-SHA-256"), certificate: false }
}

#[test]
fn a_wrong_password_names_the_user_and_the_mechanism() {
    let text = "sasl_ssl://localhost:9093/bootstrap: SASL authentication error: Authentication \
                failed during authentication due to invalid credentials with SASL mechanism \
                SCRAM-SHA-256 (after 312ms in state AUTH_REQ)";
    let failure = judged_as(ErrorCode::Authentication, text, None, &user());
    assert_eq!(failure.code, Code::Authentication);
    assert_eq!(failure.message, "localhost:9093 does not accept the user ann with this password");
    assert!(failure.hint.unwrap().contains("SCRAM-SHA-256"));
}

#[test]
fn a_mechanism_that_is_not_offered_is_told_with_those_that_are() {
    let text = "sasl_ssl://a:1/bootstrap: SASL SCRAM-SHA-256 mechanism handshake failed: Broker: \
                Unsupported SASL mechanism: broker's supported mechanisms: PLAIN,OAUTHBEARER \
                (after 1ms in state AUTH_HANDSHAKE)";
    let failure = judged_as(ErrorCode::Authentication, text, None, &user());
    assert_eq!(failure.message, "a:1 does not offer SCRAM-SHA-256");
    assert_eq!(failure.hint.unwrap(), "it offers PLAIN,OAUTHBEARER");
}

#[test]
fn a_connection_that_breaks_while_the_mechanism_is_agreed_on_refuses_nothing() {
    let text = "sasl_ssl://a:1/bootstrap: SASL SCRAM-SHA-256 mechanism handshake failed: Local: \
                Broker transport failure: broker's supported mechanisms:  (after 1ms in state \
                AUTH_HANDSHAKE)";
    let note = Note::new(ErrorCode::Authentication, text, None);
    assert_eq!(refusal(&note, &user()), None);
    assert_eq!(of_notes([note].iter(), &user()).code, Code::ConnectionLost);
}

#[test]
fn texts_of_a_broker_lose_their_control_characters() {
    let text = "sasl_ssl://a:1/bootstrap: SASL X mechanism handshake failed: Broker: no: broker's \
                supported mechanisms: \u{1b}[31mEVIL";
    let failure = judged_as(ErrorCode::Authentication, text, None, &user());
    assert!(!failure.hint.unwrap().contains('\u{1b}'));
}

#[test]
fn what_answers_in_another_protocol_is_named() {
    let size = |bytes: [u8; 4]| i32::from_be_bytes(bytes);
    for (bytes, word) in [
        (*b"HTTP", "web server"),
        (*b"AMQP", "RabbitMQ"),
        ([21, 3, 3, 0], "wants TLS"),
        (*b"SSH-", "does not speak Kafka"),
    ] {
        let text = format!(
            "a:1/bootstrap: Receive failed: Invalid response size {} (0..100000000): \
             increase receive.message.max.bytes (after 1ms in state APIVERSION_QUERY)",
            size(bytes)
        );
        let failure = judged(ErrorCode::BadMessage, &text);
        assert_eq!(failure.code, Code::NotABroker, "{text}");
        assert!(failure.message.contains(word), "{} for {text}", failure.message);
    }
}

#[test]
fn each_way_of_not_reaching_a_server_is_told_apart() {
    let transport = ErrorCode::BrokerTransportFailure;
    for (code, text, expected, word) in [
        (
            ErrorCode::Resolve,
            "no.such.host:9092/bootstrap: Failed to resolve 'no.such.host:9092': Name \
             or service not known (after 3ms in state CONNECT)",
            Code::NameLookup,
            "the name no.such.host is not known",
        ),
        (
            transport,
            "a:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused \
             (after 0ms in state CONNECT)",
            Code::Unreachable,
            "nobody listens at a:1",
        ),
        (
            transport,
            "a:1/bootstrap: Connection setup timed out in state CONNECT (after 10000ms \
             in state CONNECT)",
            Code::Unreachable,
            "does not answer",
        ),
        (
            transport,
            "a:1/bootstrap: Connect to ipv4#1.2.3.4:1 failed: No route to host (after \
             1ms in state CONNECT)",
            Code::Unreachable,
            "no route",
        ),
        (
            transport,
            "a:1/bootstrap: Disconnected: requesting ApiVersion: might be caused by \
             incorrect security.protocol configuration (connecting to a SSL listener?) or broker \
             version is < 0.10 (see api.version.request) (after 1ms in state APIVERSION_QUERY)",
            Code::NotABroker,
            "hangs up",
        ),
        (
            transport,
            "ssl://a:1/bootstrap: SSL handshake failed: Disconnected: connection closed by peer: \
             connecting to a PLAINTEXT broker listener? (after 1ms in state SSL_HANDSHAKE)",
            Code::NotABroker,
            "in TLS",
        ),
        (
            transport,
            "ssl://a:1/bootstrap: Disconnected: verify that security.protocol is correctly \
             configured, broker might require SASL authentication (after 1ms in state UP)",
            Code::Authentication,
            "did not log in",
        ),
        (
            transport,
            "a:1/1: Disconnected (after 5000ms in state UP)",
            Code::ConnectionLost,
            "is lost",
        ),
        (
            ErrorCode::OperationTimedOut,
            "a:1/bootstrap: ApiVersionRequest failed: Local: Timed out: probably due \
             to broker version < 0.10 (see api.version.request configuration)",
            Code::NotABroker,
            "answers nothing",
        ),
    ] {
        let failure = judged(code, text);
        assert_eq!(failure.code, expected, "{text}");
        assert!(failure.message.contains(word), "{} for {text}", failure.message);
        assert!(failure.hint.is_some(), "{text}");
    }
}

#[test]
fn each_fault_of_a_certificate_is_told_apart() {
    let text = "ssl://a:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate \
                verify failed: broker certificate could not be verified, verify that \
                ssl.ca.location is correctly configured (after 5ms in state SSL_HANDSHAKE)";
    for (number, word) in [
        (10, "expired"),
        (9, "not valid yet"),
        (62, "another name"),
        (20, "authority"),
        (7, "verified"),
    ] {
        let failure = judged_as(ErrorCode::SSL, text, Some(number), &Account::default());
        assert_eq!(failure.code, Code::Tls);
        assert!(failure.message.contains(word), "{number}: {}", failure.message);
    }
}

#[test]
fn a_missing_client_certificate_differs_from_a_refused_one() {
    let text = "ssl://a:1/bootstrap: SSL handshake failed: error:0A00045C:SSL routines::tlsv13 \
                alert certificate required: SSL alert number 116 (after 5ms in state SSL_HANDSHAKE)";
    let without = judged(ErrorCode::SSL, text);
    assert!(without.message.contains("wants a client certificate"), "{}", without.message);
    let with = Account { certificate: true, ..Account::default() };
    let with = judged_as(ErrorCode::BrokerTransportFailure, text, None, &with);
    assert!(with.message.contains("does not accept this client certificate"), "{}", with.message);
    assert_eq!((without.code, with.code), (Code::Tls, Code::Tls));
}

#[test]
fn the_server_that_got_furthest_is_the_one_that_is_told() {
    let notes = [
        Note::new(
            ErrorCode::Authentication,
            "sasl_ssl://b:1/bootstrap: SASL authentication error: no (after 1ms in state AUTH_REQ)",
            None,
        ),
        Note::new(
            ErrorCode::BrokerTransportFailure,
            "sasl_ssl://a:1/bootstrap: Connect to ipv4#1.1.1.1:1 failed: Connection refused",
            None,
        ),
    ];
    assert_eq!(of_notes(notes.iter(), &user()).code, Code::Authentication);
}

#[test]
fn a_missing_permission_is_named_with_its_topic() {
    for (doing, permission) in [
        (Doing::Read, "Read"),
        (Doing::Write, "Write"),
        (Doing::Settings, "DescribeConfigs"),
        (Doing::Describe, "Describe"),
    ] {
        let failure = of_topic(ErrorCode::TopicAuthorizationFailed, "orders", doing);
        assert_eq!(failure.code, Code::Authorization);
        assert_eq!(
            failure.hint.unwrap(),
            format!("it needs the permission {permission} on the topic orders")
        );
    }
}

#[test]
fn a_connection_that_worked_is_lost_whatever_its_server_looks_like_now() {
    let hangs_up = Note::new(
        ErrorCode::BrokerTransportFailure,
        "a:1/1: Disconnected: requesting ApiVersion: might be caused by (after 1ms in state \
         APIVERSION_QUERY)",
        None,
    );
    let refuses = Note::new(
        ErrorCode::BrokerTransportFailure,
        "a:1/1: Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)",
        None,
    );
    let lost = |notes: &[Note]| of_lost(notes.iter(), &user());
    assert_eq!(lost(&[]).code, Code::ConnectionLost);
    assert_eq!(lost(std::slice::from_ref(&hangs_up)).message, "the connection to a:1 is lost");
    let newest = lost(&[hangs_up, refuses]);
    assert_eq!((newest.code, &*newest.message), (Code::ConnectionLost, "nobody listens at a:1"));
}
