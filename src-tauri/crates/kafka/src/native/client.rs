//! One librdkafka instance, created with this crate's callbacks.

use std::cell::Cell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::Arc;
use std::time::Duration;

use connections::{Code, Failure, Secret};
use rdkafka::ClientConfig;
use rdkafka::client::Client;
use rdkafka_sys as sys;
use rdkafka_sys::types::{RDKafkaConfRes, RDKafkaRespErr, RDKafkaType};
use zeroize::Zeroize;

use super::code::{self, ErrorCode};
use super::event::Event;
use super::queue::Queue;
use crate::context::Context;

mod raw {
    use super::{c_char, c_int, sys};

    // The bindings return an enum here, which must not hold a number that it does not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_fatal_error(
            client: *mut sys::rd_kafka_t,
            reason: *mut c_char,
            reason_size: usize,
        ) -> c_int;
    }
}

/// Which half of librdkafka a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads, and asks administrative questions.
    Consumer,
    /// Writes.
    Producer,
}

/// One librdkafka instance. Dropping it waits for its threads: not on an async thread.
pub(crate) struct Native {
    // Before the client, which it refers to.
    main: Queue,
    client: Client<Context>,
}

impl Native {
    /// Creates an instance; nothing is connected yet. The secrets are set on the native
    /// configuration only, so that no printable copy of them exists.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a setting that librdkafka refuses, named but not quoted.
    pub(crate) fn open(
        config: &ClientConfig,
        secrets: &[(&'static str, &Secret)],
        kind: Kind,
        context: Context,
    ) -> Result<Native, Failure> {
        let native = config.create_native_config().map_err(|e| refused_setting(&e))?;
        for (name, secret) in secrets {
            set_secret(native.ptr(), name, secret)?;
        }
        let opaque = std::ptr::null_mut();
        // SAFETY: the configuration is live; `Client::new` sets the opaque pointer, which the
        // callbacks read, to the context, which the client keeps alive.
        unsafe {
            sys::rd_kafka_conf_set_events(
                native.ptr(),
                sys::RD_KAFKA_EVENT_ERROR | sys::RD_KAFKA_EVENT_DR,
            );
            sys::rd_kafka_conf_set_socket_cb(native.ptr(), Some(on_socket));
            // Refused by a build without TLS only, which would refuse the TLS settings, too.
            let _ = sys::rd_kafka_conf_set_ssl_cert_verify_cb(native.ptr(), Some(on_certificate));
            sys::rd_kafka_conf_interceptor_add_on_new(
                native.ptr(),
                c"kronos".as_ptr(),
                Some(on_new),
                opaque,
            );
        }
        let kind = match kind {
            Kind::Consumer => RDKafkaType::RD_KAFKA_CONSUMER,
            Kind::Producer => RDKafkaType::RD_KAFKA_PRODUCER,
        };
        let client = Client::new(config, native, kind, context).map_err(|e| refused_setting(&e))?;
        // SAFETY: the client is live.
        let main = unsafe { Queue::main_of(client.native_ptr()) }
            .ok_or_else(|| Failure::new(Code::Internal, "a Kafka client has no event queue"))?;
        Ok(Native { main, client })
    }

    /// What this client has heard.
    pub(crate) fn context(&self) -> &Arc<Context> {
        self.client.context()
    }

    /// Waits for an event of the client itself. Errors have been noted by the context already.
    pub(crate) fn poll(&self, timeout: Duration) -> Option<Event> {
        let event = Event::read(self.main.poll(timeout)?);
        self.context().hear(&event);
        Some(event)
    }

    /// The error after which this client cannot go on, where there was one.
    pub(crate) fn fatal(&self) -> Option<ErrorCode> {
        let mut reason: [c_char; 8] = [0; 8];
        // SAFETY: the client is live, and the buffer has the size that is given.
        let code =
            unsafe { raw::rd_kafka_fatal_error(self.ptr(), reason.as_mut_ptr(), reason.len()) };
        Some(code::from_number(code)).filter(|code| *code != ErrorCode::NoError)
    }

    /// Whether some broker has answered: then the cluster's id is known. Asks nobody.
    pub(crate) fn was_answered(&self) -> bool {
        // SAFETY: the client is live; without patience this only looks. What it gives is ours.
        unsafe {
            let id = sys::rd_kafka_clusterid(self.ptr(), 0);
            if !id.is_null() {
                sys::rd_kafka_mem_free(self.ptr(), id.cast());
            }
            !id.is_null()
        }
    }

    /// Ends a [`Native::poll`] that waits on another thread.
    pub(crate) fn wake(&self) {
        self.main.wake();
    }

    pub(super) fn main(&self) -> &Queue {
        &self.main
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_t {
        self.client.native_ptr()
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        // The client itself ends with its field, after this.
        self.context().close();
    }
}

fn set_secret(
    config: *mut sys::rd_kafka_conf_t,
    name: &'static str,
    secret: &Secret,
) -> Result<(), Failure> {
    let invalid = || Failure::new(Code::Invalid, format!("the value for {name} cannot be used"));
    let mut value = secret.expose().as_bytes().to_vec();
    if value.contains(&0) {
        value.zeroize();
        return Err(invalid().hint("it contains a NUL character"));
    }
    value.push(0);
    let name_c = CString::new(name).map_err(|_| invalid())?;
    let mut reason: [c_char; 512] = [0; 512];
    // SAFETY: the configuration is live, both strings end with NUL and are copied by the call, and
    // the buffer has the size that is given.
    let result = unsafe {
        sys::rd_kafka_conf_set(
            config,
            name_c.as_ptr(),
            value.as_ptr().cast(),
            reason.as_mut_ptr(),
            reason.len(),
        )
    };
    value.zeroize();
    // The reason may quote the value, so it is not passed on.
    reason.zeroize();
    if result == RDKafkaConfRes::RD_KAFKA_CONF_OK { Ok(()) } else { Err(invalid()) }
}

/// `KafkaError` prints the value of a refused setting: only its name is used.
fn refused_setting(error: &rdkafka::error::KafkaError) -> Failure {
    use rdkafka::error::KafkaError;
    match error {
        KafkaError::ClientConfig(_, _, name, _) => {
            Failure::new(Code::Invalid, format!("the Kafka library refuses the setting {name}"))
        }
        KafkaError::ClientCreation(reason) if reason.contains("ssl.key") => Failure::new(
            Code::Invalid,
            "the private key cannot be used with the client certificate",
        )
        .hint("paste the unencrypted key that belongs to the certificate"),
        KafkaError::ClientCreation(reason) if reason.contains("ssl.certificate") => {
            Failure::new(Code::Invalid, "the client certificate cannot be used")
                .hint("paste it as PEM, followed by the certificates of its chain")
        }
        KafkaError::ClientCreation(reason) if reason.contains("ssl.ca") => {
            Failure::new(Code::Invalid, "the authority's certificate cannot be used")
                .hint("paste it as PEM")
        }
        _ => Failure::new(Code::Invalid, "the Kafka library refuses these settings"),
    }
}

/// # Safety
/// `opaque` is the context that `Client::new` set, alive as long as the client's threads.
unsafe fn context<'a>(opaque: *mut c_void) -> Option<&'a Context> {
    // SAFETY: promised by the caller.
    unsafe { opaque.cast::<Context>().cast_const().as_ref() }
}

/// Before each connection: none is made once the credentials were refused.
unsafe extern "C" fn on_socket(
    domain: c_int,
    kind: c_int,
    protocol: c_int,
    opaque: *mut c_void,
) -> c_int {
    // SAFETY: librdkafka hands over the opaque pointer of its configuration.
    if unsafe { context(opaque) }.is_some_and(|context| !context.may_connect()) {
        return -1;
    }
    let socket =
        socket2::Socket::new(domain.into(), kind.into(), Some(socket2::Protocol::from(protocol)));
    let socket = socket.map_or(-1, into_raw);
    SOCKET.set(socket);
    socket
}

thread_local! {
    /// The socket that this thread opened last. librdkafka gives each broker a thread, which has
    /// one connection at a time: during a login it is the one that logs in.
    static SOCKET: Cell<c_int> = const { Cell::new(-1) };
}

#[cfg(unix)]
fn into_raw(socket: socket2::Socket) -> c_int {
    std::os::fd::IntoRawFd::into_raw_fd(socket)
}

/// Ends the traffic of the socket that this thread opened last; librdkafka closes it.
#[cfg(unix)]
fn cut() {
    let socket = SOCKET.get();
    if socket >= 0 {
        // SAFETY: the connection is logging in, so librdkafka has not closed its socket.
        let socket = unsafe { std::os::fd::BorrowedFd::borrow_raw(socket) };
        // One that is gone already needs no end.
        let _ = socket2::SockRef::from(&socket).shutdown(std::net::Shutdown::Both);
    }
}

/// Ends the traffic of the socket that this thread opened last; librdkafka closes it.
#[cfg(windows)]
fn cut() {
    let socket = SOCKET.get();
    if socket >= 0 {
        // SAFETY: the connection is logging in, so librdkafka has not closed its socket.
        let socket =
            unsafe { std::os::windows::io::BorrowedSocket::borrow_raw(socket as u32 as u64) };
        // One that is gone already needs no end.
        let _ = socket2::SockRef::from(&socket).shutdown(std::net::Shutdown::Both);
    }
}

#[cfg(windows)]
fn into_raw(socket: socket2::Socket) -> c_int {
    // Windows keeps socket handles within 32 bits, and librdkafka's interface relies on it.
    std::os::windows::io::IntoRawSocket::into_raw_socket(socket) as c_int
}

/// Once per certificate of a chain: keeps OpenSSL's own judgement, and remembers why it was bad.
unsafe extern "C" fn on_certificate(
    _client: *mut sys::rd_kafka_t,
    _broker: *const c_char,
    _broker_id: i32,
    x509_error: *mut c_int,
    _depth: c_int,
    _der: *const c_char,
    _der_size: usize,
    _reason: *mut c_char,
    _reason_size: usize,
    opaque: *mut c_void,
) -> c_int {
    // SAFETY: librdkafka points to the error of the certificate at hand.
    let Some(error) = (unsafe { x509_error.as_ref() }) else {
        return 0;
    };
    if *error == 0 {
        return 1;
    }
    // SAFETY: librdkafka hands over the opaque pointer of its configuration.
    if let Some(context) = unsafe { context(opaque) } {
        context.certificate_refused(*error);
    }
    0
}

unsafe extern "C" fn on_new(
    client: *mut sys::rd_kafka_t,
    _config: *const sys::rd_kafka_conf_t,
    _opaque: *mut c_void,
    _reason: *mut c_char,
    _reason_size: usize,
) -> RDKafkaRespErr {
    // SAFETY: the client is being created, and keeps the opaque pointer that it is given here.
    unsafe {
        sys::rd_kafka_interceptor_add_on_broker_state_change(
            client,
            c"kronos".as_ptr(),
            Some(on_state),
            sys::rd_kafka_opaque(client),
        )
    }
}

/// Each change of a connection's state, on the thread of that connection.
unsafe extern "C" fn on_state(
    _client: *mut sys::rd_kafka_t,
    _broker_id: i32,
    _protocol: *const c_char,
    name: *const c_char,
    port: c_int,
    state: *const c_char,
    opaque: *mut c_void,
) -> RDKafkaRespErr {
    // SAFETY: librdkafka lends NUL-terminated texts and the opaque pointer given by `on_new`.
    let go_on = unsafe {
        let server = format!("{}:{port}", code::text(name));
        context(opaque).is_none_or(|context| context.state_changed(&server, &code::text(state)))
    };
    if !go_on {
        cut();
    }
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR
}
