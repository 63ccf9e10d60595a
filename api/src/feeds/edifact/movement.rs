//! Which movement a message reports (`semantics.md` §1, "From EDIFACT").

use super::place::{DISCHARGE, LOADING, Place, with};
use crate::config::Site;
use crate::feeds::EdifactSettings;
use shared::event::Node;

/// The message types that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Gate in and gate out.
    Codeco,
    /// Discharge and loading.
    Coarri,
}

impl MessageType {
    /// By UNH S009 0065.
    pub fn of(name: &str) -> Option<MessageType> {
        match name {
            "CODECO" => Some(MessageType::Codeco),
            "COARRI" => Some(MessageType::Coarri),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            MessageType::Codeco => "CODECO",
            MessageType::Coarri => "COARRI",
        }
    }
}

/// What header and settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The node; nothing when each equipment's status (8249) has to tell.
    pub node: Option<Node>,
    /// It was told by a code that does not say so itself.
    pub assumed: bool,
    /// The header's port says otherwise.
    pub contradicted: bool,
}

/// The movement, told by the sender's setting, else by the code, else by our port in the header.
pub fn of(
    kind: MessageType,
    sender: &str,
    code: Option<&str>,
    header: &[Place],
    settings: &EdifactSettings,
    sites: &[Site],
) -> Movement {
    let setting = code.and_then(|code| settings.codes.get(sender)?.get(code).copied());
    let (node, assumed) = match (setting, kind, code) {
        (Some(node), ..) => (Some(node), false),
        (None, MessageType::Codeco, Some("34")) => (Some(Node::GateIn), false),
        (None, MessageType::Codeco, Some("36")) => (Some(Node::GateOut), false),
        (None, MessageType::Codeco, _) => (None, false),
        (None, MessageType::Coarri, Some("44" | "119")) => (Some(Node::Discharge), false),
        (None, MessageType::Coarri, Some("98")) => (Some(Node::Discharge), true),
        (None, MessageType::Coarri, Some("46")) => (Some(Node::Load), false),
        (None, MessageType::Coarri, Some("270")) => (Some(Node::Load), true),
        (None, MessageType::Coarri, _) => (by_port(header, sites), false),
    };
    let quay = matches!(node, Some(Node::Discharge | Node::Load));
    Movement {
        node,
        assumed,
        contradicted: quay && by_port(header, sites).is_some_and(|by_port| Some(by_port) != node),
    }
}

/// Our port of discharge, or our port of loading; both or none tell nothing.
fn by_port(header: &[Place], sites: &[Site]) -> Option<Node> {
    let is_ours = |qualifier| with(header, qualifier).is_some_and(|place| place.site(sites).is_some());
    match (is_ours(DISCHARGE), is_ours(LOADING)) {
        (true, false) => Some(Node::Discharge),
        (false, true) => Some(Node::Load),
        _ => None,
    }
}

/// By the status of the equipment: an import was discharged, an export loaded.
pub fn by_status(kind: MessageType, status: Option<&str>) -> Option<Node> {
    match (kind, status) {
        (MessageType::Coarri, Some("3")) => Some(Node::Discharge),
        (MessageType::Coarri, Some("2")) => Some(Node::Load),
        _ => None,
    }
}
