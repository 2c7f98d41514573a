//! A server that shows a certificate and does nothing else.
//!
//! A broker is started with a good certificate. What a client does with an expired one, one of a
//! stranger or one for another name is over before the first byte of any protocol, so no broker is
//! needed behind this door: after a completed handshake it hangs up.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use crate::Identity;
use crate::ports::Port;

/// Serves TLS handshakes on a port of 127.0.0.1 until dropped.
#[derive(Debug)]
pub struct TlsDoor {
    port: Port,
    ended: Arc<AtomicBool>,
}

impl TlsDoor {
    /// A door that shows this certificate.
    pub fn showing(identity: &Identity) -> TlsDoor {
        let certificate = CertificateDer::from_pem_slice(identity.certificate_pem.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes());
        let config = ServerConfig::builder_with_provider(crate::rabbitmq::ring())
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.expect("PEM")], key.expect("PEM"))
            .expect("the key belongs to the certificate");
        let door = TlsDoor { port: Port::free(), ended: Arc::default() };
        let ended = Arc::clone(&door.ended);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, door.port()));
        let listener = listener.expect("the port is claimed");
        std::thread::spawn(move || serve(&listener, &Arc::new(config), &ended));
        door
    }

    /// The port that clients connect to.
    pub fn port(&self) -> u16 {
        self.port.number()
    }
}

impl Drop for TlsDoor {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for a connection.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()));
    }
}

fn serve(listener: &TcpListener, config: &Arc<ServerConfig>, ended: &AtomicBool) {
    for stream in listener.incoming() {
        if ended.load(Ordering::Relaxed) {
            return;
        }
        let Ok(mut stream) = stream else { continue };
        // A client that never speaks must not keep the next one waiting for ever.
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let mut tls = ServerConnection::new(Arc::clone(config)).expect("the configuration is good");
        // A refused certificate arrives here as an error, which is what the client came for.
        while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok() {}
        tls.send_close_notify();
        let _ = tls.complete_io(&mut stream);
    }
}

#[cfg(test)]
mod tests {
    use rustls::{CertificateError, ClientConfig, ClientConnection, Error, RootCertStore};

    use super::*;
    use crate::Authority;

    fn knock(door: &TlsDoor, trusted: &Authority) -> Result<(), Error> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(trusted.pem().as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(crate::rabbitmq::ring())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tls =
            ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port())).unwrap();
        while tls.is_handshaking() {
            if let Err(error) = tls.complete_io(&mut stream) {
                return Err(error.downcast::<Error>().expect("an error of TLS"));
            }
        }
        Ok(())
    }

    #[test]
    fn each_bad_certificate_is_bad_in_its_own_way() {
        let (ours, stranger) = (Authority::new("ours"), Authority::new("stranger"));
        assert_eq!(knock(&TlsDoor::showing(&ours.server()), &ours), Ok(()));

        let wrong = |identity| match knock(&TlsDoor::showing(&identity), &ours) {
            Err(Error::InvalidCertificate(error)) => error,
            other => panic!("{other:?}"),
        };
        assert_eq!(wrong(stranger.server()), CertificateError::UnknownIssuer);
        let expired = wrong(ours.expired_server());
        assert!(matches!(expired, CertificateError::ExpiredContext { .. }), "{expired:?}");
        let name = wrong(ours.server_named("kafka.example"));
        assert!(matches!(name, CertificateError::NotValidForNameContext { .. }), "{name:?}");
    }

    #[test]
    fn a_door_serves_one_client_after_another() {
        let ours = Authority::new("ours");
        let door = TlsDoor::showing(&ours.server());
        for _ in 0..3 {
            assert_eq!(knock(&door, &ours), Ok(()));
        }
    }
}
