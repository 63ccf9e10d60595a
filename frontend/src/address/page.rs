//! The pages and their paths, in one place.

use super::query::{decode, encode};
use shared::access::Right;

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/`
    Overview,
    /// `/yard`
    Yard,
    /// `/alarms`
    Alarms,
    /// `/alarms/rules`
    AlarmRules,
    /// `/alarms/performance`
    AlarmPerformance,
    /// `/containers`: the search.
    Containers,
    /// `/containers/{number}`: the trail.
    Container(String),
    /// `/stays`: the list behind a figure.
    Stays,
    /// `/stays/{id}`: leads to the trail of its container.
    Stay(String),
    /// `/clearance`
    Clearance,
    /// `/throughput`
    Throughput,
    /// `/feeds`
    Feeds,
    /// `/wall`: without bar and navigation.
    Wall,
    /// `/wall/setup`: how the address of a wall is made.
    WallSetup,
    /// `/sign-in`
    SignIn,
    /// `/welcome`: where a one-time link leads.
    Welcome,
    /// `/account`: one's own account.
    Account,
    /// `/access`: accounts, keys and the audit log.
    Access,
    /// `/parcels`: cross-border parcels now, over time, and as a list.
    Parcels,
    /// `/parcels/{order}`: one parcel.
    Parcel(String),
    /// `/release-desk`: queues, and the figures of the desk.
    ReleaseDesk,
    /// `/release-desk/new`: applying.
    NewApplication,
    /// `/release-desk/{id}`: one application, or the form of a draft.
    Application(String),
    /// An address that leads nowhere.
    Unknown(String),
}

impl Page {
    /// The page of a path.
    pub fn from_path(path: &str) -> Page {
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decode)
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => Page::Overview,
            ["yard"] => Page::Yard,
            ["alarms"] => Page::Alarms,
            ["alarms", "rules"] => Page::AlarmRules,
            ["alarms", "performance"] => Page::AlarmPerformance,
            ["containers"] => Page::Containers,
            ["containers", number] => Page::Container((*number).to_owned()),
            ["stays"] => Page::Stays,
            ["stays", id] => Page::Stay((*id).to_owned()),
            ["clearance"] => Page::Clearance,
            ["throughput"] => Page::Throughput,
            ["feeds"] => Page::Feeds,
            ["wall"] => Page::Wall,
            ["wall", "setup"] => Page::WallSetup,
            ["sign-in"] => Page::SignIn,
            ["welcome"] => Page::Welcome,
            ["account"] => Page::Account,
            ["access"] => Page::Access,
            ["parcels"] => Page::Parcels,
            ["parcels", order] => Page::Parcel((*order).to_owned()),
            ["release-desk"] => Page::ReleaseDesk,
            ["release-desk", "new"] => Page::NewApplication,
            ["release-desk", id] => Page::Application((*id).to_owned()),
            _ => Page::Unknown(path.to_owned()),
        }
    }

    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Page::Overview => "/".to_owned(),
            Page::Yard => "/yard".to_owned(),
            Page::Alarms => "/alarms".to_owned(),
            Page::AlarmRules => "/alarms/rules".to_owned(),
            Page::AlarmPerformance => "/alarms/performance".to_owned(),
            Page::Containers => "/containers".to_owned(),
            Page::Container(number) => format!("/containers/{}", encode(number)),
            Page::Stays => "/stays".to_owned(),
            Page::Stay(id) => format!("/stays/{}", encode(id)),
            Page::Clearance => "/clearance".to_owned(),
            Page::Throughput => "/throughput".to_owned(),
            Page::Feeds => "/feeds".to_owned(),
            Page::Wall => "/wall".to_owned(),
            Page::WallSetup => "/wall/setup".to_owned(),
            Page::SignIn => "/sign-in".to_owned(),
            Page::Welcome => "/welcome".to_owned(),
            Page::Account => "/account".to_owned(),
            Page::Access => "/access".to_owned(),
            Page::Parcels => "/parcels".to_owned(),
            Page::Parcel(order) => format!("/parcels/{}", encode(order)),
            Page::ReleaseDesk => "/release-desk".to_owned(),
            Page::NewApplication => "/release-desk/new".to_owned(),
            Page::Application(id) => format!("/release-desk/{}", encode(id)),
            Page::Unknown(path) => path.clone(),
        }
    }

    /// What somebody may do for whom it is there; none: it is for everybody.
    pub fn right(&self) -> Option<Right> {
        Some(match self {
            Page::Overview | Page::Clearance | Page::Throughput | Page::Parcels => Right::Figures,
            Page::Yard => Right::Yard,
            Page::Alarms | Page::AlarmPerformance => Right::Alarms,
            Page::AlarmRules => Right::Rules,
            Page::Containers | Page::Container(_) | Page::Stay(_) | Page::Parcel(_) => Right::Trails,
            Page::Stays => Right::Stays,
            Page::Feeds => Right::Feeds,
            Page::Wall | Page::WallSetup => Right::Sites,
            Page::Access => Right::Administer,
            Page::NewApplication => Right::Applications,
            // Several rights lead to the desk: `Context::sees`.
            Page::ReleaseDesk | Page::Application(_) => return None,
            Page::SignIn | Page::Welcome | Page::Account | Page::Unknown(_) => return None,
        })
    }

    /// Whether it is there before anybody has signed in.
    pub fn is_door(&self) -> bool {
        matches!(self, Page::SignIn | Page::Welcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_by_its_path() {
        let pages = [
            Page::Overview,
            Page::Yard,
            Page::Alarms,
            Page::AlarmRules,
            Page::AlarmPerformance,
            Page::Containers,
            Page::Container("CSU6097384".to_owned()),
            Page::Stays,
            Page::Stay("a/b:c".to_owned()),
            Page::Clearance,
            Page::Throughput,
            Page::Feeds,
            Page::Wall,
            Page::WallSetup,
            Page::SignIn,
            Page::Welcome,
            Page::Account,
            Page::Access,
            Page::Parcels,
            Page::Parcel("HZ-2026/11 1".to_owned()),
            Page::ReleaseDesk,
            Page::NewApplication,
            Page::Application("RD-20220223-0001".to_owned()),
            Page::Unknown("/nowhere/at/all".to_owned()),
        ];
        for page in pages {
            assert_eq!(Page::from_path(&page.path()), page);
        }
    }

    #[test]
    fn a_slash_at_the_end_changes_nothing() {
        assert_eq!(Page::from_path("/alarms/"), Page::Alarms);
    }
}
