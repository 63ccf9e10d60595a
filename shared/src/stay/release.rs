//! When a box is released: each of its declarations, and not detained since (`semantics.md` §3.5).

use super::fold::Held;
use super::nodes::NodeAt;
use crate::event::Node;
use crate::time::Time;
use smol_str::SmolStr;

/// How far customs are with one declaration of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclarationTimes {
    /// Its number; `None` stands for a box without one.
    pub number: Option<SmolStr>,
    /// Its first `declare`; `None` for one that was only released or held.
    pub declared: Option<Time>,
    /// Its last `release` that no `hold` followed.
    pub released: Option<Time>,
}

/// How far customs are with the declarations of a box, node by node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    declarations: Vec<DeclarationTimes>,
}

impl Declared {
    /// Takes the next node in order. Answers whether the box is released after it.
    pub fn take(&mut self, node: &NodeAt, events: &[Held<'_>]) -> bool {
        let number = events[node.told_by].content.declaration().flatten();
        match node.node {
            Node::Declare => self.declare(number, node.at),
            Node::Release => self.set(number, Some(node.at)),
            Node::Hold => self.set(number, None),
            _ => {}
        }
        self.released_at().is_some()
    }

    fn declare(&mut self, number: Option<&SmolStr>, at: Time) {
        let unnamed = self.declarations.iter().position(|own| own.number.is_none());
        let named = self
            .declarations
            .iter()
            .position(|own| own.number.as_ref() == number);
        // The first number takes the place of "some declaration".
        match unnamed.or(named) {
            Some(place) => {
                let own = &mut self.declarations[place];
                own.number = number.cloned();
                own.declared.get_or_insert(at);
            }
            None => self.declarations.push(DeclarationTimes {
                number: number.cloned(),
                declared: Some(at),
                released: None,
            }),
        }
    }

    /// A release or a hold without a number means the box; with a number it means that declaration, also
    /// one that nobody was seen to declare.
    fn set(&mut self, number: Option<&SmolStr>, at: Option<Time>) {
        let means = |own: &DeclarationTimes| {
            number.is_none() || own.number.is_none() || own.number.as_ref() == number
        };
        if !self.declarations.iter().any(means) {
            self.declarations.push(DeclarationTimes {
                number: number.cloned(),
                declared: None,
                released: None,
            });
        }
        for own in self.declarations.iter_mut().filter(|own| means(own)) {
            own.released = at;
        }
    }

    /// Each declaration with its times, in the order in which they were first spoken of.
    pub fn declarations(&self) -> &[DeclarationTimes] {
        &self.declarations
    }

    /// When the last declaration was released; `None` while one is not.
    pub fn released_at(&self) -> Option<Time> {
        let mut last = None;
        for own in &self.declarations {
            last = last.max(Some(own.released?));
        }
        last
    }
}

/// How far customs are after all of these nodes. Dates without a time end no segment.
pub fn declared(nodes: &[NodeAt], events: &[Held<'_>]) -> Declared {
    let mut declared = Declared::default();
    for node in nodes.iter().filter(|node| !node.date_only) {
        declared.take(node, events);
    }
    declared
}
