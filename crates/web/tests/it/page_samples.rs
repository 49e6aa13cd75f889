//! Every page, filled: with friendly or with hostile text. Shared by the tests and by the example that writes pages to files.

use doorward_model::application::MobilePlatform;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::{CorrelationId, ErrorCode};
use doorward_web::pages::advice::{Situation, advise};
use doorward_web::pages::change_password::{ChangePassword, Reason};
use doorward_web::pages::choose_second_factor::ChooseSecondFactor;
use doorward_web::pages::consent::{AppOrigin, Consent};
use doorward_web::pages::device_code::{DeviceCodeConfirm, DeviceCodeDone, DeviceCodeEntry};
use doorward_web::pages::failure::Failure;
use doorward_web::pages::identifier::Identifier;
use doorward_web::pages::other_way::OtherWay;
use doorward_web::pages::passkey::{PasskeyCreation, PasskeyProof};
use doorward_web::pages::password::Password;
use doorward_web::pages::qr_code::QrCode;
use doorward_web::pages::recovery_codes::RecoveryCodes;
use doorward_web::pages::refusal::Refusal;
use doorward_web::pages::register_app::RegisterApp;
use doorward_web::pages::register_passkey::RegisterPasskey;
use doorward_web::pages::scopes::right;
use doorward_web::pages::second_factor::{AppCodePage, PasskeyPage, RecoveryCodePage};
use doorward_web::pages::signed_out::SignedOut;
use doorward_web::pages::{FormState, FormTarget, Frame, Link, RequestFacts, form_post, page, redirect_answer};

use axum::response::Response;
use http::StatusCode;

/// The texts that come from outside.
pub(crate) struct Texts {
    pub(crate) tenant: String,
    pub(crate) app: String,
    pub(crate) publisher: String,
    pub(crate) login: String,
    pub(crate) problem: Option<String>,
    pub(crate) hidden: String,
    pub(crate) approved_apps: Vec<String>,
}

impl Texts {
    pub(crate) fn friendly(problem: Option<&str>) -> Self {
        Self {
            tenant: "Contoso".to_owned(),
            app: "Contoso Mail".to_owned(),
            publisher: "Contoso Ltd.".to_owned(),
            login: "alex.wilber@contoso.example".to_owned(),
            problem: problem.map(str::to_owned),
            hidden: "opaque".to_owned(),
            approved_apps: vec!["Contoso Mail".to_owned(), "Contoso Files".to_owned()],
        }
    }

    /// The same text everywhere.
    pub(crate) fn hostile(text: &str) -> Self {
        let own = || text.to_owned();
        Self { tenant: own(), app: own(), publisher: own(), login: own(), problem: Some(own()), hidden: own(), approved_apps: vec![own()] }
    }
}

pub(crate) fn request() -> RequestFacts {
    RequestFacts {
        request_id: CorrelationId("5d1c0b2a-7e4f-4a61-9b38-20c6f7d9e801".parse().unwrap()),
        correlation_id: CorrelationId("0f8fad5b-d9cb-469f-a165-70867728950e".parse().unwrap()),
        time: "2026-11-23T13:45:02.123Z".parse().unwrap(),
    }
}

pub(crate) fn refusal(texts: &Texts, code: ErrorCode, phone: Option<MobilePlatform>) -> Refusal {
    let store = Link::store(match phone {
        Some(MobilePlatform::Android) => "https://play.google.com/store/apps/details?id=com.contoso.portal&hl=en",
        _ => "https://apps.apple.com/app/id983156458",
    });
    let registration = Link::to_app("msauth://wpj/?username=alex.wilber%40contoso.example");
    let situation = Situation {
        phone,
        app: Some(&texts.app),
        service: Some("Contoso Exchange"),
        broker: Some("Authenticator"),
        broker_store: store.as_ref().filter(|_| phone.is_some()),
        registration: registration.as_ref().filter(|_| phone.is_some()),
        approved_apps: &texts.approved_apps,
    };
    Refusal {
        frame: Frame::new(&texts.tenant),
        advice: advise(code, &situation),
        code,
        login: Some(texts.login.clone()),
        app: Some(texts.app.clone()),
        back: Link::to_app("msauth.com.contoso.mail://auth?error=interaction_required&state=1"),
        request: request(),
    }
}

const OTPAUTH: &str = "otpauth://totp/Contoso:alex.wilber%40contoso.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Contoso&algorithm=SHA1&digits=6&period=30";

fn passkey(texts: &Texts) -> PasskeyProof {
    PasskeyProof { rp_id: "login.contoso.example".to_owned(), challenge: "Y2hhbGxlbmdl".to_owned(), allowed: texts.hidden.clone() }
}

fn codes() -> Vec<String> {
    (0..10).map(|number| format!("k7mx-{number}pqw-fh3z-v9dc")).collect()
}

/// Every page by name.
pub(crate) fn all(texts: &Texts) -> Vec<(&'static str, Response)> {
    let frame = || Frame::new(&texts.tenant);
    let form = || FormState {
        action: "/contoso.example/login".to_owned(),
        ctx: texts.hidden.clone(),
        flow_token: texts.hidden.clone(),
        canary: texts.hidden.clone(),
    };
    let app = || AppOrigin {
        display_name: texts.app.clone(),
        publisher: Some(texts.publisher.clone()),
        homepage: Link::web("https://mail.contoso.example/about"),
    };
    let (login, problem) = (|| texts.login.clone(), || texts.problem.clone());
    let others = || [SecondFactor::SoftwareOath, SecondFactor::Fido2].map(OtherWay::of).to_vec();
    let client = "https://mail.contoso.example/auth?code=a&state=%22%3Cb%3E%22".parse().unwrap();
    let rights = ["openid", "Mail.Read", "offline_access", texts.hidden.as_str()];
    let own = FormTarget::Own;
    let ok = StatusCode::OK;
    vec![
        (
            "identifier",
            page(
                ok,
                &Identifier {
                    frame: frame(),
                    form: form(),
                    app: Some(texts.app.clone()),
                    login: texts.login.clone(),
                    problem: texts.problem.clone(),
                    passkey: passkey(texts),
                    tickets: true,
                },
                &own,
            ),
        ),
        (
            "password",
            page(
                ok,
                &Password {
                    frame: frame(),
                    form: form(),
                    app: Some(texts.app.clone()),
                    login: texts.login.clone(),
                    other_account: "/contoso.example/login?ctx=1&again=1".to_owned(),
                    problem: texts.problem.clone(),
                },
                &own,
            ),
        ),
        (
            "change-password",
            page(
                ok,
                &ChangePassword {
                    frame: frame(),
                    form: form(),
                    login: texts.login.clone(),
                    reason: Reason::FirstUse,
                    minimum_length: 12,
                    problem: texts.problem.clone(),
                },
                &own,
            ),
        ),
        (
            "consent",
            page(
                ok,
                &Consent {
                    frame: frame(),
                    form: form(),
                    login: texts.login.clone(),
                    app: app(),
                    rights: rights.iter().map(|scope| right(scope, "Contoso Exchange")).collect(),
                },
                &own,
            ),
        ),
        (
            "second-factor-app",
            page(ok, &AppCodePage { frame: frame(), form: form(), login: login(), others: others(), problem: problem() }, &own),
        ),
        (
            "second-factor-recovery",
            page(ok, &RecoveryCodePage { frame: frame(), form: form(), login: login(), others: others(), problem: problem() }, &own),
        ),
        (
            "second-factor-passkey",
            page(
                ok,
                &PasskeyPage {
                    frame: frame(),
                    form: form(),
                    login: login(),
                    passkey: passkey(texts),
                    others: others(),
                    problem: problem(),
                },
                &own,
            ),
        ),
        ("choose-second-factor", page(ok, &ChooseSecondFactor { frame: frame(), form: form(), login: login(), offered: others() }, &own)),
        (
            "register-app",
            page(
                ok,
                &RegisterApp {
                    frame: frame(),
                    form: form(),
                    login: login(),
                    qr_code: QrCode::of(OTPAUTH),
                    link: Link::to_app(OTPAUTH),
                    secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
                    others: others(),
                    problem: problem(),
                },
                &own,
            ),
        ),
        (
            "register-passkey",
            page(
                ok,
                &RegisterPasskey {
                    frame: frame(),
                    form: form(),
                    login: login(),
                    creation: PasskeyCreation {
                        rp_id: "login.contoso.example".to_owned(),
                        rp_name: texts.tenant.clone(),
                        challenge: "Y2hhbGxlbmdl".to_owned(),
                        user_handle: "aGFuZGxl".to_owned(),
                        user_name: texts.login.clone(),
                        display_name: texts.login.clone(),
                        algorithms: "-7 -8 -257".to_owned(),
                        excluded: String::new(),
                    },
                    others: others(),
                    problem: problem(),
                },
                &own,
            ),
        ),
        ("recovery-codes", page(ok, &RecoveryCodes { frame: frame(), form: form(), login: login(), codes: codes() }, &own)),
        ("refusal-broker", page(ok, &refusal(texts, ErrorCode::BROKER_NOT_INSTALLED, Some(MobilePlatform::Ios)), &own)),
        ("refusal-register", page(ok, &refusal(texts, ErrorCode::DEVICE_NOT_REGISTERED, Some(MobilePlatform::Android)), &own)),
        ("refusal-app", page(ok, &refusal(texts, ErrorCode::APP_NOT_APPROVED, Some(MobilePlatform::Ios)), &own)),
        ("refusal-domain", page(ok, &refusal(texts, ErrorCode::DEVICE_NOT_DOMAIN_JOINED, None), &own)),
        (
            "device-code-entry",
            page(
                ok,
                &DeviceCodeEntry { frame: frame(), form: form(), user_code: texts.hidden.clone(), problem: texts.problem.clone() },
                &own,
            ),
        ),
        (
            "device-code-confirm",
            page(
                ok,
                &DeviceCodeConfirm {
                    frame: frame(),
                    form: form(),
                    login: texts.login.clone(),
                    app: app(),
                    user_code: "BDFH-KMPR".to_owned(),
                },
                &own,
            ),
        ),
        ("device-code-done", page(ok, &DeviceCodeDone { frame: frame(), app: texts.app.clone(), approved: true }, &own)),
        ("device-code-cancelled", page(ok, &DeviceCodeDone { frame: frame(), app: texts.app.clone(), approved: false }, &own)),
        ("signed-out", page(ok, &SignedOut { frame: frame(), back: Link::web("https://mail.contoso.example/") }, &own)),
        ("not-found", page(StatusCode::NOT_FOUND, &Failure::of_status(StatusCode::NOT_FOUND, frame(), request()), &own)),
        (
            "form-post",
            form_post::form_post(frame(), &texts.app, &client, &[("code", texts.hidden.clone()), ("state", texts.hidden.clone())]),
        ),
        ("redirect", redirect_answer::redirect(&client)),
    ]
}
