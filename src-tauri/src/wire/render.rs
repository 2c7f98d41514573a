//! Readable forms of bytes.

use message::Octets;
use message::render::{self, render};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::wire::UInt64;

/// One line for a table. Null, empty and the text "null" are three things.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Preview {
    pub kind: PreviewKind,
    pub text: String,
    pub truncated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PreviewKind {
    Null,
    Empty,
    Text,
    Json,
    Binary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Auto,
    Text,
    Json,
    Hex,
}

/// Bytes as text for the inspector.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    /// Null where the bytes are absent: a null key or value.
    pub form: Option<Shown>,
    pub text: String,
    pub shown_bytes: UInt64,
    pub total_bytes: UInt64,
    /// Why it is not the form asked for.
    pub fallback: Option<Fallback>,
}

/// The form that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    Text,
    Json,
    Hex,
}

/// Why the form shown is not the one asked for, and at which byte that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct Fallback {
    pub why: FallbackReason,
    pub at: UInt64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FallbackReason {
    NotUtf8,
    HoldsNul,
    NotJson,
    EndsEarly,
    TooDeep,
}

/// Bytes shown at first; a person may ask for the whole.
pub const SHOWN_BYTES: usize = 256 * 1024;

impl Rendered {
    /// Renders bytes that may be absent. `whole` lifts the limit on what is shown.
    pub fn of(bytes: Option<&Octets>, form: Form, whole: bool) -> Self {
        Rendered::cut(bytes, form, if whole { usize::MAX } else { SHOWN_BYTES })
    }

    /// Renders at most `limit` bytes.
    pub fn cut(bytes: Option<&Octets>, form: Form, limit: usize) -> Self {
        let Some(bytes) = bytes else {
            return Rendered {
                form: None,
                text: String::new(),
                shown_bytes: UInt64(0),
                total_bytes: UInt64(0),
                fallback: None,
            };
        };
        render(bytes.as_slice(), form.into(), limit).into()
    }
}

impl From<render::Rendering> for Rendered {
    fn from(rendering: render::Rendering) -> Self {
        Rendered {
            form: Some(match rendering.form {
                render::Shown::Text => Shown::Text,
                render::Shown::Json => Shown::Json,
                render::Shown::Hex => Shown::Hex,
            }),
            text: rendering.text,
            shown_bytes: UInt64(rendering.shown_bytes),
            total_bytes: UInt64(rendering.total_bytes),
            fallback: rendering.fallback.map(Into::into),
        }
    }
}

impl From<render::Fallback> for Fallback {
    fn from(fallback: render::Fallback) -> Self {
        let (why, at) = match fallback {
            render::Fallback::NotUtf8 { at } => (FallbackReason::NotUtf8, at),
            render::Fallback::HoldsNul { at } => (FallbackReason::HoldsNul, at),
            render::Fallback::NotJson { at } => (FallbackReason::NotJson, at),
            render::Fallback::EndsEarly { at } => (FallbackReason::EndsEarly, at),
            render::Fallback::TooDeep { at } => (FallbackReason::TooDeep, at),
        };
        Fallback { why, at: UInt64(at) }
    }
}

impl From<Form> for render::Form {
    fn from(form: Form) -> Self {
        match form {
            Form::Auto => render::Form::Auto,
            Form::Text => render::Form::Text,
            Form::Json => render::Form::Json,
            Form::Hex => render::Form::Hex,
        }
    }
}

impl From<render::Preview> for Preview {
    fn from(preview: render::Preview) -> Self {
        Preview {
            kind: match preview.kind {
                render::Kind::Null => PreviewKind::Null,
                render::Kind::Empty => PreviewKind::Empty,
                render::Kind::Text => PreviewKind::Text,
                render::Kind::Json => PreviewKind::Json,
                render::Kind::Binary => PreviewKind::Binary,
            },
            text: preview.text,
            truncated: preview.truncated,
        }
    }
}
