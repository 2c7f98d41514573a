//! Texts as the ledger keeps them: one visible line, cut to a length.

use connections::printable::printable;

/// Of a connection or an operator.
pub(crate) const NAME: usize = 200;
/// Of an action.
pub(crate) const ACTION: usize = 100;
/// Of an object or a source. A queue's name has up to 255 bytes, a topic's up to 249.
pub(crate) const OBJECT: usize = 1000;
/// Of a reason or a detail.
pub(crate) const PHRASE: usize = 1000;

/// One visible line of at most this many characters.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    printable(text, longest)
}
