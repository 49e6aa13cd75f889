//! The permissions of the admin API, under the ids that manifests and scripts name them by.

use doorward_model::PermissionId;
use doorward_model::application::{AppRole, PermissionScope};
use uuid::{Uuid, uuid};

/// One permission: a delegated scope and an application permission of the same name.
#[derive(Debug, Clone, Copy)]
pub struct GraphPermission {
    /// Its name, for example `User.Read.All`.
    pub value: &'static str,
    /// Id of the scope.
    scope: Uuid,
    /// Id of the app role.
    role: Uuid,
}

impl GraphPermission {
    /// The scope.
    #[must_use]
    pub fn scope(&self) -> PermissionScope {
        PermissionScope::new(PermissionId(self.scope), self.value)
    }

    /// The app role.
    #[must_use]
    pub fn role(&self) -> AppRole {
        AppRole::new(PermissionId(self.role), self.value)
    }
}

/// Delegated scopes and application permissions of the admin API. Their ids are Microsoft Graph's (`Device.ReadWrite.All` as a scope and
/// `User.Read` as an app role have none there), because `requiredResourceAccess` in existing manifests holds them.
pub const GRAPH_PERMISSIONS: [GraphPermission; 30] = [
    GraphPermission {
        value: "User.Read",
        scope: uuid!("e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
        role: uuid!("41c082c2-6bd9-49ff-95a2-5d3a24280164"),
    },
    GraphPermission {
        value: "User.Read.All",
        scope: uuid!("a154be20-db9c-4678-8ab7-66f6cc099a59"),
        role: uuid!("df021288-bdef-4463-88db-98f22de89214"),
    },
    GraphPermission {
        value: "User.ReadWrite.All",
        scope: uuid!("204e0828-b5ca-4ad8-b9f3-f32a958e7cc4"),
        role: uuid!("741f803b-c850-494e-b5df-cde7c675a1ca"),
    },
    GraphPermission {
        value: "User.RevokeSessions.All",
        scope: uuid!("fc30e98b-8810-4501-81f5-c20a3196387b"),
        role: uuid!("77f3a031-c388-4f99-b373-dc68676a979e"),
    },
    GraphPermission {
        value: "UserAuthenticationMethod.Read.All",
        scope: uuid!("aec28ec7-4d02-4e8c-b864-50163aea77eb"),
        role: uuid!("38d9df27-64da-44fd-b7c5-a6fbac20248f"),
    },
    GraphPermission {
        value: "UserAuthenticationMethod.ReadWrite.All",
        scope: uuid!("b7887744-6746-4312-813d-72daeaee7e2d"),
        role: uuid!("50483e42-d915-4231-9639-7fdb7fd190e5"),
    },
    GraphPermission {
        value: "Group.Read.All",
        scope: uuid!("5f8c59db-677d-491f-a6b8-5f174b11ec1d"),
        role: uuid!("5b567255-7703-4780-807c-7be8301ae99b"),
    },
    GraphPermission {
        value: "Group.ReadWrite.All",
        scope: uuid!("4e46008b-f24c-477d-8fff-7bb4ec7aafe0"),
        role: uuid!("62a82d76-70ea-41e2-9197-370581804d09"),
    },
    GraphPermission {
        value: "Application.Read.All",
        scope: uuid!("c79f8feb-a9db-4090-85f9-90d820caa0eb"),
        role: uuid!("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
    },
    GraphPermission {
        value: "Application.ReadWrite.All",
        scope: uuid!("bdfbf15f-ee85-4955-8675-146e8e5296b5"),
        role: uuid!("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"),
    },
    GraphPermission {
        value: "AppRoleAssignment.ReadWrite.All",
        scope: uuid!("84bccea3-f856-4a8a-967b-dbe0a3d53a64"),
        role: uuid!("06b708a9-e830-4db3-a914-8e69da51d44f"),
    },
    GraphPermission {
        value: "Device.Read.All",
        scope: uuid!("951183d1-1a61-466f-a6d1-1fde911bfd95"),
        role: uuid!("7438b122-aefc-4978-80ed-43db9fcc7715"),
    },
    GraphPermission {
        value: "Device.ReadWrite.All",
        scope: uuid!("1a7b0d5c-c567-4a56-9e48-964cbe224578"),
        role: uuid!("1138cb37-bd11-4084-a2b7-9f71582aeddb"),
    },
    GraphPermission {
        value: "Directory.Read.All",
        scope: uuid!("06da0dbc-49e2-44d2-8312-53f166ab848a"),
        role: uuid!("7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
    },
    GraphPermission {
        value: "Directory.ReadWrite.All",
        scope: uuid!("c5366453-9fb0-48a5-a156-24f0c49a4b84"),
        role: uuid!("19dbc75e-c2e2-444c-a770-ec69d8559fc7"),
    },
    GraphPermission {
        value: "Organization.Read.All",
        scope: uuid!("4908d5b9-3fb2-4b1e-9336-1888b7937185"),
        role: uuid!("498476ce-e0fe-48b0-b801-37ba7e2685c6"),
    },
    GraphPermission {
        value: "Organization.ReadWrite.All",
        scope: uuid!("46ca0847-7e6b-426e-9775-ea810a948356"),
        role: uuid!("292d869f-3427-49a8-9dab-8c70152b74e9"),
    },
    GraphPermission {
        value: "Policy.Read.All",
        scope: uuid!("572fea84-0151-49b2-9301-11cb16974376"),
        role: uuid!("246dd0d5-5bd0-4def-940b-0421030a5b68"),
    },
    GraphPermission {
        value: "Policy.Read.ConditionalAccess",
        scope: uuid!("633e0fce-8c58-4cfb-9495-12bbd5a24f7c"),
        role: uuid!("37730810-e9ba-4e46-b07e-8ca78d182097"),
    },
    GraphPermission {
        value: "Policy.ReadWrite.ConditionalAccess",
        scope: uuid!("ad902697-1014-4ef5-81ef-2b4301988e8c"),
        role: uuid!("01c0a623-fc9b-48e9-b794-0756f8e8f067"),
    },
    GraphPermission {
        value: "DeviceManagementApps.Read.All",
        scope: uuid!("4edf5f54-4666-44af-9de9-0144fb4b6e8c"),
        role: uuid!("7a6ee1e7-141e-4cec-ae74-d9db155731ff"),
    },
    GraphPermission {
        value: "DeviceManagementApps.ReadWrite.All",
        scope: uuid!("7b3f05d5-f68c-4b8d-8c59-a2ecd12f24af"),
        role: uuid!("78145de6-330d-4800-a6ce-494ff2d33d07"),
    },
    GraphPermission {
        value: "DeviceManagementConfiguration.Read.All",
        scope: uuid!("f1493658-876a-4c87-8fa7-edb559b3476a"),
        role: uuid!("dc377aa6-52d8-4e23-b271-2a7ae04cedf3"),
    },
    GraphPermission {
        value: "DeviceManagementConfiguration.ReadWrite.All",
        scope: uuid!("0883f392-0a7a-443d-8c76-16a6d39c7b63"),
        role: uuid!("9241abd9-d0e6-425a-bd4f-47ba86e767a4"),
    },
    GraphPermission {
        value: "DeviceManagementManagedDevices.Read.All",
        scope: uuid!("314874da-47d6-4978-88dc-cf0d37f0bb82"),
        role: uuid!("2f51be20-0bb4-4fed-bf7b-db946066c75e"),
    },
    GraphPermission {
        value: "DeviceManagementManagedDevices.ReadWrite.All",
        scope: uuid!("44642bfe-8385-4adc-8fc6-fe3cb2c375c3"),
        role: uuid!("243333ab-4d21-40cb-a475-36241daa0842"),
    },
    GraphPermission {
        value: "AuditLog.Read.All",
        scope: uuid!("e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20"),
        role: uuid!("b0afded3-3588-46d8-8b3d-9842eff778da"),
    },
    GraphPermission {
        value: "RoleManagement.Read.All",
        scope: uuid!("48fec646-b2ba-4019-8681-8eb31435aded"),
        role: uuid!("c7fbd983-d9aa-4fa7-84b8-17382c103bc4"),
    },
    GraphPermission {
        value: "RoleManagement.Read.Directory",
        scope: uuid!("741c54c3-0c1e-44a1-818b-3f97ab4e8c83"),
        role: uuid!("483bed4a-2ad3-4361-a73b-c83ccdbdc53c"),
    },
    GraphPermission {
        value: "RoleManagement.ReadWrite.Directory",
        scope: uuid!("d01b97e9-cbc0-49fe-810a-750afd5527a3"),
        role: uuid!("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"),
    },
];
