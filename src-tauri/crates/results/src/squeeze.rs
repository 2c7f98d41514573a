//! Fewer bytes for what repeats itself, as most payloads do.
//!
//! Bytes that would not get fewer stay as they are, and are known again by that: squeezed ones are
//! always fewer. How many they become again is stated and sealed beside them, so that nothing read
//! from a file decides how much memory is taken.

use std::borrow::Cow;

/// Appends the bytes squeezed, or as they are.
pub fn squeeze(plain: &[u8], into: &mut Vec<u8>) {
    let begin = into.len();
    into.resize(begin.saturating_add(lz4_flex::block::get_maximum_output_size(plain.len())), 0);
    let squeezed = into
        .get_mut(begin..)
        .and_then(|room| lz4_flex::block::compress_into(plain, room).ok())
        .filter(|length| *length < plain.len());
    match squeezed {
        Some(length) => into.truncate(begin.saturating_add(length)),
        None => {
            into.truncate(begin);
            into.extend_from_slice(plain);
        }
    }
}

/// The bytes as they were; `None` where they are not what was squeezed from so many.
pub fn stretch(squeezed: Cow<'_, [u8]>, plain: usize) -> Option<Vec<u8>> {
    if squeezed.len() == plain {
        return Some(squeezed.into_owned());
    }
    let mut stretched = vec![0; plain];
    let length = lz4_flex::block::decompress_into(&squeezed, &mut stretched).ok()?;
    (length == plain).then_some(stretched)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_come_back_as_they_were(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            times in 1_usize..20,
        ) {
            let plain = bytes.repeat(times);
            let mut squeezed = b"before".to_vec();
            squeeze(&plain, &mut squeezed);
            prop_assert!(squeezed.len() <= plain.len() + 6);
            prop_assert_eq!(&squeezed[..6], b"before");
            let stretched = stretch(Cow::Borrowed(&squeezed[6..]), plain.len());
            prop_assert_eq!(stretched, Some(plain));
        }

        #[test]
        fn nothing_becomes_more_than_was_stated(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            plain in 0_usize..5000,
        ) {
            let stretched = stretch(Cow::Borrowed(&bytes), plain);
            prop_assert!(stretched.is_none_or(|stretched| stretched.len() == plain));
        }
    }
}
