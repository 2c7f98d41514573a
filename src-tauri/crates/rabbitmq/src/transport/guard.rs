//! What comes in from a broker, frame by frame, made readable for the client library.
//!
//! Three things in a message can make the library give up the connection, and with it every held
//! message: a short string that is not UTF-8, a table of unknown or inconsistent encoding, and
//! tables nested without end. RabbitMQ passes all of them on as publishers sent them. So:
//! - a content header that cannot be read is replaced by one whose only property is a header
//!   [`UNREADABLE`], with the original flags and properties as bytes: the message can be held,
//!   looked at and settled, and nothing of it is lost;
//! - in a delivery or a return, bytes of names that are not UTF-8 become the control character
//!   SUBSTITUTE (0x1A), one for one.
//!
//! Bodies pass untouched. What is not AMQP passes untouched too: the library says so itself.

use std::sync::Arc;

use super::checks::{self, Reader};
use super::greeting::{Greeting, Said, Start};

/// The header that stands for properties that cannot be read. Its value is a byte array: the
/// property flags and the property list, as on the wire.
pub const UNREADABLE: &str = "x-kronos-unreadable-properties";

/// Type, channel and size before a frame's payload.
const HEAD: usize = 7;
const FRAME_END: u8 = 0xCE;
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const HEARTBEAT: u8 = 8;
/// Methods and headers are collected before they pass. A broker's frames are 128 KiB by default;
/// a larger one than this is not collected, and is the library's to refuse.
const LARGEST_COLLECTED: u32 = 2 * 1024 * 1024;
/// How much of a stranger's first words is kept.
const FIRST_WORDS: usize = 64;
/// What stands for a byte that is no text.
const SUBSTITUTE: u8 = 0x1A;

/// Watches one connection's incoming bytes.
pub struct Guard {
    greeting: Arc<Greeting>,
    state: State,
    /// The frame being collected, its head included.
    frame: Vec<u8>,
    started: bool,
}

enum State {
    /// Collecting a frame's head.
    Head,
    /// Collecting a frame of this size in all.
    Collect(usize),
    /// So many bytes pass as they are.
    Pass(u64),
    /// Everything passes as it is.
    Open,
}

impl Guard {
    /// A guard that takes the server's first words down.
    pub fn new(greeting: Arc<Greeting>) -> Self {
        Guard { greeting, state: State::Head, frame: Vec::new(), started: false }
    }

    /// Takes down that reading failed, where that is the first thing to be heard.
    pub fn fail(&self, error: &std::io::Error) {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let (false, Some(tls)) = (self.started, tls) {
            self.greeting.hear(Said::Refused(tls.clone()));
        }
    }

    /// Lets `input` pass into `output`, mended where needed.
    pub fn pass(&mut self, mut input: &[u8], output: &mut Vec<u8>) {
        if !self.started {
            self.started = true;
            if input.first().is_some_and(|first| *first != METHOD) {
                let words = input.get(..FIRST_WORDS).unwrap_or(input);
                self.greeting.hear(Said::Foreign(words.to_vec()));
                self.state = State::Open;
            }
        }
        while !input.is_empty() {
            match self.state {
                State::Open => {
                    output.extend_from_slice(input);
                    return;
                }
                State::Pass(left) => {
                    let count = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    output.extend_from_slice(advance(&mut input, count));
                    let left = left - count as u64;
                    self.state = if left == 0 { State::Head } else { State::Pass(left) };
                }
                State::Head => {
                    let missing = HEAD - self.frame.len();
                    self.frame.extend_from_slice(advance(&mut input, missing));
                    if self.frame.len() == HEAD {
                        self.begin(output);
                    }
                }
                State::Collect(size) => {
                    let missing = size - self.frame.len();
                    self.frame.extend_from_slice(advance(&mut input, missing));
                    if self.frame.len() == size {
                        self.complete(output);
                    }
                }
            }
        }
    }

    fn begin(&mut self, output: &mut Vec<u8>) {
        let mut head = Reader::new(&self.frame);
        let (Ok(kind), Ok(_), Ok(size)) = (head.u8(), head.u16(), head.u32()) else {
            return;
        };
        match kind {
            METHOD | HEADER if size <= LARGEST_COLLECTED => {
                self.state = State::Collect(HEAD + size as usize + 1);
                return;
            }
            METHOD | HEADER | BODY | HEARTBEAT => self.state = State::Pass(u64::from(size) + 1),
            _ => self.state = State::Open,
        }
        output.append(&mut self.frame);
    }

    fn complete(&mut self, output: &mut Vec<u8>) {
        self.state = State::Head;
        let mut frame = std::mem::take(&mut self.frame);
        let end = frame.len() - 1;
        let is_method = frame.first() == Some(&METHOD);
        if let Some(payload) = frame.get_mut(HEAD..end) {
            if is_method {
                self.method(payload);
            } else if let Some(mended) = mend_header(payload) {
                let channel = frame.get(1..3).unwrap_or_default();
                output.push(HEADER);
                output.extend_from_slice(channel);
                output.extend_from_slice(&(mended.len() as u32).to_be_bytes());
                output.extend_from_slice(&mended);
                output.push(FRAME_END);
                return;
            }
        }
        output.append(&mut frame);
    }

    fn method(&self, payload: &mut [u8]) {
        let mut reader = Reader::new(payload);
        let (Ok(class), Ok(method)) = (reader.u16(), reader.u16()) else {
            return;
        };
        match (class, method) {
            (10, 10) => {
                if let Some(start) = Start::read(reader.rest()) {
                    self.greeting.hear(Said::Start(start));
                }
            }
            // basic.return: reply code; reply text, exchange, routing key
            (60, 50) => substitute(payload, 4 + 2, 3),
            // basic.deliver: consumer tag (ours), delivery tag, redelivered; exchange, routing key
            (60, 60) => {
                let tag = usize::from(payload.get(4).copied().unwrap_or_default());
                substitute(payload, 4 + 1 + tag + 8 + 1, 2);
            }
            _ => {}
        }
    }
}

/// Takes up to `count` bytes off the front.
fn advance<'a>(input: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = input.split_at(count.min(input.len()));
    *input = rest;
    taken
}

/// Replaces what is not UTF-8 in `count` short strings that follow each other from `at` on.
fn substitute(payload: &mut [u8], mut at: usize, count: usize) {
    for _ in 0..count {
        let Some(length) = payload.get(at).map(|length| usize::from(*length)) else {
            return;
        };
        let Some(name) = payload.get_mut(at + 1..at + 1 + length) else {
            return;
        };
        at += 1 + length;
        while let Err(error) = str::from_utf8(name) {
            let good = error.valid_up_to();
            let bad = error.error_len().unwrap_or(name.len() - good);
            name.iter_mut().skip(good).take(bad).for_each(|byte| *byte = SUBSTITUTE);
        }
    }
}

/// A content header payload that can be read, where this one cannot.
fn mend_header(payload: &[u8]) -> Option<Vec<u8>> {
    // class, weight, body size
    let (fixed, properties) = payload.split_at_checked(2 + 2 + 8)?;
    checks::properties(properties).err()?;
    let mut entry = vec![UNREADABLE.len() as u8];
    entry.extend_from_slice(UNREADABLE.as_bytes());
    entry.push(b'x');
    entry.extend_from_slice(&(properties.len() as u32).to_be_bytes());
    entry.extend_from_slice(properties);
    let mut mended = fixed.to_vec();
    mended.extend_from_slice(&0x2000_u16.to_be_bytes());
    mended.extend_from_slice(&(entry.len() as u32).to_be_bytes());
    mended.append(&mut entry);
    Some(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![kind, 0, 1];
        frame.extend((payload.len() as u32).to_be_bytes());
        frame.extend(payload);
        frame.push(FRAME_END);
        frame
    }

    fn header(properties: &[u8]) -> Vec<u8> {
        let mut payload = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
        payload.extend(properties);
        frame(HEADER, &payload)
    }

    fn deliver(key: &[u8]) -> Vec<u8> {
        let mut payload = vec![0, 60, 0, 60, 3];
        payload.extend(b"tag\0\0\0\0\0\0\0\x01\0\x02ex");
        payload.push(key.len() as u8);
        payload.extend(key);
        frame(METHOD, &payload)
    }

    fn through(input: &[u8], step: usize) -> Vec<u8> {
        let mut guard = Guard::new(Arc::default());
        let mut output = Vec::new();
        input.chunks(step).for_each(|piece| guard.pass(piece, &mut output));
        output
    }

    #[test]
    fn good_frames_pass_unchanged_however_they_are_cut() {
        let mut stream = deliver("clé".as_bytes());
        stream.extend(header(&[0x80, 0, 4, b't', b'e', b'x', b't']));
        stream.extend(frame(BODY, b"\xff\xfe\x00\xce!"));
        stream.extend(frame(HEARTBEAT, b""));
        stream.extend(deliver(b"next"));
        for step in [1, 2, 7, 8, 13, stream.len()] {
            assert_eq!(through(&stream, step), stream, "in steps of {step}");
        }
    }

    #[test]
    fn properties_that_cannot_be_read_become_one_header_with_all_their_bytes() {
        let bad = [0x80, 0, 2, 0xC3, 0x28];
        let mut stream = deliver(b"key");
        let before = stream.len();
        stream.extend(header(&bad));
        for step in [1, stream.len()] {
            let output = through(&stream, step);
            let mended = &output[before..];
            let properties = &mended[HEAD + 12..mended.len() - 1];
            assert_eq!(checks::properties(properties), Ok(()));
            assert!(properties.ends_with(&bad), "nothing is lost");
            assert_eq!(mended[HEAD..HEAD + 12], header(&bad)[HEAD..HEAD + 12], "size is kept");
        }
    }

    #[test]
    fn names_that_are_no_text_are_substituted_byte_by_byte() {
        let output = through(&deliver(b"caf\xe9.\xff"), 3);
        assert_eq!(output, deliver(b"caf\x1a.\x1a"));
    }

    #[test]
    fn a_stranger_is_heard_and_passes() {
        let greeting = Arc::new(Greeting::default());
        let mut guard = Guard::new(Arc::clone(&greeting));
        let mut output = Vec::new();
        guard.pass(b"HTTP/1.1 400 Bad Request\r\n", &mut output);
        guard.pass(b"\r\n", &mut output);
        assert_eq!(output, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        assert_eq!(greeting.said(), Said::Foreign(b"HTTP/1.1 400 Bad Request\r\n".to_vec()));
    }

    #[test]
    fn no_input_makes_it_panic_or_hold_back_more_than_a_frame() {
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        for _ in 0..2_000 {
            let mut stream = deliver(b"caf\xe9");
            stream.extend(header(&[0x20, 0, 0, 0, 0, 3, 1, b'a', b'V']));
            for _ in 0..4 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                let place = seed as usize % stream.len();
                stream[place] = (seed >> 32) as u8;
            }
            assert!(through(&stream, 5).len() <= 2 * stream.len() + 64);
        }
    }
}
