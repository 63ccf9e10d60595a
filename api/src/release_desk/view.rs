//! How applications travel, and who sees which.

use super::book::{Book, Seen};
use super::look::Looked;
use crate::access::caller::sees;
use crate::access::{Caller, Sites};
use crate::config::{Configuration, ReleaseDesk, Site};
use shared::access::Right;
use shared::release_desk::{Application, File, Order, actions, is_open, turn};
use shared::time::{SECOND, Time};
use shared::wire::release_desk as wire;
use shared::wire::release_desk::{ApplicationAction, ApplicationState, DeskParty};
use smol_str::SmolStr;

/// Who looks at the desk.
#[derive(Clone, Debug)]
pub struct Eye {
    /// The part that they have; none with open access, where everybody has all.
    pub party: Option<DeskParty>,
    /// The account.
    pub name: Option<SmolStr>,
    sites: Sites,
}

impl Eye {
    /// What a caller sees; none for whoever has no part.
    pub fn of(caller: &Caller) -> Option<Eye> {
        let party = match caller.is_open() {
            true => None,
            false if caller.has(Right::Review) => Some(DeskParty::Customs),
            false if caller.has(Right::Proofread) => Some(DeskParty::Terminal),
            false if caller.has(Right::Applications) => Some(DeskParty::Enterprise),
            false => return None,
        };
        Some(Eye {
            party,
            name: caller.known.as_ref().map(|known| known.name.as_str().into()),
            sites: caller.sites(),
        })
    }

    /// Whether they see an application: an enterprise its own, a terminal those of its sites, customs all; a draft is
    /// its enterprise's alone.
    pub fn sees(&self, application: &Application) -> bool {
        self.sees_told(
            &application.form.site,
            &application.enterprise,
            application.applied_at.is_none(),
        )
    }

    /// The same of a message on the stream.
    pub fn sees_told(&self, site: &str, enterprise: &str, draft: bool) -> bool {
        match self.party {
            None => true,
            Some(DeskParty::Enterprise) => self.name.as_deref() == Some(enterprise),
            Some(_) => !draft && sees(&self.sites, site),
        }
    }

    /// Whether they see papers of boxes that they have not shown to be theirs.
    pub fn sees_papers(&self) -> bool {
        self.party != Some(DeskParty::Enterprise)
    }
}

/// What views need of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Lens<'a> {
    /// The configuration.
    pub configuration: &'a Configuration,
}

impl Lens<'_> {
    fn site(&self, code: &str) -> Option<&Site> {
        let sites = &self.configuration.sites;
        sites
            .iter()
            .find(|site| site.code == code)
            .or_else(|| sites.first())
    }

    /// A moment at the site of an application.
    pub fn local(&self, application: &Application, at: Time) -> shared::time::LocalTime {
        self.site(&application.form.site)
            .map_or_else(|| at.utc(), |site| site.local(at))
    }

    /// An application as queues have it.
    pub fn item(&self, application: &Application, seen: Option<&Seen>) -> wire::ApplicationItem {
        let local = |at: Time| self.local(application, at);
        let form = &application.form;
        let closing = seen.map_or(application.closing_at, |seen| seen.closing_at);
        wire::ApplicationItem {
            id: application.id.to_string(),
            site: form.site.clone(),
            kind: form.kind,
            reason: form.reason,
            state: application.state,
            turn: turn(application.state),
            enterprise: application.enterprise.to_string(),
            container: application.container().to_owned(),
            bill_of_lading: form.bill_of_lading.clone(),
            vessel_name: form.vessel_name.clone(),
            voyage: form.voyage.clone(),
            applied_at: application.applied_at.map(local),
            since: local(application.since),
            closing_at: closing.map(local),
            times_out_at: times_out_at(application, &self.configuration.release_desk).map(local),
            differs: seen.map_or(0, |seen| seen.differs),
            by_rule: application.is_by_rule(),
            version: application.version,
        }
    }

    /// An application on one screen.
    pub fn whole(
        &self,
        application: &Application,
        looked: Looked,
        eye: &Eye,
        book: &Book,
    ) -> wire::Application {
        let seen = Seen {
            closing_at: looked.closing_at.or(application.closing_at),
            differs: looked.differs(),
        };
        let seen = is_open(application.state).then_some(&seen);
        let looked = match eye.sees_papers() {
            true => looked,
            false => looked.guarded(&application.form),
        };
        let local = |at: Time| self.local(application, at);
        let steps = application.steps.iter().map(|step| wire::DeskStep {
            at: local(step.at),
            by: step.by.to_string(),
            party: step.party,
            action: step.action,
            state: step.state,
            remark: step.remark.clone(),
            corrections: step.corrections.clone(),
        });
        wire::Application {
            item: self.item(application, seen),
            form: application.form.clone(),
            checks: looked.checks,
            files: application
                .files
                .iter()
                .map(|file| self.file(file, &application.form.site))
                .collect(),
            steps: steps.collect(),
            instruction: application
                .order()
                .map(|order| self.instruction(application, order)),
            actions: may(application, eye),
            stay: looked.stay.map(|stay| stay.to_string()),
            alarm: looked.alarm.map(|alarm| alarm.to_string()),
            epoch: book.epoch.clone(),
            sequence: book.sequence,
        }
    }

    /// A file.
    pub fn file(&self, file: &File, site: &str) -> wire::DeskFile {
        let at = self
            .site(site)
            .map_or_else(|| file.at.utc(), |site| site.local(file.at));
        wire::DeskFile {
            id: file.id.to_string(),
            name: file.name.to_string(),
            media_type: file.media_type.to_string(),
            size: file.size,
            at,
            by: file.by.to_string(),
        }
    }

    /// An instruction.
    pub fn instruction(&self, application: &Application, order: &Order) -> wire::Instruction {
        let local = |at: Time| self.local(application, at);
        let form = &application.form;
        wire::Instruction {
            id: order.id.to_string(),
            application: application.id.to_string(),
            site: form.site.clone(),
            kind: form.kind.unwrap_or(wire::ApplicationKind::MissingInstruction),
            container: application.container().to_owned(),
            bill_of_lading: form.bill_of_lading.clone(),
            vessel_name: form.vessel_name.clone(),
            vessel_imo: form.vessel_imo.clone(),
            voyage: form.voyage.clone(),
            declaration: form.declaration.clone(),
            approved_at: local(order.approved_at),
            approved_by: order.approved_by.to_string(),
            by_rule: order.by_rule,
            state: order.state.name().to_owned(),
            attempts: order.attempts,
            last_error: order.last_error.clone(),
            next_attempt_at: order.next_attempt_at.map(local),
            confirmed_at: application.confirmed_at().map(local),
            sequence: order.sequence,
        }
    }
}

/// What somebody may do with an application now.
fn may(application: &Application, eye: &Eye) -> Vec<ApplicationAction> {
    let parties = match eye.party {
        Some(party) => vec![party],
        None => vec![DeskParty::Enterprise, DeskParty::Terminal, DeskParty::Customs],
    };
    parties
        .into_iter()
        .flat_map(|party| actions(application.state, party))
        .collect()
}

/// When an application times out in its state.
pub fn times_out_at(application: &Application, settings: &ReleaseDesk) -> Option<Time> {
    let seconds = match application.state {
        ApplicationState::Proofreading => settings.proofread_within,
        ApplicationState::Reviewing => settings.review_within,
        ApplicationState::Returned | ApplicationState::Asked => settings.answer_within,
        ApplicationState::Approved => settings.confirm_within,
        _ => return None,
    };
    Some(
        application
            .since
            .plus(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(SECOND)),
    )
}
