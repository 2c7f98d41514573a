//! The rows of a set that a page shows, in an order of their own.
//!
//! While a set grows, its rows come behind those that are there: nothing that is looked at moves.
//! Once it is complete they are ordered, and each order has a number, so that whoever shows the rows
//! knows when they moved. A row keeps its own number in the set whatever the order.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use connections::Failure;

use crate::head::Mark;
use crate::order::{By, Direction, order_first};
use crate::reader::Reader;

/// See the module.
#[derive(Debug)]
pub struct View {
    mark: Mark,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    rows: Arc<Vec<u32>>,
    /// Rows of the set before this one are in the view, where they belong there.
    taken: u32,
    ordering: u32,
}

impl View {
    /// An empty view of the rows with this mark.
    pub fn of(mark: Mark) -> View {
        View { mark, state: RwLock::default() }
    }

    /// Takes rows that were added to the set, in the order of their numbers.
    ///
    /// # Errors
    /// Where rows are damaged, that of the first one; the others are taken.
    pub fn add(&self, reader: &Reader, rows: Range<u32>) -> Result<(), Failure> {
        let mut damage = Ok(());
        let mut new = Vec::new();
        for (row, head) in reader.heads(rows.clone()) {
            match head {
                Ok(head) if head.mark == self.mark => new.push(row),
                Ok(_) => {}
                Err(failure) => {
                    if self.shows_damage() {
                        new.push(row);
                    }
                    damage = damage.and(Err(failure));
                }
            }
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let taken = state.taken;
        // Some may have come with an order that was made meanwhile.
        Arc::make_mut(&mut state.rows).extend(new.into_iter().filter(|row| *row >= taken));
        state.taken = taken.max(rows.end);
        damage
    }

    /// Orders all rows with its mark that the set has now; those that come while it does are behind
    /// them. Takes about a second for five million.
    pub fn order(&self, reader: &Reader, by: By, direction: Direction) {
        let first = reader.len();
        let ordered = order_first(reader, first, by, direction, Some(self.mark));
        let mut rows = ordered.rows;
        if !self.shows_damage() {
            // They are the last ones.
            rows.truncate(rows.len().saturating_sub(ordered.damaged as usize));
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        rows.extend(state.rows.iter().filter(|row| **row >= first));
        state.rows = Arc::new(rows);
        state.taken = state.taken.max(first);
        state.ordering = state.ordering.wrapping_add(1);
    }

    /// A damaged row does not say what it is: it is shown among the hits, so that it is seen once.
    fn shows_damage(&self) -> bool {
        self.mark == Mark::Hit
    }

    /// How many rows.
    pub fn len(&self) -> u32 {
        u32::try_from(self.rows().len()).unwrap_or(u32::MAX)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts the orders: another number means that rows moved.
    pub fn ordering(&self) -> u32 {
        self.state.read().unwrap_or_else(PoisonError::into_inner).ordering
    }

    /// The numbers in the set of some rows, from a place in the order on.
    pub fn window(&self, from: u32, count: u32) -> Vec<u32> {
        let rows = self.rows();
        let from = rows.len().min(from as usize);
        let end = rows.len().min(from.saturating_add(count as usize));
        rows.get(from..end).unwrap_or_default().to_vec()
    }

    fn rows(&self) -> Arc<Vec<u32>> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner).rows)
    }
}
