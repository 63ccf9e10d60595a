//! The nodes of a container's passage (`domain.md` §3), in the order of `interface.md` §3.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! nodes {
    ($($(#[$doc:meta])* $variant:ident $name:literal),+ $(,)?) => {
        /// What happened to a container or a vessel. The order of the variants breaks ties between events of
        /// the same moment (`semantics.md` §3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Node { $($(#[$doc])* $variant),+ }

        impl Node {
            /// Every node, in order.
            pub const ALL: &'static [Node] = &[$(Node::$variant),+];

            /// The name that travels.
            pub fn name(self) -> &'static str {
                match self { $(Node::$variant => $name),+ }
            }
        }
    };
}

nodes! {
    /// The vessel berthed (抵港).
    VesselArrival "vessel_arrival",
    /// In through the gate (进闸).
    GateIn "gate_in",
    /// In by rail.
    RailIn "rail_in",
    /// Off the vessel (卸船).
    Discharge "discharge",
    /// The terminal reported to customs that an export box arrived (运抵).
    ArrivalReport "arrival_report",
    /// Declared to customs (申报).
    Declare "declare",
    /// Customs asks for documents (补单).
    DocumentsRequired "documents_required",
    /// Selected for a scan (布控扫描).
    SelectForScan "select_for_scan",
    /// Selected for an inspection (布控查验).
    SelectForInspection "select_for_inspection",
    /// Put into a slot (堆存).
    Stack "stack",
    /// Moved to another slot (移箱).
    Shift "shift",
    /// Reefer plugged in (插电).
    PlugIn "plug_in",
    /// Reefer measured (测温).
    Measure "measure",
    /// Scanned (机检).
    Scan "scan",
    /// Inspection began (查验).
    InspectionStart "inspection_start",
    /// Inspection ended.
    InspectionEnd "inspection_end",
    /// The verdict on image or inspection.
    Verdict "verdict",
    /// Detained (扣留).
    Hold "hold",
    /// Released (放行).
    Release "release",
    /// Reefer unplugged (断电).
    PlugOut "plug_out",
    /// The terminal may load it (装船指令).
    LoadingInstruction "loading_instruction",
    /// Onto the vessel (装船).
    Load "load",
    /// Out through the gate (提离).
    GateOut "gate_out",
    /// Out by rail.
    RailOut "rail_out",
    /// The vessel left (离泊).
    VesselDeparture "vessel_departure",
    /// Understood, and moves nothing.
    Note "note",
}

/// Which part a node plays in folding stays (`semantics.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Begins a stay: discharge, gate-in, rail-in.
    Begin,
    /// Ends a stay: gate-out, load, rail-out.
    End,
    /// Happens to the box while it stands in the yard.
    Yard,
    /// A paper: may come before the box, or after it has left.
    Paper,
    /// Of a vessel, not of a container.
    Vessel,
    /// Moves nothing.
    Note,
}

impl Node {
    /// The part it plays. Rail counts like the gate: `semantics.md` names only the gate, and a box that left
    /// by rail would otherwise stand for ever.
    pub fn part(self) -> Part {
        match self {
            Node::Discharge | Node::GateIn | Node::RailIn => Part::Begin,
            Node::GateOut | Node::Load | Node::RailOut => Part::End,
            Node::Stack
            | Node::Shift
            | Node::PlugIn
            | Node::PlugOut
            | Node::Measure
            | Node::Scan
            | Node::InspectionStart
            | Node::InspectionEnd
            | Node::Verdict => Part::Yard,
            Node::ArrivalReport
            | Node::Declare
            | Node::DocumentsRequired
            | Node::SelectForScan
            | Node::SelectForInspection
            | Node::Hold
            | Node::Release
            | Node::LoadingInstruction => Part::Paper,
            Node::VesselArrival | Node::VesselDeparture => Part::Vessel,
            Node::Note => Part::Note,
        }
    }

    /// Puts the box into a slot.
    pub fn is_stacking(self) -> bool {
        matches!(self, Node::Stack | Node::Shift)
    }

    /// Exists once in a stay; the same source again replaces it (`semantics.md` §3.1).
    pub fn exists_once(self) -> bool {
        matches!(self.part(), Part::Begin | Part::End)
    }
}

/// A name that is no node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no node; known are {}", Node::ALL.iter().map(|n| n.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownNode {
    /// The name as it was.
    pub name: String,
}

impl FromStr for Node {
    type Err = UnknownNode;

    fn from_str(name: &str) -> Result<Node, UnknownNode> {
        Node::ALL
            .iter()
            .copied()
            .find(|node| node.name() == name)
            .ok_or_else(|| UnknownNode {
                name: name.chars().take(64).collect(),
            })
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_found_by_the_name_that_travels() {
        for node in Node::ALL {
            assert_eq!(node.name().parse::<Node>().unwrap(), *node);
            assert_eq!(serde_json::to_value(node).unwrap(), node.name());
        }
    }

    #[test]
    fn an_unknown_node_lists_the_known_ones() {
        let error = "vanish".parse::<Node>().unwrap_err().to_string();
        assert!(error.contains("`vanish`") && error.contains("vessel_arrival") && error.contains("note"));
    }
}
