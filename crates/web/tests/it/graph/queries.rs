//! Lists as SDKs ask for them: filters, orders, pages, counts, searches, selections.

use axum::http::{Method, StatusCode};
use doorward_model::group::{Group, Member};
use doorward_model::user::{User, UserType};
use doorward_model::{GroupId, UserId};
use doorward_wire::odata::{self, Comparison, Expression, Literal, Property};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rstest::rstest;
use serde_json::{Value, json};

use super::{SCOPE, policy};
use crate::world::World;

/// A world with twelve more users, whose names are of few letters so that random filters meet them.
async fn peopled() -> (World, String) {
    let world = World::new().await;
    let token = world.access_token(&world.admin, SCOPE).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    for number in 0..12_u32 {
        let name: String = ["a", "B", "ä", "%", "_", "'", "\\", "ab"][(number % 8) as usize].repeat(1 + (number / 8) as usize);
        world.clock.advance(1);
        let user = User {
            id: UserId::random(world.ctx.rng.as_ref()),
            user_principal_name: format!("u{number}@contoso.example"),
            display_name: name,
            account_enabled: !number.is_multiple_of(3),
            user_type: if number.is_multiple_of(4) { UserType::Guest } else { UserType::Member },
            created: world.ctx.now(),
            ..world.anna.clone()
        };
        unit.users().create(&user).await.unwrap();
    }
    unit.commit().await.unwrap();
    (world, token)
}

async fn ask(world: &World, token: &str, path: &str, pairs: &[(&str, &str)]) -> Value {
    let query = serde_urlencoded::to_string(pairs).unwrap();
    let answer = world.json(Method::GET, &format!("/v1.0/{path}?{query}"), token, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{path} {pairs:?}: {}", answer.body);
    answer.json()
}

fn names(answer: &Value, member: &str) -> Vec<String> {
    answer["value"].as_array().unwrap().iter().map(|object| object[member].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_one_another_by_their_links_and_are_the_whole_list() {
    let (world, token) = peopled().await;
    for order in ["displayName", "displayName desc", "createdDateTime desc", "id", "accountEnabled"] {
        let whole = ask(&world, &token, "users", &[("$orderby", order)]).await;
        let mut answer = ask(&world, &token, "users", &[("$orderby", order), ("$top", "4"), ("$count", "true")]).await;
        let mut found = Vec::new();
        loop {
            assert_eq!(answer["@odata.count"], 15, "the count is of the whole list");
            found.extend(names(&answer, "id"));
            let Some(next) = answer["@odata.nextLink"].as_str() else { break };
            let path = next.strip_prefix("https://login.contoso.example").expect("a link is a complete address");
            answer = world.json(Method::GET, path, &token, &Value::Null).await.json();
        }
        assert_eq!(found, names(&whole, "id"), "{order}");
    }
}

#[rstest]
#[case::exact("userPrincipalName eq 'ANNA@contoso.example'", 1)]
#[case::any_case("USERPRINCIPALNAME eq 'anna@contoso.example'", 1)]
#[case::mail("mail eq 'anna@contoso.example'", 1)]
#[case::both("startsWith(userPrincipalName,'u1') and accountEnabled eq true", 3)]
#[case::guests("userType eq 'guest'", 3)]
#[case::not("not (userType eq 'Guest')", 12)]
#[case::wildcard("displayName eq '%'", 1)]
#[case::nobody("displayName eq null", 0)]
#[tokio::test]
async fn users_are_filtered_and_counted(#[case] filter: &str, #[case] expected: usize) {
    let (world, token) = peopled().await;
    let answer = ask(&world, &token, "users", &[("$filter", filter)]).await;
    assert_eq!(names(&answer, "id").len(), expected);
    let query = serde_urlencoded::to_string([("$filter", filter)]).unwrap();
    let count = world.json(Method::GET, &format!("/v1.0/users/$count?{query}"), &token, &Value::Null).await;
    assert_eq!((count.body.as_str(), count.headers["content-type"].to_str().unwrap()), (expected.to_string().as_str(), "text/plain"));
}

#[rstest]
#[case::unknown("users", "$filter", "nickname eq 'x'", "there is no property nickname")]
#[case::list_known("users", "$filter", "nickname eq 'x'", "userPrincipalName")]
#[case::kind("users", "$filter", "accountEnabled eq 'yes'", "true or false")]
#[case::operator("users", "$filter", "id gt 11111111-0000-4000-8000-000000000001", "use eq, ne or in")]
#[case::function("users", "$filter", "contains(id,'1')", "id is a GUID")]
#[case::guid("devices", "$filter", "owner eq 'me'", "is a GUID")]
#[case::time("devices", "$filter", "registrationDateTime gt 5", "a time such as")]
#[case::syntax("groups", "$filter", "displayName eq", "character 15")]
#[case::order("groups", "$orderby", "size", "there is no property size")]
#[case::select("devices", "$select", "colour", "there is no property colour")]
#[case::search("users", "$search", "\"id:x\"", "id is no text")]
#[case::token("users", "$skiptoken", "made up", "nextLink")]
#[case::option("users", "$expand", "manager", "$expand is not understood")]
#[case::document("identity/conditionalAccess/policies", "$filter", "conditions/users eq 'x'", "there is no property")]
#[case::document_search("identity/conditionalAccess/policies", "$search", "\"x\"", "$filter with contains")]
#[case::members("groups/{group}/members", "$filter", "displayName eq 'x'", "only $top")]
#[case::log_order("auditLogs/signIns", "$orderby", "appDisplayName", "createdDateTime only")]
#[case::audit_order("auditLogs/directoryAudits", "$orderby", "targetId", "activityDateTime only")]
#[case::no_pages("organization", "$top", "5", "only $select")]
#[case::single("users/{user}", "$filter", "displayName eq 'x'", "only $top")]
#[tokio::test]
async fn what_is_not_understood_is_refused_with_what_is(#[case] path: &str, #[case] option: &str, #[case] value: &str, #[case] told: &str) {
    let world = World::new().await;
    let token = world.access_token(&world.admin, SCOPE).await;
    let group = world.json(Method::POST, "/v1.0/groups", &token, &json!({ "displayName": "G" })).await.json();
    let path = path.replace("{group}", group["id"].as_str().unwrap()).replace("{user}", &world.anna.id.to_string());
    let query = serde_urlencoded::to_string([(option, value)]).unwrap();
    let answer = world.json(Method::GET, &format!("/v1.0/{path}?{query}"), &token, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains(told), "{}", answer.body);
}

#[tokio::test]
async fn a_search_and_a_selection() {
    let (world, token) = peopled().await;
    let found = ask(&world, &token, "users", &[("$search", "\"ANN\""), ("$select", "displayName,userPrincipalName")]).await;
    assert_eq!(found["value"], json!([{ "displayName": "Anna", "userPrincipalName": "anna@contoso.example" }]));
    let found = ask(&world, &token, "users", &[("$search", "\"displayName:Ä\"")]).await;
    assert_eq!(names(&found, "userPrincipalName"), ["u10@contoso.example", "u2@contoso.example"]);
    let one = ask(&world, &token, "users/anna@contoso.example", &[("$select", "id")]).await;
    assert_eq!(one["id"], world.anna.id.to_string());
    assert_eq!(one["displayName"], Value::Null);
    assert_eq!(one["@odata.context"], "https://login.contoso.example/v1.0/$metadata#users/$entity");
}

#[tokio::test]
async fn policies_are_filtered_ordered_and_paged_like_everything_else() {
    let world = World::new().await;
    let token = world.access_token(&world.admin, SCOPE).await;
    for name in ["b", "A", "c"] {
        world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, &policy(name)).await;
    }
    let path = "identity/conditionalAccess/policies";
    let first = ask(&world, &token, path, &[("$orderby", "displayName"), ("$top", "2"), ("$count", "true")]).await;
    assert_eq!((names(&first, "displayName"), &first["@odata.count"]), (vec!["A".to_owned(), "b".to_owned()], &json!(3)));
    let next = first["@odata.nextLink"].as_str().unwrap().strip_prefix("https://login.contoso.example").unwrap().to_owned();
    let second = world.json(Method::GET, &next, &token, &Value::Null).await.json();
    assert_eq!((names(&second, "displayName"), second.get("@odata.nextLink")), (vec!["c".to_owned()], None));
    let filter = [("$filter", "state eq 'disabled' and displayName ne 'a'"), ("$orderby", "displayName"), ("$select", "displayName")];
    let found = ask(&world, &token, path, &filter).await;
    assert_eq!(found["value"], json!([{ "displayName": "b" }, { "displayName": "c" }]));
}

#[tokio::test]
async fn members_and_memberships_are_direct_or_nested_and_paged() {
    let world = World::new().await;
    let token = world.access_token(&world.admin, SCOPE).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let group = |name: &str| Group {
        id: GroupId::random(world.ctx.rng.as_ref()),
        display_name: name.into(),
        description: None,
        created: world.ctx.now(),
    };
    let (outer, inner) = (group("Outer"), group("Inner"));
    for group in [&outer, &inner] {
        unit.groups().create(group).await.unwrap();
    }
    for (group, member) in [
        (&outer, Member::Group(inner.id)),
        (&outer, Member::User(world.admin.id)),
        (&inner, Member::User(world.anna.id)),
        (&inner, Member::Group(outer.id)),
    ] {
        unit.groups().add_member(group.id, member).await.unwrap();
    }
    unit.commit().await.unwrap();
    let sorted = |answer: Value| {
        let mut names = names(&answer, "displayName");
        names.sort_unstable();
        names
    };
    let members = |kind: &str| format!("groups/{}/{kind}", outer.id);
    assert_eq!(sorted(ask(&world, &token, &members("members"), &[]).await), ["Admin", "Inner"]);
    assert_eq!(sorted(ask(&world, &token, &members("transitiveMembers"), &[]).await), ["Admin", "Anna", "Inner"]);
    let page = ask(&world, &token, &members("transitiveMembers"), &[("$top", "2"), ("$select", "id")]).await;
    let next = page["@odata.nextLink"].as_str().unwrap().strip_prefix("https://login.contoso.example").unwrap().to_owned();
    let rest = world.json(Method::GET, &next, &token, &Value::Null).await.json();
    assert_eq!((names(&page, "id").len(), names(&rest, "id").len()), (2, 1));
    assert!(page["value"][0]["@odata.type"].is_string());
    let of = |kind: &str| format!("users/{}/{kind}", world.anna.id);
    assert_eq!(sorted(ask(&world, &token, &of("memberOf"), &[]).await), ["Inner"]);
    assert_eq!(sorted(ask(&world, &token, &of("transitiveMemberOf"), &[]).await), ["Inner", "Outer"]);
    let filtered = ask(&world, &token, &of("transitiveMemberOf"), &[("$filter", "startsWith(displayName,'o')")]).await;
    assert_eq!(sorted(filtered), ["Outer"]);
}

fn comparison() -> impl Strategy<Value = Expression> {
    let property = |name: &'static str| Property { name: name.into(), position: 0 };
    let text = "[aAbBäÄ%_'\\\\u1@]{0,3}";
    let ordered = || {
        prop::sample::select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ])
    };
    let equal = || prop::sample::select(vec![Comparison::Equal, Comparison::NotEqual]);
    let functions = prop::sample::select(vec![Comparison::StartsWith, Comparison::EndsWith, Comparison::Contains]);
    let names = || prop::sample::select(vec!["displayName", "userPrincipalName", "userType"]);
    let start: jiff::Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    prop_oneof![
        (names(), ordered(), text).prop_map(move |(name, how, text)| Expression::Compare(property(name), how, Literal::Text(text))),
        (names(), functions, text).prop_map(move |(name, how, text)| Expression::Compare(property(name), how, Literal::Text(text))),
        (names(), prop::collection::vec(text, 1..4))
            .prop_map(move |(name, texts)| Expression::In(property(name), texts.into_iter().map(Literal::Text).collect())),
        (equal(), any::<bool>()).prop_map(move |(how, flag)| Expression::Compare(property("accountEnabled"), how, Literal::Flag(flag))),
        (ordered(), 0_i64..14).prop_map(move |(how, seconds)| {
            let time = start + jiff::SignedDuration::from_secs(seconds);
            Expression::Compare(property("createdDateTime"), how, Literal::Time(time))
        }),
        (names(), equal()).prop_map(move |(name, how)| Expression::Compare(property(name), how, Literal::Null)),
    ]
}

#[tokio::test]
async fn a_filter_finds_the_same_in_memory_and_in_the_database() {
    let (world, token) = peopled().await;
    let all = ask(&world, &token, "users", &[]).await;
    let filters = comparison().prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Any),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    });
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let mut some = 0;
    for _ in 0..400 {
        let filter = filters.new_tree(&mut runner).unwrap().current();
        let expected: Vec<&Value> = all["value"].as_array().unwrap().iter().filter(|user| odata::matches(user, &filter)).collect();
        let expected: Vec<&str> = expected.iter().map(|user| user["id"].as_str().unwrap()).collect();
        let found = ask(&world, &token, "users", &[("$filter", &filter.to_string())]).await;
        assert_eq!(names(&found, "id"), expected, "{filter}");
        some += usize::from(!expected.is_empty() && expected.len() < 15);
    }
    assert!(some > 100, "only {some} filters told users apart");
}
