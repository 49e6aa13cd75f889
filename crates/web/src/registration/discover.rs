//! Discovery (MS-DVRD): where the services of a domain are.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use doorward_service::{Context, resource, tenants};
use doorward_wire::drs::discover::{
    AuthenticationService, DeviceJoinService, Discovery, IdentityProviderService, KeyProvisioningService, NonceService, OAuthEndpoints,
    TenantInfo,
};

use super::error::RegistrationError;

/// `GET /{domain}/Discover`: by mail domain or tenant id.
pub(super) async fn get(State(ctx): State<Arc<Context>>, Path(domain): Path<String>) -> Result<Json<Discovery>, RegistrationError> {
    let tenant = tenants::resolve(&ctx, &domain, None).await?;
    let authority = ctx.authority(tenant.id);
    let resource = resource::DEVICE_REGISTRATION.to_string();
    let service = |name: &str| format!("{authority}/EnrollmentServer/{name}/");
    Ok(Json(Discovery {
        device_join_service: DeviceJoinService {
            join_endpoint: service("device"),
            join_resource_id: resource.clone(),
            service_version: "2.0".into(),
        },
        key_provisioning_service: KeyProvisioningService {
            key_provision_endpoint: service("key"),
            key_provision_resource_id: resource.clone(),
            service_version: "1.0".into(),
        },
        nonce_service: NonceService { endpoint: service("nonce"), resource_id: resource, service_version: "1.0".into() },
        authentication_service: AuthenticationService {
            oauth2: OAuthEndpoints {
                auth_code_endpoint: format!("{authority}/oauth2/authorize"),
                token_endpoint: format!("{authority}/oauth2/token"),
            },
        },
        identity_provider_service: IdentityProviderService { federated: false },
        tenant_info: TenantInfo {
            tenant_id: tenant.id,
            tenant_name: tenant.default_domain().unwrap_or_default().to_owned(),
            display_name: tenant.display_name.clone(),
        },
    }))
}
