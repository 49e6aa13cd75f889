//! From a step of the sign-in to what programs read of its page.

use doorward_model::ErrorCode;
use doorward_model::authentication_method::SecondFactor;
use doorward_service::sign_in::Step;
use doorward_wire::sign_in_page::{AuthMethod, PageConfig, PageKind, UserProof};

use super::view::Scene;
use crate::pages::FormState;

impl Scene<'_> {
    /// The state of the page that shows a step, with the same values as its form; none where the sign-in leads back to the client.
    pub(super) fn page_state(&self, step: &Step, form: &FormState) -> Option<PageConfig> {
        let authority = self.ctx.authority(self.tenant.id);
        let state = |pgid: PageKind| PageConfig {
            pgid,
            session_id: self.caller.correlation_id.to_string(),
            canary: form.canary.clone(),
            context: form.ctx.clone(),
            flow_token: form.flow_token.clone(),
            url_post: form.action.clone(),
            url_get_credential_type: format!("{authority}/GetCredentialType"),
            url_begin_auth: None,
            url_end_auth: None,
            proofs: Vec::new(),
            error_code: None,
            error_text: None,
        };
        let with_error = |state: PageConfig, code: Option<ErrorCode>, text: Option<&String>| PageConfig {
            error_code: code.map(|code| code.0.to_string()),
            error_text: text.cloned(),
            ..state
        };
        Some(match step {
            Step::Identifier { .. } => state(PageKind::ConvergedSignIn),
            Step::Password { code, problem, .. } => with_error(state(PageKind::ConvergedSignIn), *code, problem.as_ref()),
            Step::SecondFactor { factor, others, .. } => {
                let app = others.iter().chain([factor]).any(|factor| *factor == SecondFactor::SoftwareOath);
                let proof =
                    UserProof { auth_method_id: AuthMethod::PhoneAppOtp, is_default: true, display: "Authenticator app".to_owned() };
                PageConfig {
                    url_post: format!("{authority}/SAS/ProcessAuth"),
                    url_begin_auth: Some(format!("{authority}/SAS/BeginAuth")),
                    url_end_auth: Some(format!("{authority}/SAS/EndAuth")),
                    // A passkey or a recovery code takes a browser.
                    proofs: if app { vec![proof] } else { Vec::new() },
                    ..state(PageKind::ConvergedTfa)
                }
            }
            Step::ChooseSecondFactor { .. }
            | Step::RegisterApp { .. }
            | Step::RegisterPasskey { .. }
            | Step::RecoveryCodes { .. } => state(PageKind::ConvergedProofUpRedirect),
            Step::ChangePassword { .. } => state(PageKind::ConvergedChangePassword),
            Step::Consent { .. } => state(PageKind::ConvergedConsent),
            Step::Refused { refusal, .. } => with_error(state(PageKind::ConvergedError), Some(refusal.code), Some(&refusal.message)),
            Step::SignedIn(_) | Step::Code(_) | Step::Error(_) => return None,
        })
    }
}
