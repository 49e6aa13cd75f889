//! Steps with a name and an expectation each. The first difference ends the run.

use std::process::exit;
use std::time::Instant;

use himmelblau::error::MsalError;

/// What has been done so far.
pub struct Report {
    steps: u32,
    begun: Instant,
}

impl Report {
    pub fn new() -> Self {
        Self { steps: 0, begun: Instant::now() }
    }

    /// A step that must succeed.
    pub fn done<T>(&mut self, name: &str, result: Result<T, MsalError>) -> T {
        match result {
            Ok(value) => {
                self.ok(name);
                value
            }
            Err(error) => fail(name, "success", &format!("{error:?}")),
        }
    }

    /// A step that the server must refuse with this code.
    pub fn refused<T>(&mut self, name: &str, code: u32, result: Result<T, MsalError>) {
        let codes = match result {
            Ok(_) => fail(name, &format!("a refusal with {code}"), "success"),
            Err(MsalError::AcquireTokenFailed(answer)) => answer.error_codes,
            Err(MsalError::AADSTSError(error)) => vec![error.code],
            Err(error) => fail(name, &format!("a refusal with {code}"), &format!("{error:?}")),
        };
        self.equal(name, &codes, &vec![code]);
    }

    /// A step whose result must be this.
    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, found: &T, expected: &T) {
        if found != expected {
            fail(name, &format!("{expected:?}"), &format!("{found:?}"));
        }
        self.ok(name);
    }

    /// Everything went as expected.
    pub fn finish(self) {
        println!("{} steps as expected, in {:.1} s", self.steps, self.begun.elapsed().as_secs_f32());
    }

    fn ok(&mut self, name: &str) {
        self.steps += 1;
        println!("ok {:3}  {name}", self.steps);
    }
}

/// Ends the run.
pub fn fail(name: &str, expected: &str, found: &str) -> ! {
    eprintln!("FAILED  {name}\n  expected: {expected}\n  found:    {found}");
    exit(1)
}
