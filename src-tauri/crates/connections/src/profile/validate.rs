//! What a profile may hold. Checked before one is saved and after one is read: the file is edited
//! by hand too.

use url::Url;

use crate::failure::{Code, Failure};
use crate::printable::is_unprintable;
use crate::profile::{
    Broker, Endpoint, KafkaSecurity, KafkaSettings, Profile, RabbitMqAuthentication,
    RabbitMqSettings, Tls, Trust,
};
use crate::trust;

/// The longest name of a connection, in characters.
const LONGEST_NAME: usize = 100;
/// The longest user name, in characters. Neither broker states a limit.
const LONGEST_USER: usize = 256;
/// The longest virtual host, in bytes: a short string of AMQP 0-9-1, 4.2.5.3.
const LONGEST_VHOST: usize = 255;
/// The longest PEM text, in bytes. A bundle of every public authority is about 220 KiB.
const LONGEST_PEM: usize = 512 * 1024;
/// The longest management URL, in bytes.
const LONGEST_URL: usize = 2000;
/// More servers than this are a mistake.
const MOST_SERVERS: usize = 100;

impl Profile {
    /// Checks everything that can be checked without a network. That the name is unique is for
    /// [`crate::profiles`] to check.
    ///
    /// # Errors
    /// [`Code::Invalid`], naming the first field that is wrong.
    pub fn validate(&self) -> Result<(), Failure> {
        text("the name", &self.name, LONGEST_NAME)?;
        if self.name.trim() != self.name {
            return Err(invalid("the name begins or ends with a space").hint("remove the space"));
        }
        match &self.broker {
            Broker::Kafka(settings) => kafka(settings),
            Broker::RabbitMq(settings) => rabbitmq(settings),
        }
    }
}

fn kafka(settings: &KafkaSettings) -> Result<(), Failure> {
    let servers = &settings.bootstrap_servers;
    if servers.is_empty() {
        return Err(invalid("there is no bootstrap server").hint("write host:port"));
    }
    if servers.len() > MOST_SERVERS {
        return Err(invalid(format!("there are more than {MOST_SERVERS} bootstrap servers"))
            .hint("a few are enough: the brokers tell the others"));
    }
    servers.iter().try_for_each(Endpoint::validate)?;
    match &settings.security {
        KafkaSecurity::Plaintext => Ok(()),
        KafkaSecurity::Ssl { tls } => self::tls(tls),
        KafkaSecurity::SaslSsl { tls, mechanism: _, user } => {
            text("the user", user, LONGEST_USER)?;
            self::tls(tls)
        }
    }
}

fn rabbitmq(settings: &RabbitMqSettings) -> Result<(), Failure> {
    settings.endpoint.validate()?;
    text("the virtual host", &settings.vhost, LONGEST_VHOST)?;
    if settings.vhost.len() > LONGEST_VHOST {
        return Err(invalid(format!("the virtual host has more than {LONGEST_VHOST} bytes")));
    }
    if let Some(tls) = &settings.tls {
        self::tls(tls)?;
    }
    match &settings.authentication {
        RabbitMqAuthentication::Plain { user } => text("the user", user, LONGEST_USER)?,
        RabbitMqAuthentication::External { management_user } => {
            if settings.tls.as_ref().is_none_or(|tls| tls.certificate_pem.is_none()) {
                return Err(invalid("EXTERNAL needs TLS with a client certificate")
                    .hint("add the certificate, or authenticate by user and password"));
            }
            if let Some(user) = management_user {
                text("the management user", user, LONGEST_USER)?;
            }
        }
    }
    settings.management_url.as_deref().map_or(Ok(()), management)
}

fn management(address: &str) -> Result<(), Failure> {
    let wrong = |what: &str| {
        Err(invalid(format!("the management URL {what}"))
            .hint("it looks like https://rabbitmq.example:15671"))
    };
    if address.len() > LONGEST_URL {
        return wrong("is too long");
    }
    // The reader of URLs quietly removes line breaks and tabs.
    if address.chars().any(|c| is_unprintable(c) || c.is_whitespace()) {
        return wrong("holds a space or a character that cannot be seen");
    }
    let Ok(url) = Url::parse(address) else {
        return wrong("cannot be read");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("begins with neither http:// nor https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("the management URL holds a user or a password")
            .hint("remove them: the profile's user and stored password are used"));
    }
    if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
        return wrong("names no host, or the port 0");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("has a part after ? or #");
    }
    Ok(())
}

fn tls(tls: &Tls) -> Result<(), Failure> {
    if tls.trust != Trust::System && tls.ca_pem.is_none() {
        return Err(invalid("the authority is missing")
            .hint("add its certificate, or trust the operating system's authorities"));
    }
    for (pem, what) in
        [(&tls.ca_pem, "the authority"), (&tls.certificate_pem, "the client certificate")]
    {
        let Some(pem) = pem else { continue };
        if pem.len() > LONGEST_PEM {
            return Err(invalid(format!("{what} has more than {} KiB", LONGEST_PEM / 1024)));
        }
        // Profiles are in a file that holds no secret, and a file with both is common.
        if pem.contains("PRIVATE KEY-----") {
            return Err(invalid(format!("{what} holds a private key too"))
                .hint("put the key into its own field, which is kept in the keyring"));
        }
        trust::certificates(pem, what)?;
    }
    Ok(())
}

fn text(what: &str, value: &str, longest: usize) -> Result<(), Failure> {
    if value.trim().is_empty() {
        return Err(invalid(format!("{what} is empty")).hint("write it"));
    }
    if value.chars().nth(longest).is_some() {
        return Err(
            invalid(format!("{what} has more than {longest} characters")).hint("shorten it")
        );
    }
    if value.chars().any(is_unprintable) {
        return Err(invalid(format!("{what} holds a character that cannot be seen"))
            .hint("type it instead of pasting it"));
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(Code::Invalid, message)
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
