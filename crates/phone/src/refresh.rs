//! An app without a broker refreshes its tokens, and proves its device when it is asked for it.

use doorward_wire::pkeyauth::Challenge;
use reqwest::RequestBuilder;
use url::Url;

use crate::app::App;
use crate::broker::{self, correlation_id};
use crate::challenge;
use crate::error::PhoneError;
use crate::http::send;
use crate::log::Log;
use crate::outcome::{Outcome, Tokens};
use crate::phone::Phone;

impl Phone {
    /// The app redeems its refresh token.
    ///
    /// # Errors
    /// [`PhoneError`], also when there is none; refusals are outcomes.
    pub async fn refresh(&mut self, app: &App, tokens: &Tokens) -> Result<Outcome, PhoneError> {
        let refresh_token = tokens.refresh_token.as_deref().ok_or_else(|| PhoneError::local("no refresh token"))?;
        let endpoint = Url::parse(&format!("{}/oauth2/v2.0/token", self.network().authority())).map_err(PhoneError::local)?;
        let client_id = app.client_id.to_string();
        let form = [("client_id", client_id.as_str()), ("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let correlation_id = correlation_id(self.network());
        let request = || -> RequestBuilder { self.decorate(self.http().post(endpoint.clone()).form(&form), &app.name, &correlation_id) };
        let mut log = Log::default();
        let mut answer = send(request()).await?;
        log.note("token endpoint", format!("refresh_token → HTTP {}", answer.status));
        let library = self.body.library().filter(|library| library.challenged_at.contains(&answer.status));
        let asked = answer.www_authenticate.as_deref().and_then(|header| Challenge::of_header(header, endpoint.clone()));
        if let (Some(library), Some(asked)) = (library, asked) {
            let authorization = challenge::answer(&asked, library, self.registration(), self.now(), &mut log)?;
            answer = send(request().header("authorization", authorization)).await?;
            log.note("token endpoint", format!("refresh_token again with the answer → HTTP {}", answer.status));
        }
        let outcome = broker::tokens("refresh", answer.status, &answer.body)?;
        self.append(log);
        self.show(&app.name, &outcome);
        Ok(outcome)
    }
}
