//! Who looks: signing in, what a one-time link is for, and one's own account.

/// Forms.
pub mod form;

use crate::address::Page;
use crate::client::{CallError, Member, object, post, send};
use crate::components::markup::{Markup, fact, fill, join, link, nothing, text};
use crate::components::planted::{find, planted};
use crate::components::reactive::{changing, effect, spawn};
use crate::components::shell::{part, say, written};
use crate::components::states::{failed, loading};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::session::{Told, fragment};
use form::{Field, Form, field, form, show_passwords};
use gloo_net::http::Method;
use leptos::{ev, prelude::*};
use shared::access::safe_path;
use shared::time::LocalTime;
use shared::wire::access::LinkLook;
use std::rc::Rc;
use web_sys::HtmlElement;

/// Longer passwords are refused.
const LONGEST: usize = 256;

fn page(class: &'static str, parts: Vec<AnyView>) -> AnyView {
    part("section", class, parts)
}

fn title(context: Context, word: Word) -> AnyView {
    written("contents", fill("<h1>{}</h1>", &[say(context.language, word)]))
}

/// Where a sign-in leads.
fn destination(context: Context) -> String {
    let query = context.address.query_now();
    let to = safe_path(query.get("to")).to_owned();
    match to.as_str() {
        "/" => context.address.link(&Page::Overview, &[]),
        _ => to,
    }
}

/// `/sign-in`.
#[inline(never)]
pub fn sign_in() -> AnyView {
    let context = context();
    let session = context.session;
    if !session.has_accounts() {
        let home = context.address.link(&Page::Overview, &[]);
        let gaps = [
            say(context.language, Word::NobodySignsIn),
            link(&home, say(context.language, Word::Overview)),
        ];
        let words = written("contents", fill("<p>{}</p><p>{}</p>", &gaps));
        return page("page door", vec![title(context, Word::SignIn), words]);
    }
    if !untrack(|| session.is_signed_out()) {
        // Deferred: this very page is being made, and somebody may be signing out.
        let lead = move || {
            if !untrack(|| session.is_signed_out()) {
                context.address.go_in_place(&destination(context));
            }
        };
        set_timeout(lead, std::time::Duration::ZERO);
        return loading();
    }
    let name = Field {
        name: "name",
        word: Word::AccountName,
        kind: "text",
        complete: "username",
        value: "",
        hint: "",
        more: "required",
    };
    let password = Field {
        name: "password",
        word: Word::Password,
        kind: "password",
        complete: "current-password",
        ..name
    };
    let fields = [
        field(context, "sign-in", &name),
        field(context, "sign-in", &password),
        show_passwords(context),
    ];
    let send = move |form: Form| {
        for name in ["name", "password"] {
            if form.value(name).is_empty() {
                return form.fail(name, context.say(Word::FillIn));
            }
        }
        form.busy(true);
        let (name, password) = (form.value("name"), form.value("password"));
        let body = object(&[
            ("name", Member::Text(&name)),
            ("password", Member::Text(&password)),
        ]);
        spawn(async move {
            let answer: Result<Told, CallError> = post("/session".to_owned(), body).await;
            match answer {
                Ok(told) => context.session.begin(told),
                Err(error) => not_signed_in(context, &form, &error),
            }
        });
    };
    let problem = context.address.query_now();
    let problem = problem.get("problem").map_or_else(nothing, |problem| {
        let word = match problem {
            "begin_again" => Word::ProviderBeginAgain,
            "refused" => Word::ProviderRefused,
            "no_role" => Word::ProviderNoRole,
            "shut" => Word::AccountShut,
            _ => Word::ProviderFailed,
        };
        fill(
            "<p class=\"failed\" role=\"alert\">{}</p>",
            &[say(context.language, word)],
        )
    });
    let parts = vec![
        title(context, Word::SignIn),
        written("contents", problem),
        form(context, "sign-in", &fields, Word::SignIn, Rc::new(send), None),
        written("contents", provider(context)),
        written(
            "contents",
            fill(
                "<p class=\"quiet\">{}</p>",
                &[say(context.language, Word::SignInHint)],
            ),
        ),
    ];
    page("page door", parts)
}

fn not_signed_in(context: Context, form: &Form, error: &CallError) {
    form.busy(false);
    form.empty("password");
    match error {
        CallError::TooMany(seconds) => {
            let wait = format::duration(context.language, i64::try_from(*seconds).unwrap_or(i64::MAX));
            form.fail("password", &context.fill(Word::TooManyWrong, wait));
        }
        error if error.status() == Some(401) => form.fail("password", context.say(Word::WrongPassword)),
        error => form.refuse(error, &|_| None),
    }
}

/// The way over the identity provider, where there is one.
fn provider(context: Context) -> Markup {
    context.session.peek(|told| {
        let Some(name) = told.and_then(|told| told.provider.as_ref()) else {
            return nothing();
        };
        let name = context.language.choose(&name.en, &name.zh);
        let to = crate::address::encode(&destination(context));
        let gaps = [text(&to), text(&context.fill(Word::SignInBy, name))];
        fill(
            "<a class=\"button provider\" href=\"/api/v1/session/provider?to={}\">{}</a>",
            &gaps,
        )
    })
}

/// `/welcome`: what a one-time link is for.
#[inline(never)]
pub fn welcome() -> AnyView {
    let context = context();
    let looked = RwSignal::new(None::<Result<LinkLook, CallError>>);
    let look = move || {
        let Some(secret) = fragment() else {
            return looked.set(Some(Err(CallError::Status(404))));
        };
        spawn(async move {
            let body = object(&[("link", Member::Text(&secret))]);
            let answer = post("/session/link/look".to_owned(), body).await;
            let _ = looked.try_set(Some(answer));
        });
    };
    look();
    let moved = window_event_listener(ev::hashchange, move |_| look());
    on_cleanup(move || moved.remove());
    let content = changing(move || match looked.get() {
        None => loading(),
        Some(Ok(look)) => choose(context, &look),
        Some(Err(error)) if error.status() == Some(404) => written("contents", used_up(context)),
        Some(Err(error)) => failed(&error, Some(Callback::new(move |()| look()))),
    });
    page("page door", vec![title(context, Word::Welcome), content])
}

fn used_up(context: Context) -> Markup {
    let to = context.address.link(&Page::SignIn, &[]);
    let gaps = [
        say(context.language, Word::LinkUsedUp),
        say(context.language, Word::LinkUsedUpHint),
        link(&to, say(context.language, Word::SignIn)),
    ];
    fill(
        "<div class=\"failed\" role=\"alert\"><p><strong>{}</strong></p><p>{}</p></div><p>{}</p>",
        &gaps,
    )
}

fn until_words(context: Context, until: LocalTime) -> String {
    context.fill(Word::LinkUntil, format::stamp(until))
}

/// The field of a password that is chosen.
fn new_password(context: Context, form: &'static str) -> Markup {
    let least = least(context).to_string();
    let hint = context.fill(Word::PasswordHint, least);
    let password = Field {
        name: "password",
        word: Word::NewPassword,
        kind: "password",
        complete: "new-password",
        value: "",
        hint: &hint,
        more: "required",
    };
    field(context, form, &password)
}

fn least(context: Context) -> u64 {
    context
        .session
        .peek(|told| told.map_or(0, |told| told.password_least))
}

/// Says what is wrong with a password that is chosen, as far as the page knows by itself.
fn is_wrong(context: Context, form: &Form) -> bool {
    let password = form.value("password");
    let wrong = if password.chars().count() < least(context) as usize {
        context.fill(Word::PasswordShort, least(context))
    } else if password.len() > LONGEST {
        context.say(Word::PasswordLong).to_owned()
    } else {
        return false;
    };
    form.fail("password", &wrong);
    true
}

/// What the fields' refusals mean. Length was looked at before: what is left is a password that is guessed soon.
fn refusal(name: &str) -> Option<Word> {
    Some(match name {
        "password" | "new" => Word::PasswordGuessed,
        _ => return None,
    })
}

/// Whether a name has only what a name may have; the server takes no other.
pub fn is_name(name: &str) -> bool {
    let name = name.trim();
    // The server knows which letters of other scripts are letters.
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || "._-@".contains(letter) || !letter.is_ascii();
    !name.is_empty() && name.chars().all(plain)
}

fn choose(context: Context, look: &LinkLook) -> AnyView {
    let first = look.name.is_none();
    let own = look.name.as_deref().unwrap_or_default();
    let name = Field {
        name: "name",
        word: Word::AccountName,
        kind: "text",
        complete: "username",
        value: own,
        hint: if first { context.say(Word::NameHint) } else { "" },
        more: if first { "required" } else { "readonly" },
    };
    let mut fields = vec![field(context, "welcome", &name)];
    if first {
        let full_name = Field {
            name: "full_name",
            word: Word::FullName,
            complete: "name",
            hint: context.say(Word::FullNameHint),
            more: "",
            ..name
        };
        fields.push(field(context, "welcome", &full_name));
    }
    fields.push(new_password(context, "welcome"));
    fields.push(show_passwords(context));
    let send = move |form: Form| {
        if first && !is_name(&form.value("name")) {
            return form.fail("name", context.say(Word::NameWrong));
        }
        if is_wrong(context, &form) {
            return;
        }
        form.busy(true);
        spawn(async move {
            let secret = fragment().unwrap_or_default();
            let (password, name, full_name) = (
                form.value("password"),
                form.value("name"),
                form.value("full_name"),
            );
            let mut members = vec![
                ("link", Member::Text(&secret)),
                ("password", Member::Text(&password)),
            ];
            if first {
                members.push(("name", Member::Text(&name)));
                members.push(("full_name", Member::Text(&full_name)));
            }
            let answer: Result<Told, CallError> = post("/session/link".to_owned(), object(&members)).await;
            match answer {
                Ok(told) => {
                    // The link is used up: it goes out of the address and of the history.
                    let home = context.address.link(&Page::Overview, &[]);
                    context.address.go_in_place(&home);
                    context.session.begin(told);
                }
                Err(error) if error.status() == Some(404) => {
                    form.busy(false);
                    form.fail("", context.say(Word::LinkUsedUp));
                }
                Err(error) => form.refuse(&error, &refusal),
            }
        });
    };
    let words = match first {
        true => context.say(Word::WelcomeFirst).to_owned(),
        false => context.fill(Word::WelcomeName, own),
    };
    let until = until_words(context, look.until);
    let gaps = [text(&words), text(&until)];
    let parts = vec![
        written("contents", fill("<p>{}</p><p class=\"quiet\">{}</p>", &gaps)),
        form(
            context,
            "welcome",
            &fields,
            Word::SetPassword,
            Rc::new(send),
            None,
        ),
    ];
    parts.into_any()
}

/// `/account`: one's own.
#[inline(never)]
pub fn account() -> AnyView {
    let context = context();
    let about = context.session.peek(|told| {
        let told = told?;
        let account = told.account.as_ref()?;
        let sites = told.sites.as_ref().map(|sites| sites.join(", "));
        let sites = sites.unwrap_or_else(|| context.say(Word::AllSites).to_owned());
        let facts = [
            fact(context, Word::AccountName, text(&account.name)),
            fact(context, Word::FullName, text(&account.full_name)),
            fact(context, Word::RoleColumn, text(context.term(account.role))),
            fact(context, Word::Sites, text(&sites)),
        ];
        let facts = fill("<dl class=\"facts\">{}</dl>", &[join(&facts)]);
        Some((facts, account.has_password, account.name.clone()))
    });
    let Some((facts, has_password, name)) = about else {
        return loading();
    };
    let mut parts = vec![title(context, Word::OwnAccount), written("card", facts)];
    if has_password {
        parts.push(change_password(context, &name));
    }
    page("page door", parts)
}

fn change_password(context: Context, name: &str) -> AnyView {
    let present = Field {
        name: "present",
        word: Word::PresentPassword,
        kind: "password",
        complete: "current-password",
        value: "",
        hint: "",
        more: "required",
    };
    // A password manager wants to know whose it is.
    let own = fill(
        "<input type=\"text\" name=\"name\" autocomplete=\"username\" value=\"{}\" readonly hidden>",
        &[text(name)],
    );
    let fields = [
        own,
        field(context, "password", &present),
        new_password(context, "password"),
        show_passwords(context),
    ];
    let changed = RwSignal::new(false);
    let change = move |form: Form| {
        changed.set(false);
        if form.value("present").is_empty() {
            return form.fail("present", context.say(Word::FillIn));
        }
        if is_wrong(context, &form) {
            return;
        }
        form.busy(true);
        spawn(async move {
            let (present, new) = (form.value("present"), form.value("password"));
            let body = object(&[("present", Member::Text(&present)), ("new", Member::Text(&new))]);
            let answer: Result<Told, CallError> =
                send(Method::PUT, "/session/password".to_owned(), Some(body)).await;
            match answer {
                Ok(told) => {
                    form.busy(false);
                    form.empty("present");
                    form.empty("password");
                    let _ = changed.try_set(true);
                    context.session.begin(told);
                }
                Err(CallError::TooMany(seconds)) => {
                    let wait = format::duration(context.language, i64::try_from(seconds).unwrap_or(i64::MAX));
                    form.busy(false);
                    form.fail("present", &context.fill(Word::TooManyWrong, wait));
                }
                Err(error) if error.status() == Some(401) => {
                    form.busy(false);
                    form.fail("present", context.say(Word::WrongPresent));
                    // Or the session ended meanwhile.
                    context.session.ask();
                }
                Err(error) => form.refuse(&error, &refusal),
            }
        });
    };
    let done = fill("<p class=\"done\" role=\"status\"></p>", &[]);
    let ready = move |part: HtmlElement| {
        effect(move || {
            let words = changed.get().then(|| context.say(Word::PasswordChanged));
            if let Some(place) = find::<HtmlElement>(&part, "p") {
                place.set_text_content(words);
            }
        });
    };
    let parts = vec![
        written(
            "contents",
            fill("<h2>{}</h2>", &[say(context.language, Word::ChangePassword)]),
        ),
        form(
            context,
            "password",
            &fields,
            Word::ChangePassword,
            Rc::new(change),
            None,
        ),
        planted("contents", done, Box::new(ready)),
    ];
    part("div", "card", parts)
}
