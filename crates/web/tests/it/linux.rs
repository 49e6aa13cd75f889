//! Device management of Linux computers, message by message.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::device::Device as DeviceRecord;
use doorward_wire::drs;
use doorward_wire::prt::{self, CookieClaims, KdfVersion};
use serde_json::{Value, json};

use crate::computer::{Signed, token};
use crate::registration::{Device, JSON, nonce, with_prt};
use crate::world::{Answer, MAIL_APP, World};

const ENROLMENT: &str = "d4ebce55-015a-49b5-a083-c84d1797ae8c";
const MANAGEMENT: &str = "0000000a-0000-0000-c000-000000000000";
const STATE: &str = "b8066b99-6e67-41be-abfa-75db1a2c8809";

/// A company with a Linux computer of Anna's.
struct Company {
    world: World,
    computer: Signed,
    /// Token for check-in.
    check_in: String,
    admin: String,
}

impl Company {
    async fn new(system: &'static str) -> Self {
        let world = World::new().await;
        let computer = with_prt(&world, Device { system, ..Device::new() }).await;
        let check_in = token(&world, &computer, MANAGEMENT).await;
        let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
        Self { world, computer, check_in, admin }
    }

    /// The same with a computer that is managed, and a policy for everybody.
    async fn managed(policy: Value) -> Self {
        let company = Self::new("Linux").await;
        company.policy(policy).await;
        assert_eq!(company.enrol(&company.request()).await.status, StatusCode::OK);
        company
    }

    async fn policy(&self, mut policy: Value) -> String {
        policy["@odata.type"] = json!("#doorward.linuxCompliancePolicy");
        policy["displayName"] = json!("Linux");
        policy["assignments"] = json!([{ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } }]);
        let answer = self.world.json(Method::POST, "/v1.0/deviceManagement/deviceCompliancePolicies", &self.admin, &policy).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    fn id(&self) -> String {
        self.computer.0.id.unwrap().to_string()
    }

    fn request(&self) -> Value {
        let csr = STANDARD.encode(drs::build_csr(&self.computer.0.pkcs8).unwrap());
        json!({
            "CertificateSigningRequest": format!("-----BEGIN CERTIFICATE REQUEST-----\n{csr}\n-----END CERTIFICATE REQUEST-----\n"),
            "AppVersion": "0.0.0", "DeviceName": "workbench",
        })
    }

    async fn enrol(&self, body: &Value) -> Answer {
        let token = token(&self.world, &self.computer, ENROLMENT).await;
        self.post("linux/enrolment/enroll?api-version=1.0&client-version=1.2511.7", &token, body).await
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.world.json(Method::POST, &self.world.path(path), token, body).await
    }

    async fn details(&self, distribution: &str, version: &str) -> Answer {
        let body = json!({ "DeviceId": self.id(), "DeviceName": "workbench", "OSDistribution": distribution, "OSVersion": version });
        self.post("linux/check-in/details", &self.check_in, &body).await
    }

    async fn policies(&self) -> Value {
        let path = self.world.path(&format!("linux/check-in/policies/{}", self.id()));
        self.world.json(Method::GET, &path, &self.check_in, &Value::Null).await.json()
    }

    /// A report that says the same of everything that is asked for; `edit` changes a row.
    async fn report(&self, state: &str, edit: impl Fn(&mut Value)) -> Answer {
        let policies = self.policies().await;
        let statuses: Vec<Value> = policies["policies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|policy| {
                let rows = policy["policySettings"].as_array().unwrap().iter().map(|setting| {
                    let mut row = json!({
                        "RuleId": setting["ruleId"], "SettingDefinitionItemId": setting["settingDefinitionItemId"],
                        "ExpectedValue": setting["value"], "ActualValue": "", "NewComplianceState": state, "OldComplianceState": "Unknown",
                    });
                    edit(&mut row);
                    row
                });
                json!({ "PolicyId": policy["policyId"], "LastStatusDateTime": "2026-11-23T09:00:00+00:00", "Details": rows.collect::<Vec<_>>() })
            })
            .collect();
        self.post("linux/check-in/status", &self.check_in, &json!({ "DeviceId": self.id(), "PolicyStatuses": statuses })).await
    }

    async fn state(&self) -> Value {
        let token = token(&self.world, &self.computer, STATE).await;
        let path = self.world.path(&format!("linux/state/Devices(guid'{}')?api-version=16.4&ssp=LinuxCP&os=Linux", self.id()));
        self.world.json(Method::GET, &path, &token, &Value::Null).await.json()
    }

    async fn record(&self) -> DeviceRecord {
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).read().await.unwrap();
        Arc::unwrap_or_clone(unit.devices().get(self.computer.0.id.unwrap()).await.unwrap().unwrap())
    }

    async fn change(&self, edit: impl FnOnce(&mut DeviceRecord)) {
        let mut record = self.record().await;
        edit(&mut record);
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).write().await.unwrap();
        unit.devices().update(&record).await.unwrap();
        unit.commit().await.unwrap();
    }
}

/// A token for check-in that the computer's broker got for the mail app: it names the device, but an app is not the computer.
async fn app_token(world: &World, (device, prt, session_key): &Signed) -> String {
    let nonce = nonce(world).await;
    let claims = CookieClaims { refresh_token: prt.clone(), request_nonce: Some(nonce.clone()) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), session_key, KdfVersion::V1, &claims).unwrap();
    let credential = prt::build_device_credential(&device.key, &device.certificate, &nonce).unwrap();
    let (client, redirect) = (MAIL_APP.to_string(), "msauth.com.contoso.mail://auth");
    let query = [("client_id", client.as_str()), ("response_type", "code"), ("redirect_uri", redirect), ("resource", MANAGEMENT)];
    let path = format!("{}?{}", world.path("oauth2/authorize"), serde_urlencoded::to_string(query).unwrap());
    let answer = world.get(&path, &[("x-ms-RefreshTokenCredential", &cookie), ("x-ms-DeviceCredential", &credential), JSON]).await;
    let code = answer.location_parameter("code").unwrap_or_else(|| panic!("{}", answer.body));
    let fields = [("grant_type", "authorization_code"), ("client_id", &client), ("code", &code), ("redirect_uri", redirect)];
    world.post(&world.path("oauth2/token"), &[], &fields).await.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_computer_enrols_itself_and_its_report_counts_at_once() {
    let company = Company::managed(json!({ "passwordMinimumLength": 12, "deviceEncryptionRequired": true })).await;
    assert!(company.record().await.is_managed && !company.record().await.is_compliant, "nothing is known yet");
    assert_eq!(company.details("debian", "Debian GNU/Linux 12 (bookworm) 12").await.status, StatusCode::OK);
    assert_eq!(company.state().await["ComplianceState"], "Unknown");
    for (reported, state, compliant) in
        [("NonCompliant", "Noncompliant", false), ("Compliant", "Compliant", true), ("Error", "Noncompliant", false)]
    {
        let before = company.world.audits().await.len();
        assert_eq!(company.report(reported, |_| ()).await.status, StatusCode::OK);
        assert_eq!(company.world.audits().await.len(), before + 1, "each report is in the audit");
        assert_eq!(company.record().await.is_compliant, compliant, "{reported}");
        let answer = company.state().await;
        assert_eq!((answer["ComplianceState"].as_str(), answer["IsCompliantInGraph"].as_bool()), (Some(state), Some(compliant)));
        assert_eq!(answer["NoncompliantRules"].as_array().unwrap().len(), if compliant { 0 } else { 2 }, "{answer}");
    }
}

#[tokio::test]
async fn enrolling_again_renews_the_certificate_and_keeps_what_is_known() {
    let company = Company::managed(json!({ "deviceEncryptionRequired": true })).await;
    company.report("Compliant", |_| ()).await;
    let again = company.enrol(&company.request()).await.json();
    assert_eq!(again["deviceId"], json!(company.id()));
    assert_eq!(again["renewPeriod"], 181);
    let der: Vec<u8> =
        again["certificate"]["certBlob"].as_array().unwrap().iter().map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect();
    assert_eq!(doorward_wire::certificate::device_name(&der).unwrap().0.to_string(), company.id());
    assert!(company.record().await.is_compliant);
}

#[tokio::test]
async fn policies_come_as_the_settings_that_clients_know() {
    let company = Company::managed(json!({
        "allowedDistributions": [
            { "distribution": "ubuntu", "minimumVersion": "22.04", "maximumVersion": "" },
            { "distribution": "rhel", "minimumVersion": "9", "maximumVersion": "9.9" },
        ],
        "passwordMinimumSymbols": 2,
        "deviceEncryptionRequired": true,
    }))
    .await;
    let policies = company.policies().await;
    let settings: Vec<(&str, &str, &str)> = policies["policies"][0]["policySettings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|setting| {
            (setting["settingDefinitionItemId"].as_str().unwrap(), setting["cspPath"].as_str().unwrap(), setting["value"].as_str().unwrap())
        })
        .collect();
    let distribution = "linux_distribution_alloweddistros_item";
    assert_eq!(
        settings,
        [
            (format!("{distribution}_$type").as_str(), "AllowedDistros/0/Type", "ubuntu"),
            (&format!("{distribution}_minimumversion"), "AllowedDistros/0/MinimumVersion", "22.04"),
            (&format!("{distribution}_$type"), "AllowedDistros/1/Type", "rhel"),
            (&format!("{distribution}_minimumversion"), "AllowedDistros/1/MinimumVersion", "9"),
            (&format!("{distribution}_maximumversion"), "AllowedDistros/1/MaximumVersion", "9.9"),
            ("linux_passwordpolicy_minimumsymbols", "PasswordPolicy/MinimumSymbols", "2"),
            ("linux_deviceencryption_required", "DeviceEncryption/Required", "true"),
        ]
    );
}

#[tokio::test]
async fn the_systems_own_name_and_version_decide_whatever_the_client_concludes() {
    let allowed = json!({ "allowedDistributions": [{ "distribution": "ubuntu", "minimumVersion": "22.04", "maximumVersion": "" }] });
    let table = [
        ("ubuntu", "24.04", "Compliant", "Compliant"),
        ("Ubuntu", "Ubuntu 24.04 LTS 24.04", "Compliant", "Compliant"),
        ("ubuntu", "20.04", "Compliant", "Noncompliant"),
        ("debian", "12", "Compliant", "Noncompliant"),
        ("ubuntu", "24.04", "NonCompliant", "Noncompliant"),
        ("", "", "Unknown", "Unknown"),
    ];
    for (name, version, reported, expected) in table {
        let company = Company::managed(allowed.clone()).await;
        company.details(name, version).await;
        company.report(reported, |_| ()).await;
        assert_eq!(company.state().await["ComplianceState"], expected, "{name} {version} {reported}");
    }
}

#[tokio::test]
async fn an_answer_to_an_older_policy_or_to_somebody_elses_says_nothing() {
    let company = Company::managed(json!({ "passwordMinimumLength": 12 })).await;
    company.report("Compliant", |row| row["ExpectedValue"] = json!("8")).await;
    assert_eq!(company.state().await["ComplianceState"], "Unknown", "asked for less than is asked now");
    company.report("Compliant", |row| row["RuleId"] = json!("PasswordPolicy/Other")).await;
    assert_eq!(company.state().await["ComplianceState"], "Unknown");
    company.report("Compliant", |row| row["ActualValue"] = json!("10")).await;
    assert_eq!(company.state().await["ComplianceState"], "Noncompliant", "the value counts, not the word");
}

#[tokio::test]
async fn a_computer_speaks_for_itself_alone() {
    let company = Company::managed(json!({ "deviceEncryptionRequired": true })).await;
    let world = &company.world;
    let (details, enrol) = ("linux/check-in/details", "linux/enrolment/enroll");
    let body = |id: &str| json!({ "DeviceId": id, "OSDistribution": "debian", "OSVersion": "12" });
    let without_device = world.access_token(&world.anna, "https://enrollment.manage.microsoft.com/.default").await;
    let apps = app_token(world, &company.computer).await;
    let phone = with_prt(world, Device::new()).await;
    let phones = token(world, &phone, MANAGEMENT).await;
    let other = with_prt(world, Device { system: "Linux", ..Device::new() }).await;
    let others = token(world, &other, MANAGEMENT).await;
    let enrolment = token(world, &company.computer, ENROLMENT).await;
    let cases = [
        (details, "", body(&company.id()), StatusCode::UNAUTHORIZED, "no token"),
        (details, enrolment.as_str(), body(&company.id()), StatusCode::UNAUTHORIZED, "a token for another service"),
        (enrol, &company.check_in, company.request(), StatusCode::UNAUTHORIZED, "a token for another service"),
        (details, &without_device, body(&company.id()), StatusCode::FORBIDDEN, "a token without a device"),
        (details, &apps, body(&company.id()), StatusCode::FORBIDDEN, "a token that the broker got for an app"),
        (details, &phones, body(&phone.0.id.unwrap().to_string()), StatusCode::FORBIDDEN, "a phone"),
        (details, &others, body(&company.id()), StatusCode::BAD_REQUEST, "another computer"),
        (details, &others, body(&other.0.id.unwrap().to_string()), StatusCode::BAD_REQUEST, "a computer that is not managed"),
        (details, &company.check_in, body("all of them"), StatusCode::BAD_REQUEST, "no device"),
        (details, &company.check_in, json!([]), StatusCode::BAD_REQUEST, "no report"),
        (enrol, &enrolment, json!({ "CertificateSigningRequest": "x" }), StatusCode::BAD_REQUEST, "no certificate request"),
    ];
    for (path, token, body, status, name) in cases {
        let answer = company.post(path, token, &body).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
    }
    company.change(|record| record.account_enabled = false).await;
    assert_eq!(company.details("debian", "12").await.status, StatusCode::UNAUTHORIZED, "a disabled device");
}

#[tokio::test]
async fn a_weak_key_is_not_certified() {
    let company = Company::new("Linux").await;
    // RSA with 1024 bits, made by another tool: "CN=workbench".
    let weak = include_str!("weak_csr.pem");
    let answer = company.enrol(&json!({ "CertificateSigningRequest": weak })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("its key must be RSA of 2048 to 4096 bits or P-256"), "{}", answer.body);
    assert!(!company.record().await.is_managed);
}

#[tokio::test]
async fn a_retired_computer_is_not_heard_until_it_enrols_again() {
    let company = Company::managed(json!({ "deviceEncryptionRequired": true })).await;
    company.report("Compliant", |_| ()).await;
    let retire = format!("/v1.0/deviceManagement/managedDevices/{}/retire", company.id());
    assert_eq!(company.world.json(Method::POST, &retire, &company.admin, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(company.details("debian", "12").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(company.enrol(&company.request()).await.status, StatusCode::OK);
    assert_eq!(company.state().await["ComplianceState"], "Unknown");
}

#[tokio::test]
async fn everybody_finds_the_services_and_reads_their_own_record() {
    let company = Company::new("Linux").await;
    let world = &company.world;
    let token = token(world, &company.computer, "https://graph.microsoft.com").await;
    let get = async |path: &str| world.json(Method::GET, path, &token, &Value::Null).await;
    let answer = get("/v1.0/servicePrincipals/appId=0000000a-0000-0000-c000-000000000000/endpoints").await.json();
    let names: Vec<&str> = answer["value"].as_array().unwrap().iter().map(|endpoint| endpoint["providerName"].as_str().unwrap()).collect();
    assert_eq!(names, ["LinuxEnrollmentService", "LinuxDeviceCheckinService", "IWService"]);
    let me = "/v1.0/users/anna%40contoso%2Eexample?$select=id,displayName,userPrincipalName,onPremisesSamAccountName";
    assert_eq!(get(me).await.json()["id"], json!(world.anna.id));
    assert_eq!(get("/v1.0/users/admin%40contoso%2Eexample").await.status, StatusCode::FORBIDDEN, "others are for administrators");
    let provider = world.get("/odc/v2.1/federationProvider?domain=Contoso.Example", &[]).await.json();
    let expected =
        json!({ "tenantId": world.tenant.id, "authority_host": "login.contoso.example", "graph": "https://login.contoso.example" });
    assert_eq!(provider, expected);
    assert_eq!(world.get("/odc/v2.1/federationProvider?domain=elsewhere.example", &[]).await.status, StatusCode::BAD_REQUEST);
}
