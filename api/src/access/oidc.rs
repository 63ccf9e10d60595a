//! Sign-in at an identity provider: OpenID Connect Core 1.0, the authorization code flow (§3.1) with PKCE (RFC 7636).

use super::Sites;
use super::secret::{NoChance, new_secret};
use crate::config::access::Oidc;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use shared::access::Role;
use shared::time::{MINUTE, Time};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long somebody may take at the provider.
const FLOW: i64 = 10 * MINUTE;
/// Beginning a sign-in asks the provider so often at most: it costs whoever begins nothing.
const DESCRIBED: i64 = 5 * MINUTE;
/// People who are on their way at once at most.
const FLOWS: usize = 1_000;
/// The provider has so long for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Answers of a provider are small.
const LARGEST: u64 = 1024 * 1024;

/// Why somebody could not sign in there.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A file that was configured can't be read.
    #[error("{path} can't be read: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The configuration is no address.
    #[error("the identity provider's settings are wrong: {0}")]
    Settings(String),
    /// The provider does not answer as it should.
    #[error("the identity provider can't be reached or answers wrongly: {0}")]
    Unreachable(String),
    /// Nobody is on the way with that.
    #[error("this sign-in was not begun here, or took longer than ten minutes; begin again")]
    Unknown,
    /// The provider refused.
    #[error("the identity provider did not let you in: {0}")]
    Refused(String),
    /// Its answer does not hold.
    #[error("what the identity provider said does not hold: {0}")]
    Invalid(String),
    /// What the person is there is nothing here.
    #[error("the identity provider knows you, but nothing that it says of you gives you access here")]
    NoRole,
    /// There is no chance to make a secret of.
    #[error(transparent)]
    Chance(#[from] NoChance),
}

/// All claims of an identity token, beside the standard ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    all: BTreeMap<String, serde_json::Value>,
}

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type OurClient<A, D, I, R, T, U> = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    A,
    D,
    I,
    R,
    T,
    U,
>;

/// Somebody whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider.
    pub issuer: String,
    /// Its own, lasting name of the person.
    pub subject: String,
    /// A name to sign in by.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// The role that follows.
    pub role: Role,
    /// The sites that follow; none: all.
    pub sites: Option<Vec<SmolStr>>,
}

/// Somebody on the way.
#[derive(Debug)]
struct Flow {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    to: String,
    callback: String,
    until: Time,
}

/// A sign-in that begins.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub address: String,
    /// What its cookie says, so that nobody else can end it.
    pub cookie: String,
}

/// The provider.
#[derive(Debug)]
pub struct Provider {
    /// What was configured.
    pub settings: Oidc,
    secret: Option<ClientSecret>,
    agent: ureq::Agent,
    flows: Mutex<BTreeMap<String, Flow>>,
    /// What the provider said of itself, and until when that is believed where no key depends on it.
    described: Mutex<Option<(CoreProviderMetadata, Time)>>,
}

/// What went wrong with a call to the provider.
#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error(transparent)]
    Call(#[from] ureq::Error),
    #[error(transparent)]
    Answer(#[from] openidconnect::http::Error),
}

impl Provider {
    /// Reads the files that were configured. The provider itself is asked when somebody signs in, so that this server
    /// starts without it.
    pub fn new(settings: Oidc) -> Result<Provider, ProviderError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| ProviderError::File {
                path: path.clone(),
                reason: error.to_string(),
            })
        };
        let secret = settings.client_secret_file.as_ref().map(read).transpose()?;
        let secret = secret.map(|bytes| ClientSecret::new(String::from_utf8_lossy(&bytes).trim().to_owned()));
        let mut tls = ureq::tls::TlsConfig::builder();
        if let Some(path) = &settings.ca_file {
            let bytes = read(path)?;
            let mut certificates = Vec::new();
            for item in ureq::tls::parse_pem(&bytes) {
                if let Ok(ureq::tls::PemItem::Certificate(certificate)) = item {
                    certificates.push(certificate);
                }
            }
            if certificates.is_empty() {
                return Err(ProviderError::File {
                    path: path.clone(),
                    reason: "there is no certificate in it".to_owned(),
                });
            }
            tls = tls.root_certs(ureq::tls::RootCerts::from(certificates));
        }
        let agent = ureq::Agent::config_builder()
            // A redirection could lead this server anywhere (openidconnect's advice).
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .tls_config(tls.build())
            .build()
            .new_agent();
        Ok(Provider {
            settings,
            secret,
            agent,
            flows: Mutex::default(),
            described: Mutex::default(),
        })
    }

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.agent.run(request)?;
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(LARGEST).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, bytes))
    }

    fn metadata(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone())
            .map_err(|error| ProviderError::Settings(error.to_string()))?;
        CoreProviderMetadata::discover(&issuer, &|request| self.call(request))
            .map_err(|error| ProviderError::Unreachable(told(&error)))
    }

    /// What was said not long ago, to lead people there; keys are always asked for afresh.
    fn recent_metadata(&self, now: Time) -> Result<CoreProviderMetadata, ProviderError> {
        let mut described = self.described.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((metadata, until)) = &*described
            && now < *until
        {
            return Ok(metadata.clone());
        }
        let metadata = self.metadata()?;
        *described = Some((metadata.clone(), now.plus(DESCRIBED)));
        Ok(metadata)
    }

    /// Begins a sign-in. `callback` is where the provider sends the browser back to, `to` where the person wants to
    /// be. Asks the provider, so it blocks.
    pub fn begin(&self, callback: &str, to: &str, now: Time) -> Result<Begun, ProviderError> {
        let redirect = RedirectUrl::new(callback.to_owned())
            .map_err(|error| ProviderError::Settings(error.to_string()))?;
        let client: OurClient<_, _, _, _, _, _> = Client::from_provider_metadata(
            self.recent_metadata(now)?,
            ClientId::new(self.settings.client_id.clone()),
            self.secret.clone(),
        );
        let client = client.set_redirect_uri(redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let (address, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let cookie = new_secret()?;
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        flows.retain(|_, flow| now < flow.until);
        // Whoever began first has had the longest time; nobody is kept out by others who only begin.
        if flows.len() >= FLOWS
            && let Some(oldest) = flows.iter().min_by_key(|(_, flow)| flow.until)
        {
            let oldest = oldest.0.clone();
            flows.remove(&oldest);
        }
        let flow = Flow {
            state,
            nonce,
            verifier,
            to: to.to_owned(),
            callback: callback.to_owned(),
            until: now.plus(FLOW),
        };
        flows.insert(cookie.clone(), flow);
        Ok(Begun {
            address: address.to_string(),
            cookie,
        })
    }

    /// Ends a sign-in with what the browser brought back: the person, and where they want to be. Asks the provider, so
    /// it blocks.
    pub fn finish(
        &self,
        cookie: &str,
        state: &str,
        code: Result<&str, &str>,
        now: Time,
    ) -> Result<(Person, String), ProviderError> {
        let flow = {
            let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
            // Whatever comes of it, it can't be tried again.
            flows.remove(cookie).ok_or(ProviderError::Unknown)?
        };
        if now >= flow.until || flow.state.secret() != state {
            return Err(ProviderError::Unknown);
        }
        let code = code.map_err(|reason| ProviderError::Refused(reason.to_owned()))?;
        let redirect =
            RedirectUrl::new(flow.callback).map_err(|error| ProviderError::Settings(error.to_string()))?;
        let client: OurClient<_, _, _, _, _, _> = Client::from_provider_metadata(
            self.metadata()?,
            ClientId::new(self.settings.client_id.clone()),
            self.secret.clone(),
        );
        let client = client.set_redirect_uri(redirect);
        let invalid = |error: &dyn std::error::Error| ProviderError::Invalid(told(error));
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| ProviderError::Settings(error.to_string()))?
            .set_pkce_verifier(flow.verifier)
            .request(&|request| self.call(request))
            .map_err(|error| invalid(&error))?;
        let token = answer
            .id_token()
            .ok_or_else(|| ProviderError::Invalid("there is no identity token in it".to_owned()))?;
        let verifier = client.id_token_verifier();
        let claims = token
            .claims(&verifier, &flow.nonce)
            .map_err(|error| invalid(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| invalid(&error))?;
            let key = token.signing_key(&verifier).map_err(|error| invalid(&error))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
                .map_err(|error| invalid(&error))?;
            if actual != *expected {
                return Err(ProviderError::Invalid(
                    "its access token is another one's".to_owned(),
                ));
            }
        }
        let says = claims.additional_claims().all.get(&self.settings.claim);
        let (role, sites) = self.granted(says).ok_or(ProviderError::NoRole)?;
        let subject = claims.subject().to_string();
        let email = claims.email().map(|email| email.to_string());
        let called = claims
            .name()
            .and_then(|name| name.get(None))
            .map(|name| name.to_string());
        let preferred = claims.preferred_username().map(|name| name.to_string());
        let name = preferred.or(email).unwrap_or_else(|| subject.clone());
        let person = Person {
            issuer: self.settings.issuer.clone(),
            full_name: called.unwrap_or_else(|| name.clone()),
            name,
            subject,
            role,
            sites: sites.map(|sites| sites.to_vec()),
        };
        Ok((person, flow.to))
    }

    /// What a claim gives: the first grant that fits one of its values.
    fn granted(&self, says: Option<&serde_json::Value>) -> Option<(Role, Sites)> {
        let values: Vec<&str> = match says? {
            serde_json::Value::String(value) => vec![value],
            serde_json::Value::Array(values) => values.iter().filter_map(|value| value.as_str()).collect(),
            _ => return None,
        };
        let mut grants = self.settings.grants.iter();
        let grant = grants.find(|grant| values.contains(&grant.value.as_str()))?;
        Some((grant.role, grant.sites.as_deref().map(Into::into)))
    }
}

/// An error with what lies behind it, for the log: this crate's own say little.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        text.push_str(": ");
        text.push_str(&error.to_string());
        behind = error.source();
    }
    text
}
