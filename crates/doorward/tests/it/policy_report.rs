//! The report that `doorward policy gaps`, `diff` and `replay` write with `--html`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with a small tenant.
struct Tenant(TempDir);

impl Tenant {
    fn new() -> Self {
        Self::named("Mail", "Sales")
    }

    /// With the given names of its app and of its group.
    fn named(app: &str, group: &str) -> Self {
        let tenant = Self(tempfile::tempdir().unwrap());
        let user =
            |id: &str, user_type: &str| json!({"id": id, "userPrincipalName": format!("{id}@contoso.example"), "userType": user_type});
        tenant.write(
            "directory.json",
            &json!({
                "tenantId": "t",
                "users": [user("ann", "Member"), user("ben", "Member"), user("cleo", "Guest"), user("dan", "Member")],
                "groups": [{"id": "sales", "displayName": group, "members": ["ben", "cleo"]}, {"id": "empty", "displayName": "Interns"}],
                "applications": [{"appId": "mail", "displayName": app}, {"appId": "files", "displayName": "Files"}],
                "namedLocations": [{"id": "office", "displayName": "Office", "isTrusted": true,
                    "ipRanges": [{"cidrAddress": "192.0.2.0/24"}]}],
            }),
        );
        let all = json!({"includeUsers": ["All"], "excludeGroups": ["sales", "empty"]});
        tenant.write(
            "old.json",
            &json!([policy("Second factor", &all, "mfa"), policy("Compliant", &json!({"includeGroups": ["sales"]}), "compliantDevice")]),
        );
        tenant.write("new.json", &json!([policy("Second factor", &json!({"includeUsers": ["All"]}), "mfa")]));
        tenant.log(&[
            sign_in("s1", "ann", json!({"devicePlatform": "windows"})),
            sign_in("s2", "ben", json!({"devicePlatform": "iOS"})),
            sign_in("s3", "ben", json!({"devicePlatform": "iOS", "mfa": true, "clientAppType": "browser"})),
            sign_in("s4", "cleo", json!({"device": {"deviceId": "d", "isManaged": true, "isCompliant": true}})),
            sign_in("s5", "dan", json!({"resources": ["files", "files"]})),
            sign_in("s6", "ben", json!({"resources": ["files", "mail"], "devicePlatform": "windows"})),
        ]);
        tenant
    }

    fn log(&self, rows: &[Value]) {
        fs::write(self.path("log.jsonl"), rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &Value) {
        fs::write(self.path(name), content.to_string()).unwrap();
    }

    fn policy(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.current_dir(self.0.path()).arg("policy").args(arguments).args(["--directory", "directory.json"]).output().unwrap()
    }

    /// The page that a command writes.
    fn page(&self, arguments: &[&str]) -> String {
        let output = self.policy(&[arguments, &["--html", "page.html"]].concat());
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(self.path("page.html")).unwrap()
    }
}

fn policy(name: &str, users: &Value, control: &str) -> Value {
    json!({"id": name, "displayName": name, "state": "enabled", "grantControls": {"operator": "OR", "builtInControls": [control]},
        "conditions": {"users": users, "applications": {"includeApplications": ["mail"]}, "locations": {
            "includeLocations": ["All"], "excludeLocations": ["office"]}}})
}

fn policy_for_files(name: &str, users: &Value) -> Value {
    let mut policy = policy(name, users, "block");
    policy["conditions"]["applications"]["includeApplications"] = json!(["files"]);
    policy
}

fn sign_in(id: &str, user: &str, more: Value) -> Value {
    let mut row = json!({"id": id, "userId": user, "resources": ["mail"], "clientAppType": "mobileAppsAndDesktopClients"});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

const GAPS: [&str; 7] = ["gaps", "--policies", "old.json", "--require", "mfa", "--resource", "mail"];
const DIFF: [&str; 3] = ["diff", "old.json", "new.json"];
const REPLAY: [&str; 8] = ["replay", "--policies", "new.json", "--baseline", "old.json", "--sign-ins", "log.jsonl", "--fail-on-change"];

/// The page without its styles, which stand in their own file.
fn without_styles(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    format!("{before}{}", rest.split_once("</style>\n").unwrap().1)
}

#[test]
fn the_report_of_gaps_tells_question_numbers_picture_regions_and_assumptions() {
    insta::assert_snapshot!(without_styles(&Tenant::new().page(&GAPS)));
}

#[test]
fn the_report_of_a_change_draws_before_and_after() {
    insta::assert_snapshot!(without_styles(&Tenant::new().page(&DIFF)));
}

#[test]
fn the_report_of_a_replay_tells_numbers_matrix_picture_lists_and_examples() {
    insta::assert_snapshot!(without_styles(&Tenant::new().page(&REPLAY)));
}

#[test]
fn the_page_of_a_replay_has_the_numbers_of_its_json() {
    let tenant = Tenant::new();
    let json: Value = serde_json::from_slice(&tenant.policy(&[&REPLAY[..], &["--format", "json"]].concat()).stdout).unwrap();
    let page = tenant.page(&REPLAY);
    let mut expected = vec![
        format!("<dt>read</dt><dd>{}</dd>", json["read"]),
        format!("<dt>decided</dt><dd>{}</dd>", json["decided"]),
        format!("<dt>changed</dt><dd>{} <small>of {}</small></dd>", json["changed"], json["decided"]),
    ];
    for group in ["policies", "apps", "users"] {
        for member in json[group].as_array().unwrap() {
            let name = member["displayName"].as_str().unwrap();
            expected.push(format!("<bdi>{name}</bdi> <span class=\"sum\">{}</span>", member["changed"]));
        }
    }
    for example in json["examples"].as_array().unwrap() {
        expected.push(format!("<p class=\"id\"><bdi>{}</bdi></p>", example["id"].as_str().unwrap()));
    }
    for expected in expected {
        assert!(page.contains(&expected), "{expected}\n{page}");
    }
    let squares = page.split_once("class=\"panel matrix\"").unwrap().1.split_once("</table>").unwrap().0;
    let counts: Vec<_> = squares.split("</span></td>").filter_map(|square| square.rsplit('>').next()?.parse::<u64>().ok()).collect();
    let decisions: Vec<_> = json["decisions"].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, decisions);
}

#[test]
fn a_broken_line_leaves_no_page_and_keeps_an_older_one() {
    let tenant = Tenant::new();
    let log = fs::read_to_string(tenant.path("log.jsonl")).unwrap();
    fs::write(tenant.path("log.jsonl"), format!("{log}{{")).unwrap();
    let replay = || tenant.policy(&[&REPLAY[..], &["--html", "page.html"]].concat());
    assert_eq!(replay().status.code(), Some(2));
    assert!(!tenant.path("page.html").exists());
    fs::write(tenant.path("page.html"), "older").unwrap();
    let count = || fs::read_dir(tenant.0.path()).unwrap().count();
    let before = count();
    let output = replay();
    assert!(output.status.code() == Some(2) && output.stdout.is_empty());
    assert_eq!((fs::read_to_string(tenant.path("page.html")).unwrap(), count()), ("older".to_owned(), before));
}

#[test]
fn a_page_changes_nothing_of_what_a_replay_prints() {
    let tenant = Tenant::new();
    assert_eq!(tenant.policy(&REPLAY).stdout, tenant.policy(&[&REPLAY[..], &["--html", "page.html"]].concat()).stdout);
}

#[test]
fn what_a_replay_left_out_is_told_on_the_page() {
    let tenant = Tenant::new();
    let record =
        |facts: Value| json!({"id": "r", "outcome": "granted", "errorCode": 0, "resourceId": null, "facts": facts, "appliedPolicies": []});
    tenant.log(&[record(sign_in("gone", "nobody", json!({}))), record(json!(null)), record(sign_in("s1", "ann", json!({})))]);
    let page = tenant.page(&["replay", "--policies", "new.json", "--sign-ins", "log.jsonl", "--fail-on-change"]);
    for expected in ["1 sign-in, of users whom the directory does not know", "1 sign-in left out, as nothing was asked"] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    tenant.log(&[sign_in("s1", "ann", json!({}))]);
    let output = tenant.policy(&["replay", "--policies", "new.json", "--sign-ins", "log.jsonl", "--html", "page.html"]);
    assert_eq!(output.status.code(), Some(0));
    let page = fs::read_to_string(tenant.path("page.html")).unwrap();
    assert!(page.contains("1 sign-in, decided, but not compared") && page.contains("Nothing changes."), "{page}");
}

#[test]
fn a_list_holds_as_many_as_are_asked_for_and_counts_the_others() {
    let page = Tenant::new().page(&[&REPLAY[..], &["--most", "1"]].concat());
    // The groups that policies name are few, and all of them are shown.
    assert_eq!(page.matches("<span class=\"sum\">").count(), 4 + 1);
    assert!(page.contains("And 1 more, with 1 change:"), "{page}");
}

#[test]
fn a_change_counts_under_every_group_of_its_person_that_policies_name() {
    let tenant = Tenant::new();
    let from = json!({"resources": ["files"]});
    tenant.write("new.json", &json!([policy_for_files("Guests", &json!({"includeUsers": ["GuestsOrExternalUsers"]}))]));
    tenant.log(&[sign_in("1", "cleo", from.clone()), sign_in("2", "ann", from)]);
    let page = tenant.page(&REPLAY);
    let group = |name: &str| page.contains(&format!("<bdi>{name}</bdi> <span class=\"sum\">1</span>"));
    assert_eq!(["Sales", "guests", "everyone else"].map(group), [true, true, false], "{page}");
}

#[test]
fn apps_that_the_picture_has_no_row_for_share_one() {
    let tenant = Tenant::new();
    let app = |number: usize| sign_in("s", "ben", json!({"resources": ["mail", format!("app-{number:02}")]}));
    let rows: Vec<_> = (0..15).map(app).collect();
    tenant.log(&rows);
    let page = tenant.page(&REPLAY);
    assert!(
        page.contains("<bdi>all others</bdi> <small>3</small>") && page.contains("3 apps or combinations of apps share the last row"),
        "{page}"
    );

    // There are numbers for 500.
    tenant.log(&(0..502).map(app).collect::<Vec<_>>());
    let page = tenant.page(&REPLAY);
    assert!(page.contains("<bdi>all others</bdi> <small>490</small>") && page.contains("more than 488 apps"), "{page}");
}

#[test]
fn a_page_needs_nothing_but_itself_and_no_script() {
    for arguments in [GAPS.as_slice(), &DIFF, &REPLAY] {
        let page = Tenant::new().page(arguments).to_lowercase();
        for reference in ["src=", "href=", "url(", "@import", "<script", "<link", "<img", "<iframe", "http:", "https:", "javascript:"] {
            assert!(!page.contains(reference), "{arguments:?}: {reference}");
        }
    }
}

#[test]
fn names_are_text_and_never_markup() {
    let hostile = r#""><script>alert('1')</script>&amp;"#;
    let tenant = Tenant::named(hostile, hostile);
    let name = format!("{hostile}.json");
    let set = json!([policy(hostile, &json!({"includeGroups": ["sales"]}), "mfa")]);
    // A slash would end a file name.
    let name = name.replace('/', "");
    tenant.write(&name, &set);
    let mut rows = [sign_in(hostile, "ann", json!({})), sign_in("s", "ben", json!({"resources": ["mail", hostile]}))];
    rows[0]["decision"] = json!("block");
    rows[0]["policies"] = json!([{"id": hostile, "displayName": hostile, "result": "failure"}]);
    tenant.log(&rows);
    fs::copy(tenant.path("log.jsonl"), tenant.path(&format!("{name}l"))).unwrap();
    let replay = ["replay", "--policies", &name, "--sign-ins", &format!("{name}l"), "--fail-on-change"];
    for arguments in [GAPS.as_slice(), &["diff", "old.json", &name], &replay, &REPLAY] {
        let page = tenant.page(arguments);
        assert!(!page.contains("<script") && !page.contains("</script"), "{arguments:?}");
        assert!(page.contains("&#34;&#62;&#60;") && page.contains("alert(&#39;1&#39;)") && page.contains("&#38;amp;"), "{arguments:?}");
    }
}

#[test]
fn a_search_that_was_cut_short_says_so_on_the_page() {
    let tenant = Tenant::new();
    for arguments in [GAPS.as_slice(), &DIFF] {
        let arguments = [arguments, &["--time-limit", "0", "--html", "page.html"]].concat();
        tenant.policy(&arguments);
        let page = fs::read_to_string(tenant.path("page.html")).unwrap();
        assert!(page.contains("class=\"warning\"") && page.contains("not complete"), "{arguments:?}");
    }
}

#[test]
fn policies_that_are_left_out_are_told_on_the_page() {
    let tenant = Tenant::new();
    let mut unknown = policy("Odd", &json!({"includeUsers": ["All"]}), "mfa");
    unknown["grantControls"]["builtInControls"] = json!(["retinaScan"]);
    tenant.write("odd.json", &json!([unknown]));
    let page = tenant.page(&[&GAPS[..], &["--policies", "odd.json", "--skip-unsupported"]].concat());
    assert!(page.contains("1 policy cannot be decided and was left out"), "{page}");
}

#[test]
fn a_report_that_cannot_be_written_names_the_file_and_leaves_nothing_behind() {
    let tenant = Tenant::new();
    fs::create_dir(tenant.path("folder")).unwrap();
    let files =
        || fs::read_dir(tenant.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>();
    let before = files();
    for file in ["missing/page.html", "folder", "directory.json/page.html", ".."] {
        for arguments in [GAPS.as_slice(), &DIFF, &REPLAY] {
            let output = tenant.policy(&[arguments, &["--html", file]].concat());
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{error}");
            assert!(error.contains(file), "{error}");
            assert!(output.stdout.is_empty());
        }
    }
    assert_eq!(files(), before);
}

#[test]
fn a_new_report_takes_the_place_of_an_old_one_and_nothing_else_is_left() {
    let tenant = Tenant::new();
    fs::create_dir(tenant.path("out")).unwrap();
    fs::write(tenant.path("out/page.html"), "old").unwrap();
    tenant.policy(&[&GAPS[..], &["--html", "out/page.html"]].concat());
    assert!(fs::read_to_string(tenant.path("out/page.html")).unwrap().ends_with("</html>\n"));
    assert_eq!(fs::read_dir(tenant.path("out")).unwrap().count(), 1);
}

#[test]
fn the_report_wears_the_colours_of_the_sign_in_pages() {
    let tokens = |css: &'static str| css.lines().filter(|line| line.starts_with("  --") || line.starts_with("    --")).collect::<Vec<_>>();
    let pages = tokens(include_str!("../../../web/assets/style.css"));
    let name = |line: &'static str| line.split(':').next().unwrap();
    for token in tokens(include_str!("../../templates/policy_report.css")) {
        let is_shared = pages.iter().any(|line| name(line) == name(token));
        assert!(!is_shared || pages.contains(&token), "{token}");
    }
}
