//! The only place that creates AMQP and HTTP clients.
//!
//! Credentials go from the profile's secrets straight into the one call that needs them: lapin's
//! URI type prints the password in `Debug`, so it is given none, and the login is answered by
//! [`Login`] instead.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connections::profile::{self, Endpoint, Profile, RabbitMqAuthentication, Tls, Trust};
use connections::secret::Secrets;
use connections::{Code, Failure, Secret, trust};
use lapin::auth::AuthProvider;
use lapin::tcp::AsyncTcpStream;
use lapin::types::{LongString, ShortString};
use lapin::uri::{AMQPQueryString, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use crate::transport::dial::{dial, refusal_after_handshake};
use crate::transport::greeting::{Said, Start};
use crate::transport::kit::Kit;
use crate::transport::wire::Cut;
use crate::verdict::{self, Peer};

/// From AMQP's first words to "open".
const LOGIN_PATIENCE: Duration = Duration::from_secs(10);
/// Seconds. A connection that says nothing for two of them is lost.
const HEARTBEAT: u16 = 10;
/// For one request to the management API, its answer included.
const HTTP_PATIENCE: Duration = Duration::from_secs(20);

/// What it takes to connect, taken from a profile and its secrets once.
#[derive(Clone)]
pub struct Plan {
    /// Whom to reach, and as whom.
    pub peer: Peer,
    tls: Option<Arc<ClientConfig>>,
    login: Login,
    management: Option<ManagementPlan>,
}

#[derive(Clone)]
struct ManagementPlan {
    url: reqwest::Url,
    user: String,
    password: Secret,
    tls: Arc<ClientConfig>,
}

/// How to prove who we are.
#[derive(Clone)]
pub enum Login {
    /// User and password.
    Plain {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// The client certificate of the TLS connection.
    External,
}

impl AuthProvider for Login {
    fn mechanism(&self) -> ShortString {
        ShortString::try_new(self.name()).unwrap_or_default()
    }

    fn auth_starter(&self) -> Result<LongString, String> {
        Ok(match self {
            Login::Plain { user, password } => {
                LongString::from(format!("\0{user}\0{}", password.expose()))
            }
            Login::External => LongString::default(),
        })
    }
}

impl Login {
    fn name(&self) -> &'static str {
        match self {
            Login::Plain { .. } => "PLAIN",
            Login::External => "EXTERNAL",
        }
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({})", self.peer.endpoint)
    }
}

impl Plan {
    /// The plan of a profile.
    ///
    /// # Errors
    /// [`Code::Invalid`] for settings that cannot work, [`Code::Keyring`] where the password is
    /// missing.
    pub fn new(profile: &Profile, secrets: &Secrets) -> Result<Plan, Failure> {
        let profile::Broker::RabbitMq(settings) = &profile.broker else {
            return Err(Failure::new(Code::Internal, "this connection is not RabbitMQ's"));
        };
        let key = secrets.private_key.as_ref();
        let tls = match &settings.tls {
            Some(tls) => Some(Arc::new(trust::client_config(tls, key)?)),
            None => None,
        };
        let (login, who) = match &settings.authentication {
            RabbitMqAuthentication::Plain { user } => {
                let password = password_of(user, secrets)?;
                (Login::Plain { user: user.clone(), password }, user.clone())
            }
            RabbitMqAuthentication::External { .. } => {
                if settings.tls.as_ref().is_none_or(|tls| tls.certificate_pem.is_none()) {
                    return Err(Failure::new(
                        Code::Invalid,
                        "EXTERNAL needs TLS with a client certificate",
                    )
                    .hint("add the certificate and its key to the connection"));
                }
                (Login::External, "the client certificate".to_owned())
            }
        };
        let management_user = match &settings.authentication {
            RabbitMqAuthentication::Plain { user } => Some(user),
            RabbitMqAuthentication::External { management_user } => management_user.as_ref(),
        };
        let management = match (&settings.management_url, management_user) {
            (Some(url), Some(user)) => Some(ManagementPlan {
                url: base_url(url)?,
                user: user.clone(),
                password: password_of(user, secrets)?,
                tls: match (&tls, url.starts_with("https:")) {
                    (Some(tls), true) => Arc::clone(tls),
                    (None, true) => Arc::new(trust::client_config(&system_trust(), None)?),
                    (_, false) => Arc::new(no_trust()?),
                },
            }),
            _ => None,
        };
        let peer = Peer {
            endpoint: settings.endpoint.clone(),
            vhost: settings.vhost.clone(),
            who,
            mechanism: login.name(),
        };
        Ok(Plan { peer, tls, login, management })
    }

    /// The user that published messages are by; `None` where the certificate decides.
    pub fn user(&self) -> Option<&str> {
        match &self.login {
            Login::Plain { user, .. } => Some(user),
            Login::External => None,
        }
    }

    /// Host and port.
    pub fn endpoint(&self) -> &Endpoint {
        &self.peer.endpoint
    }

    /// Opens an AMQP connection: one login attempt, and never another one by itself. [`Cut`] ends
    /// it without a goodbye.
    ///
    /// # Errors
    /// Which step failed, and why.
    pub async fn connect(&self, purpose: &str) -> Result<(Connection, Start, Cut), Failure> {
        let (wire, greeting) = dial(self.endpoint(), self.tls.as_ref()).await?;
        let cut = wire.cut();
        let wire = Mutex::new(Some(wire));
        let connecting = Connection::connector(
            self.uri(),
            Kit::current().into(),
            async move |_, _| {
                let wire = wire.lock().unwrap_or_else(PoisonError::into_inner).take();
                wire.map(AsyncTcpStream::Plain)
                    .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotConnected).into())
            },
            ConnectionProperties::default()
                .with_connection_name("Kronos Console".into())
                .with_client_property("product".into(), "Kronos Console".into())
                .with_client_property("version".into(), env!("CARGO_PKG_VERSION").into())
                .with_client_property("information".into(), purpose.into())
                .with_auth_provider(self.login.clone()),
        );
        match timeout(LOGIN_PATIENCE, connecting).await {
            Ok(Ok(connection)) => match greeting.said() {
                Said::Start(start) => Ok((connection, start, cut)),
                _ => Ok((connection, Start::default(), cut)),
            },
            Ok(Err(error)) => {
                cut.cut();
                let said = greeting.said();
                if let (Said::Nothing, Some(tls)) = (&said, &self.tls)
                    && let Some(failure) = refusal_after_handshake(self.endpoint(), tls).await
                {
                    return Err(failure);
                }
                Err(verdict::login(&self.peer, &said, &error))
            }
            Err(_) => {
                cut.cut();
                Err(verdict::silence(&self.peer, &greeting.said()))
            }
        }
    }

    fn uri(&self) -> AMQPUri {
        AMQPUri {
            vhost: self.peer.vhost.clone(),
            query: AMQPQueryString { heartbeat: Some(HEARTBEAT), ..Default::default() },
            ..Default::default()
        }
    }

    /// A client of the management API; `None` where the profile has none.
    ///
    /// # Errors
    /// [`Code::Internal`] where the HTTP library cannot be set up.
    pub fn http(&self) -> Result<Option<Http>, Failure> {
        let Some(plan) = &self.management else {
            return Ok(None);
        };
        let client = reqwest::Client::builder()
            .user_agent(concat!("Kronos-Console/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .timeout(HTTP_PATIENCE)
            // Basic credentials are for this server and no other.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tls_backend_preconfigured(ClientConfig::clone(&plan.tls))
            .build()
            .map_err(|_| Failure::new(Code::Internal, "the HTTP client cannot be set up"))?;
        Ok(Some(Http {
            client,
            base: plan.url.clone(),
            user: plan.user.clone(),
            password: plan.password.clone(),
        }))
    }
}

/// An HTTP client with the credentials for one management API.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    base: reqwest::Url,
    user: String,
    password: Secret,
}

impl Http {
    /// A request for a path below the base URL, percent-encoded already.
    pub fn get(&self, path: &str) -> Option<reqwest::RequestBuilder> {
        let base = self.base.as_str().trim_end_matches('/');
        let url = reqwest::Url::parse(&format!("{base}/{path}")).ok()?;
        Some(self.client.get(url).basic_auth(&self.user, Some(self.password.expose())))
    }

    /// Where the API is, for people.
    pub fn place(&self) -> String {
        verdict::clean(self.base.as_str().trim_end_matches('/'))
    }

    /// As whom it is asked.
    pub fn user(&self) -> &str {
        &self.user
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.place())
    }
}

fn password_of(user: &str, secrets: &Secrets) -> Result<Secret, Failure> {
    secrets.password.clone().ok_or_else(|| {
        Failure::new(Code::Keyring, format!("there is no password for {}", verdict::clean(user)))
            .hint("enter it in the connection's settings")
    })
}

fn base_url(url: &str) -> Result<reqwest::Url, Failure> {
    let invalid = || {
        Failure::new(Code::Invalid, "the management URL cannot be used")
            .hint("it looks like https://host:15671, without user and password")
    };
    let url = reqwest::Url::parse(url.trim()).map_err(|_| invalid())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain && url.has_host() && matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(invalid())
    }
}

/// For plain `http`: reqwest insists on a TLS configuration, so it gets one that trusts nobody.
fn no_trust() -> Result<ClientConfig, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
        .map_err(|_| Failure::new(Code::Internal, "the TLS library offers no protocol version"))
}

fn system_trust() -> Tls {
    Tls { trust: Trust::System, ca_pem: None, certificate_pem: None, verify_name: true }
}
