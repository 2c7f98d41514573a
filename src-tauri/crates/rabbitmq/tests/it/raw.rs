//! A publisher that writes AMQP by hand, because no client library lets anyone write what a broken
//! or hostile one does.

use std::io::{Read, Write};
use std::net::TcpStream;

use brokers::RabbitMq;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

/// One connection with one open channel.
pub struct RawPublisher(TcpStream);

impl RawPublisher {
    pub fn open(rabbit: &RabbitMq) -> RawPublisher {
        let stream = TcpStream::connect(("127.0.0.1", rabbit.amqp_port())).unwrap();
        stream.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
        let mut raw = RawPublisher(stream);
        raw.0.write_all(b"AMQP\x00\x00\x09\x01").unwrap();
        raw.expect(10, 10);
        let mut start_ok = vec![0, 0, 0, 0];
        short(&mut start_ok, b"PLAIN");
        long(&mut start_ok, format!("\0admin\0{}", rabbit.password_of("admin")).as_bytes());
        short(&mut start_ok, b"en_US");
        raw.method(0, 10, 11, &start_ok);
        let tune = raw.expect(10, 30);
        raw.method(0, 10, 31, &tune);
        raw.method(0, 10, 40, b"\x01/\0\0");
        raw.expect(10, 41);
        raw.method(1, 20, 10, b"\0");
        raw.expect(20, 11);
        raw.method(1, 85, 10, b"\0");
        raw.expect(85, 11);
        raw
    }

    /// Publishes to an exchange and waits for the confirmation. `properties` are flags and list.
    pub fn publish(&mut self, exchange: &[u8], key: &[u8], properties: &[u8], body: &[u8]) {
        let mut publish = vec![0, 0];
        short(&mut publish, exchange);
        short(&mut publish, key);
        publish.push(0);
        self.method(1, 60, 40, &publish);
        let mut header = vec![0, 60, 0, 0];
        header.extend((body.len() as u64).to_be_bytes());
        header.extend(properties);
        self.frame(HEADER, 1, &header);
        self.frame(BODY, 1, body);
        self.expect(60, 80);
    }

    fn method(&mut self, channel: u16, class: u16, method: u16, arguments: &[u8]) {
        let mut payload = class.to_be_bytes().to_vec();
        payload.extend(method.to_be_bytes());
        payload.extend(arguments);
        self.frame(METHOD, channel, &payload);
    }

    fn frame(&mut self, kind: u8, channel: u16, payload: &[u8]) {
        let mut frame = vec![kind];
        frame.extend(channel.to_be_bytes());
        frame.extend((payload.len() as u32).to_be_bytes());
        frame.extend(payload);
        frame.push(0xCE);
        self.0.write_all(&frame).unwrap();
    }

    /// The arguments of the next method, which must be this one.
    fn expect(&mut self, class: u16, method: u16) -> Vec<u8> {
        let mut head = [0; 7];
        self.0.read_exact(&mut head).unwrap();
        let size = u32::from_be_bytes(head[3..7].try_into().unwrap()) as usize;
        let mut payload = vec![0; size + 1];
        self.0.read_exact(&mut payload).unwrap();
        let got = (
            u16::from_be_bytes([payload[0], payload[1]]),
            u16::from_be_bytes([payload[2], payload[3]]),
        );
        assert_eq!(got, (class, method), "{}", String::from_utf8_lossy(&payload));
        payload[4..size].to_vec()
    }
}

/// Flags and list of properties that are only a header table.
pub fn headers(table: &[u8]) -> Vec<u8> {
    let mut properties = 0x2000_u16.to_be_bytes().to_vec();
    long(&mut properties, table);
    properties
}

pub fn short(to: &mut Vec<u8>, text: &[u8]) {
    to.push(text.len() as u8);
    to.extend(text);
}

pub fn long(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend((bytes.len() as u32).to_be_bytes());
    to.extend(bytes);
}
