//! Sign-ins in the plainest JSON there is, read faster than a reader of all JSON can: an object on one line without an escape, whose
//! numbers only count. Whatever else a text is, right or wrong, is left to that reader.

use std::borrow::Cow;

use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};

use super::fields::Fields;
use super::scalar::Scalar;

/// Lists and objects within each other.
const DEEPEST: u8 = 16;
/// Digits of a number that surely fits.
const DIGITS: usize = 19;

/// Tells how long the object is that a text starts with, should it be known from before: a valid one, then.
pub(in super::super) type Known<'k> = &'k dyn Fn(&[u8]) -> Option<usize>;

/// The members of a sign-in; none where the text is something else than plain, or a member is not what it should be.
pub(super) fn read<'a>(text: &'a str, known: Known<'_>) -> Option<Fields<'a>> {
    let text = text.trim_end_matches(is_space);
    let mut plain = Plain { text, rest: text.as_bytes(), known, is_at_name: false };
    let mut fields = Fields::default();
    plain.take(b'{').then_some(())?;
    if !plain.take(b'}') {
        plain.start_name()?;
    }
    while plain.is_at_name {
        let before = plain.rest.len();
        plain.in_order(&mut fields)?;
        if plain.rest.len() == before {
            plain.unknown()?;
        }
    }
    plain.rest.is_empty().then_some(fields)
}

/// Reads an object from left to right.
struct Plain<'a, 'k> {
    text: &'a str,
    /// What has not been read yet.
    rest: &'a [u8],
    known: Known<'k>,
    /// A name comes next, whose first quote is behind. Otherwise the end of the object is.
    is_at_name: bool,
}

/// Members. A null is as good as none, and of several of one name the first counts.
impl<'a> Plain<'a, '_> {
    /// Those that come in the order of the documentation, as they mostly do: then a name is not looked up, only compared.
    fn in_order(&mut self, fields: &mut Fields<'a>) -> Option<()> {
        self.text("id", &mut fields.id)?;
        self.text("userId", &mut fields.user_id)?;
        self.text("servicePrincipalId", &mut fields.service_principal_id)?;
        self.raw("resources", &mut fields.resources)?;
        self.word("userAction", &mut fields.user_action, UserAction::from_wire)?;
        self.text("authenticationContext", &mut fields.authentication_context)?;
        self.text("clientAppId", &mut fields.client_app_id)?;
        self.word("clientAppType", &mut fields.client_app_type, ClientAppType::from_wire)?;
        self.word("devicePlatform", &mut fields.device_platform, |word| Some(DevicePlatform::from_wire(word)))?;
        self.text("ipAddress", &mut fields.ip_address)?;
        self.text("country", &mut fields.country)?;
        self.word("signInRiskLevel", &mut fields.sign_in_risk, RiskLevel::from_wire)?;
        self.word("userRiskLevel", &mut fields.user_risk, RiskLevel::from_wire)?;
        self.word("servicePrincipalRiskLevel", &mut fields.service_principal_risk, RiskLevel::from_wire)?;
        self.word("insiderRiskLevel", &mut fields.insider_risk, InsiderRiskLevel::from_wire)?;
        self.word("transferMethod", &mut fields.transfer_method, TransferMethod::from_wire)?;
        self.raw("device", &mut fields.device)?;
        self.flag("brokerPresent", &mut fields.broker_present)?;
        self.flag("appProtectionApplied", &mut fields.app_protection_applied)?;
        self.flag("attestationMissing", &mut fields.attestation_missing)?;
        self.flag("mfa", &mut fields.mfa)?;
        self.flag("passwordChanged", &mut fields.password_changed)?;
        self.raw("authenticationMethods", &mut fields.authentication_methods)?;
        self.raw("termsOfUseAccepted", &mut fields.terms_of_use_accepted)?;
        self.scalar("decision", &mut fields.decision)?;
        self.scalar("errorCode", &mut fields.error_code)?;
        self.raw("policies", &mut fields.policies)
    }

    /// A member that says nothing. One whose name only looks different is not for here.
    fn unknown(&mut self) -> Option<()> {
        let name = self.string()?;
        (self.take(b':') && !Fields::has(name)).then_some(())?;
        self.value(0)?;
        self.end_member()
    }

    /// Reads the value of a member when it has this name.
    #[inline(always)]
    fn member<T>(&mut self, name: &str, slot: &mut Option<T>, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<()> {
        let Some([b'"', b':', rest @ ..]) = self.rest.strip_prefix(name.as_bytes()) else { return Some(()) };
        self.rest = rest;
        self.skip_spaces();
        let value = if let [b'n', ..] = self.rest { self.literal("null").map(|()| None) } else { read(self).map(Some) }?;
        if slot.is_none() {
            *slot = value;
        }
        self.end_member()
    }

    #[inline]
    fn end_member(&mut self) -> Option<()> {
        if let [b',', b'"', rest @ ..] = self.rest {
            self.rest = rest;
            return Some(());
        }
        if self.take(b',') {
            return self.start_name();
        }
        self.is_at_name = false;
        // Nothing may follow, least of all what would be taken for a member.
        (self.take(b'}') && self.rest.is_empty()).then_some(())
    }

    fn start_name(&mut self) -> Option<()> {
        self.is_at_name = self.take(b'"');
        self.is_at_name.then_some(())
    }

    #[inline(always)]
    fn text(&mut self, name: &str, slot: &mut Option<Cow<'a, str>>) -> Option<()> {
        self.member(name, slot, |plain| plain.quoted().map(Cow::Borrowed))
    }

    #[inline(always)]
    fn word<T>(&mut self, name: &str, slot: &mut Option<T>, from_wire: fn(&str) -> Option<T>) -> Option<()> {
        self.member(name, slot, |plain| from_wire(plain.quoted()?))
    }

    #[inline(always)]
    fn flag(&mut self, name: &str, slot: &mut Option<bool>) -> Option<()> {
        self.member(name, slot, Self::boolean)
    }

    #[inline(always)]
    fn scalar(&mut self, name: &str, slot: &mut Option<Scalar<'a>>) -> Option<()> {
        self.member(name, slot, |plain| plain.value(0))
    }

    /// A value as it is written.
    #[inline(always)]
    fn raw(&mut self, name: &str, slot: &mut Option<&'a str>) -> Option<()> {
        self.member(name, slot, |plain| {
            let start = plain.rest;
            let known = if let [b'{', ..] = start { (plain.known)(start) } else { None };
            match known {
                Some(length) => plain.rest = start.get(length..)?,
                None => drop(plain.value(0)?),
            }
            plain.between(start, plain.rest)
        })
    }
}

/// Tokens.
impl<'a> Plain<'a, '_> {
    /// Goes past a byte, and spaces before it, when it comes next.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        self.skip_spaces();
        match self.rest {
            [next, rest @ ..] if *next == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn skip_spaces(&mut self) {
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// The text between two places, each told by what was left to read there.
    #[inline]
    fn between(&self, from: &[u8], to: &[u8]) -> Option<&'a str> {
        self.text.get(self.text.len() - from.len()..self.text.len() - to.len())
    }

    /// Goes past a word when it comes next.
    fn literal(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(())
    }

    /// The rest of a string whose first quote is behind.
    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        let start = self.rest;
        let end = start.get(plain_letters(start)..)?;
        let [b'"', rest @ ..] = end else { return None };
        self.rest = rest;
        self.between(start, end)
    }

    #[inline]
    fn quoted(&mut self) -> Option<&'a str> {
        let [b'"', rest @ ..] = self.rest else { return None };
        self.rest = rest;
        self.string()
    }

    #[inline]
    fn boolean(&mut self) -> Option<bool> {
        if let Some(rest) = self.rest.strip_prefix(b"true") {
            self.rest = rest;
            return Some(true);
        }
        self.literal("false").map(|()| false)
    }

    fn number(&mut self) -> Option<u64> {
        let start = self.rest;
        let digits = start.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = start.get(digits..)?;
        let is_whole = !matches!(end, [b'.' | b'e' | b'E', ..]);
        let is_written_so = digits == 1 || (start.first() != Some(&b'0') && digits <= DIGITS);
        if !is_whole || !is_written_so {
            return None;
        }
        self.rest = end;
        self.between(start, end)?.parse().ok()
    }

    fn value(&mut self, depth: u8) -> Option<Scalar<'a>> {
        self.skip_spaces();
        let (first, rest) = self.rest.split_first()?;
        match first {
            b'"' => self.quoted().map(|text| Scalar::Text(Cow::Borrowed(text))),
            b't' | b'f' => self.boolean().map(Scalar::Flag),
            b'n' => self.literal("null").map(|()| Scalar::Null),
            b'0'..=b'9' => self.number().map(Scalar::Number),
            b'[' => {
                self.rest = rest;
                self.items(b']', depth, |_| Some(()))
            }
            b'{' => {
                self.rest = rest;
                self.items(b'}', depth, Self::key)
            }
            _ => None,
        }
    }

    /// The rest of a list or an object, whose items begin with something that a list has not.
    fn items(&mut self, end: u8, depth: u8, begin: impl Fn(&mut Self) -> Option<()>) -> Option<Scalar<'a>> {
        let deeper = (depth < DEEPEST).then_some(depth + 1)?;
        if self.take(end) {
            return Some(Scalar::Other);
        }
        loop {
            begin(self)?;
            self.value(deeper)?;
            if self.take(end) {
                return Some(Scalar::Other);
            }
            self.take(b',').then_some(())?;
        }
    }

    fn key(&mut self) -> Option<()> {
        self.take(b'"').then_some(())?;
        self.string()?;
        self.take(b':').then_some(())
    }
}

/// What JSON has between its tokens.
fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// How many letters stand before a quote, an escape or what no string may hold as it is.
#[inline]
fn plain_letters(bytes: &[u8]) -> usize {
    const LOW: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);
    const QUOTES: u64 = u64::from_ne_bytes([b'"'; 8]);
    const ESCAPES: u64 = u64::from_ne_bytes([b'\\'; 8]);
    // The high bit of each byte that is less than the same one of `limits`, which are at most 0x80; above the lowest such byte others
    // may be taken for one.
    let below = |word: u64, limits: u64| word.wrapping_sub(limits) & !word & HIGH;
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = below(word, SPACES) | below(word ^ QUOTES, LOW) | below(word ^ ESCAPES, LOW);
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let plain = rest.iter().take_while(|byte| !matches!(byte, 0..b' ' | b'"' | b'\\')).count();
    words.len() * 8 + plain
}

#[cfg(test)]
mod tests;
