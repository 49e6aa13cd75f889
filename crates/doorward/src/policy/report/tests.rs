//! The parts of pictures, with policies as files hold them.

mod crowds;
mod heat;
mod manner;
