//! When a box is released: each of its declarations, and not detained since (`semantics.md` §3.5).

use super::fold::Held;
use super::nodes::NodeAt;
use crate::event::Node;
use crate::time::Time;
use smol_str::SmolStr;

/// How far customs are with the declarations of a box, node by node.
#[derive(Debug, Default)]
pub struct Declared {
    /// Each declaration with its last release; `None` as number stands for a box without one.
    released: Vec<(Option<SmolStr>, Option<Time>)>,
}

impl Declared {
    /// Takes the next node in order. Answers whether the box is released after it.
    pub fn take(&mut self, node: &NodeAt, events: &[Held<'_>]) -> bool {
        let number = events[node.told_by].content.declaration().flatten();
        match node.node {
            Node::Declare => {
                let known = self.released.iter().any(|(own, _)| own.as_ref() == number);
                match self.released.iter_mut().find(|(own, _)| own.is_none()) {
                    // The first number takes the place of "some declaration".
                    Some((own, _)) => *own = number.cloned(),
                    None if known => {}
                    None => self.released.push((number.cloned(), None)),
                }
            }
            Node::Release => self.set(number, Some(node.at)),
            Node::Hold => self.set(number, None),
            _ => {}
        }
        self.released_at().is_some()
    }

    /// A release or a hold without a number means the box; with a number it means that declaration, also
    /// one that nobody was seen to declare.
    fn set(&mut self, number: Option<&SmolStr>, at: Option<Time>) {
        let known =
            |(own, _): &(Option<SmolStr>, _)| number.is_none() || own.is_none() || own.as_ref() == number;
        if !self.released.iter().any(known) {
            self.released.push((number.cloned(), None));
        }
        for (own, released) in &mut self.released {
            if number.is_none() || own.is_none() || own.as_ref() == number {
                *released = at;
            }
        }
    }

    /// When the last declaration was released; `None` while one is not.
    pub fn released_at(&self) -> Option<Time> {
        let mut last = None;
        for (_, released) in &self.released {
            last = last.max(Some((*released)?));
        }
        last
    }
}

/// When the box was released, after all of these nodes. Dates without a time end no segment.
pub fn released_at(nodes: &[NodeAt], events: &[Held<'_>]) -> Option<Time> {
    let mut declared = Declared::default();
    for node in nodes.iter().filter(|node| !node.date_only) {
        declared.take(node, events);
    }
    declared.released_at()
}
