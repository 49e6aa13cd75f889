//! The admin API in the shape of Microsoft Graph. The token says who asks; what they may do is read from the directory.

mod admin;
pub(crate) mod alternate_key;
mod app_protection;
mod app_role_assignments;
mod applications;
mod audits;
mod authentication_methods;
mod authentication_strengths;
mod batch;
mod compliance_policies;
mod device_management;
mod devices;
mod directory_objects;
mod documents;
mod entity;
mod envelope;
mod error;
mod evaluate;
mod filter;
mod groups;
mod list;
mod managed_app_registrations;
mod managed_devices;
mod member_of;
mod openapi;
mod organization;
mod owners;
mod page;
mod roles;
mod service_principals;
mod sign_ins;
mod users;

use std::sync::Arc;

use axum::routing::{MethodRouter, delete, get, post};
use axum::{Router, middleware};
use doorward_model::document::DocumentKind;
use doorward_service::Context;
use doorward_service::directory::Task;

pub(crate) use self::documents::shown as shown_document;

use self::documents::Collection;

/// The versions of the API. Graph's clients ask for either; here both are the same.
const VERSIONS: [&str; 2] = ["/v1.0", "/beta"];

/// Every route of the API, with its error answers.
pub(crate) fn routes(ctx: &Arc<Context>) -> Router<Arc<Context>> {
    let inner = VERSIONS.into_iter().fold(Router::new(), |router, version| router.nest(version, wrapped(ctx, resources())));
    let inner: Router = inner.with_state(ctx.clone());
    VERSIONS.into_iter().fold(Router::new(), |router, version| {
        let inner = inner.clone();
        let batch = post(move |admin, address, headers, body| batch::batch(inner.clone(), version, admin, address, headers, body));
        let document = openapi::route(&ctx.base_url);
        router.nest(version, wrapped(ctx, resources().route("/$batch", batch).route("/openapi.json", document)))
    })
}

fn wrapped(ctx: &Arc<Context>, routes: Router<Arc<Context>>) -> Router<Arc<Context>> {
    routes.fallback(envelope::unknown_path).layer(middleware::from_fn_with_state(ctx.clone(), envelope::wrap))
}

/// The paths of the API below a version, as routes are written.
pub(crate) fn paths() -> Vec<String> {
    let of_documents = |path: &str| ["", "/$count", "/{id}"].map(|rest| format!("{path}{rest}"));
    let collections = COLLECTIONS.iter().flat_map(|(path, _)| of_documents(path));
    let table = table().into_iter().map(|(path, _)| path.to_owned());
    table.chain(collections).chain(app_protection::paths()).chain(["/$batch".to_owned()]).collect()
}

/// The resources, below a version. The table in `tests/it/graph.rs` names them again, with what each refuses and audits.
fn resources() -> Router<Arc<Context>> {
    let router = table().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    let router = COLLECTIONS.into_iter().fold(router, |router, (path, collection)| router.nest(path, documents::routes(collection)));
    router.merge(app_protection::routes())
}

type Route = (&'static str, MethodRouter<Arc<Context>>);

fn table() -> Vec<Route> {
    vec![
        ("/me", get(users::me)),
        ("/me/memberof", get(member_of::of_me)),
        ("/me/transitivememberof", get(member_of::transitive_of_me)),
        ("/me/getmembergroups", post(member_of::all_of_me)),
        ("/me/checkmembergroups", post(member_of::check_me)),
        ("/users", get(users::list).post(users::create)),
        ("/users/$count", get(users::count)),
        ("/users/{id}", get(users::get).patch(users::update).delete(users::delete)),
        ("/users/{id}/memberof", get(member_of::of_user)),
        ("/users/{id}/transitivememberof", get(member_of::transitive_of_user)),
        ("/users/{id}/getmembergroups", post(member_of::all_of_user)),
        ("/users/{id}/checkmembergroups", post(member_of::check_user)),
        ("/users/{id}/owneddevices", get(users::owned_devices)),
        ("/users/{id}/revokesigninsessions", post(users::revoke_sessions)),
        ("/users/{id}/authentication/methods", get(authentication_methods::list)),
        ("/users/{id}/authentication/methods/{method}", delete(authentication_methods::delete)),
        ("/users/{id}/authentication/fido2methods/{method}", delete(authentication_methods::delete)),
        ("/users/{id}/authentication/softwareoathmethods/{method}", delete(authentication_methods::delete)),
        ("/users/{id}/authentication/windowshelloforbusinessmethods/{method}", delete(authentication_methods::delete)),
        ("/groups", get(groups::list).post(groups::create)),
        ("/groups/$count", get(groups::count)),
        ("/groups/{id}", get(groups::get).patch(groups::update).delete(groups::delete)),
        ("/groups/{id}/members", get(groups::members)),
        ("/groups/{id}/transitivemembers", get(groups::transitive_members)),
        ("/groups/{id}/members/$ref", post(groups::add_member)),
        ("/groups/{id}/members/{member}/$ref", delete(groups::remove_member)),
        ("/groups/{id}/memberof", get(member_of::of_group)),
        ("/groups/{id}/transitivememberof", get(member_of::transitive_of_group)),
        ("/groups/{id}/getmembergroups", post(member_of::all_of_group)),
        ("/groups/{id}/checkmembergroups", post(member_of::check_group)),
        ("/groups/{id}/owners", get(owners::list)),
        ("/groups/{id}/owners/$ref", post(owners::add)),
        ("/groups/{id}/owners/{owner}/$ref", delete(owners::remove)),
        ("/directoryobjects/getbyids", post(directory_objects::by_ids)),
        ("/directoryobjects/{id}", get(directory_objects::get)),
        ("/directoryobjects/{id}/getmembergroups", post(member_of::all_of_object)),
        ("/directoryobjects/{id}/checkmembergroups", post(member_of::check_object)),
        ("/applications", get(applications::list).post(applications::create)),
        ("/applications/$count", get(applications::count)),
        ("/applications/{id}", get(applications::get).patch(applications::update).delete(applications::delete)),
        ("/applications/{id}/addpassword", post(applications::passwords::add)),
        ("/applications/{id}/removepassword", post(applications::passwords::remove)),
        ("/serviceprincipals", get(service_principals::list)),
        ("/serviceprincipals/$count", get(service_principals::count)),
        ("/serviceprincipals/{id}", get(service_principals::get)),
        ("/serviceprincipals/{id}/endpoints", get(service_principals::endpoints)),
        ("/serviceprincipals/{id}/approleassignments", get(app_role_assignments::held).post(app_role_assignments::assign)),
        ("/serviceprincipals/{id}/approleassignments/{assignment}", delete(app_role_assignments::remove)),
        ("/serviceprincipals/{id}/approleassignedto", get(app_role_assignments::holders).post(app_role_assignments::assign_to)),
        ("/serviceprincipals/{id}/approleassignedto/{assignment}", delete(app_role_assignments::remove_from)),
        ("/devices", get(devices::list).post(devices::create)),
        ("/devices/$count", get(devices::count)),
        ("/devices/{id}", get(devices::get).patch(devices::update).delete(devices::delete)),
        ("/devices/{id}/registeredowners", get(devices::registered_owners)),
        ("/devices/{id}/registeredusers", get(devices::registered_owners)),
        ("/organization", get(organization::get).patch(organization::update)),
        ("/rolemanagement/directory/roledefinitions", get(roles::definitions)),
        ("/rolemanagement/directory/roledefinitions/{id}", get(roles::definition)),
        ("/rolemanagement/directory/roleassignments", get(roles::assignments).post(roles::assign)),
        ("/rolemanagement/directory/roleassignments/{id}", get(roles::assignment).delete(roles::remove)),
        ("/deviceappmanagement/managedappregistrations", get(managed_app_registrations::list)),
        ("/deviceappmanagement/managedappregistrations/{id}", get(managed_app_registrations::get)),
        ("/deviceappmanagement/managedappregistrations/{id}/appliedpolicies", get(managed_app_registrations::applied_policies)),
        ("/deviceappmanagement/managedappregistrations/{id}/intendedpolicies", get(managed_app_registrations::intended_policies)),
        (
            "/deviceappmanagement/managedappregistrations/getuseridswithflaggedappregistration()",
            get(managed_app_registrations::flagged_users),
        ),
        ("/deviceappmanagement/managedappregistrations/{id}/operations", get(managed_app_registrations::operations)),
        ("/deviceappmanagement/managedappregistrations/{id}/operations/{operation}", delete(managed_app_registrations::cancel)),
        ("/users/{id}/managedappregistrations", get(managed_app_registrations::of_user)),
        ("/users/{id}/getmanagedapppolicies()", get(managed_app_registrations::policies_of_user)),
        ("/users/{id}/getmanagedappdiagnosticstatuses()", get(managed_app_registrations::diagnostic_statuses)),
        ("/users/{id}/wipemanagedappregistrationsbydevicetag", post(managed_app_registrations::wipe)),
        ("/users/{id}/wipemanagedappregistrationbydevicetag", post(managed_app_registrations::wipe)),
        ("/devicemanagement", get(device_management::get).patch(device_management::update)),
        ("/devicemanagement/settings", get(device_management::settings)),
        ("/devicemanagement/devicecompliancepolicydevicestatesummary", get(device_management::state_summary)),
        ("/devicemanagement/devicecompliancepolicies", get(compliance_policies::list).post(compliance_policies::create)),
        ("/devicemanagement/devicecompliancepolicies/$count", get(compliance_policies::count)),
        (
            "/devicemanagement/devicecompliancepolicies/{id}",
            get(compliance_policies::get).patch(compliance_policies::update).delete(compliance_policies::delete),
        ),
        ("/devicemanagement/devicecompliancepolicies/{id}/assignments", get(compliance_policies::assignments)),
        ("/devicemanagement/devicecompliancepolicies/{id}/assign", post(compliance_policies::assign)),
        ("/devicemanagement/devicecompliancepolicies/{id}/scheduledactionsforrule", get(compliance_policies::actions)),
        ("/devicemanagement/devicecompliancepolicies/{id}/scheduleactionsforrules", post(compliance_policies::schedule_actions)),
        ("/devicemanagement/devicecompliancepolicies/{id}/devicestatuses", get(compliance_policies::device_statuses)),
        ("/devicemanagement/devicecompliancepolicies/{id}/devicestatusoverview", get(compliance_policies::device_status_overview)),
        ("/devicemanagement/manageddevices", get(managed_devices::list).post(managed_devices::enrol)),
        ("/devicemanagement/manageddevices/$count", get(managed_devices::count)),
        ("/devicemanagement/manageddevices/{id}", get(managed_devices::get).delete(managed_devices::delete)),
        ("/devicemanagement/manageddevices/{id}/devicecompliancepolicystates", get(managed_devices::policy_states)),
        ("/devicemanagement/manageddevices/{id}/report", post(managed_devices::report)),
        ("/devicemanagement/manageddevices/{id}/retire", post(managed_devices::retire)),
        ("/auditlogs/signins", get(sign_ins::list)),
        ("/auditlogs/signins/$count", get(sign_ins::count)),
        ("/auditlogs/signins/{id}", get(sign_ins::get)),
        ("/auditlogs/directoryaudits", get(audits::list)),
        ("/auditlogs/directoryaudits/$count", get(audits::count)),
        ("/auditlogs/directoryaudits/{id}", get(audits::get)),
        ("/identity/conditionalaccess/evaluate", post(evaluate::evaluate)),
    ]
}

const COLLECTIONS: [(&str, Collection); 6] = [
    (
        "/identity/conditionalaccess/policies",
        Collection {
            kind: DocumentKind::ConditionalAccessPolicy,
            context: "identity/conditionalAccess/policies",
            read: Task::ReadAccess,
            change: Task::ManageAccess,
        },
    ),
    (
        "/identity/conditionalaccess/namedlocations",
        Collection {
            kind: DocumentKind::NamedLocation,
            context: "identity/conditionalAccess/namedLocations",
            read: Task::ReadAccess,
            change: Task::ManageAccess,
        },
    ),
    (
        "/policies/authenticationstrengthpolicies",
        Collection {
            kind: DocumentKind::AuthenticationStrengthPolicy,
            context: "policies/authenticationStrengthPolicies",
            read: Task::ReadAccess,
            change: Task::ManageAccess,
        },
    ),
    (
        "/identity/conditionalaccess/authenticationstrength/policies",
        Collection {
            kind: DocumentKind::AuthenticationStrengthPolicy,
            context: "identity/conditionalAccess/authenticationStrength/policies",
            read: Task::ReadAccess,
            change: Task::ManageAccess,
        },
    ),
    (
        "/identity/conditionalaccess/authenticationcontextclassreferences",
        Collection {
            kind: DocumentKind::AuthenticationContextClassReference,
            context: "identity/conditionalAccess/authenticationContextClassReferences",
            read: Task::ReadAccess,
            change: Task::ManageAccess,
        },
    ),
    (
        "/doorward/servicepolicies",
        Collection {
            kind: DocumentKind::ServicePolicy,
            context: "doorward/servicePolicies",
            read: Task::ReadAccess,
            change: Task::ManageAccess,
        },
    ),
];
