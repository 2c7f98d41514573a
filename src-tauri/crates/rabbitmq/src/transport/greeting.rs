//! What the server said first.

use std::sync::{Mutex, PoisonError};

use lapin::types::parsing::parse_field_table;
use lapin::types::{AMQPValue, FieldTable};

use super::checks::Reader;

/// The first words of a server, filled in by the guard while lapin reads.
#[derive(Debug, Default)]
pub struct Greeting(Mutex<Said>);

/// What a server said first.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Said {
    /// Nothing yet.
    #[default]
    Nothing,
    /// `connection.start` of AMQP 0-9-1.
    Start(Start),
    /// Something else: its first bytes.
    Foreign(Vec<u8>),
    /// It ended TLS. From TLS 1.3 on a server looks at the client's certificate after the client
    /// believes the handshake to be over, so this comes where AMQP is expected.
    Refused(rustls::Error),
}

/// `connection.start`, as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// `RabbitMQ`, usually.
    pub product: Option<String>,
    /// The server's version, as it says.
    pub version: Option<String>,
    /// The cluster's name.
    pub cluster_name: Option<String>,
    /// SASL mechanisms on offer.
    pub mechanisms: Vec<String>,
}

impl Greeting {
    /// What was said so far.
    pub fn said(&self) -> Said {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes down what was said.
    pub fn hear(&self, said: Said) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }
}

impl Start {
    /// Reads the arguments of `connection.start`; `None` where they cannot be read.
    pub fn read(arguments: &[u8]) -> Option<Start> {
        let mut reader = Reader::new(arguments);
        reader.take(2).ok()?;
        let table = reader.rest();
        // The check bounds the depth, so the library's parser may recurse after it.
        reader.table(0).ok()?;
        let mechanisms = reader.long().ok()?;
        let (_, properties) = parse_field_table(table).ok()?;
        Some(Start {
            product: text(&properties, "product"),
            version: text(&properties, "version"),
            cluster_name: text(&properties, "cluster_name"),
            mechanisms: String::from_utf8_lossy(mechanisms)
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        })
    }
}

fn text(table: &FieldTable, name: &str) -> Option<String> {
    match table.inner().get(name)? {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        _ => None,
    }
}
