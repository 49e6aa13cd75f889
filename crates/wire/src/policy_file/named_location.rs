//! Named locations.

use doorward_model::named_location::{Area, InvalidRange, IpRange, NamedLocation};
use serde_json::Value;

use super::json::{Json, Node, Object, ReadError};

/// Reads a named location from a document of the store or the admin API.
///
/// # Errors
/// What is wrong and where.
pub fn read(document: &Value) -> Result<NamedLocation, ReadError> {
    read_node(&Json::from(document).root())
}

/// Reads a named location. As `@odata.type` is not looked at, its kind is told by its members.
///
/// # Errors
/// What is wrong and where; a range that does not parse is an error, for leaving it out would change who gets in.
pub fn read_node(node: &Node<'_>) -> Result<NamedLocation, ReadError> {
    let location = node.object()?;
    let id = location.require("id")?.text()?.to_owned();
    let area = if location.get("ipRanges").is_some() {
        let ranges = location.list("ipRanges")?.iter().map(ip_range).collect::<Result<_, _>>()?;
        Area::Ip { ranges, is_trusted: location.flag("isTrusted")? }
    } else if location.get("countriesAndRegions").is_some() {
        let include_unknown = location.flag("includeUnknownCountriesAndRegions")?;
        Area::Countries { countries: location.strings("countriesAndRegions")?, include_unknown }
    } else {
        Area::Other
    };
    Ok(NamedLocation { id, area })
}

fn ip_range(node: &Node<'_>) -> Result<IpRange, ReadError> {
    let range = node.object()?;
    let parsed = match ends(&range)? {
        Some((lower, upper)) => IpRange::from_ends(&lower, &upper),
        None => IpRange::from_prefix(range.require("cidrAddress")?.text()?),
    };
    parsed.map_err(|error: InvalidRange| node.error(&format!("is {error}")))
}

/// `iPv4Range` and `iPv6Range` name both ends instead of a prefix.
fn ends(range: &Object<'_>) -> Result<Option<(String, String)>, ReadError> {
    Ok(range.text("lowerAddress")?.zip(range.text("upperAddress")?))
}
