//! `doorward-phone`: a phone on the command line. It prints what its screen shows.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use doorward_model::application::PlatformIdentity;
use doorward_model::{AppId, Clock, Rng};
use doorward_phone::{Account, App, Body, MailClient, Network, Outcome, Phone, PhoneError};
use jiff::Timestamp;

/// The person must install the broker first.
const INSTALL_BROKER: u32 = 50127;
/// The broker must register the device first.
const REGISTER_DEVICE: u32 = 50129;

/// A software phone that signs in to a Doorward server and prints what its screen shows.
#[derive(Parser)]
#[command(name = "doorward-phone", version, arg_required_else_help = true)]
struct Arguments {
    /// Address of the server.
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// Certificate authority of the server, PEM.
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// Tenant, by id or domain.
    #[arg(long)]
    tenant: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start an app on a new phone and sign in.
    Start(Start),
    /// Set up the built-in mail client, which knows only name and password.
    Mail(Mail),
}

#[derive(Args)]
struct Person {
    /// Platform of the phone.
    #[arg(long)]
    platform: Platform,
    /// Sign-in name.
    #[arg(long)]
    user: String,
    /// Password.
    #[arg(long, env = "DOORWARD_PHONE_PASSWORD", hide_env_values = true)]
    password: String,
}

impl Person {
    fn account(&self) -> Account {
        Account { name: self.user.clone(), password: self.password.clone() }
    }
}

#[derive(Args)]
struct Start {
    #[command(flatten)]
    person: Person,
    /// Bundle id (iOS) or package (Android) of the app, as the operating system says it.
    #[arg(long)]
    app: String,
    /// SHA-1 of the app's signing certificate, base64 (Android).
    #[arg(long, value_name = "BASE64", required_if_eq("platform", "android"))]
    signature: Option<String>,
    /// Client id in the app's code.
    #[arg(long, value_name = "GUID")]
    client_id: AppId,
    /// What the app asks for.
    #[arg(long, default_value = "openid profile offline_access User.Read")]
    scope: String,
    /// Print what the phone and the server said to each other, too.
    #[arg(long)]
    log: bool,
    /// The app shows the sign-in pages in the system's browser, not in a web view.
    #[arg(long)]
    system_browser: bool,
    /// Follow the advice on the screen: install the broker, register the device.
    #[arg(long)]
    follow_advice: bool,
}

#[derive(Args)]
struct Mail {
    #[command(flatten)]
    person: Person,
    /// ActiveSync id of the mail client.
    #[arg(long, default_value = "DOORWARDPHONE1")]
    device_id: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Platform {
    Ios,
    Android,
}

impl Platform {
    fn body(self) -> Body {
        match self {
            Self::Ios => Body::IPhone,
            Self::Android => Body::AndroidPhone,
        }
    }
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the binary brings the clock that everything else takes as an argument")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct OsRng;

impl Rng for OsRng {
    #[expect(clippy::disallowed_methods, reason = "the binary brings the randomness that everything else takes as an argument")]
    fn fill(&self, buffer: &mut [u8]) {
        if aws_lc_rs::rand::fill(buffer).is_err() {
            // Without randomness every secret would be guessable: stopping is the only safe answer.
            std::process::abort();
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("doorward-phone: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the person got in.
async fn run(arguments: &Arguments) -> Result<bool, PhoneError> {
    let network = Network::new(&arguments.base_url, &arguments.tenant, &arguments.ca, Arc::new(SystemClock), Arc::new(OsRng))?;
    match &arguments.command {
        Command::Start(start) => {
            let mut phone = Phone::new("My phone", start.person.platform.body(), network)?;
            let ended = sign_in(&mut phone, start).await;
            // The screen tells how far it went even when it broke off.
            for line in phone.screen() {
                println!("{line}");
            }
            if start.log {
                println!();
                for line in phone.log() {
                    println!("{line}");
                }
            }
            Ok(matches!(ended?, Outcome::Token(_)))
        }
        Command::Mail(mail) => {
            let client = MailClient::new(network, mail.person.platform.body(), &mail.device_id);
            let answer = client.synchronise(&mail.person.account()).await?;
            println!("Mail: HTTP {}", answer.status);
            Ok(answer.is_served())
        }
    }
}

async fn sign_in(phone: &mut Phone, start: &Start) -> Result<Outcome, PhoneError> {
    let identity = match (start.person.platform, &start.signature) {
        (Platform::Android, signature) => {
            PlatformIdentity::Android { package_name: start.app.clone(), signature_hash: signature.clone().unwrap_or_default() }
        }
        (Platform::Ios, _) => PlatformIdentity::Ios { bundle_id: start.app.clone() },
    };
    let mut app = App::on_phone(&start.app, start.client_id, identity);
    app.in_system_browser = start.system_browser;
    let account = start.person.account();
    let mut outcome = phone.start(&app, &account, &start.scope).await?;
    if start.follow_advice && outcome.code() == INSTALL_BROKER {
        phone.broker_installed = true;
        outcome = phone.start(&app, &account, &start.scope).await?;
    }
    if start.follow_advice && outcome.code() == REGISTER_DEVICE {
        if let Err(refusal) = phone.register(&account).await? {
            return Ok(refusal);
        }
        outcome = phone.start(&app, &account, &start.scope).await?;
    }
    Ok(outcome)
}
