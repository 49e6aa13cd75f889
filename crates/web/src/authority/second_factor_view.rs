//! From the steps about second factors to their pages.

use askama::Template;
use axum::response::Response;
use doorward_model::authentication_method::SecondFactor;
use doorward_service::sign_in::Step;
use http::StatusCode;

use super::view::Scene;
use crate::pages::choose_second_factor::ChooseSecondFactor;
use crate::pages::other_way::OtherWay;
use crate::pages::qr_code::QrCode;
use crate::pages::recovery_codes::RecoveryCodes;
use crate::pages::register_app::{RegisterApp, grouped};
use crate::pages::register_passkey::RegisterPasskey;
use crate::pages::second_factor::{AppCodePage, PasskeyPage, RecoveryCodePage};
use crate::pages::{self, FormState, Frame, Link};

impl Scene<'_> {
    /// Shows one of these steps; any other is a fault.
    pub(super) fn second_factor(&self, frame: Frame, form: FormState, step: Step) -> Response {
        match step {
            Step::SecondFactor { login, factor: SecondFactor::SoftwareOath, others, problem, .. } => {
                self.page(&AppCodePage { frame, form, login, others: ways(&others), problem })
            }
            Step::SecondFactor { login, factor: SecondFactor::RecoveryCode, others, problem, .. } => {
                self.page(&RecoveryCodePage { frame, form, login, others: ways(&others), problem })
            }
            Step::SecondFactor { login, passkey: Some(passkey), others, problem, .. } => {
                self.page(&PasskeyPage { frame, form, login, passkey: passkey.into(), others: ways(&others), problem })
            }
            Step::ChooseSecondFactor { login, offered } => self.page(&ChooseSecondFactor { frame, form, login, offered: ways(&offered) }),
            Step::RegisterApp { login, secret, uri, others, problem } => {
                let (qr_code, link) = (QrCode::of(&uri), Link::to_app(&uri));
                let secret = grouped(&secret);
                self.page(&RegisterApp { frame, form, login, qr_code, link, secret, others: ways(&others), problem })
            }
            Step::RegisterPasskey { login, options, others, problem } => {
                self.page(&RegisterPasskey { frame, form, login, creation: (*options).into(), others: ways(&others), problem })
            }
            Step::RecoveryCodes { login, codes } => self.page(&RecoveryCodes { frame, form, login, codes }),
            _ => self.failure(StatusCode::INTERNAL_SERVER_ERROR, None),
        }
    }

    fn page(&self, template: &impl Template) -> Response {
        pages::page(StatusCode::OK, template, &self.target())
    }
}

fn ways(factors: &[SecondFactor]) -> Vec<OtherWay> {
    factors.iter().copied().map(OtherWay::of).collect()
}
