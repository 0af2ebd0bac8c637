//! Dates and times as they stand in every document: ISO 8601, and what they mean.
//!
//! A date is `YYYY-MM-DD`, a time `HH:MM:SS` (with a fraction where one came) as the partner's clock shows it; a zone is only
//! stated where the partner stated one. Dates that do not exist are never built: the mapping reports them and leaves them in
//! `unmapped`.

use crate::Text;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A calendar date, `2026-03-14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(pub jiff::civil::Date);

/// A time of day without a zone, `14:30:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub jiff::civil::Time);

record! {
    /// A date, and perhaps a time, with what it means for the order.
    pub struct DateTime {
        one role: DateRole,
        /// The partner's code for the role: X12 374 or 432.
        one role_code: Text,
        opt date: Date,
        opt time: Time,
        /// What the time means, where it is said apart from the date: X12 176.
        opt time_role_code: Text,
        /// The partner's code for the time zone: X12 623, such as `ET` or `UT`.
        opt time_zone_code: Text,
        opt period: Period,
    }
}

record! {
    /// A period, or a date in another notation.
    pub struct Period {
        /// X12 1250, such as `RD8` for a range of dates.
        one format_code: Text,
        /// As it came.
        one value: Text,
        opt start: Date,
        opt end: Date,
    }
}

vocabulary! {
    /// What a date means.
    pub enum DateRole {
        CancelAfter,
        CancelIfNotDeliveredBy,
        CancelIfNotShippedBy,
        RequestedDelivery,
        RequestedShip,
        RequestedPickup,
        RequiredBy,
        DeliverNotBefore,
        DeliverNotAfter,
        RequestedDeliveryNotBefore,
        RequestedDeliveryNotAfter,
        ShipNotBefore,
        ShipNotAfter,
        ShipWeekOf,
        DeliverWeekOf,
        EstimatedDelivery,
        PromisedDelivery,
        PromisedShip,
        ScheduledDelivery,
        ScheduledShip,
        Shipped,
        Delivered,
        Available,
        Effective,
        Expiration,
        Invoice,
        Order,
        PromotionStart,
        PromotionEnd,
        ContractStart,
        ContractEnd,
        Manufacture,
        Issue,
        Received,
        DiscountDue,
        NetDue,
        BestBefore,
        SellBy,
        Due,
        Payment,
        Pickup,
        EstimatedShip,
        EstimatedArrival,
        EstimatedDeparture,
        ActualArrival,
        ActualDeparture,
        PeriodStart,
        PeriodEnd,
        Inventory,
        Report,
        PriceStart,
        PriceEnd,
        OrderChange,
        Acknowledgement,
        PurchaseOrder,
        TaxPoint,
        /// The day of the document referred to.
        Reference,
        Appointment,
        ScheduledPickup,
        StatusChange,
    }
}

record! {
    /// A span of time to allow for, such as from order to shipment.
    pub struct LeadTime {
        /// X12 345.
        one code: Text,
        opt value: crate::quantity::Decimal,
        /// X12 344: `DA` calendar days, `WK` weeks, `KK` maximum calendar days.
        opt period_code: Text,
        opt date: Date,
        many quantities: crate::quantity::QualifiedQuantity,
        many references: crate::reference::Reference,
        many notes: crate::reference::Note,
    }
}

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$" })
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}(\.\d+)?$" })
    }
}
