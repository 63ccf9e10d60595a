//! Sets of reasons and of documents: a few bits each.

use crate::wire::parcels::{DocumentKind, ParcelReason};
use serde::{Deserialize, Serialize};

macro_rules! set {
    ($(#[$doc:meta])* $name:ident of $member:ident in $bits:ty) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $bits);

        impl $name {
            /// None.
            pub const NONE: $name = $name(0);

            /// One alone.
            pub const fn of(member: $member) -> $name {
                $name(1 << member as $bits)
            }

            /// Puts one in.
            pub fn insert(&mut self, member: $member) {
                self.0 |= $name::of(member).0;
            }

            /// Whether one is in it.
            pub fn contains(self, member: $member) -> bool {
                self.0 & $name::of(member).0 != 0
            }

            /// Whether none is in it.
            pub fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Those in either.
            pub const fn with(self, other: $name) -> $name {
                $name(self.0 | other.0)
            }

            /// Those that are not in the other.
            pub const fn without(self, other: $name) -> $name {
                $name(self.0 & !other.0)
            }

            /// Those in both.
            pub const fn both(self, other: $name) -> $name {
                $name(self.0 & other.0)
            }

            /// Each of them, in the order of their declaration.
            pub fn iter(self) -> impl Iterator<Item = $member> {
                $member::ALL.iter().copied().filter(move |member| self.contains(*member))
            }
        }
    };
}

set! {
    /// Why a parcel is held, and what marks it.
    Reasons of ParcelReason in u16
}

set! {
    /// Some of the four kinds of documents.
    Kinds of DocumentKind in u8
}

impl Reasons {
    /// What only marks a parcel and holds nothing.
    pub const MARKS: Reasons = Reasons::of(ParcelReason::FullTax).with(Reasons::of(ParcelReason::ByOfficer));

    /// Those that hold it.
    pub fn holding(self) -> Reasons {
        self.without(Reasons::MARKS)
    }
}

impl Kinds {
    /// The three papers that are compared; the list is the fourth.
    pub const PAPERS: Kinds = Kinds::of(DocumentKind::Order)
        .with(Kinds::of(DocumentKind::Payment))
        .with(Kinds::of(DocumentKind::Logistics));
}
