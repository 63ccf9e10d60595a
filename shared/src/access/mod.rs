//! Who may do what. Server and page ask the same table, so that nothing is offered that would be refused.

/// What a wall's token shows.
mod scene;
/// Where a sign-in leads back to.
mod way_back;

pub use scene::Scene;
pub use way_back::safe_path;

use serde::{Deserialize, Serialize};

/// What an account or a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A wall: the scenes that its token names, read only.
    Display,
    /// Looks at yard, alarms, figures and the lists behind them.
    Viewer,
    /// Follows single containers, and takes data out.
    Analyst,
    /// Acts on alarms.
    Officer,
    /// A terminal: its own sites, whose alarms it explains.
    Terminal,
    /// An enterprise: its own applications and nothing else.
    Enterprise,
    /// A feed: sends messages of its sources and reads nothing.
    Sender,
    /// A monitoring system: reads `/metrics` and nothing else.
    Monitor,
    /// Manages accounts, keys and rules.
    Administrator,
}

/// One thing that may be allowed. Every call states the one that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To see the sites, and to follow changes of what else may be seen.
    Sites,
    /// To see the yard.
    Yard,
    /// To see alarms.
    Alarms,
    /// To see figures.
    Figures,
    /// To see who sends, and how much.
    Feeds,
    /// To see the lists behind figures.
    Stays,
    /// To look for containers and follow single ones.
    Trails,
    /// To take lists out as files.
    Export,
    /// To see messages that were not understood, with their text.
    Problems,
    /// To correct and dismiss those.
    Mend,
    /// To see and try the rules.
    Rules,
    /// To change the rules.
    ChangeRules,
    /// To explain alarms.
    Explain,
    /// To do anything else with alarms.
    Act,
    /// To send messages.
    Send,
    /// To apply at the release desk, and to see one's own applications.
    Applications,
    /// To proofread applications of one's sites for the terminal.
    Proofread,
    /// To review applications for customs.
    Review,
    /// To read the server's own measures.
    Metrics,
    /// To manage accounts and keys, and to read the audit log.
    Administer,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 9] = [
        Role::Display,
        Role::Viewer,
        Role::Analyst,
        Role::Officer,
        Role::Terminal,
        Role::Enterprise,
        Role::Sender,
        Role::Monitor,
        Role::Administrator,
    ];

    /// Those that a person can have; the others are for keys.
    pub const OF_PEOPLE: [Role; 6] = [
        Role::Viewer,
        Role::Analyst,
        Role::Officer,
        Role::Terminal,
        Role::Enterprise,
        Role::Administrator,
    ];

    /// Those that a key can have.
    pub const OF_KEYS: [Role; 3] = [Role::Display, Role::Sender, Role::Monitor];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Role::Display => "display",
            Role::Viewer => "viewer",
            Role::Analyst => "analyst",
            Role::Officer => "officer",
            Role::Terminal => "terminal",
            Role::Enterprise => "enterprise",
            Role::Sender => "sender",
            Role::Monitor => "monitor",
            Role::Administrator => "administrator",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What it may do; whatever does not stand here it may not.
    pub fn rights(self) -> &'static [Right] {
        use Right::*;
        match self {
            // Of these its token's scenes leave some.
            Role::Display => &[Sites, Yard, Alarms, Figures, Feeds],
            Role::Viewer => &[Sites, Yard, Alarms, Figures, Feeds, Stays],
            Role::Analyst => &[
                Sites, Yard, Alarms, Figures, Feeds, Stays, Trails, Export, Problems, Rules,
            ],
            Role::Officer => &[
                Sites, Yard, Alarms, Figures, Feeds, Stays, Trails, Export, Problems, Mend, Rules, Explain,
                Act, Review,
            ],
            Role::Terminal => &[
                Sites, Yard, Alarms, Figures, Feeds, Stays, Trails, Explain, Proofread,
            ],
            Role::Enterprise => &[Applications],
            Role::Sender => &[Send],
            Role::Monitor => &[Metrics],
            Role::Administrator => &[
                Sites,
                Yard,
                Alarms,
                Figures,
                Feeds,
                Stays,
                Trails,
                Export,
                Problems,
                Mend,
                Rules,
                ChangeRules,
                Explain,
                Act,
                Review,
                Metrics,
                Administer,
            ],
        }
    }

    /// Whether it may do something.
    pub fn has(self, right: Right) -> bool {
        self.rights().contains(&right)
    }

    /// Whether one has it for some sites only, never for all.
    pub fn needs_sites(self) -> bool {
        self == Role::Terminal
    }
}

impl Right {
    /// All of them.
    pub const ALL: [Right; 20] = [
        Right::Sites,
        Right::Yard,
        Right::Alarms,
        Right::Figures,
        Right::Feeds,
        Right::Stays,
        Right::Trails,
        Right::Export,
        Right::Problems,
        Right::Mend,
        Right::Rules,
        Right::ChangeRules,
        Right::Explain,
        Right::Act,
        Right::Send,
        Right::Applications,
        Right::Proofread,
        Right::Review,
        Right::Metrics,
        Right::Administer,
    ];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Right::Sites => "sites",
            Right::Yard => "yard",
            Right::Alarms => "alarms",
            Right::Figures => "figures",
            Right::Feeds => "feeds",
            Right::Stays => "stays",
            Right::Trails => "trails",
            Right::Export => "export",
            Right::Problems => "problems",
            Right::Mend => "mend",
            Right::Rules => "rules",
            Right::ChangeRules => "change_rules",
            Right::Explain => "explain",
            Right::Act => "act",
            Right::Send => "send",
            Right::Applications => "applications",
            Right::Proofread => "proofread",
            Right::Review => "review",
            Right::Metrics => "metrics",
            Right::Administer => "administer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_travel_as_themselves() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(
                serde_json::to_string(&role).unwrap(),
                format!("\"{}\"", role.name())
            );
        }
        for right in Right::ALL {
            assert_eq!(
                serde_json::to_string(&right).unwrap(),
                format!("\"{}\"", right.name())
            );
        }
    }

    #[test]
    fn each_role_is_for_people_or_for_keys() {
        for role in Role::ALL {
            assert!(
                Role::OF_PEOPLE.contains(&role) != Role::OF_KEYS.contains(&role),
                "{role:?}"
            );
        }
    }

    #[test]
    fn only_officers_and_administrators_act_and_only_administrators_manage() {
        let with = |right| {
            Role::ALL
                .into_iter()
                .filter(move |role| role.has(right))
                .collect::<Vec<_>>()
        };
        assert_eq!(with(Right::Act), [Role::Officer, Role::Administrator]);
        assert_eq!(
            with(Right::Explain),
            [Role::Officer, Role::Terminal, Role::Administrator]
        );
        assert_eq!(with(Right::Administer), [Role::Administrator]);
        assert_eq!(with(Right::ChangeRules), [Role::Administrator]);
        assert_eq!(with(Right::Send), [Role::Sender]);
        // At the desk each has one part: nobody reviews what they wrote or proofread.
        assert_eq!(with(Right::Applications), [Role::Enterprise]);
        assert_eq!(with(Right::Proofread), [Role::Terminal]);
        assert_eq!(with(Right::Review), [Role::Officer, Role::Administrator]);
        assert_eq!(
            with(Right::Export),
            [Role::Analyst, Role::Officer, Role::Administrator]
        );
    }

    #[test]
    fn keys_neither_act_nor_manage() {
        for role in Role::OF_KEYS {
            for right in [
                Right::Act,
                Right::Explain,
                Right::ChangeRules,
                Right::Administer,
                Right::Export,
            ] {
                assert!(!role.has(right));
            }
        }
    }
}
