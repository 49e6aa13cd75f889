//! The week before the demo, so that nobody's first look is at empty pages: made-up people and devices, real decisions. Each sign-in
//! goes through the same gathering, deciding and recording as a live one, by a clock that stands in the past.

mod cast;
mod managed;
mod plan;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::Context as _;
use doorward_model::clock::FixedClock;
use doorward_model::device::{Device, TrustType};
use doorward_model::group::{Group, Member};
use doorward_model::session::SessionKind;
use doorward_model::sign_in::ClientAppType;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{AppId, CorrelationId, DeviceId, ErrorCode, rng};
use doorward_phone::Body;
use doorward_service::access::{self, Subject};
use doorward_service::caller::Caller;
use doorward_service::directory::{self, Actor, NewUser};
use doorward_service::error::Error;
use doorward_service::mail::BUILT_IN_CLIENT;
use doorward_service::master_key::MasterKey;
use doorward_service::sign_in::session;
use doorward_service::{Context, client, resource};
use doorward_wire::hex;

use super::catalogue::{DESKTOP, DOMAIN, MAIL, MAIL_APP, OTHER_MAIL_APP, WEB_APP};
use cast::{CAST, Person, Way};
use plan::Visit;

/// The groups that decide how somebody may use mail.
pub(super) struct Groups<'a> {
    pub(super) by_app: &'a Group,
    pub(super) by_device: &'a Group,
}

/// The sign-in names of the people.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    CAST.iter().map(|person| person.login)
}

/// Makes the people, and lets them live through the week.
///
/// # Errors
/// Storage failure.
pub(super) async fn live(ctx: &Context, tenant: &Tenant, actor: &Actor, groups: &Groups<'_>, password: &str) -> anyhow::Result<()> {
    let mut players = Players::new();
    for person in &CAST {
        let user = hire(ctx, tenant, actor, groups, person, password).await?;
        players.insert(person.login, Player { user, device: None });
    }
    let week = plan::visits(ctx.now());
    let Some(first) = week.first() else { return Ok(()) };
    let clock = Arc::new(FixedClock::at(first.at));
    // Nothing is unwrapped or sealed here, so the key need not be the server's.
    let key = MasterKey::new(&rng::bytes(ctx.rng.as_ref()))?;
    let past = Context::new(ctx.store.clone(), clock.clone(), ctx.rng.clone(), key, ctx.base_url.clone(), 1)?;
    for visit in &week {
        clock.advance(visit.at.as_second() - past.now().as_second());
        let player = players.get_mut(visit.person.login).context("everybody in the plan is in the cast")?;
        if visit.way.has_device() && player.device.is_none() {
            player.device = Some(register(&past, tenant, player, visit).await?);
        }
        sign_in(&past, tenant, player, visit).await?;
    }
    past.sign_in_log.flush().await;
    managed::enrol(ctx, tenant, actor, groups.by_app, &players).await
}

/// The cast by sign-in name.
type Players = BTreeMap<&'static str, Player>;

/// Somebody of the cast, in the directory.
struct Player {
    user: User,
    device: Option<Device>,
}

async fn hire(ctx: &Context, tenant: &Tenant, actor: &Actor, groups: &Groups<'_>, person: &Person, password: &str) -> anyhow::Result<User> {
    let new = NewUser {
        user_principal_name: format!("{}@{DOMAIN}", person.login),
        display_name: person.display_name.into(),
        password: password.to_owned(),
        force_change_password: false,
        account_enabled: true,
        roles: Vec::new(),
    };
    let user = directory::create_user(ctx, tenant, actor, new).await?;
    let group = match person.body {
        Body::IPhone | Body::AndroidPhone => groups.by_app,
        Body::WindowsPc => groups.by_device,
    };
    directory::add_member(ctx, tenant.id, actor, group.id, Member::User(user.id)).await?;
    Ok(user)
}

/// A device whose key nobody holds: it shows in the directory and can do nothing.
async fn register(past: &Context, tenant: &Tenant, player: &Player, visit: &Visit) -> anyhow::Result<Device> {
    let body = visit.person.body;
    let (name, trust_type, owner) = match visit.way {
        Way::OfficePc => (format!("PC of {}", visit.person.display_name), TrustType::ServerAd, None),
        _ => (format!("Phone of {}", visit.person.display_name), TrustType::Workplace, Some(player.user.id)),
    };
    let device = Device {
        id: DeviceId::random(past.rng.as_ref()),
        display_name: name,
        operating_system: body.operating_system().into(),
        operating_system_version: body.version().into(),
        certificate_thumbprint: hex(&rng::bytes::<20>(past.rng.as_ref())).to_uppercase(),
        public_key_sha256: hex(&rng::bytes::<32>(past.rng.as_ref())),
        transport_key: None,
        account_enabled: true,
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type,
        owner,
        eas_device_id: None,
        registered: past.now(),
    };
    let mut unit = past.store.tenant(tenant.id).write().await?;
    unit.devices().create(&device).await?;
    unit.commit().await?;
    Ok(device)
}

/// One attempt, to its record.
async fn sign_in(past: &Context, tenant: &Tenant, player: &Player, visit: &Visit) -> anyhow::Result<()> {
    let Route { client: client_id, service, client_type, grant } = Route::of(visit.way);
    let caller = caller(past, visit);
    let mut unit = past.store.tenant(tenant.id).read().await?;
    let application = client::find(unit.as_mut(), &client_id.to_string()).await?;
    let login = &player.user.user_principal_name;
    if visit.has_wrong_password {
        let error = Error::refused(ErrorCode::INVALID_CREDENTIALS, "The account or password is incorrect.");
        let _shown = access::failed_factor(past, tenant, &caller, grant, &application, login, error).await;
        return Ok(());
    }
    let target = resource::find(unit.as_mut(), &service.to_string()).await?;
    let device = player.device.as_ref().filter(|_| visit.way.has_device());
    let session = session::begin(past, &player.user, SessionKind::Password, None, vec!["pwd".to_owned()]);
    let request = access::Request {
        client_type: Some(client_type),
        device,
        brokered: visit.way == Way::AppOnDevice,
        session: Some(&session),
        ..access::Request::new(grant, tenant, &caller, Subject::User(&player.user), &application, &target)
    };
    match access::require(past, unit.as_mut(), &request).await {
        Ok(attempt) => attempt.granted(past).await,
        // It is on record.
        Err(Error::Refused(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// What a way is in the terms of the authority.
struct Route {
    client: AppId,
    service: AppId,
    client_type: ClientAppType,
    grant: &'static str,
}

impl Route {
    fn of(way: Way) -> Self {
        let app = |client, grant| Self { client, service: MAIL, client_type: ClientAppType::MobileAppsAndDesktopClients, grant };
        match way {
            Way::AppAlone => app(MAIL_APP, "authorization_code"),
            Way::AppOnDevice => app(MAIL_APP, "refresh_token"),
            Way::OtherApp => app(OTHER_MAIL_APP, "authorization_code"),
            Way::OfficePc => app(DESKTOP, "refresh_token"),
            Way::HomePc => app(DESKTOP, "authorization_code"),
            Way::BuiltInMail => Self { client_type: ClientAppType::ExchangeActiveSync, ..app(BUILT_IN_CLIENT, "activeSync") },
            Way::Browser => {
                Self { client: WEB_APP, service: resource::GRAPH, client_type: ClientAppType::Browser, grant: "authorization_code" }
            }
        }
    }
}

fn caller(past: &Context, visit: &Visit) -> Caller {
    let agent = match (visit.way, visit.person.body) {
        (Way::BuiltInMail, Body::AndroidPhone) => "Android-Mail/2026.10",
        (Way::BuiltInMail, _) => "Apple-iPhone18C3/2301.55",
        (_, Body::IPhone) => "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15",
        (_, Body::AndroidPhone) => "Mozilla/5.0 (Linux; Android 16; Phone) AppleWebKit/537.36 Mobile Safari/537.36",
        (_, Body::WindowsPc) => "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    };
    // Addresses that are set aside for documentation (RFC 5737), one for each person.
    let place = CAST.iter().position(|person| person.login == visit.person.login).and_then(|place| u8::try_from(place).ok());
    let ip = IpAddr::V4(Ipv4Addr::new(198, 51, 100, place.unwrap_or_default().saturating_add(10)));
    Caller {
        ip,
        user_agent: agent.into(),
        client_sku: String::new(),
        broker_hint: visit.way == Way::AppOnDevice,
        answers_pkeyauth: false,
        in_system_browser: false,
        correlation_id: CorrelationId::random(past.rng.as_ref()),
    }
}
