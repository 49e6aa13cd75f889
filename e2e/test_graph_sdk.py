"""Ordinary administration with Microsoft's Graph SDK for Python and azure-identity, both as published, pointed at this server.

The one thing that is ours is where they are pointed, by the lines that docs/clients.md gives."""

import asyncio
import base64
import secrets
import threading
import uuid
from datetime import datetime, timedelta, timezone

import jwt
import pytest
import requests
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import RemovePasswordPostRequestBody
from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder
from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import GetByIdsPostRequestBody
from msgraph.generated.models.api_application import ApiApplication
from msgraph.generated.models.app_role import AppRole
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.authentication_context_class_reference import AuthenticationContextClassReference
from msgraph.generated.models.authentication_strength_policy import AuthenticationStrengthPolicy
from msgraph.generated.models.conditional_access_applications import ConditionalAccessApplications
from msgraph.generated.models.conditional_access_client_app import ConditionalAccessClientApp
from msgraph.generated.models.conditional_access_condition_set import ConditionalAccessConditionSet
from msgraph.generated.models.conditional_access_grant_control import ConditionalAccessGrantControl
from msgraph.generated.models.conditional_access_grant_controls import ConditionalAccessGrantControls
from msgraph.generated.models.conditional_access_locations import ConditionalAccessLocations
from msgraph.generated.models.conditional_access_policy import ConditionalAccessPolicy
from msgraph.generated.models.conditional_access_policy_state import ConditionalAccessPolicyState
from msgraph.generated.models.conditional_access_users import ConditionalAccessUsers
from msgraph.generated.models.country_named_location import CountryNamedLocation
from msgraph.generated.models.group import Group
from msgraph.generated.models.i_pv4_cidr_range import IPv4CidrRange
from msgraph.generated.models.ip_named_location import IpNamedLocation
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.implicit_grant_settings import ImplicitGrantSettings
from msgraph.generated.models.key_credential import KeyCredential
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.permission_scope import PermissionScope
from msgraph.generated.models.public_client_application import PublicClientApplication
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.required_resource_access import RequiredResourceAccess
from msgraph.generated.models.resource_access import ResourceAccess
from msgraph.generated.models.spa_application import SpaApplication
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.models.web_application import WebApplication
from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
    CheckMemberGroupsPostRequestBody,
)
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

import certificate
import recipes
from world import GRAPH

PERMISSIONS = [
    "Directory.ReadWrite.All",
    "Policy.ReadWrite.ConditionalAccess",
    "AuditLog.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
]


@pytest.fixture(scope="module")
def run():
    """Runs what the SDK promises, all of it in one loop, as an application would; in a thread of its own, as the browser's has a loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield lambda promised: asyncio.run_coroutine_threadsafe(promised, loop).result(timeout=60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def graph(world):
    """A client that acts for itself, with a registration and a secret that the administrator made."""
    app = world.new_application()
    world.give(app, PERMISSIONS)
    names = {"CLIENT_ID": app, "SECRET": world.new_secret(app), **world.names}
    credential = recipes.run("azure-identity for Python", **names)["credential"]
    yield recipes.run("Microsoft Graph SDK for Python", credential=credential, **names)["graph"]
    world.graph("DELETE", f"applications/{app}")


def unique(name: str) -> str:
    return f"{name} {secrets.token_hex(4)}"


def new_user(world) -> User:
    name = f"sdk-{secrets.token_hex(4)}"
    return User(
        account_enabled=True,
        display_name=unique("Sam"),
        mail_nickname=name,
        user_principal_name=f"{name}@{world.tenant_domain}",
        password_profile=PasswordProfile(password=secrets.token_urlsafe(16), force_change_password_next_sign_in=True),
    )


def asking(builder, **options) -> RequestConfiguration:
    parameters = {name: value for name, value in options.items() if name != "headers"}
    configuration = RequestConfiguration(query_parameters=builder(**parameters))
    for name, value in options.get("headers", {}).items():
        configuration.headers.add(name, value)
    return configuration


def test_users_are_made_found_changed_and_deleted(world, graph, run):
    async def scenario():
        made = await graph.users.post(new_user(world))
        query = asking(
            UsersRequestBuilder.UsersRequestBuilderGetQueryParameters,
            filter=f"startsWith(displayName,'{made.display_name}')",
            select=["id", "displayName"],
            count=True,
            headers={"ConsistencyLevel": "eventual"},
        )
        found = await graph.users.get(query)
        assert [user.id for user in found.value] == [made.id]
        assert found.odata_count == 1
        assert found.value[0].user_principal_name is None, "not selected"
        await graph.users.by_user_id(made.id).patch(User(display_name="Samira", account_enabled=False))
        changed = await graph.users.by_user_id(made.user_principal_name).get()
        assert (changed.display_name, changed.account_enabled) == ("Samira", False)
        assert datetime.now(timezone.utc) - changed.created_date_time < timedelta(minutes=5)
        await graph.users.by_user_id(made.id).delete()
        with pytest.raises(ODataError):
            await graph.users.by_user_id(made.id).get()

    run(scenario())


def test_groups_have_members_owners_and_groups_around_them(world, graph, run):
    async def scenario():
        user = await graph.users.post(new_user(world))
        groups = []
        for name in ("Inner", "Outer"):
            body = Group(display_name=unique(name), mail_enabled=False, mail_nickname="none", security_enabled=True, group_types=[])
            groups.append(await graph.groups.post(body))
        inner, outer = (graph.groups.by_group_id(group.id) for group in groups)
        await inner.members.ref.post(ReferenceCreate(odata_id=f"{world.base}/v1.0/directoryObjects/{user.id}"))
        await outer.members.ref.post(ReferenceCreate(odata_id=f"{world.base}/v1.0/groups/{groups[0].id}"))
        await inner.owners.ref.post(ReferenceCreate(odata_id=f"{world.base}/v1.0/users/{user.id}"))

        members = (await outer.members.get()).value
        assert [(type(member), member.id) for member in members] == [(Group, groups[0].id)]
        nested = (await outer.transitive_members.get()).value
        assert {(type(member), member.id) for member in nested} == {(Group, groups[0].id), (User, user.id)}
        assert [(type(owner), owner.id) for owner in (await inner.owners.get()).value] == [(User, user.id)]

        around = await graph.users.by_user_id(user.id).transitive_member_of.get()
        assert {group.id for group in around.value} == {group.id for group in groups}
        body = CheckMemberGroupsPostRequestBody(group_ids=[groups[1].id, "00000000-0000-4000-8000-000000000000"])
        assert (await graph.users.by_user_id(user.id).check_member_groups.post(body)).value == [groups[1].id]
        objects = await graph.directory_objects.get_by_ids.post(GetByIdsPostRequestBody(ids=[user.id, groups[0].id]))
        assert {type(one) for one in objects.value} == {User, Group}

        await inner.members.by_directory_object_id(user.id).ref.delete()
        await inner.owners.by_directory_object_id(user.id).ref.delete()
        assert (await inner.members.get()).value == []
        for group in (inner, outer):
            await group.delete()
        await graph.users.by_user_id(user.id).delete()

    run(scenario())


def test_an_application_is_registered_given_a_password_and_a_role_and_gets_a_token(world, graph, run):
    read, write = uuid.uuid4(), uuid.uuid4()
    uri = f"api://orders-{secrets.token_hex(4)}"
    der = base64.b64decode(certificate.make().der)

    async def scenario():
        made = await graph.applications.post(
            Application(
                display_name=unique("Orders"),
                sign_in_audience="AzureADMyOrg",
                identifier_uris=[uri],
                tags=["sales"],
                web=WebApplication(
                    redirect_uris=["https://orders.contoso.example/cb"],
                    home_page_url="https://orders.contoso.example",
                    implicit_grant_settings=ImplicitGrantSettings(enable_id_token_issuance=False),
                ),
                spa=SpaApplication(redirect_uris=["https://orders.contoso.example/app"]),
                public_client=PublicClientApplication(redirect_uris=["http://localhost"]),
                api=ApiApplication(
                    requested_access_token_version=2,
                    oauth2_permission_scopes=[
                        PermissionScope(
                            id=read,
                            value="Orders.Read",
                            type="User",
                            is_enabled=True,
                            admin_consent_display_name="Read orders",
                            admin_consent_description="Reads orders",
                        )
                    ],
                ),
                app_roles=[
                    AppRole(
                        id=write,
                        value="Writer",
                        display_name="Writer",
                        description="Writes orders",
                        is_enabled=True,
                        allowed_member_types=["Application"],
                    )
                ],
                required_resource_access=[
                    RequiredResourceAccess(
                        resource_app_id=GRAPH,
                        resource_access=[ResourceAccess(id=uuid.UUID("e1fe6dd8-ba31-4d61-89e7-88639da4683d"), type="Scope")],
                    )
                ],
                key_credentials=[KeyCredential(type="AsymmetricX509Cert", usage="Verify", key=der, display_name="CN=orders")],
            )
        )
        one = graph.applications.by_application_id(made.id)
        assert made.web.redirect_uris == ["https://orders.contoso.example/cb"]
        assert made.spa.redirect_uris == ["https://orders.contoso.example/app"]
        assert (made.api.oauth2_permission_scopes[0].id, made.app_roles[0].id) == (read, write)
        assert made.required_resource_access[0].resource_access[0].type == "Scope"
        assert made.key_credentials[0].end_date_time > datetime.now(timezone.utc)
        await one.patch(Application(web=WebApplication(home_page_url="https://orders.contoso.example/home"), tags=[]))
        changed = await one.get()
        assert (changed.web.home_page_url, changed.web.redirect_uris) == ("https://orders.contoso.example/home", made.web.redirect_uris)
        assert (changed.tags, changed.public_client.redirect_uris) == ([], ["http://localhost"])

        principal = await graph.service_principals_with_app_id(made.app_id).get()
        assert principal.oauth2_permission_scopes[0].value == "Orders.Read"
        assignments = graph.service_principals.by_service_principal_id(principal.id).app_role_assignments
        given = await assignments.post(
            AppRoleAssignment(principal_id=uuid.UUID(principal.id), resource_id=uuid.UUID(principal.id), app_role_id=write)
        )
        added = await one.add_password.post(AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="deploy")))
        fields = {"client_id": made.app_id, "client_secret": added.secret_text, "grant_type": "client_credentials"}
        ask = lambda: requests.post(f"{world.authority}/oauth2/v2.0/token", data={**fields, "scope": f"{uri}/.default"}, timeout=30)  # noqa: E731
        claims = jwt.decode(ask().json()["access_token"], options={"verify_signature": False})
        assert (claims["roles"], claims["aud"], claims["ver"]) == (["Writer"], made.app_id, "2.0")

        assert [(one.key_id, one.hint) for one in (await one.get()).password_credentials] == [(added.key_id, added.secret_text[:3])]
        await one.remove_password.post(RemovePasswordPostRequestBody(key_id=added.key_id))
        assert ask().status_code == 401
        await assignments.by_app_role_assignment_id(given.id).delete()
        assert (await assignments.get()).value == []
        with pytest.raises(ODataError) as refused:
            await one.patch(Application(group_membership_claims="All"))
        assert refused.value.error.message.startswith("groupMembershipClaims: ")
        await one.delete()

    run(scenario())


def test_policies_and_what_they_refer_to_are_made_changed_and_deleted(graph, run):
    async def scenario():
        access = graph.identity.conditional_access
        office = await access.named_locations.post(
            IpNamedLocation(display_name=unique("Office"), is_trusted=True, ip_ranges=[IPv4CidrRange(cidr_address="192.0.2.0/24")])
        )
        land = await access.named_locations.post(CountryNamedLocation(display_name="Land", countries_and_regions=["NL"]))
        read = await access.named_locations.by_named_location_id(office.id).get()
        assert isinstance(read, IpNamedLocation)
        assert [type(ip_range) for ip_range in read.ip_ranges] == [IPv4CidrRange]

        built_in = {strength.display_name for strength in (await access.authentication_strength.policies.get()).value}
        assert "Phishing-resistant MFA" in built_in
        await access.authentication_context_class_references.post(
            AuthenticationContextClassReference(id="c9", display_name="Pay", description="Pay slips", is_available=True)
        )

        policy = await access.policies.post(
            ConditionalAccessPolicy(
                display_name=unique("Office only"),
                state=ConditionalAccessPolicyState.Disabled,
                conditions=ConditionalAccessConditionSet(
                    users=ConditionalAccessUsers(include_users=["All"]),
                    applications=ConditionalAccessApplications(include_authentication_context_class_references=["c9"]),
                    client_app_types=[ConditionalAccessClientApp.All],
                    locations=ConditionalAccessLocations(include_locations=["All"], exclude_locations=[office.id, land.id]),
                ),
                grant_controls=ConditionalAccessGrantControls(
                    operator="OR",
                    built_in_controls=[],
                    authentication_strength=AuthenticationStrengthPolicy(id="00000000-0000-0000-0000-000000000004"),
                ),
            )
        )
        one = access.policies.by_conditional_access_policy_id(policy.id)
        block = ConditionalAccessGrantControls(operator="OR", built_in_controls=[ConditionalAccessGrantControl.Block])
        await one.patch(ConditionalAccessPolicy(display_name="Blocked", grant_controls=block))
        read = await one.get()
        assert read.display_name == "Blocked"
        assert read.grant_controls.built_in_controls == [ConditionalAccessGrantControl.Block]
        assert read.conditions.locations.exclude_locations == [office.id, land.id]
        await one.delete()
        for location in (office, land):
            await access.named_locations.by_named_location_id(location.id).delete()
        await access.authentication_context_class_references.by_authentication_context_class_reference_id("c9").delete()

    run(scenario())


def test_devices_are_found_by_device_id_and_lead_to_their_owner(graph, run):
    async def scenario():
        phone = next(device for device in (await graph.devices.get()).value if device.operating_system == "iOS")
        same = await graph.devices_with_device_id(phone.device_id).get()
        assert same.id == phone.id
        owners = (await graph.devices.by_device_id(phone.id).registered_owners.get()).value
        assert [type(owner) for owner in owners] == [User]
        users = (await graph.devices.by_device_id(phone.id).registered_users.get()).value
        assert [user.id for user in users] == [owner.id for owner in owners]

    run(scenario())


def test_a_role_is_given_and_taken(world, graph, run):
    async def scenario():
        user = await graph.users.post(new_user(world))
        reader = "5d6b6bb7-de71-4623-b4af-96380a352509"
        roles = graph.role_management.directory
        given = await roles.role_assignments.post(
            UnifiedRoleAssignment(principal_id=user.id, role_definition_id=reader, directory_scope_id="/")
        )
        assert (await roles.role_definitions.by_unified_role_definition_id(reader).get()).display_name == "Security Reader"
        await roles.role_assignments.by_unified_role_assignment_id(given.id).delete()
        await graph.users.by_user_id(user.id).delete()

    run(scenario())


def test_the_sign_in_log_is_filtered_and_read_page_by_page(world, graph, run):
    async def scenario():
        app = world.application("Contoso Mail").id
        query = asking(
            SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters, filter=f"appId eq '{app}'", top=3, count=True
        )
        first = await graph.audit_logs.sign_ins.get(query)
        assert len(first.value) == 3
        assert first.odata_next_link
        seen = []

        def keep(sign_in) -> bool:
            seen.append(sign_in)
            return len(seen) < 8

        await PageIterator(first, graph.request_adapter).iterate(keep)
        assert len({sign_in.id for sign_in in seen}) == 8
        assert {sign_in.app_id for sign_in in seen} == {app}
        times = [sign_in.created_date_time for sign_in in seen]
        assert times == sorted(times, reverse=True)
        assert seen[0].status.error_code is not None
        assert seen[0].applied_conditional_access_policies is not None

    run(scenario())


def test_a_batch_answers_each_request(graph, run):
    async def scenario():
        batch = BatchRequestContent()
        users = graph.users.to_get_request_information()
        missing = graph.groups.by_group_id("00000000-0000-4000-8000-000000000000").to_get_request_information()
        batch.add_request("users", BatchRequestItem(users, "users"))
        batch.add_request("missing", BatchRequestItem(missing, "missing"))
        answers = await graph.batch.post(batch)
        statuses = {answer: answers.get_response_by_id(answer).status for answer in ("users", "missing")}
        assert statuses == {"users": 200, "missing": 404}

    run(scenario())


def test_a_change_of_something_changed_since_is_refused(world, graph, run):
    async def scenario():
        user = await graph.users.post(new_user(world))
        etag = world.graph("GET", f"users/{user.id}").headers["ETag"]
        stale = RequestConfiguration()
        stale.headers.add("If-Match", etag)
        one = graph.users.by_user_id(user.id)
        await one.patch(User(display_name="First"), stale)
        with pytest.raises(ODataError) as refused:
            await one.patch(User(display_name="Second"), stale)
        assert refused.value.response_status_code == 412
        assert refused.value.error.code == "resourceModified"
        await one.delete()

    run(scenario())


@pytest.mark.parametrize(
    ("path", "status", "code", "says"),
    [
        (lambda graph: graph.groups.by_group_id("00000000-0000-4000-8000-000000000000"), 404, "Request_ResourceNotFound", "does not exist"),
        (lambda graph: graph.device_app_management.managed_app_policies, 403, "Authorization_RequestDenied", "DeviceManagementApps"),
    ],
)
def test_a_refusal_arrives_as_the_error_of_the_sdk(graph, run, path, status, code, says):
    async def scenario():
        with pytest.raises(ODataError) as refused:
            await path(graph).get()
        assert refused.value.response_status_code == status
        assert refused.value.error.code == code
        assert says in refused.value.error.message
        assert refused.value.error.inner_error.request_id

    run(scenario())
