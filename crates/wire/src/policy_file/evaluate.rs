//! Graph's `evaluate` action (What If): which policies apply to a sign-in that nobody has made.
//!
//! Enum values are read in any case. Members that are not known are refused: a misspelt condition would be answered as if it were
//! not there.

use std::net::IpAddr;

use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_policy::conditional_access::{DeviceFacts, Reason};

use super::device;
use super::json::{Json, Node, Object, ReadError};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluate {
    /// Who.
    pub identity: Identity,
    /// What for.
    pub context: SignInContext,
    /// Under which circumstances.
    pub conditions: SignInConditions,
    /// Leave out policies that do not apply.
    pub applied_policies_only: bool,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A person.
    User {
        /// Object id; may be absent for an outsider, of whom there may be no object.
        user_id: Option<String>,
        /// What kind of outsider, when it is not what the directory says.
        external_user_type: Option<ExternalUserType>,
        /// The outsider's own tenant.
        external_tenant_id: Option<String>,
    },
    /// An app for itself.
    ServicePrincipal {
        /// Object id.
        id: String,
    },
}

/// What a sign-in is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInContext {
    /// Resources, by app id.
    Applications(Vec<String>),
    /// An action.
    UserAction(UserAction),
    /// An authentication context, for example `c1`.
    AuthenticationContext(String),
}

/// The circumstances. What is not said meets only policies that do not ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignInConditions {
    /// Platform; none is `all`.
    pub device_platform: Option<DevicePlatform>,
    /// Kind of client; none is `all`.
    pub client_app_type: Option<ClientAppType>,
    /// Risk of the sign-in.
    pub sign_in_risk: RiskLevel,
    /// Risk of the user.
    pub user_risk: RiskLevel,
    /// Risk of the service principal.
    pub service_principal_risk: RiskLevel,
    /// Insider risk.
    pub insider_risk: InsiderRiskLevel,
    /// Country.
    pub country: Option<String>,
    /// Address.
    pub ip: Option<IpAddr>,
    /// Way of transfer.
    pub transfer_method: TransferMethod,
    /// The registered device.
    pub device: Option<DeviceFacts>,
}

/// Reads the body of a request.
///
/// # Errors
/// Names the member that is not what it should be.
pub fn read(body: &Json) -> Result<Evaluate, ReadError> {
    let object = body.root().object()?;
    object.only(&["signInIdentity", "signInContext", "signInConditions", "appliedPoliciesOnly"])?;
    Ok(Evaluate {
        identity: identity(&object.require("signInIdentity")?.object()?)?,
        context: context(&object.require("signInContext")?.object()?)?,
        conditions: object.optional("signInConditions", |node| conditions(&node.object()?))?.unwrap_or_default(),
        applied_policies_only: object.flag("appliedPoliciesOnly")?,
    })
}

enum IdentityKind {
    User,
    ServicePrincipal,
}

fn identity(object: &Object<'_>) -> Result<Identity, ReadError> {
    let kind = |name: &str| match name {
        "usersignin" => Some(IdentityKind::User),
        "serviceprincipalsignin" => Some(IdentityKind::ServicePrincipal),
        _ => None,
    };
    match type_of(object, kind)? {
        IdentityKind::User => {
            object.only(&["userId", "externalUserType", "externalTenantId"])?;
            let external_user_type = object.word("externalUserType", ExternalUserType::from_wire)?;
            let is_outsider = external_user_type.is_some_and(|kind| kind != ExternalUserType::None);
            let user_id = filled(object, "userId")?;
            if user_id.is_none() && !is_outsider {
                object.require("userId")?;
            }
            Ok(Identity::User { user_id, external_user_type, external_tenant_id: filled(object, "externalTenantId")? })
        }
        IdentityKind::ServicePrincipal => {
            object.only(&["servicePrincipalId"])?;
            Ok(Identity::ServicePrincipal { id: required_text(object, "servicePrincipalId")? })
        }
    }
}

enum ContextKind {
    Applications,
    UserAction,
    AuthenticationContext,
}

fn context(object: &Object<'_>) -> Result<SignInContext, ReadError> {
    let kind = |name: &str| match name {
        "applicationcontext" => Some(ContextKind::Applications),
        "useractioncontext" => Some(ContextKind::UserAction),
        "authcontext" => Some(ContextKind::AuthenticationContext),
        _ => None,
    };
    match type_of(object, kind)? {
        ContextKind::Applications => {
            object.only(&["includeApplications"])?;
            let node = object.require("includeApplications")?;
            let apps = node.list()?.iter().map(app_id).collect::<Result<Vec<_>, _>>()?;
            if apps.is_empty() { Err(node.error("must name an application")) } else { Ok(SignInContext::Applications(apps)) }
        }
        ContextKind::UserAction => {
            object.only(&["userAction"])?;
            Ok(SignInContext::UserAction(object.require("userAction")?.word(UserAction::from_wire)?))
        }
        ContextKind::AuthenticationContext => {
            object.only(&["authenticationContextValue"])?;
            Ok(SignInContext::AuthenticationContext(required_text(object, "authenticationContextValue")?))
        }
    }
}

/// One signs in to an app, not to a bundle or to all of them.
fn app_id(node: &Node<'_>) -> Result<String, ReadError> {
    let text = node.text()?;
    match uuid::Uuid::try_parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(node.error("must be the appId of one application")),
    }
}

fn conditions(object: &Object<'_>) -> Result<SignInConditions, ReadError> {
    object.only(&[
        "devicePlatform",
        "clientAppType",
        "signInRiskLevel",
        "userRiskLevel",
        "servicePrincipalRiskLevel",
        "insiderRiskLevel",
        "country",
        "ipAddress",
        "authenticationFlow",
        "deviceInfo",
    ])?;
    let flow = |node: &Node<'_>| {
        let flow = node.object()?;
        flow.only(&["transferMethod"])?;
        flow.word("transferMethod", TransferMethod::from_wire)
    };
    Ok(SignInConditions {
        device_platform: object.word("devicePlatform", |word| or_all(word, DevicePlatform::from_wire))?.flatten(),
        client_app_type: object.word("clientAppType", |word| or_all(word, client_app_type))?.flatten(),
        sign_in_risk: object.word("signInRiskLevel", RiskLevel::from_wire)?.unwrap_or_default(),
        user_risk: object.word("userRiskLevel", RiskLevel::from_wire)?.unwrap_or_default(),
        service_principal_risk: object.word("servicePrincipalRiskLevel", RiskLevel::from_wire)?.unwrap_or_default(),
        insider_risk: object.word("insiderRiskLevel", InsiderRiskLevel::from_wire)?.unwrap_or_default(),
        country: filled(object, "country")?,
        ip: object.get("ipAddress").filter(|node| !node.is_empty()).map(|node| node.ip_address()).transpose()?,
        transfer_method: object.optional("authenticationFlow", flow)?.flatten().unwrap_or_default(),
        device: object.optional("deviceInfo", |node| device::read_strictly(&node.object()?))?,
    })
}

/// `all` is how a request says that nothing is known.
fn or_all<T>(word: &str, from_wire: fn(&str) -> Option<T>) -> Option<Option<T>> {
    if word.eq_ignore_ascii_case("all") { Some(None) } else { from_wire(word).map(Some) }
}

fn client_app_type(word: &str) -> Option<ClientAppType> {
    if word.eq_ignore_ascii_case("easSupported") { Some(ClientAppType::ExchangeActiveSync) } else { ClientAppType::from_wire(word) }
}

/// The value of `@odata.type`, with or without `#`.
fn type_of<T>(object: &Object<'_>, kind: impl Fn(&str) -> Option<T>) -> Result<T, ReadError> {
    let node = object.require("@odata.type")?;
    let text = node.text()?;
    let name = text.trim_start_matches('#').to_ascii_lowercase();
    kind(name.strip_prefix("microsoft.graph.").unwrap_or(&name)).ok_or_else(|| node.unknown_word(text))
}

/// A string member; an empty one counts as absent.
fn filled(object: &Object<'_>, name: &str) -> Result<Option<String>, ReadError> {
    Ok(object.text(name)?.filter(|text| !text.is_empty()))
}

fn required_text(object: &Object<'_>, name: &str) -> Result<String, ReadError> {
    match filled(object, name)? {
        Some(text) => Ok(text),
        None => Err(object.require(name).map_or_else(|missing| missing, |node| node.error("must not be empty"))),
    }
}

/// One policy of the answer: the policy as it was written, whether it applies, and why not.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Id, for a policy that is written without one.
    pub id: String,
    /// The policy.
    pub policy: Json,
    /// The first condition that is not met; none when the policy applies.
    pub reason: Option<Reason>,
}

/// The answer. Policies that are disabled are not evaluated and so not listed.
#[must_use]
pub fn answer(analyses: impl IntoIterator<Item = Analysis>, applied_policies_only: bool) -> Json {
    let listed = analyses.into_iter().filter(|analysis| match analysis.reason {
        None => true,
        Some(Reason::PolicyNotEnabled) => false,
        Some(_) => !applied_policies_only,
    });
    let context = "https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)";
    Json::Object(vec![
        ("@odata.context".to_owned(), Json::Text(context.to_owned())),
        ("value".to_owned(), Json::List(listed.map(Analysis::into_json).collect())),
    ])
}

impl Analysis {
    fn into_json(self) -> Json {
        let mut members = match self.policy {
            Json::Object(members) => members,
            _ => Vec::new(),
        };
        let is = |name: &'static str| move |(member, _): &(String, Json)| member.eq_ignore_ascii_case(name);
        members.retain(|member| !is("policyApplies")(member) && !is("analysisReasons")(member));
        if !members.iter().any(is("id")) {
            members.insert(0, ("id".to_owned(), Json::Text(self.id)));
        }
        members.push(("policyApplies".to_owned(), Json::Bool(self.reason.is_none())));
        members.push(("analysisReasons".to_owned(), Json::Text(analysis_reasons(self.reason).to_owned())));
        Json::Object(members)
    }
}

/// A reason in the words of `whatIfAnalysisReasons`.
#[must_use]
pub fn analysis_reasons(reason: Option<Reason>) -> &'static str {
    match reason {
        None => "notSet",
        Some(Reason::PolicyNotEnabled) => "policyNotEnabled",
        Some(Reason::EmptyPolicy) => "emptyPolicy",
        Some(Reason::Users) => "users",
        // There is no word for the risk of a service principal; it is a trait of the workload, as its id is.
        Some(Reason::WorkloadIdentities | Reason::ServicePrincipalRisk) => "workloadIdentities",
        Some(Reason::Application) => "application",
        Some(Reason::UserActions) => "userActions",
        Some(Reason::AuthenticationContext) => "authenticationContext",
        Some(Reason::DevicePlatform) => "devicePlatform",
        Some(Reason::Devices) => "devices",
        Some(Reason::ClientApps) => "clientApps",
        Some(Reason::Location) => "location",
        Some(Reason::SignInRisk) => "signInRisk",
        Some(Reason::UserRisk) => "userRisk",
        Some(Reason::InsiderRisk) => "insiderRisk",
        Some(Reason::AuthenticationFlow) => "authenticationFlow",
        // Only parts of service policies, which are not conditional access policies, have it.
        Some(Reason::AlternativeMet) => "unknownFutureValue",
    }
}
