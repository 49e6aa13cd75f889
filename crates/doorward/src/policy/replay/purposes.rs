//! What the sign-ins of a log are for, by number: a row then needs no text of its own to be counted.

use std::collections::HashMap;

/// So many are told apart, those that a log names first. The others share the number after the last.
pub(super) const ROOM: usize = 500;

/// Resources, an action, an authentication context: what one sign-in asks for, as a whole.
#[derive(Default)]
pub(super) struct Purposes(HashMap<Vec<String>, usize>);

impl Purposes {
    pub(super) fn number(&mut self, purpose: Vec<String>) -> usize {
        if let Some(number) = self.0.get(&purpose) {
            return *number;
        }
        let number = self.0.len();
        if number < ROOM {
            self.0.insert(purpose, number);
        }
        number
    }

    /// Each with its number, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[String], usize)> {
        self.0.iter().map(|(purpose, number)| (purpose.as_slice(), *number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_have_numbers_of_their_own_and_the_others_share_one() {
        let mut purposes = Purposes::default();
        let mut number = |name: usize| purposes.number(vec![name.to_string()]);
        for name in 0..ROOM {
            assert_eq!(number(name), name);
        }
        assert_eq!([number(ROOM), number(ROOM + 1), number(7)], [ROOM, ROOM, 7]);
        assert_eq!(purposes.iter().count(), ROOM);
    }
}
