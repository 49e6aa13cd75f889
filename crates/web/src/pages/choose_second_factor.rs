//! Which second factor to register.

use askama::Template;

use super::other_way::OtherWay;
use super::{FormState, Frame};

/// Offers second factors; posts `instead`.
#[derive(Debug, Clone, Template)]
#[template(path = "choose_second_factor.html")]
pub struct ChooseSecondFactor {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// What can be registered.
    pub offered: Vec<OtherWay>,
}
