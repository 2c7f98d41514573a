//! What is asked of decoded values.

use memchr::memmem::Finder;

use crate::render::Broken;
use crate::search::condition::Part;
use crate::search::filter::test::Question;
use crate::search::json;
use crate::search::path::Path;
use crate::search::subject::{Answer, Decoded, Subject, Undecided};

/// `name` has to stand in the text, or in an escape of it, for anything to be at the path.
pub(super) fn decoded(
    part: Part,
    path: &Path,
    name: Option<&Finder<'_>>,
    question: &Question,
    subject: &impl Subject,
) -> Answer {
    let cannot = |why: String| Err(Undecided { why });
    let text = match subject.decoded(part) {
        // Nothing at all holds nothing at any path.
        Decoded::Null | Decoded::Text { text: "", .. } => return Ok(question.of_nothing()),
        Decoded::Text { text, .. } => text,
        Decoded::Opaque(_) => return cannot("in no format that is known".to_owned()),
        Decoded::Failed { reason, .. } => return cannot(reason.to_string()),
    };
    if let Some(name) = name
        && name.find(text.as_bytes()).is_none()
        && memchr::memchr(b'\\', text.as_bytes()).is_none()
    {
        // Whatever else is wrong with the text, nothing can be at the path.
        return Ok(false);
    }
    let (mut passed, mut any) = (false, false);
    let read = json::at_path(text, path, |written| {
        any = true;
        passed = passed || question.of(&written.value());
    });
    match read {
        Ok(()) if any => Ok(passed),
        Ok(()) => Ok(question.of_nothing()),
        Err(broken) => cannot(not_json(broken)),
    }
}

fn not_json(broken: Broken) -> String {
    match broken {
        Broken::Unexpected { at } => format!("not JSON at byte {at}"),
        Broken::Ends { at } => format!("the JSON is incomplete from byte {at}"),
        Broken::TooDeep { at } => format!("the JSON is nested too deep at byte {at}"),
    }
}
