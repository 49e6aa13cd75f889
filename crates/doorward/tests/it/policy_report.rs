//! The report that `doorward policy gaps` and `doorward policy diff` write with `--html`.

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
        tenant
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

const GAPS: [&str; 7] = ["gaps", "--policies", "old.json", "--require", "mfa", "--resource", "mail"];
const DIFF: [&str; 3] = ["diff", "old.json", "new.json"];

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
fn a_page_needs_nothing_but_itself_and_no_script() {
    for arguments in [GAPS.as_slice(), &DIFF] {
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
    for arguments in [GAPS.as_slice(), &["diff", "old.json", &name]] {
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
        for arguments in [GAPS.as_slice(), &DIFF] {
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
