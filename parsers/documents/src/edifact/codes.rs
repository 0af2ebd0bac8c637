//! EDIFACT codes to our words: one table a data element, named by its number in the directory.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here, and mean the same in D.96A and D.01B.
//!
//! Adding a word: its line here, and the word in the vocabulary of the block.

use crate::allowance::{AllowanceHandling, AllowanceKind};
use crate::date::DateRole;
use crate::item::ProductIdScheme;
use crate::money::{AmountRole, PriceRole, TermsBasis};
use crate::party::{ChannelKind, ContactRole, PartyRole};
use crate::purchase_order::{OrderKind, Purpose};
use crate::reference::{IdScheme, ReferenceKind};
use crate::transport::{FreightPayment, TransportMode};

/// 1225, message function.
pub(crate) fn purpose(code: &str) -> Purpose {
    match code {
        "1" => Purpose::Cancellation,
        "4" => Purpose::Change,
        "5" => Purpose::Replacement,
        "6" => Purpose::Confirmation,
        "7" => Purpose::Duplicate,
        "9" => Purpose::Original,
        "13" => Purpose::Request,
        "16" => Purpose::Proposal,
        "18" => Purpose::Reissue,
        "31" => Purpose::InformationCopy,
        _ => Purpose::Other,
    }
}

/// 1001, document name.
pub(crate) fn order_kind(code: &str) -> OrderKind {
    match code {
        "105" | "220" => OrderKind::StandAlone,
        "221" => OrderKind::BlanketFirm,
        "222" => OrderKind::Spot,
        "224" => OrderKind::Rush,
        "225" => OrderKind::Repair,
        "226" => OrderKind::Release,
        "227" => OrderKind::Consignment,
        "228" => OrderKind::Sample,
        "230" => OrderKind::Change,
        _ => OrderKind::Other,
    }
}

/// 2005, date qualifier.
pub(crate) fn date_role(code: &str) -> DateRole {
    match code {
        "2" => DateRole::RequestedDelivery,
        "3" => DateRole::Invoice,
        "4" => DateRole::Order,
        "7" => DateRole::Effective,
        "10" => DateRole::RequestedShip,
        "11" => DateRole::Shipped,
        "15" => DateRole::PromotionStart,
        "16" => DateRole::PromotionEnd,
        "17" => DateRole::EstimatedDelivery,
        "35" => DateRole::Delivered,
        "36" => DateRole::Expiration,
        "37" => DateRole::ShipNotBefore,
        "38" => DateRole::ShipNotAfter,
        "50" => DateRole::Received,
        "61" => DateRole::CancelIfNotDeliveredBy,
        "63" => DateRole::DeliverNotAfter,
        "64" => DateRole::DeliverNotBefore,
        "67" => DateRole::ScheduledDelivery,
        "69" => DateRole::PromisedDelivery,
        "79" => DateRole::PromisedShip,
        "94" => DateRole::Manufacture,
        "137" => DateRole::Issue,
        _ => DateRole::Other,
    }
}

/// 3035, party qualifier.
pub(crate) fn party_role(code: &str) -> PartyRole {
    match code {
        "AG" => PartyRole::Agent,
        "BY" => PartyRole::Buyer,
        "CA" => PartyRole::Carrier,
        "CN" => PartyRole::Consignee,
        "CZ" => PartyRole::Consignor,
        "DP" => PartyRole::ShipTo,
        "EX" => PartyRole::Exporter,
        "FW" => PartyRole::FreightForwarder,
        "IM" => PartyRole::Importer,
        "IV" => PartyRole::BillTo,
        "MF" => PartyRole::Manufacturer,
        "MR" => PartyRole::MessageTo,
        "MS" => PartyRole::MessageFrom,
        "NI" | "N1" | "N2" => PartyRole::NotifyParty,
        "OB" => PartyRole::OrderedBy,
        "PE" => PartyRole::Payee,
        "PR" => PartyRole::Payer,
        "SE" => PartyRole::Seller,
        "SF" => PartyRole::ShipFrom,
        "SN" => PartyRole::Store,
        "ST" => PartyRole::ShipTo,
        "SU" => PartyRole::Supplier,
        "UC" => PartyRole::UltimateConsignee,
        "UD" => PartyRole::EndUser,
        "VN" => PartyRole::Vendor,
        "WH" => PartyRole::Warehouse,
        _ => PartyRole::Other,
    }
}

/// 3055, agency that gives out an identifier.
pub(crate) fn id_scheme(code: &str) -> IdScheme {
    match code {
        "5" => IdScheme::Country,
        "6" => IdScheme::UnLocode,
        "9" => IdScheme::Gln,
        "16" => IdScheme::Duns,
        "91" => IdScheme::AssignedBySeller,
        "92" => IdScheme::AssignedByBuyer,
        "182" => IdScheme::Scac,
        "ZZZ" | "ZZ" => IdScheme::MutuallyDefined,
        _ => IdScheme::Other,
    }
}

/// 3139, contact function.
pub(crate) fn contact_role(code: &str) -> ContactRole {
    match code {
        "AP" => ContactRole::AccountsPayable,
        "AR" => ContactRole::AccountsReceivable,
        "DL" => ContactRole::Delivery,
        "GR" => ContactRole::Receiving,
        "IC" => ContactRole::Information,
        "OC" => ContactRole::Order,
        "PD" => ContactRole::Buyer,
        "SA" => ContactRole::Sales,
        "SD" => ContactRole::Shipping,
        _ => ContactRole::Other,
    }
}

/// 3155, communication channel.
pub(crate) fn channel_kind(code: &str) -> ChannelKind {
    match code {
        "AH" => ChannelKind::Url,
        "AL" => ChannelKind::Mobile,
        "EI" => ChannelKind::Edi,
        "EM" => ChannelKind::Email,
        "EX" => ChannelKind::Extension,
        "FX" => ChannelKind::Fax,
        "TE" => ChannelKind::Telephone,
        _ => ChannelKind::Other,
    }
}

/// 1153, reference qualifier.
pub(crate) fn reference_kind(code: &str) -> ReferenceKind {
    match code {
        "AAG" => ReferenceKind::Quote,
        "ADE" => ReferenceKind::Account,
        "AEP" => ReferenceKind::Project,
        "BM" => ReferenceKind::BillOfLading,
        "BO" => ReferenceKind::BlanketOrder,
        "BT" => ReferenceKind::Batch,
        "CR" => ReferenceKind::CustomerReference,
        "CN" => ReferenceKind::CarrierReference,
        "CO" => ReferenceKind::CustomerOrder,
        "CT" => ReferenceKind::Contract,
        "DQ" => ReferenceKind::Delivery,
        "IA" => ReferenceKind::InternalVendor,
        "IT" => ReferenceKind::Customer,
        "IV" => ReferenceKind::Invoice,
        "LI" => ReferenceKind::Line,
        "ON" | "OP" => ReferenceKind::PurchaseOrder,
        "PD" => ReferenceKind::Promotion,
        "PK" => ReferenceKind::PackingList,
        "PL" => ReferenceKind::PriceList,
        "POR" => ReferenceKind::OrderResponse,
        "RE" => ReferenceKind::Release,
        "SE" => ReferenceKind::Serial,
        "VA" => ReferenceKind::TaxIdentification,
        "VN" => ReferenceKind::VendorOrder,
        "ZZZ" => ReferenceKind::MutuallyDefined,
        _ => ReferenceKind::Other,
    }
}

/// 7143, item number type.
pub(crate) fn product_id_scheme(code: &str) -> ProductIdScheme {
    match code {
        "BP" => ProductIdScheme::BuyerPart,
        "CC" | "GN" => ProductIdScheme::CommodityGroup,
        "DR" => ProductIdScheme::DrawingRevision,
        "EC" => ProductIdScheme::EngineeringChange,
        "EN" => ProductIdScheme::Ean,
        "HS" => ProductIdScheme::HarmonizedCode,
        "IB" => ProductIdScheme::Isbn,
        "IN" => ProductIdScheme::BuyerNumber,
        "IS" => ProductIdScheme::Issn,
        "MF" => ProductIdScheme::ManufacturerNumber,
        "MN" => ProductIdScheme::Model,
        "NB" => ProductIdScheme::Lot,
        "SA" => ProductIdScheme::SellerNumber,
        "SK" => ProductIdScheme::Sku,
        "SN" => ProductIdScheme::Serial,
        "SRV" => ProductIdScheme::Gtin,
        "ST" => ProductIdScheme::Style,
        "UP" => ProductIdScheme::Upc,
        "VN" | "VP" => ProductIdScheme::SellerPart,
        "ZZZ" => ProductIdScheme::MutuallyDefined,
        _ => ProductIdScheme::Other,
    }
}

/// 5125, price qualifier.
pub(crate) fn price_role(code: &str) -> PriceRole {
    match code {
        "AAA" => PriceRole::Net,
        "AAB" => PriceRole::Gross,
        "AAE" | "INF" => PriceRole::Information,
        _ => PriceRole::Other,
    }
}

/// 5025, kind of amount.
pub(crate) fn amount_role(code: &str) -> AmountRole {
    match code {
        "8" | "23" | "131" | "204" => AmountRole::AllowanceOrCharge,
        "39" | "77" => AmountRole::InvoiceTotal,
        "52" => AmountRole::Discount,
        "66" | "203" => AmountRole::LineTotal,
        "79" | "86" | "128" => AmountRole::Total,
        "124" | "150" | "161" | "176" => AmountRole::Tax,
        "125" => AmountRole::TaxableAmount,
        _ => AmountRole::Other,
    }
}

/// 2475, what terms of payment count from.
pub(crate) fn terms_basis(code: &str) -> TermsBasis {
    match code {
        "1" => TermsBasis::OrderDate,
        "5" => TermsBasis::InvoiceDate,
        "9" => TermsBasis::InvoiceReceiptDate,
        "29" => TermsBasis::DeliveryDate,
        "66" => TermsBasis::SpecifiedDate,
        _ => TermsBasis::Other,
    }
}

/// 4215, who pays the freight.
pub(crate) fn freight_payment(code: &str) -> FreightPayment {
    match code {
        "CC" => FreightPayment::Collect,
        "DF" => FreightPayment::DefinedByParties,
        "MX" => FreightPayment::Mixed,
        "NC" => FreightPayment::NoFreight,
        "PC" => FreightPayment::PrepaidAndAdded,
        "PP" => FreightPayment::Prepaid,
        "PS" => FreightPayment::PaidBySeller,
        "PU" => FreightPayment::Pickup,
        "TP" => FreightPayment::ThirdParty,
        _ => FreightPayment::Other,
    }
}

/// 8067, mode of transport (Recommendation 19).
pub(crate) fn transport_mode(code: &str) -> TransportMode {
    match code {
        "10" => TransportMode::Sea,
        "20" => TransportMode::Rail,
        "30" => TransportMode::Road,
        "40" => TransportMode::Air,
        "50" => TransportMode::Mail,
        "60" => TransportMode::Intermodal,
        "70" => TransportMode::Pipeline,
        "80" => TransportMode::InlandWater,
        _ => TransportMode::Other,
    }
}

/// 5463, allowance or charge.
pub(crate) fn allowance_kind(code: &str) -> AllowanceKind {
    match code {
        "A" => AllowanceKind::Allowance,
        "C" => AllowanceKind::Charge,
        "N" => AllowanceKind::NoAllowanceOrCharge,
        _ => AllowanceKind::Other,
    }
}

/// 4471, how it is settled.
pub(crate) fn allowance_handling(code: &str) -> AllowanceHandling {
    match code {
        "1" => AllowanceHandling::BillBack,
        "2" => AllowanceHandling::OffInvoice,
        "3" => AllowanceHandling::VendorCheck,
        "4" => AllowanceHandling::CreditAccount,
        _ => AllowanceHandling::Other,
    }
}
