//! Query options: what is read, what is refused and where, and filters on documents.

use doorward_wire::odata::{Comparison, Direction, Expression, Literal, Property, QueryOptions, find, matches, parse};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "id": "11111111-0000-4000-8000-00000000000a", "displayName": "Anna's phone", "count": 7, "enabled": true, "nothing": null,
        "created": "2026-01-02T03:04:05.678Z", "status": { "errorCode": 0 },
    })
}

#[rstest]
#[case("displayName eq 'anna''s PHONE'", true)]
#[case("DISPLAYNAME EQ 'Anna''s phone'", true)]
#[case("displayName ne 'x'", true)]
#[case("displayName in ('x','Anna''s phone')", true)]
#[case("startsWith(displayName,'ANNA')", true)]
#[case("startswith( displayName , 'nna' )", false)]
#[case("endsWith(displayName,'phone')", true)]
#[case("contains(displayName,'''s')", true)]
#[case("contains(count,'7')", false)]
#[case("count gt 6 and count le 7", true)]
#[case("count lt 7 or count ge 8", false)]
#[case("enabled eq true and not (count eq 8)", true)]
#[case("not enabled eq true", false)]
#[case("id eq 11111111-0000-4000-8000-00000000000A", true)]
#[case("created ge 2026-01-02T03:04:05Z", true)]
#[case("created eq 2026-01-02T04:04:05.678+01:00", true)]
#[case("status/errorCode eq 0", true)]
#[case("status/nothing eq null", true)]
#[case("nothing eq null and missing eq null", true)]
#[case("nothing ne 'x'", true)]
#[case("nothing gt 1 or nothing lt 1", false)]
#[case("displayName gt null", false)]
// `and` binds closer than `or`.
#[case("enabled eq true or enabled eq true and enabled eq false", true)]
#[case("(enabled eq true or enabled eq true) and enabled eq false", false)]
fn a_filter_lets_documents_through_that_meet_it(#[case] filter: &str, #[case] expected: bool) {
    assert_eq!(matches(&document(), &parse(filter).unwrap()), expected);
}

#[rstest]
#[case("", 0, "a property")]
#[case("displayName", 11, "expected eq, ne")]
#[case("displayName eq", 14, "a value")]
#[case("displayName eq 'x", 15, "no end")]
#[case("displayName is 'x'", 12, "expected eq, ne")]
#[case("displayName eq 'x' displayName", 19, "expected and, or")]
#[case("length(displayName) eq 1", 0, "no function length")]
#[case("(displayName eq 'x'", 19, "expected )")]
#[case("count eq 1.5", 9, "not a whole number")]
#[case("displayName eq \"x\"", 15, "not understood")]
#[case("startsWith(displayName,1)", 23, "a text")]
#[case("a in ()", 6, "a value")]
#[case("a eq 'ö' b", 9, "expected and, or")]
#[case("a eq 'x\u{0}'", 7, "control characters")]
#[case("tags/any(t:t eq 'x')", 9, "not understood")]
fn what_is_wrong_with_a_filter_is_told_with_its_place(#[case] filter: &str, #[case] position: usize, #[case] problem: &str) {
    let error = parse(filter).unwrap_err();
    assert_eq!(error.position, position, "{error}");
    assert!(error.problem.contains(problem), "{error}");
    assert!(error.to_string().starts_with(&format!("$filter, character {}: ", position + 1)), "{error}");
}

#[test]
fn long_deep_and_many_part_filters_are_refused() {
    let deep = |depth: usize| format!("{}a eq 1{}", "(".repeat(depth), ")".repeat(depth));
    let many = |count: usize| format!("a in ({})", vec!["1"; count].join(","));
    assert!(parse(&deep(32)).is_ok());
    assert!(parse(&deep(33)).unwrap_err().problem.contains("levels"));
    assert!(parse(&"not ".repeat(33)).unwrap_err().problem.contains("levels"));
    assert!(parse(&many(200)).is_ok());
    assert!(parse(&many(201)).unwrap_err().problem.contains("comparisons"));
    assert!(parse(&format!("a eq '{}'", "x".repeat(4096))).unwrap_err().problem.contains("characters"));
}

#[test]
fn options_are_read_in_any_case_with_and_without_the_dollar() {
    let options = QueryOptions::read([
        ("$top", "5"),
        ("Count", "TRUE"),
        ("$orderBy", "displayName desc"),
        ("$select", "id, displayName"),
        ("search", "\"displayName:a \\\"b\\\"\""),
        ("$skiptoken", "x"),
        ("$expand", "apps,assignments"),
        ("$format", "application/json"),
    ])
    .unwrap();
    assert_eq!((options.page(), options.count, options.skip_token.as_deref()), (5, true, Some("x")));
    let order = options.order_by.unwrap();
    assert_eq!((order.property.as_str(), order.direction), ("displayName", Direction::Descending));
    assert_eq!(options.select.unwrap(), ["id", "displayName"]);
    assert_eq!(options.expand.unwrap(), ["apps", "assignments"]);
    assert_eq!(options.search, Some((Some("displayName".into()), "a \"b\"".into())));
    assert_eq!(QueryOptions::read([("$top", "5000")]).unwrap().page(), 999, "no more than a page holds");
    assert_eq!(QueryOptions::default().page(), 100);
}

#[rstest]
#[case("$skip", "5")]
#[case("$expand", "members($select=id)")]
#[case("$filtre", "a eq 1")]
#[case("$top", "0")]
#[case("$top", "-1")]
#[case("$count", "yes")]
#[case("$orderby", "a,b")]
#[case("$orderby", "a sideways")]
#[case("$select", "a b")]
#[case("$select", "")]
#[case("$search", "")]
#[case("$search", "\"a\" AND \"b\"")]
#[case("$format", "xml")]
fn an_option_that_is_not_understood_is_refused(#[case] name: &str, #[case] value: &str) {
    assert!(QueryOptions::read([(name, value)]).is_err());
}

#[test]
fn an_option_given_twice_is_refused() {
    assert!(QueryOptions::read([("$top", "1"), ("top", "2")]).is_err());
}

#[test]
fn members_are_found_by_path_in_any_case() {
    assert_eq!(find(&document(), "STATUS/errorcode"), Some(&json!(0)));
    assert_eq!(find(&document(), "displayName/x"), None);
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[a-zÄ' %_\\\\]{0,6}".prop_map(Literal::Text),
        any::<u128>().prop_map(|id| Literal::Id(uuid::Uuid::from_u128(id))),
        any::<i64>().prop_map(Literal::Number),
        (0_i64..4_000_000_000_000).prop_map(|time| Literal::Time(jiff::Timestamp::from_millisecond(time).unwrap())),
        any::<bool>().prop_map(Literal::Flag),
        Just(Literal::Null),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let property = || "[a-z]{1,4}(/[a-z]{1,4})?".prop_map(|name| Property { name, position: 0 });
    let operators = [Comparison::Equal, Comparison::NotEqual, Comparison::Less, Comparison::GreaterOrEqual];
    let functions = [Comparison::StartsWith, Comparison::EndsWith, Comparison::Contains];
    let leaf =
        prop_oneof![
            (property(), prop::sample::select(operators.to_vec()), literal())
                .prop_map(|(property, comparison, literal)| Expression::Compare(property, comparison, literal)),
            (property(), prop::sample::select(functions.to_vec()), "[a-z']{0,4}")
                .prop_map(|(property, function, text)| Expression::Compare(property, function, Literal::Text(text))),
            (property(), prop::collection::vec(literal(), 1..4)).prop_map(|(property, values)| Expression::In(property, values)),
        ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Any),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    })
}

/// The places of properties do not survive being written.
fn placeless(expression: Expression) -> Expression {
    let bare = |property: Property| Property { position: 0, ..property };
    match expression {
        Expression::Compare(property, comparison, literal) => Expression::Compare(bare(property), comparison, literal),
        Expression::In(property, values) => Expression::In(bare(property), values),
        Expression::All(parts) => Expression::All(parts.into_iter().map(placeless).collect()),
        Expression::Any(parts) => Expression::Any(parts.into_iter().map(placeless).collect()),
        Expression::Not(inner) => Expression::Not(Box::new(placeless(*inner))),
    }
}

proptest! {
    #[test]
    fn a_filter_that_is_written_is_read_back(expression in expression()) {
        // Words such as `in` and `not` cannot be told from properties of that name.
        let text = expression.to_string();
        let reserved = ["not", "in", "and", "or", "eq", "ne", "lt", "le", "gt", "ge"];
        prop_assume!(!names(&expression).iter().any(|name| reserved.contains(&name.as_str())));
        prop_assert_eq!(placeless(parse(&text).unwrap()), expression, "{}", text);
    }

    #[test]
    fn no_text_makes_reading_fail_otherwise_than_with_an_error(text in "[a-z0-9'() ,/:.-]{0,60}|\\PC{0,30}") {
        let _read = parse(&text);
    }
}

fn names(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::Compare(property, _, _) | Expression::In(property, _) => vec![property.name.clone()],
        Expression::All(parts) | Expression::Any(parts) => parts.iter().flat_map(names).collect(),
        Expression::Not(inner) => names(inner),
    }
}
