//! The same thing for the policies in question and, where there are some, for those they are compared with.

#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<T> {
    pub(super) new: T,
    pub(super) old: Option<T>,
}

impl<T> Pair<T> {
    pub(super) fn map<U>(self, mut of: impl FnMut(T) -> U) -> Pair<U> {
        Pair { new: of(self.new), old: self.old.map(of) }
    }

    pub(super) fn as_ref(&self) -> Pair<&T> {
        Pair { new: &self.new, old: self.old.as_ref() }
    }

    pub(super) fn as_mut(&mut self) -> Pair<&mut T> {
        Pair { new: &mut self.new, old: self.old.as_mut() }
    }

    pub(super) fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair { new: (self.new, other.new), old: self.old.zip(other.old) }
    }
}
