//! From a step of the sign-in to what programs read of its page.

use doorward_model::authentication_method::SecondFactor;
use doorward_service::Refusal;
use doorward_service::sign_in::{Step, flow};
use doorward_wire::sign_in_page::{AuthMethod, PageConfig, PageKind, UserProof};

use super::view::Scene;
use crate::pages::FormState;

impl Scene<'_> {
    /// The state of the page that shows a step, with the same values as its form; none where the sign-in leads back to the client.
    pub(super) fn page_state(&self, step: &Step, form: &FormState) -> Option<PageConfig> {
        let authority = self.ctx.authority(self.tenant.id);
        let state = |pgid: PageKind| PageConfig {
            context: Some(form.ctx.clone()),
            flow_token: Some(form.flow_token.clone()),
            url_post: Some(form.action.clone()),
            url_get_credential_type: Some(format!("{authority}/GetCredentialType")),
            ..PageConfig::new(pgid, self.caller.correlation_id.to_string(), form.canary.clone())
        };
        Some(match step {
            Step::Password { code: Some(code), problem: Some(problem), .. } => state(PageKind::ConvergedSignIn).with_error(*code, problem),
            Step::Identifier { .. } | Step::Password { .. } => state(PageKind::ConvergedSignIn),
            Step::SecondFactor { factor, others, .. } => PageConfig {
                url_post: Some(format!("{authority}/SAS/ProcessAuth")),
                url_begin_auth: Some(format!("{authority}/SAS/BeginAuth")),
                url_end_auth: Some(format!("{authority}/SAS/EndAuth")),
                proofs: others.iter().chain([factor]).filter_map(proof).collect(),
                ..state(PageKind::ConvergedTfa)
            },
            Step::ChooseSecondFactor { .. } | Step::RegisterApp { .. } | Step::RegisterPasskey { .. } | Step::RecoveryCodes { .. } => {
                state(PageKind::ConvergedProofUpRedirect)
            }
            Step::ChangePassword { .. } => state(PageKind::ConvergedChangePassword),
            Step::Consent { .. } => state(PageKind::ConvergedConsent),
            Step::Refused { refusal, .. } => self.error_state(refusal),
            Step::SignedIn(..) | Step::ProveDevice(_) | Step::Code(_) | Step::Error(_) => return None,
        })
    }

    /// The state of a page that ends the sign-in.
    pub(super) fn error_state(&self, refusal: &Refusal) -> PageConfig {
        let state = PageConfig::new(PageKind::ConvergedError, self.caller.correlation_id.to_string(), flow::canary(&self.browser.0));
        state.with_error(refusal.code, &refusal.message)
    }
}

/// What a program can take from the person: a passkey or a recovery code takes a browser.
fn proof(factor: &SecondFactor) -> Option<UserProof> {
    let app = *factor == SecondFactor::SoftwareOath;
    app.then(|| UserProof { auth_method_id: AuthMethod::PhoneAppOtp, is_default: true, display: "Authenticator app".to_owned() })
}
