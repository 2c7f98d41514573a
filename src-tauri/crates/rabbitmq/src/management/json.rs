//! Fields of an answer, absent where they are absent or of another type than expected.

use serde_json::{Map, Value};

pub fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

pub fn truth(value: &Value, name: &str) -> Option<bool> {
    value.get(name)?.as_bool()
}

pub fn count(value: &Value, name: &str) -> Option<u64> {
    value.get(name)?.as_u64()
}

pub fn map(value: &Value, name: &str) -> Option<Map<String, Value>> {
    match value.get(name)? {
        Value::Object(map) => Some(map.clone()),
        // Erlang writes an empty table as an empty list.
        Value::Array(list) if list.is_empty() => Some(Map::new()),
        _ => None,
    }
}
