//! The repositories, one trait per noun. Unless a method says otherwise, a missing object reads as `None`, a write to a missing
//! object fails with `NotFound`, and a clash of ids or unique names with `AlreadyExists`.
//!
//! One application, user, device, session, refresh token or consent is read as an `Arc`, and so are the groups of a user and the documents
//! of a subject: an engine may remember these, and hands the same object to everybody who asks. Whoever changes one changes a copy.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::application::Application;
use doorward_model::authentication_method::AuthenticationMethod;
use doorward_model::authorization_code::AuthorizationCode;
use doorward_model::consent::Consent;
use doorward_model::device::Device;
use doorward_model::device_code::DeviceCode;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::group::{Group, Member};
use doorward_model::key::{DeviceCa, KeySlot, SigningKey};
use doorward_model::refresh_token::{PrimaryRefreshToken, RefreshToken};
use doorward_model::session::Session;
use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{AppId, CodeId, DeviceId, GroupId, MethodId, SessionId, TokenId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::Result;
use crate::query::{ApplicationField, AuditField, DeviceField, GroupField, Page, Query, SignInField, UserField};

/// SHA-256 of a secret value. The store never sees the value itself.
pub type Sha256 = [u8; 32];

/// The tenant.
#[async_trait]
pub trait TenantRepository: Send {
    /// The tenant's own record.
    async fn get(&mut self) -> Result<Option<Tenant>>;
    /// Replaces it, domains included.
    async fn update(&mut self, tenant: &Tenant) -> Result<()>;
    /// Counts committed changes of anything a policy decision depends on and that is cached: documents, applications, the
    /// tenant record. Grows by at least one with every such commit.
    async fn generation(&mut self) -> Result<i64>;
}

/// Users.
#[async_trait]
pub trait UserRepository: Send {
    /// By id.
    async fn get(&mut self, id: UserId) -> Result<Option<Arc<User>>>;
    /// By sign-in name, without regard to case.
    async fn find(&mut self, user_principal_name: &str) -> Result<Option<Arc<User>>>;
    /// By the `objectGUID` of the domain account that the user comes from.
    async fn find_by_object_guid(&mut self, object_guid: Uuid) -> Result<Option<Arc<User>>>;
    /// By the security identifier of that account.
    async fn find_by_security_identifier(&mut self, security_identifier: &str) -> Result<Option<Arc<User>>>;
    /// The `objectGUID` of every account that a user comes from, in order.
    async fn object_guids(&mut self) -> Result<Vec<Uuid>>;
    /// All users in order of sign-in name, at most `limit`, after the sign-in name `after`.
    async fn list(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<User>>;
    /// The users that a query finds.
    async fn page(&mut self, query: &Query<UserField>) -> Result<Page<User>>;
    /// How many a query finds in all; its order, place and limit do not count.
    async fn count(&mut self, query: &Query<UserField>) -> Result<u64>;
    /// Makes a user.
    async fn create(&mut self, user: &User) -> Result<()>;
    /// Replaces a user.
    async fn update(&mut self, user: &User) -> Result<()>;
    /// Deletes a user with everything issued to it; devices it owns go too.
    async fn delete(&mut self, id: UserId) -> Result<()>;
}

/// Groups.
#[async_trait]
pub trait GroupRepository: Send {
    /// By id.
    async fn get(&mut self, id: GroupId) -> Result<Option<Group>>;
    /// All groups in order of display name then id.
    async fn list(&mut self) -> Result<Vec<Group>>;
    /// The groups that a query finds.
    async fn page(&mut self, query: &Query<GroupField>) -> Result<Page<Group>>;
    /// How many a query finds in all; its order, place and limit do not count.
    async fn count(&mut self, query: &Query<GroupField>) -> Result<u64>;
    /// Makes a group.
    async fn create(&mut self, group: &Group) -> Result<()>;
    /// Replaces name and description.
    async fn update(&mut self, group: &Group) -> Result<()>;
    /// Deletes a group, its memberships in both directions, and its owners.
    async fn delete(&mut self, id: GroupId) -> Result<()>;
    /// Direct members.
    async fn members(&mut self, id: GroupId) -> Result<Vec<Member>>;
    /// Users and groups in the group, in order of id, at most `limit`, after the id `after`; with `nested`, those of nested groups
    /// too, each once, and the group itself never.
    async fn member_page(&mut self, id: GroupId, nested: bool, after: Option<Uuid>, limit: u32) -> Result<Vec<Member>>;
    /// Groups that a user is in directly, in order of id.
    async fn direct_of(&mut self, user: UserId) -> Result<Vec<GroupId>>;
    /// Adds a direct member; adding twice fails with `AlreadyExists`.
    async fn add_member(&mut self, id: GroupId, member: Member) -> Result<()>;
    /// Removes a direct member.
    async fn remove_member(&mut self, id: GroupId, member: Member) -> Result<()>;
    /// Every group the user is in, directly or through nested groups; cycles are harmless. In order of id.
    async fn transitive_of(&mut self, user: UserId) -> Result<Arc<[GroupId]>>;
    /// What makes up the groups of many users: their direct memberships, and those of every group that is reached through them, as the id
    /// of the member and the group; each once, in no order. Cycles are harmless.
    async fn memberships_around(&mut self, users: &[UserId]) -> Result<Vec<(Uuid, GroupId)>>;
    /// How many users are in one of the groups `inside` and in none of `outside`, directly or through nested groups.
    async fn count_users(&mut self, inside: &[GroupId], outside: &[GroupId]) -> Result<u64>;
    /// Groups that a group is in, with `nested` through other groups too, but never itself. In order of id.
    async fn groups_of(&mut self, id: GroupId, nested: bool) -> Result<Vec<GroupId>>;
    /// Users who answer for the group, in order of id. They go when the user goes.
    async fn owners(&mut self, id: GroupId) -> Result<Vec<UserId>>;
    /// Adds an owner; adding twice fails with `AlreadyExists`.
    async fn add_owner(&mut self, id: GroupId, owner: UserId) -> Result<()>;
    /// Removes an owner.
    async fn remove_owner(&mut self, id: GroupId, owner: UserId) -> Result<()>;
}

/// Application registrations.
#[async_trait]
pub trait ApplicationRepository: Send {
    /// By client id.
    async fn get(&mut self, id: AppId) -> Result<Option<Arc<Application>>>;
    /// By one of its identifier URIs (exact, but for a trailing slash).
    async fn find_by_identifier_uri(&mut self, uri: &str) -> Result<Option<Arc<Application>>>;
    /// All, in order of display name then id.
    async fn list(&mut self) -> Result<Vec<Application>>;
    /// The registrations that a query finds.
    async fn page(&mut self, query: &Query<ApplicationField>) -> Result<Page<Application>>;
    /// How many a query finds in all; its order, place and limit do not count.
    async fn count(&mut self, query: &Query<ApplicationField>) -> Result<u64>;
    /// Makes a registration. Identifier URIs are unique in the tenant.
    async fn create(&mut self, application: &Application) -> Result<()>;
    /// Replaces a registration.
    async fn update(&mut self, application: &Application) -> Result<()>;
    /// Deletes a registration with everything issued to it.
    async fn delete(&mut self, id: AppId) -> Result<()>;
}

/// Devices.
#[async_trait]
pub trait DeviceRepository: Send {
    /// By device id.
    async fn get(&mut self, id: DeviceId) -> Result<Option<Arc<Device>>>;
    /// By the SHA-256 of the public key (lower-case hexadecimal).
    async fn find_by_public_key(&mut self, public_key_sha256: &str) -> Result<Option<Arc<Device>>>;
    /// By the id of its mail client, among the devices of `owner`; ids are compared without regard to case.
    async fn find_by_eas_id(&mut self, owner: UserId, eas_device_id: &str) -> Result<Option<Arc<Device>>>;
    /// The devices that a query finds.
    async fn page(&mut self, query: &Query<DeviceField>) -> Result<Page<Device>>;
    /// How many a query finds in all; its order, place and limit do not count.
    async fn count(&mut self, query: &Query<DeviceField>) -> Result<u64>;
    /// How many devices there are of each operating system as they named it, most first.
    async fn count_by_operating_system(&mut self) -> Result<Vec<(String, u64)>>;
    /// The devices of one owner, oldest first.
    async fn owned_by(&mut self, owner: UserId) -> Result<Vec<Device>>;
    /// Makes a device. The public key is unique in the tenant.
    async fn create(&mut self, device: &Device) -> Result<()>;
    /// Replaces a device.
    async fn update(&mut self, device: &Device) -> Result<()>;
    /// Deletes a device with every token bound to it, and what is kept of its management.
    async fn delete(&mut self, id: DeviceId) -> Result<()>;
}

/// Keys.
#[async_trait]
pub trait KeyRepository: Send {
    /// All signing keys.
    async fn signing_keys(&mut self) -> Result<Vec<SigningKey>>;
    /// Adds a key.
    async fn add_signing_key(&mut self, key: &SigningKey) -> Result<()>;
    /// Moves a key to another slot.
    async fn set_slot(&mut self, kid: &str, slot: KeySlot) -> Result<()>;
    /// Forgets a key.
    async fn remove_signing_key(&mut self, kid: &str) -> Result<()>;
    /// The device certificate authority.
    async fn device_ca(&mut self) -> Result<Option<DeviceCa>>;
    /// Sets the device certificate authority; there is one, so a second call fails with `AlreadyExists`.
    async fn create_device_ca(&mut self, ca: &DeviceCa) -> Result<()>;
}

/// Sessions.
#[async_trait]
pub trait SessionRepository: Send {
    /// By id, revoked and expired ones included.
    async fn get(&mut self, id: SessionId) -> Result<Option<Arc<Session>>>;
    /// Makes a session.
    async fn create(&mut self, session: &Session) -> Result<()>;
    /// Replaces a session (new methods, new authentication time, new device).
    async fn update(&mut self, session: &Session) -> Result<()>;
    /// Revokes a session; one revoked before keeps its first time. Tokens that hang on it are void with it.
    async fn revoke(&mut self, id: SessionId, at: Timestamp) -> Result<()>;
    /// The sessions of a user that are neither revoked nor expired at `now`, newest first.
    async fn live_of(&mut self, user: UserId, now: Timestamp) -> Result<Vec<Session>>;
}

/// Second factors.
#[async_trait]
pub trait AuthenticationMethodRepository: Send {
    /// By id.
    async fn get(&mut self, id: MethodId) -> Result<Option<AuthenticationMethod>>;
    /// The passkey with that credential id.
    async fn find_by_credential_id(&mut self, credential_id: &[u8]) -> Result<Option<AuthenticationMethod>>;
    /// The methods of a user, oldest first, then by id.
    async fn of_user(&mut self, user: UserId) -> Result<Vec<AuthenticationMethod>>;
    /// Makes a method. Credential ids are unique in the tenant; a user that does not exist is `NotFound`.
    async fn create(&mut self, method: &AuthenticationMethod) -> Result<()>;
    /// Raises the counter and notes the use. True when the counter grew, or is 0 as it was before; otherwise false, and nothing
    /// changes. Of several calls with one counter above 0, exactly one gets true.
    async fn advance(&mut self, id: MethodId, counter: i64, at: Timestamp) -> Result<bool>;
    /// Deletes a method.
    async fn delete(&mut self, id: MethodId) -> Result<()>;
    /// Puts recovery codes, by their hashes, in place of those the user had.
    async fn set_recovery_codes(&mut self, user: UserId, hashes: &[Sha256]) -> Result<()>;
    /// Takes a recovery code away. True when it was there.
    async fn use_recovery_code(&mut self, user: UserId, hash: &Sha256) -> Result<bool>;
    /// How many recovery codes the user has left.
    async fn recovery_codes_left(&mut self, user: UserId) -> Result<u32>;
}

/// Codes, refresh tokens, device codes, consents.
#[async_trait]
pub trait GrantRepository: Send {
    /// Keeps an authorization code under the hash of its value.
    async fn create_code(&mut self, hash: &Sha256, code: &AuthorizationCode) -> Result<()>;
    /// The code, redeemed and expired ones included.
    async fn code(&mut self, hash: &Sha256) -> Result<Option<AuthorizationCode>>;
    /// Marks a code as redeemed. True when this call did it, false when it had been redeemed before.
    async fn redeem_code(&mut self, id: CodeId, at: Timestamp) -> Result<bool>;

    /// Keeps a refresh token.
    async fn create_refresh_token(&mut self, hash: &Sha256, token: &RefreshToken) -> Result<()>;
    /// The refresh token, revoked and expired ones included.
    async fn refresh_token(&mut self, hash: &Sha256) -> Result<Option<Arc<RefreshToken>>>;
    /// Revokes one refresh token.
    async fn revoke_refresh_token(&mut self, id: TokenId, at: Timestamp) -> Result<()>;
    /// Revokes every refresh token that came from a code; how many.
    async fn revoke_by_code(&mut self, code: CodeId, at: Timestamp) -> Result<u64>;
    /// Revokes every refresh token of a user for one client; how many.
    async fn revoke_for_app(&mut self, user: UserId, app: AppId, at: Timestamp) -> Result<u64>;

    /// Keeps a primary refresh token.
    async fn create_prt(&mut self, hash: &Sha256, token: &PrimaryRefreshToken) -> Result<()>;
    /// The primary refresh token, revoked and expired ones included.
    async fn prt(&mut self, hash: &Sha256) -> Result<Option<Arc<PrimaryRefreshToken>>>;
    /// Revokes one primary refresh token.
    async fn revoke_prt(&mut self, id: TokenId, at: Timestamp) -> Result<()>;

    /// Keeps a device code. The user code is unique among those not expired at `now`.
    async fn create_device_code(&mut self, hash: &Sha256, code: &DeviceCode, now: Timestamp) -> Result<()>;
    /// The device code by the hash of its value.
    async fn device_code(&mut self, hash: &Sha256) -> Result<Option<DeviceCode>>;
    /// The device code by what the person types, not expired at `now`.
    async fn device_code_by_user_code(&mut self, user_code: &str, now: Timestamp) -> Result<Option<DeviceCode>>;
    /// Replaces state and last poll of the device code with that user code.
    async fn update_device_code(&mut self, code: &DeviceCode) -> Result<()>;

    /// The consent of a user to a client at a resource.
    async fn consent(&mut self, user: UserId, app: AppId, resource: AppId) -> Result<Option<Arc<Consent>>>;
    /// Makes or replaces a consent.
    async fn put_consent(&mut self, consent: &Consent) -> Result<()>;

    /// Deletes codes, tokens, device codes and sessions that ended before `before`; how many rows.
    async fn prune(&mut self, before: Timestamp) -> Result<u64>;
}

/// One-time values.
#[async_trait]
pub trait OneTimeRepository: Send {
    /// Remembers a value until `expires`. True when it is new, false when it was used before.
    async fn use_once(&mut self, value: &Sha256, expires: Timestamp) -> Result<bool>;
    /// Forgets values that expired before `before`.
    async fn prune(&mut self, before: Timestamp) -> Result<u64>;
}

/// Documents.
#[async_trait]
pub trait DocumentRepository: Send {
    /// By id.
    async fn get(&mut self, kind: DocumentKind, id: &str) -> Result<Option<Document>>;
    /// All of a kind, oldest first, then by id.
    async fn list(&mut self, kind: DocumentKind) -> Result<Vec<Document>>;
    /// All of a kind with that subject, oldest first.
    async fn list_by_subject(&mut self, kind: DocumentKind, subject: &str) -> Result<Arc<[Document]>>;
    /// Makes a document with version 1; `version`, `created` and `modified` of the argument are ignored, `now` counts.
    async fn create(&mut self, kind: DocumentKind, document: &Document, now: Timestamp) -> Result<Document>;
    /// Replaces body and subject and raises the version. With `expected` and another version present: `Conflict`.
    async fn update(
        &mut self,
        kind: DocumentKind,
        id: &str,
        subject: &str,
        body: &serde_json::Value,
        expected: Option<i64>,
        now: Timestamp,
    ) -> Result<Document>;
    /// Deletes a document. With `expected` and another version present: `Conflict`.
    async fn delete(&mut self, kind: DocumentKind, id: &str, expected: Option<i64>) -> Result<()>;
}

/// Sign-ins of one outcome on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day, in UTC.
    pub day: Date,
    /// What came of them.
    pub outcome: SignInOutcome,
    /// How many.
    pub sign_ins: u64,
}

/// Sign-ins of one name and one result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Id of a policy, or name of a flow.
    pub name: String,
    /// What it came to.
    pub result: String,
    /// How many.
    pub sign_ins: u64,
}

/// Logs. They grow to millions of records, so a query reads a bounded number of them: a page may hold less than its limit, or nothing,
/// and still tell where the next one begins.
#[async_trait]
pub trait LogRepository: Send {
    /// Appends sign-in records.
    async fn append_sign_ins(&mut self, records: &[SignInRecord]) -> Result<()>;
    /// The sign-in records that a query finds.
    async fn sign_ins(&mut self, query: &Query<SignInField>) -> Result<Page<SignInRecord>>;
    /// How many a query finds in all; its order, place and limit do not count. None when too many records would have to be read.
    async fn count_sign_ins(&mut self, query: &Query<SignInField>) -> Result<Option<u64>>;
    /// What policies that applied did or, in report-only, would have done, by policy and result, from a day (UTC) on; in order of both.
    async fn policy_results(&mut self, since: Date) -> Result<Vec<Tally>>;
    /// Sign-ins by flow and outcome from a day (UTC) on; in order of both.
    async fn grants(&mut self, since: Date) -> Result<Vec<Tally>>;
    /// Sign-ins by day (UTC) and outcome from a day on, oldest day first; days without any are left out.
    async fn sign_ins_by_day(&mut self, since: Date) -> Result<Vec<DayCount>>;
    /// Deletes sign-in records older than `before`; how many.
    async fn prune_sign_ins(&mut self, before: Timestamp) -> Result<u64>;
    /// Appends an audit record, in the same unit of work as the change it tells of.
    async fn append_audit(&mut self, record: &DirectoryAudit) -> Result<()>;
    /// The audit records that a query finds.
    async fn audits(&mut self, query: &Query<AuditField>) -> Result<Page<DirectoryAudit>>;
    /// How many a query finds in all; its order, place and limit do not count. None when too many records would have to be read.
    async fn count_audits(&mut self, query: &Query<AuditField>) -> Result<Option<u64>>;
}
