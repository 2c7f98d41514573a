//! The connection below AMQP: name lookup, TCP, TLS, and a guard on what comes in.
//!
//! lapin can open connections itself. It is handed one instead, because:
//! - its own TLS adds the platform's roots to whatever a profile trusts;
//! - it keeps neither the server's version nor its name, which decide how messages may be returned
//!   ([`crate::budget`]); [`guard`] reads them in passing;
//! - its parser gives up the whole connection for one header that is not UTF-8, and recurses as
//!   deep as a publisher nests tables; [`guard`] mends such a frame, so that one bad message never
//!   hides the others;
//! - it has no time-out for a handshake; [`wire::Wire`] can be cut from outside.

pub mod checks;
pub mod dial;
pub mod greeting;
pub mod guard;
pub mod kit;
pub mod wire;
