//! How values cross a pipe: four bytes of length, little-endian, and so many bytes of JSON.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

/// The most bytes of a frame: an account of 50,000 partitions has about 10 MB.
const LARGEST: u32 = 256 * 1024 * 1024;

/// A value as a frame, wiped when dropped: it may hold a secret.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] for what cannot be written, or is too large.
pub fn encode(value: &impl Serialize) -> io::Result<Zeroizing<Vec<u8>>> {
    // Measured first, so that no copy is left behind by growing.
    let mut size = Count(0);
    serde_json::to_writer(&mut size, value).map_err(invalid)?;
    let length = u32::try_from(size.0).ok().filter(|length| *length <= LARGEST);
    let length = length.ok_or_else(|| invalid("a frame is too large"))?;
    let mut frame = Zeroizing::new(Vec::with_capacity(size.0 + 4));
    frame.extend_from_slice(&length.to_le_bytes());
    serde_json::to_writer(&mut *frame, value).map_err(invalid)?;
    Ok(frame)
}

/// Reads a frame; `None` at the end.
///
/// # Errors
/// Those of the pipe, [`io::ErrorKind::UnexpectedEof`] in the middle of a frame, and
/// [`io::ErrorKind::InvalidData`] for what is none.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    if from.read(length.split_at_mut(1).0)? == 0 {
        return Ok(None);
    }
    from.read_exact(length.split_at_mut(1).1)?;
    let mut body = body(length)?;
    from.read_exact(&mut body)?;
    serde_json::from_slice(&body).map(Some).map_err(invalid)
}

/// [`read`] without blocking a thread.
///
/// # Errors
/// As [`read`].
pub async fn receive<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    if from.read(length.split_at_mut(1).0).await? == 0 {
        return Ok(None);
    }
    from.read_exact(length.split_at_mut(1).1).await?;
    let mut body = body(length)?;
    from.read_exact(&mut body).await?;
    serde_json::from_slice(&body).map(Some).map_err(invalid)
}

/// Writes a frame.
///
/// # Errors
/// Those of the pipe, and of [`encode`].
pub fn write(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(value)?)?;
    to.flush()
}

fn body(length: [u8; 4]) -> io::Result<Zeroizing<Vec<u8>>> {
    let length = u32::from_le_bytes(length);
    if length > LARGEST {
        return Err(invalid("a frame is too large"));
    }
    Ok(Zeroizing::new(vec![0; usize::try_from(length).map_err(invalid)?]))
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Counts what would be written.
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_arrive_one_by_one_and_then_the_end() {
        let mut pipe = Vec::new();
        write(&mut pipe, &"first").unwrap();
        write(&mut pipe, &vec![1, 2]).unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read::<String>(&mut from).unwrap().as_deref(), Some("first"));
        assert_eq!(read::<Vec<u8>>(&mut from).unwrap(), Some(vec![1, 2]));
        assert_eq!(read::<String>(&mut from).unwrap(), None);
    }

    #[test]
    fn a_frame_that_is_cut_or_is_none_is_an_error() {
        let mut pipe = Vec::new();
        write(&mut pipe, &"first").unwrap();
        for length in 1..pipe.len() {
            let cut = read::<String>(&mut &pipe[..length]);
            assert_eq!(cut.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        let huge = read::<String>(&mut &[0xff; 9][..]);
        assert_eq!(huge.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let other = read::<u8>(&mut pipe.as_slice());
        assert_eq!(other.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
