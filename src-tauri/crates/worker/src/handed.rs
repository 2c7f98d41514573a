//! Secrets on their way to a worker.
//!
//! The types of the other crates cannot be serialised, on purpose. These can, for the one frame that
//! goes through a worker's standard input; it is wiped after it was written, and after it was read.

use connections::secret::{Secret, Secrets};
use results::key::SetKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// The secrets of a connection.
#[derive(Serialize, Deserialize)]
pub struct HandedSecrets {
    password: Option<HandedText>,
    private_key: Option<HandedText>,
}

/// The key of a result set.
pub struct HandedKey(Zeroizing<[u8; results::key::LENGTH]>);

struct HandedText(Zeroizing<String>);

impl HandedSecrets {
    /// To be handed over.
    pub fn of(secrets: &Secrets) -> HandedSecrets {
        let text = |secret: &Option<Secret>| {
            secret.as_ref().map(|secret| HandedText(Zeroizing::new(secret.expose().to_owned())))
        };
        HandedSecrets { password: text(&secrets.password), private_key: text(&secrets.private_key) }
    }

    /// What was handed over.
    pub fn taken(self) -> Secrets {
        let secret = |text: Option<HandedText>| {
            text.map(|mut text| Secret::new(std::mem::take(&mut *text.0)))
        };
        Secrets { password: secret(self.password), private_key: secret(self.private_key) }
    }
}

impl HandedKey {
    /// To be handed over.
    pub fn of(key: &SetKey) -> HandedKey {
        HandedKey(Zeroizing::new(*key.expose()))
    }

    /// What was handed over.
    pub fn taken(&self) -> SetKey {
        SetKey::from_bytes(&self.0)
    }
}

impl Serialize for HandedKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (*self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for HandedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(deserializer).map(|bytes| HandedKey(Zeroizing::new(bytes)))
    }
}

impl Serialize for HandedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for HandedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(HandedText(Zeroizing::new(String::deserialize(deserializer)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_arrive_as_they_were() {
        let secrets =
            Secrets { password: Some(Secret::new("h\"ü\n2".to_owned())), private_key: None };
        let text = serde_json::to_string(&HandedSecrets::of(&secrets)).unwrap();
        let taken = serde_json::from_str::<HandedSecrets>(&text).unwrap().taken();
        assert_eq!(taken.password.unwrap().expose(), "h\"ü\n2");
        assert!(taken.private_key.is_none());
        let key = SetKey::random().unwrap();
        let text = serde_json::to_string(&HandedKey::of(&key)).unwrap();
        let taken = serde_json::from_str::<HandedKey>(&text).unwrap().taken();
        assert_eq!(taken.expose(), key.expose());
    }
}
