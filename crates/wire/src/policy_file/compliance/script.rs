//! Rules for what a script finds: base64 of JSON with members in capitals.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_policy::compliance::{CustomRule, DataType, Operator, Script};
use serde_json::Value;

use crate::policy_file::json::{Json, Node, ReadError};

/// Rules at most.
const RULES: usize = 100;

/// Reads a script. Errors within its rules name the place behind `rulesContent`.
pub(super) fn read(node: &Node<'_>) -> Result<Script, ReadError> {
    let script = node.object()?;
    script.only(&["deviceComplianceScriptId", "rulesContent"])?;
    let content = script.require("rulesContent")?;
    let rules_content = content.text()?.trim().to_owned();
    let problem = || content.error("must be JSON with a list of Rules, as base64");
    let decoded = STANDARD.decode(&rules_content).map_err(|_| problem())?;
    let text = String::from_utf8(decoded).map_err(|_| problem())?;
    let parsed: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| problem())?;
    let json = Json::from(&parsed);
    let rules = json.at(content.path()).object()?.list("Rules")?;
    if rules.is_empty() || rules.len() > RULES {
        return Err(content.error(&format!("must hold 1 to {RULES} rules")));
    }
    Ok(Script {
        script_id: script.text("deviceComplianceScriptId")?.unwrap_or_default(),
        rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
        rules_content,
    })
}

fn rule(node: &Node<'_>) -> Result<CustomRule, ReadError> {
    let rule = node.object()?;
    rule.only(&["SettingName", "Operator", "DataType", "Operand", "MoreInfoUrl", "RemediationStrings"])?;
    let operand = rule.require("Operand")?;
    let (operator, data_type) =
        (rule.require("Operator")?.word(Operator::from_wire)?, rule.require("DataType")?.word(DataType::from_wire)?);
    let value = serde_json::to_value(operand.json()).map_err(|_| operand.error("cannot be read"))?;
    if !data_type.can(operator, &value) {
        return Err(operand.error("does not go with the DataType and the Operator"));
    }
    let told = rule.list("RemediationStrings")?.first().map(|first| first.object()).transpose()?;
    let remediation = told.map(|told| told.text("Description")).transpose()?.flatten().unwrap_or_default();
    Ok(CustomRule { setting_name: rule.require("SettingName")?.text()?.to_owned(), operator, data_type, operand: value, remediation })
}
