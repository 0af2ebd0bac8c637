//! X12 codes to our words: one table a data element, named by its number in the dictionary.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here.
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

/// 353, transaction set purpose.
pub(crate) fn purpose(code: &str) -> Purpose {
    match code {
        "00" => Purpose::Original,
        "01" => Purpose::Cancellation,
        "04" => Purpose::Change,
        "05" => Purpose::Replacement,
        "06" => Purpose::Confirmation,
        "07" => Purpose::Duplicate,
        "13" => Purpose::Request,
        "15" => Purpose::Resubmission,
        "16" => Purpose::Proposal,
        "18" => Purpose::Reissue,
        "22" => Purpose::InformationCopy,
        "24" => Purpose::Draft,
        "49" => Purpose::OriginalNoResponse,
        _ => Purpose::Other,
    }
}

/// 92, purchase order type.
pub(crate) fn order_kind(code: &str) -> OrderKind {
    match code {
        "BE" => OrderKind::BlanketEstimated,
        "BK" => OrderKind::BlanketFirm,
        "CF" => OrderKind::Confirmation,
        "CN" => OrderKind::Consignment,
        "CP" => OrderKind::Change,
        "DR" => OrderKind::DirectShip,
        "DS" => OrderKind::Dropship,
        "EO" => OrderKind::Emergency,
        "IN" => OrderKind::InformationCopy,
        "KB" => OrderKind::BlanketAgreement,
        "KC" => OrderKind::Contract,
        "KN" | "NE" => OrderKind::New,
        "NS" => OrderKind::NewStore,
        "OS" => OrderKind::SpecialOrder,
        "PR" => OrderKind::Promotion,
        "RE" => OrderKind::Reorder,
        "RL" => OrderKind::Release,
        "RN" => OrderKind::Renewal,
        "RO" => OrderKind::Rush,
        "RR" => OrderKind::Repair,
        "RT" => OrderKind::Rental,
        "SA" => OrderKind::StandAlone,
        "SP" => OrderKind::Sample,
        "SS" => OrderKind::SupplyOrService,
        "ST" => OrderKind::StandingOrder,
        "WO" => OrderKind::Warranty,
        "ZZ" => OrderKind::MutuallyDefined,
        _ => OrderKind::Other,
    }
}

/// 374, date/time qualifier.
pub(crate) fn date_role(code: &str) -> DateRole {
    match code {
        "001" => DateRole::CancelAfter,
        "002" => DateRole::RequestedDelivery,
        "003" => DateRole::Invoice,
        "004" => DateRole::Order,
        "007" => DateRole::Effective,
        "010" => DateRole::RequestedShip,
        "011" => DateRole::Shipped,
        "015" => DateRole::PromotionStart,
        "016" => DateRole::PromotionEnd,
        "017" => DateRole::EstimatedDelivery,
        "018" => DateRole::Available,
        "035" => DateRole::Delivered,
        "036" => DateRole::Expiration,
        "037" => DateRole::ShipNotBefore,
        "038" => DateRole::ShipNotAfter,
        "039" => DateRole::ShipWeekOf,
        "050" => DateRole::Received,
        "061" => DateRole::CancelIfNotDeliveredBy,
        "063" => DateRole::DeliverNotAfter,
        "064" => DateRole::DeliverNotBefore,
        "067" => DateRole::ScheduledDelivery,
        "068" => DateRole::ScheduledShip,
        "069" => DateRole::PromisedDelivery,
        "071" => DateRole::RequestedDeliveryNotBefore,
        "074" => DateRole::RequestedDeliveryNotAfter,
        "077" => DateRole::DeliverWeekOf,
        "079" => DateRole::PromisedShip,
        "092" | "276" => DateRole::ContractStart,
        "093" | "279" => DateRole::ContractEnd,
        "094" => DateRole::Manufacture,
        "102" => DateRole::Issue,
        "106" => DateRole::RequiredBy,
        "118" => DateRole::RequestedPickup,
        "175" => DateRole::CancelIfNotShippedBy,
        _ => DateRole::Other,
    }
}

/// 98, entity identifier.
pub(crate) fn party_role(code: &str) -> PartyRole {
    match code {
        "BY" => PartyRole::Buyer,
        "SE" => PartyRole::Seller,
        "ST" => PartyRole::ShipTo,
        "SF" => PartyRole::ShipFrom,
        "BT" => PartyRole::BillTo,
        "RI" => PartyRole::RemitTo,
        "SO" => PartyRole::SoldTo,
        "PR" => PartyRole::Payer,
        "PE" => PartyRole::Payee,
        "CA" => PartyRole::Carrier,
        "FW" => PartyRole::FreightForwarder,
        "CN" => PartyRole::Consignee,
        "CI" => PartyRole::Consignor,
        "UC" => PartyRole::UltimateConsignee,
        "MF" => PartyRole::Manufacturer,
        "DS" => PartyRole::Distributor,
        "VN" => PartyRole::Vendor,
        "SU" => PartyRole::Supplier,
        "AG" => PartyRole::Agent,
        "BG" => PartyRole::BuyingGroup,
        "EV" => PartyRole::SellingAgent,
        "DA" => PartyRole::PlaceOfDelivery,
        "LW" => PartyRole::Customer,
        "SH" => PartyRole::Shipper,
        "SN" => PartyRole::Store,
        "WH" => PartyRole::Warehouse,
        "MI" => PartyRole::PlanningLocation,
        "Z7" => PartyRole::MarkFor,
        "N1" | "NP" => PartyRole::NotifyParty,
        "RC" => PartyRole::ReceivingLocation,
        "MP" => PartyRole::ManufacturingPlant,
        "EN" => PartyRole::EndUser,
        "IM" => PartyRole::Importer,
        "EX" => PartyRole::Exporter,
        "CB" => PartyRole::CustomsBroker,
        "FR" => PartyRole::MessageFrom,
        "TO" => PartyRole::MessageTo,
        "OB" => PartyRole::OrderedBy,
        _ => PartyRole::Other,
    }
}

/// 366, contact function.
pub(crate) fn contact_role(code: &str) -> ContactRole {
    match code {
        "BD" => ContactRole::Buyer,
        "OC" => ContactRole::Order,
        "IC" => ContactRole::Information,
        "CN" => ContactRole::General,
        "DC" => ContactRole::Delivery,
        "RE" => ContactRole::Receiving,
        "SH" => ContactRole::Shipping,
        "SC" => ContactRole::Schedule,
        "SR" => ContactRole::Sales,
        "AP" => ContactRole::AccountsPayable,
        "AR" => ContactRole::AccountsReceivable,
        "EA" => ContactRole::Edi,
        "EM" => ContactRole::Emergency,
        "EX" => ContactRole::Expediter,
        "BL" => ContactRole::Technical,
        "CR" => ContactRole::CustomerRelations,
        "UR" => ContactRole::UltimateReceiver,
        _ => ContactRole::Other,
    }
}

/// 365, communication number qualifier.
pub(crate) fn channel_kind(code: &str) -> ChannelKind {
    match code {
        "TE" | "WP" | "HP" | "NP" | "AP" | "IT" => ChannelKind::Telephone,
        "EX" => ChannelKind::Extension,
        "CP" => ChannelKind::Mobile,
        "FX" => ChannelKind::Fax,
        "EM" => ChannelKind::Email,
        "UR" => ChannelKind::Url,
        "ED" => ChannelKind::Edi,
        _ => ChannelKind::Other,
    }
}

/// 128, reference identification qualifier.
pub(crate) fn reference_kind(code: &str) -> ReferenceKind {
    match code {
        "DP" => ReferenceKind::Department,
        "19" => ReferenceKind::Division,
        "CT" | "GC" | "BC" => ReferenceKind::Contract,
        "PO" => ReferenceKind::PurchaseOrder,
        "RE" => ReferenceKind::Release,
        "RQ" => ReferenceKind::Requisition,
        "VN" => ReferenceKind::VendorOrder,
        "CO" | "CG" => ReferenceKind::CustomerOrder,
        "CR" => ReferenceKind::CustomerReference,
        "IA" => ReferenceKind::InternalVendor,
        "IL" => ReferenceKind::InternalOrder,
        "VR" => ReferenceKind::Vendor,
        "IT" => ReferenceKind::Customer,
        "11" => ReferenceKind::Account,
        "12" => ReferenceKind::BillingAccount,
        "PD" => ReferenceKind::Promotion,
        "MR" => ReferenceKind::MerchandiseType,
        "PR" | "Q1" => ReferenceKind::Quote,
        "BM" | "MB" => ReferenceKind::BillOfLading,
        "CN" => ReferenceKind::CarrierReference,
        "2I" => ReferenceKind::Tracking,
        "SI" => ReferenceKind::Shipment,
        "IV" | "OI" => ReferenceKind::Invoice,
        "PK" => ReferenceKind::PackingList,
        "ST" => ReferenceKind::Store,
        "LU" => ReferenceKind::Location,
        "WS" => ReferenceKind::Warehouse,
        "LT" => ReferenceKind::Lot,
        "SE" => ReferenceKind::Serial,
        "JB" => ReferenceKind::Job,
        "P4" => ReferenceKind::Project,
        "TX" => ReferenceKind::TaxExemption,
        "TJ" | "GT" | "EI" => ReferenceKind::TaxIdentification,
        "LI" => ReferenceKind::Line,
        "BT" => ReferenceKind::Batch,
        "PG" => ReferenceKind::ProductGroup,
        "BB" => ReferenceKind::Authorization,
        "AO" => ReferenceKind::Appointment,
        "DG" => ReferenceKind::Drawing,
        "WO" => ReferenceKind::WorkOrder,
        "KK" => ReferenceKind::Delivery,
        "L1" => ReferenceKind::Text,
        "ZZ" => ReferenceKind::MutuallyDefined,
        _ => ReferenceKind::Other,
    }
}

/// 66, identification code qualifier, of parties and carriers.
pub(crate) fn id_scheme(code: &str) -> IdScheme {
    match code {
        "UL" => IdScheme::Gln,
        "UM" => IdScheme::GlnWithSuffix,
        "1" => IdScheme::Duns,
        "9" => IdScheme::DunsPlusFour,
        "2" => IdScheme::Scac,
        "91" => IdScheme::AssignedBySeller,
        "92" => IdScheme::AssignedByBuyer,
        "95" => IdScheme::AssignedByCarrier,
        "A3" => IdScheme::AssignedByThirdParty,
        "10" => IdScheme::Dodaac,
        "11" => IdScheme::Dea,
        "12" => IdScheme::Telephone,
        "15" => IdScheme::San,
        "16" => IdScheme::PostalCode,
        "21" => IdScheme::Hin,
        "24" | "FI" | "TA" => IdScheme::TaxNumber,
        "33" => IdScheme::Cage,
        "38" => IdScheme::Country,
        "54" => IdScheme::Warehouse,
        "57" | "TZ" => IdScheme::Department,
        "6" => IdScheme::Plant,
        "7" => IdScheme::LoadingDock,
        "ZZ" => IdScheme::MutuallyDefined,
        _ => IdScheme::Other,
    }
}

/// 309, location qualifier.
pub(crate) fn place_scheme(code: &str) -> IdScheme {
    match code {
        "93" => IdScheme::AssignedBySender,
        "94" => IdScheme::AssignedByReceiver,
        "CC" | "CA" => IdScheme::Country,
        "CI" => IdScheme::City,
        "CO" | "CY" => IdScheme::County,
        "SP" => IdScheme::Region,
        "DC" => IdScheme::DistributionCenter,
        "DE" => IdScheme::Destination,
        "OR" => IdScheme::Origin,
        "DP" => IdScheme::Department,
        "SN" => IdScheme::Store,
        "WH" => IdScheme::Warehouse,
        "PL" => IdScheme::Plant,
        "UN" => IdScheme::UnLocode,
        "IP" => IdScheme::PostalCode,
        "KL" | "PA" | "PB" | "PE" | "KE" => IdScheme::Port,
        "ZZ" => IdScheme::MutuallyDefined,
        _ => IdScheme::Other,
    }
}

/// 235, product or service id qualifier.
pub(crate) fn product_id_scheme(code: &str) -> ProductIdScheme {
    use ProductIdScheme as S;
    match code {
        "UK" => S::Gtin,
        "UP" => S::Upc,
        "UA" => S::UpcCase,
        "EN" => S::Ean,
        "EO" => S::EanShort,
        "IB" => S::Isbn,
        "SK" => S::Sku,
        "IN" | "PI" => S::BuyerNumber,
        "BP" => S::BuyerPart,
        "CB" => S::BuyerCatalog,
        "BO" => S::BuyerColor,
        "IZ" => S::BuyerSize,
        "VN" => S::SellerNumber,
        "VP" => S::SellerPart,
        "VC" => S::SellerCatalog,
        "VA" => S::SellerStyle,
        "VE" => S::SellerColor,
        "SZ" => S::SellerSize,
        "MG" => S::ManufacturerNumber,
        "MF" => S::ManufacturerName,
        "MN" => S::Model,
        "ST" => S::Style,
        "CL" => S::Color,
        "CM" => S::NrfColor,
        "SM" => S::NrfSize,
        "BL" => S::Brand,
        "LT" => S::Lot,
        "SN" => S::Serial,
        "ND" | "N4" => S::DrugCode,
        "HD" => S::HarmonizedCode,
        "FS" => S::StockNumber,
        "CG" => S::CommodityGroup,
        "EC" => S::EngineeringChange,
        "DR" => S::DrawingRevision,
        "CH" => S::CountryOfOrigin,
        "PO" => S::PurchaseOrder,
        "PL" => S::Line,
        "CR" => S::Contract,
        "ZZ" => S::MutuallyDefined,
        _ => S::Other,
    }
}

/// 639, basis of unit price: how many units the price is for.
pub(crate) fn price_base(code: &str) -> Option<u32> {
    match code {
        "PE" | "CE" | "LE" | "QE" | "RE" | "TE" | "WE" | "UM" => Some(1),
        "PN" => Some(10),
        "PD" | "LD" | "RD" | "TD" | "WD" => Some(12),
        "HP" | "LC" | "QH" | "RC" | "TC" | "WC" => Some(100),
        "TP" | "LM" | "QS" | "RM" | "TM" | "WM" => Some(1_000),
        "TT" => Some(10_000),
        "HT" => Some(100_000),
        _ => None,
    }
}

/// 236, price identifier.
pub(crate) fn price_role(code: &str) -> PriceRole {
    match code {
        "RTL" => PriceRole::Retail,
        "RES" => PriceRole::Resale,
        "MSR" => PriceRole::SuggestedRetail,
        "LPR" => PriceRole::List,
        "SLP" => PriceRole::SuggestedList,
        "CAT" => PriceRole::Catalog,
        "CON" => PriceRole::Contract,
        "PRP" => PriceRole::Promotional,
        "NET" => PriceRole::Net,
        "UCP" => PriceRole::UnitCost,
        "WHL" => PriceRole::Wholesale,
        "DIS" => PriceRole::Distributor,
        "DPR" => PriceRole::Discount,
        "EUP" => PriceRole::ExpectedUnit,
        "QTE" => PriceRole::Quote,
        _ => PriceRole::Other,
    }
}

/// 522, amount qualifier.
pub(crate) fn amount_role(code: &str) -> AmountRole {
    match code {
        "TT" => AmountRole::Total,
        "1" => AmountRole::LineTotal,
        "5" => AmountRole::InvoiceTotal,
        "GV" => AmountRole::Gross,
        "T" => AmountRole::Tax,
        "F7" => AmountRole::SalesTax,
        "GT" => AmountRole::GoodsAndServicesTax,
        "D8" => AmountRole::Discount,
        _ => AmountRole::Other,
    }
}

/// 333, terms basis date.
pub(crate) fn terms_basis(code: &str) -> TermsBasis {
    match code {
        "1" => TermsBasis::ShipDate,
        "2" => TermsBasis::DeliveryDate,
        "3" => TermsBasis::InvoiceDate,
        "4" => TermsBasis::SpecifiedDate,
        "5" => TermsBasis::InvoiceReceiptDate,
        "6" => TermsBasis::AnticipatedDeliveryDate,
        "7" => TermsBasis::EffectiveDate,
        "8" => TermsBasis::InvoiceTransmissionDate,
        "09" => TermsBasis::OrderDate,
        "15" => TermsBasis::ReceiptOfGoods,
        _ => TermsBasis::Other,
    }
}

/// 146, shipment method of payment.
pub(crate) fn freight_payment(code: &str) -> FreightPayment {
    match code {
        "CC" => FreightPayment::Collect,
        "PP" => FreightPayment::Prepaid,
        "PC" => FreightPayment::PrepaidAndAdded,
        "PS" => FreightPayment::PaidBySeller,
        "PB" => FreightPayment::CustomerPickup,
        "PU" => FreightPayment::Pickup,
        "DF" => FreightPayment::DefinedByParties,
        "TP" => FreightPayment::ThirdParty,
        "MX" => FreightPayment::Mixed,
        "NC" => FreightPayment::NoFreight,
        _ => FreightPayment::Other,
    }
}

/// 91, transportation method.
pub(crate) fn transport_mode(code: &str) -> TransportMode {
    match code {
        "A" | "AC" | "AE" | "AF" | "FA" | "LA" | "PA" => TransportMode::Air,
        "M" | "J" | "E" | "FL" | "MB" | "TT" | "PT" => TransportMode::Road,
        "LT" => TransportMode::RoadLessThanTruckload,
        "MP" | "D" => TransportMode::Parcel,
        "R" | "RC" | "PR" => TransportMode::Rail,
        "S" | "O" | "Q" | "SS" => TransportMode::Sea,
        "B" => TransportMode::InlandWater,
        "RR" | "PG" | "SE" => TransportMode::Intermodal,
        "7" | "BP" => TransportMode::Mail,
        "PL" => TransportMode::Pipeline,
        "H" | "CE" => TransportMode::CustomerPickup,
        "SR" => TransportMode::SupplierTruck,
        "P" => TransportMode::PrivateCarrier,
        "C" => TransportMode::Consolidation,
        "T" => TransportMode::BestWay,
        _ => TransportMode::Other,
    }
}

/// 248, allowance or charge indicator.
pub(crate) fn allowance_kind(code: &str) -> AllowanceKind {
    match code {
        "A" => AllowanceKind::Allowance,
        "C" => AllowanceKind::Charge,
        "N" => AllowanceKind::NoAllowanceOrCharge,
        "P" => AllowanceKind::Promotion,
        "Q" => AllowanceKind::ChargeRequest,
        "R" => AllowanceKind::AllowanceRequest,
        "S" => AllowanceKind::Service,
        _ => AllowanceKind::Other,
    }
}

/// 331, method of handling an allowance or charge.
pub(crate) fn allowance_handling(code: &str) -> AllowanceHandling {
    match code {
        "01" => AllowanceHandling::BillBack,
        "02" => AllowanceHandling::OffInvoice,
        "03" => AllowanceHandling::VendorCheck,
        "04" => AllowanceHandling::CreditAccount,
        "05" => AllowanceHandling::PaidByVendor,
        "06" => AllowanceHandling::PaidByCustomer,
        "07" => AllowanceHandling::Optional,
        "08" => AllowanceHandling::OffGrossQuantity,
        "15" => AllowanceHandling::InformationOnly,
        "CA" => AllowanceHandling::AddToInvoice,
        "CC" => AllowanceHandling::Collect,
        "PP" => AllowanceHandling::Prepaid,
        _ => AllowanceHandling::Other,
    }
}
