//! Conditional access policies as administrators see them: the list with what each did, what is wrong with one, and what a change of one
//! would do.

mod effect;
mod import;
mod list;
mod preview;
mod reference;

pub use effect::Effect;
pub use import::{ImportState, Imported, Offered, import, offered};
pub use list::{List, Listed, PAGE, Search, list};
pub use preview::{Finding, People, Preview, Problem, preview, problems};
pub use reference::{Reference, preview_reference, references};
