//! What was said of a container in each version of each event: what was believed when, and what was taken back.

use super::container::ContainerRecord;
use super::state::State;
use crate::config::Site;
use shared::event::Event;
use shared::event::json::canonical;
use shared::event::versions::Versions;
use shared::wire;

impl State {
    /// Every event of a container with all that its versions said, in the order in which they were first recorded.
    pub fn events_of(
        &self,
        record: &ContainerRecord,
        sees: &dyn Fn(&str) -> bool,
    ) -> Vec<wire::container::EventHistory> {
        let Some(default) = self.sites.first() else {
            return Vec::new();
        };
        let mut events = Vec::new();
        for versions in &record.identities {
            let site = versions.all().iter().rev().find_map(|version| {
                let content = version.event.content.as_ref()?;
                content.site().and_then(|code| self.site(code))
            });
            // What was told of elsewhere is nobody's alone.
            if site.is_some_and(|site| !sees(&site.site.code)) {
                continue;
            }
            events.push(history(versions, site.map_or(&default.site, |site| &site.site)));
        }
        events.sort_by(|a, b| {
            let first = |event: &wire::container::EventHistory| {
                event.versions.iter().map(|version| version.recorded_at.at).min()
            };
            (first(a), &a.source, &a.id).cmp(&(first(b), &b.source, &b.id))
        });
        events
    }
}

fn history(held: &Versions, site: &Site) -> wire::container::EventHistory {
    let identity = &held.holding().event.identity;
    let versions = held.all().iter().map(|version| wire::container::EventVersion {
        updated_at: version.event.updated_at.map(|at| site.local(at)),
        recorded_at: site.local(version.recorded_at),
        retracted: version.event.retracted,
        said: said(&version.event, site),
    });
    wire::container::EventHistory {
        source: identity.source.to_string(),
        id: identity.id.to_string(),
        versions: versions.collect(),
    }
}

/// What an event says but for who speaks of which box and when; its time is that of the site.
fn said(event: &Event, site: &Site) -> Option<serde_json::Value> {
    let content = event.content.as_ref()?;
    let mut said: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&canonical(event)).ok()?;
    for name in ["id", "source", "container", "updated_at", "retracted"] {
        said.remove(name);
    }
    said.insert("at".to_owned(), site.local(content.at).to_string().into());
    Some(said.into())
}
