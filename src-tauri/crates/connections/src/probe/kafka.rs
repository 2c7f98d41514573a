//! Kafka's first question: ApiVersions, which a broker answers to anyone before authentication.
//!
//! Version 0 is asked because every broker since 0.10 answers it, and because a broker that does
//! not know a newer version answers in this one anyway (KIP-35, KIP-511).

use crate::probe::peer::{CORRELATION, Peer};

const API_VERSIONS: i16 = 18;
const METADATA: i16 = 3;

/// An answer is some 500 bytes; one that says it is longer is not Kafka's.
const LONGEST: i32 = 64 * 1024;

/// What the broker answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A broker that answers in this version of the question.
    Broker,
    /// A KRaft controller: it speaks the protocol, but not to clients.
    Controller,
    /// It refused, with Kafka's error code.
    Refused(i16),
    /// Not an answer to this question.
    NotKafka,
}

/// The request: size, then header version 1 (key, version, correlation id, client id), no body.
pub(super) fn question() -> Vec<u8> {
    let client = b"kronos-console";
    let mut request = Vec::new();
    request.extend(API_VERSIONS.to_be_bytes());
    request.extend(0_i16.to_be_bytes());
    request.extend(CORRELATION);
    request.extend((client.len() as i16).to_be_bytes());
    request.extend(client);
    let mut framed = (request.len() as i32).to_be_bytes().to_vec();
    framed.extend(request);
    framed
}

/// True once the answer is all there, or is certainly not Kafka's.
pub(super) fn complete(bytes: &[u8]) -> bool {
    match Peer::of(bytes) {
        None => false,
        Some(Peer::Kafka) => match i32_at(bytes, 0) {
            Some(size @ 10..=LONGEST) => bytes.len() >= 4 + size as usize,
            _ => true,
        },
        Some(Peer::Tls) => bytes.len() >= 5,
        Some(_) => bytes.len() >= 8,
    }
}

/// Reads the answer: size, correlation id, error code, then (key, oldest, newest) of each request.
pub(super) fn answer(bytes: &[u8]) -> Answer {
    if Peer::of(bytes) != Some(Peer::Kafka) {
        return Answer::NotKafka;
    }
    let (Some(error), Some(count)) = (i16_at(bytes, 8), i32_at(bytes, 10)) else {
        return Answer::NotKafka;
    };
    if error != 0 {
        return Answer::Refused(error);
    }
    let Ok(count) = usize::try_from(count) else {
        return Answer::NotKafka;
    };
    let entries = bytes.get(14..).unwrap_or_default().chunks_exact(6);
    if count == 0 || entries.len() < count {
        return Answer::NotKafka;
    }
    let for_clients = entries.take(count).any(|entry| i16_at(entry, 0) == Some(METADATA));
    if for_clients { Answer::Broker } else { Answer::Controller }
}

fn i16_at(bytes: &[u8], at: usize) -> Option<i16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(i16::from_be_bytes)
}

fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(i32::from_be_bytes)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An answer with these kinds of requests.
    pub fn reply(error: i16, keys: &[i16]) -> Vec<u8> {
        let mut body = CORRELATION.to_vec();
        body.extend(error.to_be_bytes());
        body.extend((keys.len() as i32).to_be_bytes());
        for key in keys {
            body.extend(key.to_be_bytes());
            body.extend([0, 0, 0, 9]);
        }
        let mut framed = (body.len() as i32).to_be_bytes().to_vec();
        framed.extend(body);
        framed
    }

    #[test]
    fn a_broker_a_controller_and_a_refusal_are_told_apart() {
        assert_eq!(answer(&reply(0, &[0, 1, 3, 18])), Answer::Broker);
        assert_eq!(answer(&reply(0, &[1, 18, 52])), Answer::Controller);
        assert_eq!(answer(&reply(35, &[])), Answer::Refused(35));
        assert_eq!(answer(b"HTTP/1.1 400 Bad Request"), Answer::NotKafka);
    }

    #[test]
    fn an_answer_is_complete_with_its_last_byte_and_not_before() {
        let whole = reply(0, &[0, 1, 3, 18]);
        for cut in 0..whole.len() {
            assert!(!complete(&whole[..cut]), "complete after {cut} bytes of {}", whole.len());
        }
        assert!(complete(&whole));
    }

    #[test]
    fn a_count_larger_than_the_answer_is_not_believed() {
        let mut lying = reply(0, &[3]);
        lying[10..14].copy_from_slice(&i32::MAX.to_be_bytes());
        assert_eq!(answer(&lying), Answer::NotKafka);
        lying[10..14].copy_from_slice(&(-1_i32).to_be_bytes());
        assert_eq!(answer(&lying), Answer::NotKafka);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = complete(&bytes);
            let _ = answer(&bytes);
            let mut kafka = reply(0, &[3]);
            kafka.truncate(8);
            kafka.extend(bytes);
            let _ = answer(&kafka);
        }
    }
}
