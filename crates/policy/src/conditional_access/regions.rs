//! What a set of policies leaves open, exactly: which sign-ins are granted, as a few regions of the space of all sign-ins.
//!
//! The constants that policies name cut every dimension into finitely many values: people by what names them, addresses by the locations
//! that hold them, devices by the filters they meet. A policy that is not satisfied refuses a box of that space, the product of a set of
//! values in each dimension; what is granted is what no such box covers. [`sharp`] finds it as a union of boxes that cannot be made
//! larger. Nothing is sampled.

mod axis;
pub mod crowds;
mod diff;
mod gaps;
pub mod heat;
pub mod manner;
mod obligation;
mod place_values;
mod proof_values;
mod sharp;
mod space;
mod target;
pub mod words;

pub use axis::{Axis, Value};
pub use diff::{Change, Difference, diff};
pub use gaps::{Gaps, Requirement, gaps};
pub use place_values::addresses;
pub use space::{Contradiction, Extent, Region, Universe};
pub use target::Target;
