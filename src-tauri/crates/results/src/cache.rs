//! The few pieces that were opened last, because who looks at a row looks at its neighbours.

use std::sync::Arc;

use crate::block::Half;

/// Which piece: the number of its block among those of the reader, and its half.
pub type Piece = (usize, Half);

/// Opened pieces, the one that was used last at the end.
pub struct Cache {
    most: usize,
    bytes: usize,
    pieces: Vec<(Piece, Arc<[u8]>)>,
}

impl Cache {
    /// One that holds at most so many bytes, or a single piece that is larger.
    pub fn of(most: usize) -> Cache {
        Cache { most, bytes: 0, pieces: Vec::new() }
    }

    pub fn get(&mut self, piece: Piece) -> Option<Arc<[u8]>> {
        let at = self.pieces.iter().rposition(|(held, _)| *held == piece)?;
        let used = self.pieces.remove(at);
        let bytes = used.1.clone();
        self.pieces.push(used);
        Some(bytes)
    }

    pub fn put(&mut self, piece: Piece, bytes: Arc<[u8]>) {
        if self.get(piece).is_some() {
            return;
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        self.pieces.push((piece, bytes));
        let mut out = 0;
        for (_, bytes) in self.pieces.iter().rev().skip(1).rev() {
            if self.bytes <= self.most {
                break;
            }
            self.bytes = self.bytes.saturating_sub(bytes.len());
            out += 1;
        }
        self.pieces.drain(..out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(cache: &Cache) -> Vec<usize> {
        assert_eq!(cache.bytes, cache.pieces.iter().map(|(_, bytes)| bytes.len()).sum::<usize>());
        cache.pieces.iter().map(|((block, _), _)| *block).collect()
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let mut cache = Cache::of(10);
        for block in 0..3 {
            cache.put((block, Half::Heads), vec![0; 3].into());
        }
        assert!(cache.get((0, Half::Heads)).is_some());
        assert!(cache.get((0, Half::Records)).is_none());
        cache.put((3, Half::Heads), vec![0; 4].into());
        assert_eq!(held(&cache), [2, 0, 3]);
        cache.put((2, Half::Heads), vec![0; 3].into());
        assert_eq!(held(&cache), [0, 3, 2], "one that is there is not put in twice");
    }

    #[test]
    fn a_piece_larger_than_all_the_room_is_held_alone() {
        let mut cache = Cache::of(10);
        cache.put((0, Half::Heads), vec![0; 3].into());
        cache.put((1, Half::Records), vec![0; 30].into());
        assert_eq!(held(&cache), [1]);
        cache.put((2, Half::Heads), vec![0; 3].into());
        assert_eq!(held(&cache), [2]);
    }
}
