//! X12 850 to and from [`super::PurchaseOrder`].

use crate::Mapped;
use portway_edi::schema::Loop;

pub fn read(_root: &Loop<'_>) -> Mapped {
    unimplemented!()
}
