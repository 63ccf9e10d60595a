//! What enterprises hand in: one application for each box of a form, and beside each field what is wrong with it.

use super::DeskError;
use super::look::Looked;
use super::view::Eye;
use super::writer::{Writer, unfitting};
use shared::container::ContainerNumber;
use shared::release_desk::form::{container_misfit, misfits, missing, tidied, too_much, wrong, wrong_at};
use shared::release_desk::{Application, Done, Entry, File, next};
use shared::time::Time;
use shared::wire::release_desk::{
    ApplicationAction as Action, ApplicationForm, ApplicationRequest, ApplicationState as State,
    DeskParty as Party, FieldError,
};
use smol_str::{SmolStr, format_smolstr};
use std::collections::HashMap;
use std::sync::Arc;

/// What is handed in, and by whom.
#[derive(Clone, Debug)]
pub struct Handed {
    /// What it says.
    pub request: ApplicationRequest,
    /// Who looks.
    pub eye: Eye,
    /// Whose it is.
    pub enterprise: SmolStr,
    /// The application that is changed; none makes a new one.
    pub id: Option<String>,
    /// Whether none is taken where one of several boxes can't be.
    pub all_or_none: bool,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct HandedIn {
    /// Those that were taken.
    pub taken: Vec<Arc<Application>>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A box that can be applied for.
struct Fit {
    form: ApplicationForm,
    looked: Looked,
}

impl Writer {
    /// Takes a form: as a draft, or as an application for each of its boxes.
    pub fn hand_in(&mut self, handed: &Handed) -> Result<HandedIn, DeskError> {
        let present = match &handed.id {
            Some(id) => Some(self.seen_by(&handed.eye, id, handed.request.if_version)?),
            None => None,
        };
        let action = if handed.request.apply {
            Action::Apply
        } else {
            Action::Save
        };
        if let Some(present) = &present {
            next(present.state, Party::Enterprise, action).map_err(|unfit| unfitting(unfit, present))?;
        } else if let Some(request) = &handed.request.request
            && let Some(taken) = self.book().of_request(&handed.enterprise, request)
        {
            return Ok(HandedIn {
                taken,
                errors: Vec::new(),
            });
        }
        let mut form = tidied(&handed.request.form);
        let mut errors = if handed.request.apply {
            misfits(&form)
        } else {
            too_much(&form)
        };
        errors.extend(self.resolve_site(&mut form));
        errors.extend(present.iter().flat_map(|present| other_box(present, &form)));
        let beside = present.as_ref().map_or(0, |present| present.files.len());
        let files = self.files_of(&handed.enterprise, &handed.request.files, beside)?;
        if !handed.request.apply {
            if !errors.is_empty() {
                return Ok(HandedIn {
                    taken: Vec::new(),
                    errors,
                });
            }
            return self.save(handed, present.as_ref(), form, files);
        }
        let whole = errors.is_empty();
        let now = self.now();
        let mut fits = Vec::new();
        let mut unfit = Vec::new();
        for (index, container) in form.containers.iter().enumerate() {
            match self.fit(&form, index, container, handed, present.as_deref(), now)? {
                Ok(fit) => fits.push(fit),
                Err(wrong) => {
                    // What is wrong with the form as a whole is said once.
                    let new = wrong
                        .into_iter()
                        .filter(|wrong| !errors.contains(wrong))
                        .collect::<Vec<_>>();
                    unfit.push(container.clone());
                    errors.extend(new);
                }
            }
        }
        if !whole || fits.is_empty() || (handed.all_or_none && !unfit.is_empty()) {
            return Ok(HandedIn {
                taken: Vec::new(),
                errors,
            });
        }
        let taken = self.apply_for(handed, present.as_ref(), &form, fits, &unfit, &files)?;
        Ok(HandedIn { taken, errors })
    }

    /// The site that a form names, or the only one.
    fn resolve_site(&self, form: &mut ApplicationForm) -> Option<FieldError> {
        let sites = &self.engine.configuration.sites;
        let codes: Vec<&str> = sites.iter().map(|site| site.code.as_str()).collect();
        match (form.site.as_str(), codes.as_slice()) {
            ("", [only]) => {
                form.site = (*only).to_owned();
                None
            }
            ("", _) => Some(wrong(
                "site",
                "missing",
                format!("say which site: {}", codes.join(", ")),
            )),
            (site, _) if codes.contains(&site) => None,
            (site, _) => {
                let message = format!("`{site}` is no site here; there are {}", codes.join(", "));
                Some(wrong("site", "unknown", message))
            }
        }
    }

    /// One box of a form: what it would apply for, or what is wrong with it.
    fn fit(
        &self,
        form: &ApplicationForm,
        index: usize,
        container: &str,
        handed: &Handed,
        present: Option<&Application>,
        now: Time,
    ) -> Result<Result<Fit, Vec<FieldError>>, DeskError> {
        let mut own = ApplicationForm {
            containers: vec![container.to_owned()],
            ..form.clone()
        };
        let looked = self.look_at(&own, present.map(|present| present.id.as_str()))?;
        if let Err(wrong) = container_misfit(index, container, looked.seen) {
            return Ok(Err(vec![wrong]));
        }
        let mut errors = looked.against(&own, index, now);
        if let Some(other) = self.book().of_box(&own.site, container)
            && present.is_none_or(|present| present.id != *other)
        {
            let message = match self
                .book()
                .get(other)
                .is_some_and(|other| handed.eye.sees(&other))
            {
                true => format!("{other} is on its way for this box already"),
                false => "an application for this box is on its way already".to_owned(),
            };
            errors.push(wrong_at(index, "already_applied", message));
        }
        match handed.eye.sees_papers() {
            true => looked.fill(&mut own),
            false => looked.clone().guarded(&own).fill(&mut own),
        }
        errors.extend(
            missing(&own)
                .into_iter()
                .map(|(field, reason)| wrong(field, "missing", reason)),
        );
        Ok(match errors.is_empty() {
            true => Ok(Fit { form: own, looked }),
            false => Err(errors),
        })
    }

    fn save(
        &mut self,
        handed: &Handed,
        present: Option<&Arc<Application>>,
        form: ApplicationForm,
        files: Vec<File>,
    ) -> Result<HandedIn, DeskError> {
        let mut entries = Vec::new();
        let id = match present {
            Some(present) => {
                entries.push(Entry::Done(Done {
                    form: Some(form),
                    ..Done::new(&present.id, Party::Enterprise, &handed.enterprise, Action::Save)
                }));
                present.id.clone()
            }
            None => {
                let id = self.numbers(&form.site, 1).pop().unwrap_or_default();
                entries.push(made(&id, handed, form));
                id
            }
        };
        entries.extend(files.into_iter().map(|file| filed(&id, handed, file)));
        let taken = self.commit(entries)?;
        Ok(HandedIn {
            taken,
            errors: Vec::new(),
        })
    }

    /// One application for each box that fits. A draft becomes the first of them; where some boxes do not fit, it stays a
    /// draft for those.
    fn apply_for(
        &mut self,
        handed: &Handed,
        present: Option<&Arc<Application>>,
        form: &ApplicationForm,
        fits: Vec<Fit>,
        unfit: &[String],
        files: &[File],
    ) -> Result<Vec<Arc<Application>>, DeskError> {
        let becomes = present.filter(|_| unfit.is_empty());
        let fresh = fits.len() - usize::from(becomes.is_some());
        let mut numbers = self.numbers(&form.site, fresh).into_iter();
        let mut entries = Vec::new();
        let mut looked = Vec::new();
        let mut kept: Vec<File> = present.map(|present| present.files.clone()).unwrap_or_default();
        kept.extend(files.iter().cloned());
        for (place, fit) in fits.into_iter().enumerate() {
            let (id, files) = match becomes.filter(|_| place == 0) {
                Some(draft) => (draft.id.clone(), files.to_vec()),
                None => {
                    let id = numbers.next().unwrap_or_default();
                    entries.push(made(&id, handed, fit.form.clone()));
                    (id, kept.clone())
                }
            };
            entries.extend(files.into_iter().map(|file| filed(&id, handed, file)));
            entries.push(Entry::Done(Done {
                form: Some(fit.form),
                closing_at: fit.looked.closing_at,
                ..Done::new(&id, Party::Enterprise, &handed.enterprise, Action::Apply)
            }));
            looked.push((id, fit.looked));
        }
        if let Some(draft) = present.filter(|_| !unfit.is_empty()) {
            let rest = ApplicationForm {
                containers: unfit.to_vec(),
                ..form.clone()
            };
            entries.push(Entry::Done(Done {
                form: Some(rest),
                ..Done::new(&draft.id, Party::Enterprise, &handed.enterprise, Action::Save)
            }));
        }
        let mut taken = self.commit(entries)?;
        taken.retain(|taken| taken.state != State::Draft);
        let looked: HashMap<SmolStr, Looked> = looked.into_iter().collect();
        for application in &taken {
            if let Some(looked) = looked.get(&application.id) {
                self.note(application, looked);
            }
        }
        Ok(taken)
    }

    /// The next numbers of the day at a site.
    fn numbers(&self, site: &str, count: usize) -> Vec<SmolStr> {
        let now = self.now();
        let sites = &self.engine.configuration.sites;
        let site = sites
            .iter()
            .find(|own| own.code == site)
            .or_else(|| sites.first());
        let local = site.map_or_else(|| now.utc(), |site| site.local(now)).to_string();
        let day: String = local.chars().take(10).filter(char::is_ascii_digit).collect();
        let day = format!("RD-{day}");
        let given = self.book().given(&day);
        (given + 1..)
            .take(count)
            .map(|number| format_smolstr!("{day}-{number:04}"))
            .collect()
    }
}

fn made(id: &SmolStr, handed: &Handed, form: ApplicationForm) -> Entry {
    Entry::Made {
        id: id.clone(),
        enterprise: handed.enterprise.clone(),
        by: handed.enterprise.clone(),
        form,
        request: handed.request.request.as_deref().map(SmolStr::new),
    }
}

fn filed(id: &SmolStr, handed: &Handed, file: File) -> Entry {
    Entry::Filed {
        id: id.clone(),
        by: handed.enterprise.clone(),
        added: true,
        file,
    }
}

/// An application that was handed in once stays about its box, at its site: the terminal there has seen it.
fn other_box(present: &Application, form: &ApplicationForm) -> Vec<FieldError> {
    if present.applied_at.is_none() {
        return Vec::new();
    }
    let mut errors = Vec::new();
    if form.site != present.form.site {
        let message = format!(
            "{} is about a box at {}; hand in another one for another site",
            present.id, present.form.site
        );
        errors.push(wrong("site", "invalid", message));
    }
    let number = |text: &str| ContainerNumber::parse(text).ok();
    let same = match form.containers.as_slice() {
        [only] => number(only) == number(present.container()),
        _ => false,
    };
    if !same {
        let message = format!(
            "{} is about {}; hand in another one for another box",
            present.id,
            present.container()
        );
        errors.push(wrong("containers", "invalid", message));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::release_desk::Done;

    #[test]
    fn what_was_handed_in_once_stays_about_its_box_and_its_site() {
        let form = ApplicationForm {
            site: "CNTXG-TPCT".into(),
            containers: vec!["CSQU3054383".into()],
            ..ApplicationForm::default()
        };
        let id = SmolStr::new("RD-20220223-0001");
        let mut application = Application::made(&id, &"acme".into(), &"acme".into(), form.clone(), Time(0));
        let elsewhere = ApplicationForm {
            site: "CNSHA-YS4".into(),
            ..form.clone()
        };
        let another = ApplicationForm {
            containers: vec!["MSKU1111113".into()],
            ..elsewhere.clone()
        };
        assert_eq!(other_box(&application, &another), [], "a draft is about anything");
        let applied = Done::new(&id, Party::Enterprise, "acme", Action::Apply);
        application.apply(&Entry::Done(applied), Time(1), 2).unwrap();
        let fields = |form: &ApplicationForm| {
            let errors = other_box(&application, form).into_iter();
            errors.map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(&form), [""; 0]);
        assert_eq!(fields(&elsewhere), ["site"]);
        assert_eq!(fields(&another), ["site", "containers"]);
    }
}
