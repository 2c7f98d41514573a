//! Sealing and opening one piece of a file with XChaCha20-Poly1305.
//!
//! On disk: a nonce of 24 random bytes, the encrypted bytes, a tag of 16. A nonce of that length
//! may be drawn at random any number of times. What a piece is and where it is in its file is
//! sealed with it ([`Block::seal_with`]), so that no other piece can take its place.

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use connections::{Code, Failure};

use crate::block::{Block, Half};
use crate::key::{SetKey, fill};

const NONCE: usize = 24;
const TAG: usize = 16;

/// Bytes that sealing adds.
pub const ADDED: usize = NONCE + TAG;

/// Seals and opens the pieces of one set. Its copy of the key is wiped when it is dropped.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    pub fn of(key: &SetKey) -> Seal {
        Seal(XChaCha20Poly1305::new(key.expose().into()))
    }

    /// A buffer for a piece, which is to be appended.
    pub fn begin(buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.resize(NONCE, 0);
    }

    /// How long a piece will be that was appended.
    pub fn length(buffer: &[u8]) -> usize {
        buffer.len().saturating_add(TAG)
    }

    /// Seals what was appended.
    pub fn seal(&self, block: &Block, half: Half, buffer: &mut Vec<u8>) -> Result<(), Failure> {
        let sealed = || Failure::new(Code::Internal, "a piece of the result set cannot be sealed");
        let (nonce, piece) = buffer.split_first_chunk_mut::<NONCE>().ok_or_else(sealed)?;
        fill(nonce)?;
        let tag = self
            .0
            .encrypt_inout_detached(&XNonce::from(*nonce), &block.seal_with(half), piece.into())
            .map_err(|_| sealed())?;
        buffer.extend_from_slice(&tag);
        Ok(())
    }

    /// Opens a piece in place and gives where it is; `None` for one that is not what was sealed.
    pub fn open<'a>(&self, block: &Block, half: Half, sealed: &'a mut [u8]) -> Option<&'a [u8]> {
        let (nonce, rest) = sealed.split_first_chunk_mut::<NONCE>()?;
        let (piece, tag) = rest.split_last_chunk_mut::<TAG>()?;
        let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
        let with = block.seal_with(half);
        self.0.decrypt_inout_detached(&nonce, &with, (&mut *piece).into(), &tag).ok()?;
        Some(piece)
    }
}
