//! Words to expressions.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::property::Property;
use super::token::{Placed, Token, tokens};
use super::{Atom, Expression, FilterError, Test};

/// Deeper nesting than any rule of Graph's 3072 characters needs, and far from the end of the stack.
const DEEPEST: usize = 64;

pub(super) fn parse(rule: &str) -> Result<Expression, FilterError> {
    let mut parser = Parser { tokens: tokens(rule)?.into_iter().peekable(), end: rule.chars().count() + 1 };
    let expression = parser.or(0)?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(placed) => Err(wrong(placed.position, "the rule should end here, or go on with -and or -or")),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Placed>>,
    /// Position after the last character.
    end: usize,
}

impl Parser {
    fn or(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut parts = vec![self.and(depth)?];
        while self.eat_keyword("or") {
            parts.push(self.and(depth)?);
        }
        Ok(join(parts, Expression::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut parts = vec![self.not(depth)?];
        while self.eat_keyword("and") {
            parts.push(self.not(depth)?);
        }
        Ok(join(parts, Expression::And))
    }

    fn not(&mut self, depth: usize) -> Result<Expression, FilterError> {
        if depth > DEEPEST {
            return Err(wrong(self.position(), "the rule is nested too deeply"));
        }
        if self.eat_keyword("not") {
            return Ok(Expression::Not(Box::new(self.not(depth + 1)?)));
        }
        if !self.eat(&Token::Open) {
            return self.atom().map(Expression::Atom);
        }
        let inner = self.or(depth + 1)?;
        if self.eat(&Token::Close) { Ok(inner) } else { Err(wrong(self.position(), "a closing parenthesis is missing")) }
    }

    fn atom(&mut self) -> Result<Atom, FilterError> {
        let (position, name) = self.word("a property such as device.displayName")?;
        let property = name.strip_prefix("device.").and_then(Property::from_name);
        let property = property.ok_or_else(|| wrong(position, &format!("{name:?} is not a property that a device filter knows")))?;
        let (position, operator) = self.word("an operator such as -eq")?;
        let (test, negated) = operator_of(&operator).ok_or_else(|| wrong(position, &format!("{operator:?} is not an operator")))?;
        if !property.allows(test) {
            return Err(wrong(position, &format!("{name} does not allow the operator {operator}")));
        }
        Ok(Atom { property, test, negated, values: self.values(test)? })
    }

    fn values(&mut self, test: Test) -> Result<Vec<Option<String>>, FilterError> {
        let position = self.position();
        if !self.eat(&Token::OpenList) {
            return if test == Test::In { Err(wrong(position, "-in takes a list in brackets")) } else { Ok(vec![self.value(test)?]) };
        }
        if test != Test::In {
            return Err(wrong(position, "only -in and -notIn take a list"));
        }
        let mut values = vec![self.value(test)?];
        while self.eat(&Token::Comma) {
            values.push(self.value(test)?);
        }
        if self.eat(&Token::CloseList) { Ok(values) } else { Err(wrong(self.position(), "a closing bracket is missing")) }
    }

    fn value(&mut self, test: Test) -> Result<Option<String>, FilterError> {
        let position = self.position();
        match self.tokens.next().map(|placed| placed.token) {
            Some(Token::Text(text)) => Ok(Some(text.to_lowercase())),
            Some(Token::Word(word)) if word == "null" => {
                let allowed = matches!(test, Test::Equal | Test::In);
                if allowed { Ok(None) } else { Err(wrong(position, "null goes with -eq, -ne, -in and -notIn only")) }
            }
            Some(Token::Word(word)) if word == "true" || word == "false" || is_number(&word) => Ok(Some(word)),
            _ => Err(wrong(position, "a value is missing: a string in double quotes, True, False, null or a number")),
        }
    }

    fn word(&mut self, wanted: &str) -> Result<(usize, String), FilterError> {
        let position = self.position();
        match self.tokens.next().map(|placed| placed.token) {
            Some(Token::Word(word)) => Ok((position, word)),
            _ => Err(wrong(position, &format!("{wanted} is missing"))),
        }
    }

    fn eat_keyword(&mut self, keyword: &str) -> bool {
        let is_keyword = |placed: &Placed| matches!(&placed.token, Token::Word(word) if word.strip_prefix('-').unwrap_or(word) == keyword);
        self.tokens.next_if(is_keyword).is_some()
    }

    fn eat(&mut self, token: &Token) -> bool {
        self.tokens.next_if(|placed| placed.token == *token).is_some()
    }

    fn position(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |placed| placed.position)
    }
}

fn join(mut parts: Vec<Expression>, make: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            make(parts)
        }
    }
}

fn operator_of(word: &str) -> Option<(Test, bool)> {
    Some(match word.strip_prefix('-').unwrap_or(word) {
        "eq" => (Test::Equal, false),
        "ne" => (Test::Equal, true),
        "startswith" => (Test::StartsWith, false),
        "notstartswith" => (Test::StartsWith, true),
        "endswith" => (Test::EndsWith, false),
        "notendswith" => (Test::EndsWith, true),
        "contains" => (Test::Contains, false),
        "notcontains" => (Test::Contains, true),
        "in" => (Test::In, false),
        "notin" => (Test::In, true),
        _ => return None,
    })
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.starts_with(|first: char| first.is_ascii_digit()) && digits.chars().all(|digit| digit.is_ascii_digit() || digit == '.')
}

fn wrong(position: usize, message: &str) -> FilterError {
    FilterError { position, message: message.to_owned() }
}
