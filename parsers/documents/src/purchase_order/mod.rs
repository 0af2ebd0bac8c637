//! The canonical purchase order.

pub mod x12_850;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PurchaseOrder {
    pub number: String,
}
