//! Kafka's access rules, created with one request of its protocol.
//!
//! The harness speaks these few bytes itself because Kafka's own tool takes two seconds per call
//! and rdkafka has no call for it. Tests ask the tool (`kafka.tool("…AclCommand", …)`) whether the
//! rules are there. Left out: listing and deleting.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// What a rule is about. The numbers are Kafka's.
#[derive(Debug, Clone, Copy)]
pub enum Resource {
    /// A topic.
    Topic = 2,
    /// A consumer group.
    Group = 3,
    /// The cluster; its name is `kafka-cluster`.
    Cluster = 4,
    /// A transactional id.
    TransactionalId = 5,
}

/// What a rule allows or denies. The numbers are Kafka's.
#[derive(Debug, Clone, Copy)]
pub enum Operation {
    /// Everything.
    All = 2,
    /// Read records, or commit offsets.
    Read = 3,
    /// Write records.
    Write = 4,
    /// Create topics.
    Create = 5,
    /// Delete.
    Delete = 6,
    /// Change partitions.
    Alter = 7,
    /// See that it is there.
    Describe = 8,
    /// See its configuration.
    DescribeConfigs = 10,
    /// Change its configuration.
    AlterConfigs = 11,
}

/// One rule, from any host.
#[derive(Debug, Clone)]
pub struct Acl {
    /// For example `User:reader`.
    pub principal: String,
    /// Allow, or deny, which wins.
    pub allow: bool,
    /// What may be done.
    pub operation: Operation,
    /// With what kind of thing.
    pub resource: Resource,
    /// Its name; `*` for all; with a `*` at its end, all names that start so.
    pub name: String,
}

impl Acl {
    /// `user` may do this.
    pub fn allow(user: &str, operation: Operation, resource: Resource, name: &str) -> Acl {
        let (principal, name) = (format!("User:{user}"), name.to_owned());
        Acl { principal, allow: true, operation, resource, name }
    }

    /// `user` may not do this, whatever else allows it.
    pub fn deny(user: &str, operation: Operation, resource: Resource, name: &str) -> Acl {
        Acl { allow: false, ..Acl::allow(user, operation, resource, name) }
    }

    /// The rights of the user `reader`.
    pub(crate) fn of_the_reader() -> [Acl; 5] {
        use Operation::{All, Describe, Read};
        use Resource::{Group, Topic};
        [
            Acl::allow("reader", Read, Topic, "*"),
            Acl::allow("reader", Describe, Topic, "*"),
            Acl::allow("reader", Read, Group, "*"),
            Acl::allow("reader", Describe, Group, "*"),
            Acl::deny("reader", All, Topic, "secret.*"),
        ]
    }
}

/// Sends them to a node of which ANONYMOUS is a super user.
///
/// # Panics
/// When the node refuses one.
pub(crate) fn create(port: u16, rules: &[Acl]) {
    let answer = exchange(port, &request(rules)).unwrap_or_else(|e| panic!("no answer: {e}"));
    // Correlation id and throttle time, then the count of results: 4 bytes each.
    let mut rest = answer.get(12..).expect("a complete answer");
    for rule in rules {
        let (code, after) = rest.split_first_chunk::<2>().expect("one result per rule");
        assert_eq!(i16::from_be_bytes(*code), 0, "{rule:?} was refused");
        let (length, after) = after.split_first_chunk::<2>().expect("a message follows the code");
        // A missing message has length -1.
        rest = after.get(i16::from_be_bytes(*length).max(0) as usize..).expect("a whole message");
    }
}

/// `CreateAcls` (key 30), version 1: the last one before compact encodings.
fn request(rules: &[Acl]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(30_i16.to_be_bytes());
    body.extend(1_i16.to_be_bytes());
    body.extend(7_i32.to_be_bytes()); // correlation id
    put_text(&mut body, "brokers");
    body.extend((rules.len() as i32).to_be_bytes());
    for rule in rules {
        const LITERAL: u8 = 3;
        const PREFIXED: u8 = 4;
        let (name, pattern) = match rule.name.strip_suffix('*') {
            Some(prefix) if !prefix.is_empty() => (prefix, PREFIXED),
            _ => (rule.name.as_str(), LITERAL),
        };
        body.push(rule.resource as u8);
        put_text(&mut body, name);
        body.push(pattern);
        put_text(&mut body, &rule.principal);
        put_text(&mut body, "*"); // host
        body.push(rule.operation as u8);
        body.push(if rule.allow { 3 } else { 2 });
    }
    body
}

fn put_text(body: &mut Vec<u8>, text: &str) {
    body.extend((text.len() as i16).to_be_bytes());
    body.extend(text.as_bytes());
}

fn exchange(port: u16, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(&(request.len() as i32).to_be_bytes())?;
    stream.write_all(request)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; i32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}
