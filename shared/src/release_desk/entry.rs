//! What happens at the desk, as its journal has it: state is a function of these lines alone.

use super::application::File;
use crate::time::Time;
use crate::wire::release_desk::{ApplicationAction, ApplicationForm, DeskParty};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One line of the desk's journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// An application was begun, as a draft.
    Made {
        /// Its number.
        id: SmolStr,
        /// Whose it is.
        enterprise: SmolStr,
        /// Who wrote it.
        by: SmolStr,
        /// What it says.
        form: ApplicationForm,
        /// The name of the request that made it: the same again makes nothing new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<SmolStr>,
    },
    /// Somebody acted, or something happened.
    Done(Done),
    /// A file was sent, to go with an application later.
    Uploaded {
        /// The file.
        file: File,
    },
    /// A file was added or taken out.
    Filed {
        /// The application.
        id: SmolStr,
        /// Who did it.
        by: SmolStr,
        /// Whether it was added.
        added: bool,
        /// The file.
        file: File,
    },
    /// A draft was deleted.
    Deleted {
        /// Its number.
        id: SmolStr,
    },
    /// An instruction was sent to the terminal's webhook.
    Sent {
        /// The application.
        id: SmolStr,
        /// The instruction.
        instruction: SmolStr,
        /// Why it was not taken; none when it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// When it is sent again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_at: Option<Time>,
    },
    /// The port's engine has the event of a confirmed instruction.
    Told {
        /// The application.
        id: SmolStr,
    },
    /// The box was loaded on its vessel.
    Loaded {
        /// The application.
        id: SmolStr,
        /// When.
        loaded_at: Time,
    },
}

/// An action with an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// Its number.
    pub id: SmolStr,
    /// For whom.
    pub party: DeskParty,
    /// Who, by name; of a rule or a clock its name.
    pub by: SmolStr,
    /// What.
    pub action: ApplicationAction,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Which fields the terminal corrected: name, before, after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<(String, String, String)>,
    /// What the application says from then on, where that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ApplicationForm>,
    /// When the vessel closes, as far as it was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_at: Option<Time>,
}

impl Entry {
    /// The application that it is about; a file that was sent is about none yet.
    pub fn application(&self) -> Option<&SmolStr> {
        Some(match self {
            Entry::Uploaded { .. } => return None,
            Entry::Made { id, .. }
            | Entry::Filed { id, .. }
            | Entry::Deleted { id }
            | Entry::Sent { id, .. }
            | Entry::Told { id }
            | Entry::Loaded { id, .. } => id,
            Entry::Done(done) => &done.id,
        })
    }
}

impl Done {
    /// An action that changes nothing but the state.
    pub fn new(id: &SmolStr, party: DeskParty, by: &str, action: ApplicationAction) -> Done {
        Done {
            id: id.clone(),
            party,
            by: by.into(),
            action,
            remark: None,
            corrections: Vec::new(),
            form: None,
            closing_at: None,
        }
    }
}
