//! Every operation of the API. A new route belongs here too.

use doorward_service::directory::Task;
use doorward_service::directory::Task::*;

/// One method of one path.
pub(super) struct Operation {
    /// In lower case, as OpenAPI names it.
    pub(super) method: &'static str,
    /// Below the version, in the spelling that is published.
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    pub(super) answer: Answer,
    /// Schema of the body.
    pub(super) body: Option<&'static str>,
    /// The body may be left out.
    pub(super) body_optional: bool,
    pub(super) options: Options,
    /// What a caller must be allowed to do.
    pub(super) tasks: &'static [Task],
    /// Parameters of the path that are GUIDs.
    pub(super) uuids: &'static [&'static str],
    /// `If-Match` is understood.
    pub(super) tagged: bool,
    /// The answer has an `ETag`.
    pub(super) gives_tag: bool,
}

/// What is answered when all is well, with the name of its schema.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    List(&'static str),
    One(&'static str),
    Created(&'static str),
    Number,
    Nothing,
}

/// The query options that are understood.
#[derive(Clone, Copy)]
pub(super) enum Options {
    None,
    Select,
    /// Where a page begins and ends.
    Pages,
    /// All but `$search`.
    InMemory,
    All,
    Count,
    CountInMemory,
}

const fn operation(method: &'static str, path: &'static str, summary: &'static str, answer: Answer, tasks: &'static [Task]) -> Operation {
    Operation {
        method,
        path,
        summary,
        answer,
        body: None,
        body_optional: false,
        options: Options::None,
        tasks,
        uuids: &[],
        tagged: false,
        gives_tag: false,
    }
}

const fn list(path: &'static str, summary: &'static str, schema: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { options: Options::All, ..operation("get", path, summary, Answer::List(schema), tasks) }
}

const fn count(path: &'static str, summary: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { options: Options::Count, ..operation("get", path, summary, Answer::Number, tasks) }
}

const fn one(path: &'static str, summary: &'static str, schema: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { options: Options::Select, ..operation("get", path, summary, Answer::One(schema), tasks) }
}

const fn make(path: &'static str, summary: &'static str, body: &'static str, schema: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { body: Some(body), gives_tag: true, ..operation("post", path, summary, Answer::Created(schema), tasks) }
}

const fn change(path: &'static str, summary: &'static str, body: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { body: Some(body), tagged: true, ..operation("patch", path, summary, Answer::Nothing, tasks) }
}

const fn remove(path: &'static str, summary: &'static str, tasks: &'static [Task]) -> Operation {
    operation("delete", path, summary, Answer::Nothing, tasks)
}

/// A question that needs a body.
const fn ask(path: &'static str, summary: &'static str, body: &'static str, schema: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { body: Some(body), ..operation("post", path, summary, Answer::One(schema), tasks) }
}

/// An action with a body.
const fn act(path: &'static str, summary: &'static str, body: &'static str, tasks: &'static [Task]) -> Operation {
    Operation { body: Some(body), ..operation("post", path, summary, Answer::Nothing, tasks) }
}

impl Operation {
    const fn understands(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// These parameters of the path are GUIDs.
    const fn by(mut self, uuids: &'static [&'static str]) -> Self {
        self.uuids = uuids;
        self
    }

    const fn or_without_body(mut self) -> Self {
        self.body_optional = true;
        self
    }

    const fn tagged(mut self) -> Self {
        self.tagged = true;
        self
    }

    const fn gives_tag(mut self) -> Self {
        self.gives_tag = true;
        self
    }

    const fn without_tag(mut self) -> Self {
        self.tagged = false;
        self.gives_tag = false;
        self
    }
}

const ID: &[&str] = &["id"];
const EVERY_KIND: &[Task] = &[ReadUsers, ReadGroups, ReadDevices, ReadApplications];

/// The operations of a collection of documents.
macro_rules! documents {
    ($path:literal, $what:literal, $one:literal, $change:literal, $read:ident, $manage:ident) => {
        [
            list($path, concat!("List ", $what), $one, &[$read]).understands(Options::InMemory),
            count(concat!($path, "/$count"), concat!("Count ", $what), &[$read]).understands(Options::CountInMemory),
            make($path, concat!("Add one to ", $what), $one, $one, &[$manage]),
            one(concat!($path, "/{id}"), concat!("Read one of ", $what), $one, &[$read]).gives_tag(),
            change(concat!($path, "/{id}"), concat!("Change one of ", $what), $change, &[$manage]),
            remove(concat!($path, "/{id}"), concat!("Delete one of ", $what), &[$manage]).tagged(),
        ]
    };
}

/// The operations of the app protection policies of one platform.
macro_rules! protections {
    ($path:literal, $what:literal) => {
        [
            list(concat!($path, "/{id}/apps"), concat!("List the apps of one of ", $what), "managedMobileApp", &[ReadProtection])
                .understands(Options::InMemory),
            list(concat!($path, "/{id}/assignments"), concat!("List whom one of ", $what, " is for"), "assignment", &[ReadProtection])
                .understands(Options::InMemory),
            act(concat!($path, "/{id}/assign"), concat!("Say whom one of ", $what, " is for"), "assign", &[ManageProtection]).tagged(),
            act(concat!($path, "/{id}/targetApps"), concat!("Say for which apps one of ", $what, " is"), "targetApps", &[ManageProtection])
                .tagged(),
        ]
    };
}

pub(super) const OPERATIONS: Operations = Operations(&[
    &[
        operation("post", "/$batch", "Send up to 20 requests in one", Answer::One("batchAnswer"), &[]).takes("batch"),
        one("/me", "Read oneself", "user", &[ReadSelf]).gives_tag(),
        list("/me/memberOf", "List one's own groups", "directoryObject", &[ReadSelf]),
        list("/me/transitiveMemberOf", "List one's own groups, with those around them", "directoryObject", &[ReadSelf]),
        ask("/me/getMemberGroups", "Ids of all of one's own groups", "getMemberGroups", "ids", &[ReadSelf]),
        ask("/me/checkMemberGroups", "Which of some groups one is in", "checkMemberGroups", "ids", &[ReadSelf]),
    ],
    &[
        list("/users", "List users", "user", &[ReadUsers]),
        count("/users/$count", "Count users", &[ReadUsers]),
        make("/users", "Make a user", "newUser", "user", &[ManageUsers]),
        one("/users/{id}", "Read a user, by id or sign-in name", "user", &[ReadUsers]).gives_tag(),
        change("/users/{id}", "Change a user", "userChange", &[ManageUsers]),
        remove("/users/{id}", "Delete a user with everything issued to it", &[ManageUsers]).tagged(),
        list("/users/{id}/memberOf", "List the groups of a user", "directoryObject", &[ReadUsers, ReadGroups]),
        list(
            "/users/{id}/transitiveMemberOf",
            "List the groups of a user, with those around them",
            "directoryObject",
            &[ReadUsers, ReadGroups],
        ),
        ask("/users/{id}/getMemberGroups", "Ids of all groups of a user", "getMemberGroups", "ids", &[ReadUsers, ReadGroups]),
        ask("/users/{id}/checkMemberGroups", "Which of some groups a user is in", "checkMemberGroups", "ids", &[ReadUsers, ReadGroups]),
        list("/users/{id}/ownedDevices", "List the devices of a user", "directoryObject", &[ReadUsers, ReadDevices]),
        operation("post", "/users/{id}/revokeSignInSessions", "End all sessions of a user", Answer::One("flag"), &[RevokeSessions]),
        list("/users/{id}/authentication/methods", "List the ways in which a user can sign in", "authenticationMethod", &[ReadMethods])
            .understands(Options::InMemory),
        remove("/users/{id}/authentication/methods/{method}", "Remove a second factor", &[ManageMethods]),
        remove("/users/{id}/authentication/fido2Methods/{method}", "Remove a passkey", &[ManageMethods]),
        remove("/users/{id}/authentication/softwareOathMethods/{method}", "Remove an authenticator app", &[ManageMethods]),
        remove("/users/{id}/authentication/windowsHelloForBusinessMethods/{method}", "Remove the key of a computer", &[ManageMethods]),
        list("/users/{id}/managedAppRegistrations", "List the protected apps of a user", "managedAppRegistration", &[ReadProtection])
            .understands(Options::InMemory),
        act(
            "/users/{id}/wipeManagedAppRegistrationsByDeviceTag",
            "Wipe the protected apps of a user on one phone",
            "wipe",
            &[ManageProtection],
        ),
        act("/users/{id}/wipeManagedAppRegistrationByDeviceTag", "The same by its other name", "wipe", &[ManageProtection]),
    ],
    &[
        list("/groups", "List groups", "group", &[ReadGroups]),
        count("/groups/$count", "Count groups", &[ReadGroups]),
        make("/groups", "Make a security group", "newGroup", "group", &[ManageGroups]),
        one("/groups/{id}", "Read a group", "group", &[ReadGroups]).by(ID).gives_tag(),
        change("/groups/{id}", "Change a group", "groupChange", &[ManageGroups]).by(ID),
        remove("/groups/{id}", "Delete a group", &[ManageGroups]).by(ID).tagged(),
        list("/groups/{id}/members", "List the members of a group", "directoryObject", &[ReadGroups]).by(ID).understands(Options::Pages),
        list("/groups/{id}/transitiveMembers", "List the members of a group and of the groups in it", "directoryObject", &[ReadGroups])
            .by(ID)
            .understands(Options::Pages),
        act("/groups/{id}/members/$ref", "Add a member", "reference", &[ManageGroups]).by(ID),
        remove("/groups/{id}/members/{member}/$ref", "Remove a member", &[ManageGroups]).by(&["id", "member"]),
        list("/groups/{id}/owners", "List the owners of a group", "directoryObject", &[ReadGroups]).by(ID),
        act("/groups/{id}/owners/$ref", "Add an owner", "reference", &[ManageGroups]).by(ID),
        remove("/groups/{id}/owners/{owner}/$ref", "Remove an owner", &[ManageGroups]).by(&["id", "owner"]),
        list("/groups/{id}/memberOf", "List the groups that a group is in", "directoryObject", &[ReadGroups]).by(ID),
        list(
            "/groups/{id}/transitiveMemberOf",
            "List the groups that a group is in, with those around them",
            "directoryObject",
            &[ReadGroups],
        )
        .by(ID),
        ask("/groups/{id}/getMemberGroups", "Ids of all groups that a group is in", "getMemberGroups", "ids", &[ReadGroups]).by(ID),
        ask("/groups/{id}/checkMemberGroups", "Which of some groups a group is in", "checkMemberGroups", "ids", &[ReadGroups]).by(ID),
    ],
    &[
        ask("/directoryObjects/getByIds", "Read objects of any kind", "getByIds", "directoryObjects", EVERY_KIND),
        one("/directoryObjects/{id}", "Read an object of any kind", "directoryObject", EVERY_KIND).by(ID),
        ask("/directoryObjects/{id}/getMemberGroups", "Ids of all groups of a user or group", "getMemberGroups", "ids", EVERY_KIND).by(ID),
        ask(
            "/directoryObjects/{id}/checkMemberGroups",
            "Which of some groups a user or group is in",
            "checkMemberGroups",
            "ids",
            EVERY_KIND,
        )
        .by(ID),
    ],
    &[
        list("/applications", "List applications", "application", &[ReadApplications]),
        count("/applications/$count", "Count applications", &[ReadApplications]),
        make("/applications", "Register an application", "newApplication", "application", &[ManageApplications]),
        one("/applications/{id}", "Read a registration", "application", &[ReadApplications]).by(ID).gives_tag(),
        change("/applications/{id}", "Change a registration", "applicationChange", &[ManageApplications]).by(ID),
        remove("/applications/{id}", "Delete a registration", &[ManageApplications]).by(ID).tagged(),
        ask("/applications/{id}/addPassword", "Make a client secret", "newSecret", "secret", &[ManageApplications])
            .by(ID)
            .or_without_body(),
        act("/applications/{id}/removePassword", "Remove a client secret", "secretId", &[ManageApplications]).by(ID),
        list("/servicePrincipals", "List applications as the tenant sees them", "servicePrincipal", &[ReadApplications]),
        count("/servicePrincipals/$count", "Count them", &[ReadApplications]),
        one("/servicePrincipals/{id}", "Read one of them", "servicePrincipal", &[ReadApplications]).by(ID),
        list("/servicePrincipals/{id}/endpoints", "Find where the parts of a service are", "endpoint", &[ReadSelf])
            .by(ID)
            .understands(Options::InMemory),
        list("/servicePrincipals/{id}/appRoleAssignments", "App roles it holds", "appRoleAssignment", &[ReadApplications])
            .by(ID)
            .understands(Options::InMemory),
        make(
            "/servicePrincipals/{id}/appRoleAssignments",
            "Give it an app role",
            "newAppRoleAssignment",
            "appRoleAssignment",
            &[GrantPermissions],
        )
        .by(ID)
        .without_tag(),
        remove("/servicePrincipals/{id}/appRoleAssignments/{assignment}", "Take an app role from it", &[GrantPermissions]).by(ID),
        list("/servicePrincipals/{id}/appRoleAssignedTo", "Who holds its app roles", "appRoleAssignment", &[ReadApplications])
            .by(ID)
            .understands(Options::InMemory),
        make(
            "/servicePrincipals/{id}/appRoleAssignedTo",
            "Give one of its app roles",
            "newAppRoleAssignment",
            "appRoleAssignment",
            &[GrantPermissions],
        )
        .by(ID)
        .without_tag(),
        remove("/servicePrincipals/{id}/appRoleAssignedTo/{assignment}", "Take one of its app roles", &[GrantPermissions]).by(ID),
    ],
    &[
        list("/devices", "List devices", "device", &[ReadDevices]),
        count("/devices/$count", "Count devices", &[ReadDevices]),
        make("/devices", "Make a domain-joined PC", "newDevice", "device", &[ManageDevices]),
        one("/devices/{id}", "Read a device", "device", &[ReadDevices]).by(ID).gives_tag(),
        change("/devices/{id}", "Change a device", "deviceChange", &[SetDeviceState]).by(ID),
        remove("/devices/{id}", "Delete a device", &[ManageDevices]).by(ID).tagged(),
        list("/devices/{id}/registeredOwners", "Whose device it is", "directoryObject", &[ReadDevices, ReadUsers])
            .by(ID)
            .understands(Options::Select),
        list("/devices/{id}/registeredUsers", "Who uses it, which is the same person", "directoryObject", &[ReadDevices, ReadUsers])
            .by(ID)
            .understands(Options::Select),
    ],
    &[
        list("/organization", "Read the settings of the tenant", "organization", &[ReadOrganization]).understands(Options::Select),
        change("/organization", "Change the settings of the tenant", "organizationChange", &[ManageOrganization]).without_tag(),
        list("/roleManagement/directory/roleDefinitions", "List roles", "roleDefinition", &[ReadRoles]).understands(Options::InMemory),
        one("/roleManagement/directory/roleDefinitions/{id}", "Read a role", "roleDefinition", &[ReadRoles]).by(ID),
        list("/roleManagement/directory/roleAssignments", "List who holds which role", "roleAssignment", &[ReadRoles])
            .understands(Options::InMemory),
        make("/roleManagement/directory/roleAssignments", "Give a role", "newRoleAssignment", "roleAssignment", &[ManageRoles])
            .without_tag(),
        one("/roleManagement/directory/roleAssignments/{id}", "Read who holds a role", "roleAssignment", &[ReadRoles]),
        remove("/roleManagement/directory/roleAssignments/{id}", "Take a role", &[ManageRoles]),
    ],
    &documents!(
        "/identity/conditionalAccess/policies",
        "conditional access policies",
        "conditionalAccessPolicy",
        "anything",
        ReadAccess,
        ManageAccess
    ),
    &[ask("/identity/conditionalAccess/evaluate", "What would apply to a sign-in", "whatIf", "whatIfAnswer", &[ReadAccess])],
    &documents!("/identity/conditionalAccess/namedLocations", "named locations", "namedLocation", "anything", ReadAccess, ManageAccess),
    &documents!(
        "/identity/conditionalAccess/authenticationStrength/policies",
        "authentication strengths",
        "authenticationStrengthPolicy",
        "anything",
        ReadAccess,
        ManageAccess
    ),
    &documents!(
        "/identity/conditionalAccess/authenticationContextClassReferences",
        "authentication contexts",
        "authenticationContextClassReference",
        "anything",
        ReadAccess,
        ManageAccess
    ),
    &documents!(
        "/policies/authenticationStrengthPolicies",
        "authentication strengths",
        "authenticationStrengthPolicy",
        "anything",
        ReadAccess,
        ManageAccess
    ),
    &documents!("/doorward/servicePolicies", "service policies", "servicePolicy", "anything", ReadAccess, ManageAccess),
    &documents!(
        "/deviceAppManagement/managedAppPolicies",
        "app protection policies",
        "managedAppPolicy",
        "anything",
        ReadProtection,
        ManageProtection
    ),
    &documents!(
        "/deviceAppManagement/iosManagedAppProtections",
        "app protection policies for iOS",
        "managedAppPolicy",
        "anything",
        ReadProtection,
        ManageProtection
    ),
    &protections!("/deviceAppManagement/iosManagedAppProtections", "app protection policies for iOS"),
    &documents!(
        "/deviceAppManagement/androidManagedAppProtections",
        "app protection policies for Android",
        "managedAppPolicy",
        "anything",
        ReadProtection,
        ManageProtection
    ),
    &protections!("/deviceAppManagement/androidManagedAppProtections", "app protection policies for Android"),
    &[
        list("/users/{id}/getManagedAppPolicies()", "List the app protection policies for a user", "managedAppPolicy", &[ReadProtection])
            .understands(Options::InMemory),
        list(
            "/users/{id}/getManagedAppDiagnosticStatuses()",
            "Test what keeps the apps of a user from being protected",
            "managedAppDiagnosticStatus",
            &[ReadProtection],
        )
        .understands(Options::InMemory),
        list(
            "/deviceAppManagement/managedAppRegistrations/getUserIdsWithFlaggedAppRegistration()",
            "List the users with a flagged device",
            "userId",
            &[ReadProtection],
        )
        .understands(Options::Pages),
        list(
            "/deviceAppManagement/managedAppRegistrations/{id}/appliedPolicies",
            "List the policies that the app says it enforces",
            "managedAppPolicy",
            &[ReadProtection],
        )
        .understands(Options::InMemory),
        list(
            "/deviceAppManagement/managedAppRegistrations/{id}/intendedPolicies",
            "List the policies that the app should enforce",
            "managedAppPolicy",
            &[ReadProtection],
        )
        .understands(Options::InMemory),
    ],
    &[
        one("/deviceManagement", "Read the settings of device compliance", "deviceManagement", &[ReadCompliance]).gives_tag(),
        Operation {
            answer: Answer::One("deviceManagement"),
            ..change("/deviceManagement", "Change them", "deviceManagementChange", &[ManageCompliance])
        },
        one("/deviceManagement/settings", "Read the settings alone", "deviceManagementSettings", &[ReadCompliance]).gives_tag(),
        one(
            "/deviceManagement/deviceCompliancePolicyDeviceStateSummary",
            "How many devices are in which state",
            "summary",
            &[ReadManagedDevices],
        ),
        list("/deviceManagement/deviceCompliancePolicies", "List compliance policies", "deviceCompliancePolicy", &[ReadCompliance])
            .understands(Options::InMemory),
        count("/deviceManagement/deviceCompliancePolicies/$count", "Count compliance policies", &[ReadCompliance])
            .understands(Options::CountInMemory),
        make(
            "/deviceManagement/deviceCompliancePolicies",
            "Make a compliance policy",
            "deviceCompliancePolicy",
            "deviceCompliancePolicy",
            &[ManageCompliance],
        ),
        one("/deviceManagement/deviceCompliancePolicies/{id}", "Read a compliance policy", "deviceCompliancePolicy", &[ReadCompliance])
            .gives_tag(),
        Operation {
            answer: Answer::One("deviceCompliancePolicy"),
            gives_tag: true,
            ..change("/deviceManagement/deviceCompliancePolicies/{id}", "Change a compliance policy", "anything", &[ManageCompliance])
        },
        remove("/deviceManagement/deviceCompliancePolicies/{id}", "Delete a compliance policy", &[ManageCompliance]).tagged(),
        list("/deviceManagement/deviceCompliancePolicies/{id}/assignments", "List whom it is for", "assignment", &[ReadCompliance])
            .understands(Options::InMemory),
        ask("/deviceManagement/deviceCompliancePolicies/{id}/assign", "Say whom it is for", "assign", "assigned", &[ManageCompliance])
            .tagged(),
        list(
            "/deviceManagement/deviceCompliancePolicies/{id}/scheduledActionsForRule",
            "List what happens to a device that does not comply",
            "scheduledActions",
            &[ReadCompliance],
        )
        .understands(Options::InMemory),
        act(
            "/deviceManagement/deviceCompliancePolicies/{id}/scheduleActionsForRules",
            "Say what happens to a device that does not comply",
            "scheduleActions",
            &[ManageCompliance],
        )
        .tagged(),
        list(
            "/deviceManagement/deviceCompliancePolicies/{id}/deviceStatuses",
            "List how devices stand to it",
            "deviceStatus",
            &[ReadCompliance, ReadManagedDevices],
        )
        .understands(Options::InMemory),
        one(
            "/deviceManagement/deviceCompliancePolicies/{id}/deviceStatusOverview",
            "How many devices stand to it in which way",
            "summary",
            &[ReadCompliance],
        ),
        list("/deviceManagement/managedDevices", "List managed devices", "managedDevice", &[ReadManagedDevices]),
        count("/deviceManagement/managedDevices/$count", "Count managed devices", &[ReadManagedDevices]),
        make("/deviceManagement/managedDevices", "Put a device under management", "enrolment", "managedDevice", &[ManageManagedDevices]),
        one("/deviceManagement/managedDevices/{id}", "Read a managed device", "managedDevice", &[ReadManagedDevices]).by(ID).gives_tag(),
        remove("/deviceManagement/managedDevices/{id}", "Forget what management knows of a device", &[ManageManagedDevices])
            .by(ID)
            .tagged(),
        list(
            "/deviceManagement/managedDevices/{id}/deviceCompliancePolicyStates",
            "List how a device stands to each policy",
            "policyState",
            &[ReadManagedDevices],
        )
        .by(ID)
        .understands(Options::InMemory),
        ask("/deviceManagement/managedDevices/{id}/report", "Report facts of a device", "report", "reportAnswer", &[ManageManagedDevices])
            .by(ID),
        operation(
            "post",
            "/deviceManagement/managedDevices/{id}/retire",
            "End the management of a device",
            Answer::Nothing,
            &[ManageManagedDevices],
        )
        .by(ID)
        .tagged(),
    ],
    &[
        list("/deviceAppManagement/managedAppRegistrations", "List protected apps on phones", "managedAppRegistration", &[ReadProtection])
            .understands(Options::InMemory),
        one("/deviceAppManagement/managedAppRegistrations/{id}", "Read one of them", "managedAppRegistration", &[ReadProtection]),
        list(
            "/deviceAppManagement/managedAppRegistrations/{id}/operations",
            "What the app is asked to do",
            "managedAppOperation",
            &[ReadProtection],
        )
        .understands(Options::InMemory),
        remove(
            "/deviceAppManagement/managedAppRegistrations/{id}/operations/{operation}",
            "Take back what is pending",
            &[ManageProtection],
        ),
    ],
    &[
        list("/auditLogs/signIns", "List sign-ins, newest first", "signIn", &[ReadLogs]),
        count("/auditLogs/signIns/$count", "Count sign-ins", &[ReadLogs]),
        one("/auditLogs/signIns/{id}", "Read a sign-in", "signIn", &[ReadLogs]).by(ID),
        list("/auditLogs/directoryAudits", "List changes of the directory, newest first", "directoryAudit", &[ReadLogs]),
        count("/auditLogs/directoryAudits/$count", "Count changes", &[ReadLogs]),
        one("/auditLogs/directoryAudits/{id}", "Read a change", "directoryAudit", &[ReadLogs]).by(ID),
    ],
]);

/// Operations by resource.
pub(super) struct Operations(&'static [&'static [Operation]]);

impl IntoIterator for Operations {
    type Item = &'static Operation;
    type IntoIter = std::iter::Flatten<std::iter::Copied<std::slice::Iter<'static, &'static [Operation]>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied().flatten()
    }
}

impl Operation {
    const fn takes(mut self, body: &'static str) -> Self {
        self.body = Some(body);
        self
    }
}
