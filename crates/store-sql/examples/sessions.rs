//! Adds ten thousand people to a database, each with a device, ten live sessions and a refresh token of each, to be measured with.
//!
//!     cargo run --release --package doorward-store-sql --example sessions -- DATABASE TENANT CLIENT RESOURCE SCOPE
//!
//! The value of refresh token `n` is `bench refresh token n`.
#![expect(clippy::disallowed_methods, reason = "what is measured with must be valid now")]

use std::path::Path;

use aws_lc_rs::digest;
use doorward_model::device::{Device, TrustType};
use doorward_model::refresh_token::RefreshToken;
use doorward_model::rng::SeededRng;
use doorward_model::session::{Session, SessionKind};
use doorward_model::user::{User, UserType};
use doorward_model::{AppId, DeviceId, SessionId, TokenId, UserId};
use doorward_store::{Sha256, Store as _, StoreError, Unit};
use doorward_store_sql::SqliteStore;
use jiff::{SignedDuration, Timestamp};

const PEOPLE: usize = 10_000;
const SESSIONS: usize = 10;
/// People written in one transaction.
const BATCH: usize = 500;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, tenant, client, resource, scope] = arguments.as_slice() else {
        return Err("sessions DATABASE TENANT CLIENT RESOURCE SCOPE".into());
    };
    let store = SqliteStore::open(Path::new(database)).await?;
    let tenant = store.tenant(tenant.parse()?);
    let seed = Seed { rng: SeededRng::new(5), now: Timestamp::now(), client: client.parse()?, resource: resource.parse()?, scope };
    let mut written = 0;
    while written < PEOPLE {
        let mut unit = tenant.write().await?;
        for number in written..written + BATCH {
            seed.person(unit.as_mut(), number).await?;
        }
        unit.commit().await?;
        written += BATCH;
    }
    store.close().await;
    Ok(())
}

struct Seed<'a> {
    rng: SeededRng,
    now: Timestamp,
    client: AppId,
    resource: AppId,
    scope: &'a str,
}

impl Seed<'_> {
    async fn person(&self, unit: &mut dyn Unit, number: usize) -> Result<(), StoreError> {
        let later = self.now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(self.now);
        let user = User {
            id: UserId::random(&self.rng),
            user_principal_name: format!("bench{number}@contoso.example"),
            display_name: format!("Bench {number}"),
            account_enabled: true,
            user_type: UserType::Member,
            password_hash: None,
            force_change_password: false,
            roles: vec![],
            sign_in_sessions_valid_from: Timestamp::UNIX_EPOCH,
            on_premises: None,
            account_expires: None,
            created: self.now,
        };
        let device = Device {
            id: DeviceId::random(&self.rng),
            display_name: format!("Computer {number}"),
            operating_system: "Linux".into(),
            operating_system_version: "6.1".into(),
            certificate_thumbprint: String::new(),
            public_key_sha256: format!("bench {number}"),
            transport_key: None,
            account_enabled: true,
            is_managed: true,
            is_compliant: true,
            compliance_expiration: None,
            trust_type: TrustType::Workplace,
            owner: Some(user.id),
            eas_device_id: None,
            registered: self.now,
        };
        unit.users().create(&user).await?;
        unit.devices().create(&device).await?;
        for session in 0..SESSIONS {
            let session = self.session(unit, &user, &device, later, number * SESSIONS + session).await?;
            unit.sessions().create(&session).await?;
        }
        Ok(())
    }

    /// A session with its refresh token.
    async fn session(
        &self,
        unit: &mut dyn Unit,
        user: &User,
        device: &Device,
        expires: Timestamp,
        number: usize,
    ) -> Result<Session, StoreError> {
        let session = Session {
            id: SessionId::random(&self.rng),
            user_id: user.id,
            device_id: Some(device.id),
            kind: SessionKind::Password,
            amr: vec!["pwd".into()],
            authenticated: self.now,
            second_factor: None,
            expires,
            revoked: None,
        };
        let token = RefreshToken {
            id: TokenId::random(&self.rng),
            app_id: self.client,
            user_id: user.id,
            session_id: session.id,
            device_id: Some(device.id),
            code_id: None,
            brokered: false,
            hub: None,
            family: false,
            amr: None,
            scope: self.scope.to_owned(),
            resource: self.resource,
            issued: self.now,
            expires,
            revoked: None,
        };
        unit.grants().create_refresh_token(&sha256(&format!("bench refresh token {number}")), &token).await?;
        Ok(session)
    }
}

fn sha256(text: &str) -> Sha256 {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    hash
}
