//! X12 codes and our words: one table a data element, named by its number in the dictionary.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here.
//!
//! Adding a word: its line here, and the word in the vocabulary of the block.

use crate::allowance::{AllowanceHandling, AllowanceKind, AllowanceService};
use crate::application_advice::AdviceStatus;
use crate::date::DateRole;
use crate::item::ProductIdScheme;
use crate::line::{LineChange, LineStatus};
use crate::mapping::{codes, word_fields};
use crate::money::{AdjustmentReason as PaymentAdjustment, AmountRole, PriceRole, TermsBasis, TaxKind};
use crate::party::{ChannelKind, ContactRole, PartyRole};
use crate::price_catalog::CatalogKind;
use crate::purchase_order::{OrderKind, Purpose};
use crate::reference::{IdScheme, ReferenceKind, IdentityKind};
use crate::remittance_advice::{PaymentHandling, PaymentMethod};
use crate::transport::{FreightPayment, TransportMode};
use crate::inventory_adjustment::AdjustmentReason;
use crate::inventory_report::{ReportKind, StockKind};
use crate::quantity::{DiscrepancyKind, MeasurementKind};
use crate::receiving_advice::ReceiptKind;
use crate::invoice::InvoiceKind;
use crate::freight::StopReason;
use crate::package::PackageKind;
use crate::ship_notice::{LevelKind, Structure};
use crate::transport_status::EventKind;

codes! {
    /// 353, transaction set purpose.
    PURPOSE("purpose"): Purpose {
        "00" => Original,
        "01" => Cancellation,
        "04" => Change,
        "05" => Replacement,
        "06" => Confirmation,
        "07" => Duplicate,
        "13" => Request,
        "15" => Resubmission,
        "16" => Proposal,
        "18" => Reissue,
        "22" => InformationCopy,
        "24" => Draft,
        "49" => OriginalNoResponse,
        "02" => Addition,
        "03" => Deletion,
        "11" => Response,
    }

    /// 514, reporting code of warehouse documents.
    REPORTING("reporting"): Purpose {
        "F" => FullDetail,
        "J" => Original,
        "K" => Simulation,
        "N" => NoExceptions,
        "R" => Replacement,
        "X" => ExceptionsOnly,
    }

    /// 368, what became of a line of a shipment.
    LINE_STATUS("line_status"): LineStatus {
        "BO" => Backordered,
        "CC" | "CL" => Complete,
        "CP" => ShippedPartially,
        "BP" => PartialBackordered,
        "CU" | "IC" => Cancelled,
        "DE" => Deleted,
        "DI" => Discontinued,
        "DS" => OutOfStock,
        "CS" => Substituted,
    }

    /// 412, condition of what was received.
    CONDITION("condition"): DiscrepancyKind {
        "01" => Damaged,
        "02" => Short,
        "03" => Over,
        "04" => QualityProblem,
        "05" => WrongItem,
        "06" => NonStandardContainer,
        "07" => GoodCondition,
        "08" => Rejected,
        "09" => OnHold,
        "10" => Scrapped,
        "12" => OverReturned,
        "16" => NotAnnounced,
    }

    /// 962, at which point a receiving advice was made.
    RECEIPT_KIND("receipt_kind"): ReceiptKind {
        "1" => ReceivingDock,
        "2" => PostReceipt,
        "3" => Disposition,
        "8" => AcceptanceCertificate,
        "R" => IntermediatePoint,
    }

    /// 92, purchase order type.
    ORDER_KIND("order_kind"): OrderKind {
        "BE" => BlanketEstimated,
        "BK" => BlanketFirm,
        "CF" => Confirmation,
        "CN" => Consignment,
        "CP" => Change,
        "DR" => DirectShip,
        "DS" => Dropship,
        "EO" => Emergency,
        "IN" => InformationCopy,
        "KB" => BlanketAgreement,
        "KC" => Contract,
        "KN" | "NE" => New,
        "NS" => NewStore,
        "OS" => SpecialOrder,
        "PR" => Promotion,
        "RE" => Reorder,
        "RL" => Release,
        "RN" => Renewal,
        "RO" => Rush,
        "RR" => Repair,
        "RT" => Rental,
        "SA" => StandAlone,
        "SP" => Sample,
        "SS" => SupplyOrService,
        "ST" => StandingOrder,
        "WO" => Warranty,
        "ZZ" => MutuallyDefined,
    }

    /// 374, date/time qualifier.
    DATE_ROLE("date_role"): DateRole {
        "001" => CancelAfter,
        "002" => RequestedDelivery,
        "003" => Invoice,
        "004" => Order,
        "007" => Effective,
        "010" => RequestedShip,
        "011" => Shipped,
        "015" => PromotionStart,
        "016" => PromotionEnd,
        "017" => EstimatedDelivery,
        "018" => Available,
        "035" => Delivered,
        "036" => Expiration,
        "037" => ShipNotBefore,
        "038" => ShipNotAfter,
        "039" => ShipWeekOf,
        "050" => Received,
        "061" => CancelIfNotDeliveredBy,
        "063" => DeliverNotAfter,
        "064" => DeliverNotBefore,
        "067" => ScheduledDelivery,
        "068" => ScheduledShip,
        "069" => PromisedDelivery,
        "071" => RequestedDeliveryNotBefore,
        "074" => RequestedDeliveryNotAfter,
        "077" => DeliverWeekOf,
        "079" => PromisedShip,
        "092" | "276" => ContractStart,
        "093" | "279" => ContractEnd,
        "094" => Manufacture,
        "102" => Issue,
        "106" => RequiredBy,
        "118" => RequestedPickup,
        "175" => CancelIfNotShippedBy,
        "090" => PeriodStart,
        "091" => PeriodEnd,
        "184" => Inventory,
        "097" => Issue,
    }

    /// 432, what a date of transport is.
    TRANSPORT_DATE_ROLE("transport_date_role"): DateRole {
        "01" => CancelAfter,
        "02" | "68" => RequestedDelivery,
        "03" => Invoice,
        "04" => Order,
        "07" => Effective,
        "10" => RequestedShip,
        "11" => Shipped,
        "12" => DiscountDue,
        "13" => NetDue,
        "15" => PromotionStart,
        "16" => PromotionEnd,
        "17" => EstimatedDelivery,
        "18" => Available,
        "35" | "67" => Delivered,
        "36" => Expiration,
        "37" => ShipNotBefore,
        "38" => ShipNotAfter,
        "39" => ShipWeekOf,
        "53" => DeliverNotBefore,
        "54" => DeliverNotAfter,
        "55" => DeliverWeekOf,
        "69" => ScheduledPickup,
        "70" => ScheduledDelivery,
        "79" => RequestedPickup,
        "85" => Issue,
        "86" => Pickup,
        "BD" => RequiredBy,
        "BL" => Manufacture,
        "BS" => Received,
    }

    /// 176, what a time of transport is.
    TRANSPORT_TIME_ROLE("transport_time_role"): DateRole {
        "8" => Pickup,
        "9" => Delivered,
        "A" => ActualDeparture,
        "D" => EstimatedDeparture,
        "E" => EstimatedArrival,
        "G" => RequestedDeliveryNotBefore,
        "L" => RequestedDeliveryNotAfter,
        "R" => ActualArrival,
        "X" => ScheduledDelivery,
        "Y" => RequestedPickup,
        "Z" => RequestedDelivery,
    }

    /// 1650, what happened to a shipment.
    EVENT_KIND("event_kind"): EventKind {
        "A7" => Refused,
        "A9" => Damaged,
        "AF" => DepartedPickup,
        "AG" => EstimatedDelivery,
        "AH" => AttemptedDelivery,
        "AI" => Reconsigned,
        "AM" | "CP" => Loaded,
        "AR" => RailArrival,
        "AV" => AvailableForDelivery,
        "BC" => Stored,
        "C1" | "PR" => CustomsHold,
        "CA" => Cancelled,
        "CD" => DepartedDelivery,
        "D1" => Delivered,
        "I1" => GateIn,
        "L1" => LoadingAtPickup,
        "OA" => GateOut,
        "P1" => DepartedTerminal,
        "RL" => RailDeparture,
        "SD" => Delayed,
        "X1" => ArrivedAtDelivery,
        "X2" => EstimatedArrival,
        "X3" => ArrivedAtPickup,
        "X4" => ArrivedAtTerminal,
        "X6" => EnRoute,
        "XB" => Acknowledged,
    }

    /// 163, why a vehicle stops.
    STOP_REASON("stop_reason"): StopReason {
        "CL" => CompleteLoad,
        "CN" => Consolidate,
        "CU" => CompleteUnload,
        "DT" => DropTrailer,
        "IN" => Inspection,
        "LD" => Load,
        "PA" => Pickup,
        "PL" => PartLoad,
        "PU" => PartUnload,
        "RT" => Retrieve,
        "SL" | "SU" => Spot,
        "TL" => Transload,
        "UL" => Unload,
        "WL" => Weigh,
    }

    /// 202, how an invoice was corrected. None is an original.
    CORRECTION("correction"): Purpose {
        "CO" => Correction,
    }

    /// 98, entity identifier.
    PARTY_ROLE("party_role"): PartyRole {
        "BY" => Buyer,
        "SE" => Seller,
        "ST" => ShipTo,
        "SF" => ShipFrom,
        "BT" => BillTo,
        "RI" => RemitTo,
        "SO" => SoldTo,
        "PR" => Payer,
        "PE" => Payee,
        "CA" => Carrier,
        "FW" => FreightForwarder,
        "CN" => Consignee,
        "CI" => Consignor,
        "UC" => UltimateConsignee,
        "MF" => Manufacturer,
        "DS" => Distributor,
        "VN" => Vendor,
        "SU" => Supplier,
        "AG" => Agent,
        "BG" => BuyingGroup,
        "EV" => SellingAgent,
        "DA" => PlaceOfDelivery,
        "LW" => Customer,
        "SH" => Shipper,
        "SN" => Store,
        "WH" => Warehouse,
        "MI" => PlanningLocation,
        "Z7" => MarkFor,
        "DE" => Depositor,
        "N1" | "NP" => NotifyParty,
        "RC" => ReceivingLocation,
        "MP" => ManufacturingPlant,
        "EN" => EndUser,
        "IM" => Importer,
        "EX" => Exporter,
        "CB" => CustomsBroker,
        "FR" => MessageFrom,
        "TO" => MessageTo,
        "OB" => OrderedBy,
        "41" => MessageFrom,
        "40" => MessageTo,
    }

    /// 366, contact function.
    CONTACT_ROLE("contact_role"): ContactRole {
        "BD" => Buyer,
        "OC" => Order,
        "IC" => Information,
        "CN" => General,
        "DC" => Delivery,
        "RE" => Receiving,
        "SH" => Shipping,
        "SC" => Schedule,
        "SR" => Sales,
        "AP" => AccountsPayable,
        "AR" => AccountsReceivable,
        "EA" => Edi,
        "EM" => Emergency,
        "EX" => Expediter,
        "BL" => Technical,
        "CR" => CustomerRelations,
        "UR" => UltimateReceiver,
    }

    /// 365, communication number qualifier.
    CHANNEL_KIND("channel_kind"): ChannelKind {
        "TE" | "WP" | "HP" | "NP" | "AP" | "IT" => Telephone,
        "EX" => Extension,
        "CP" => Mobile,
        "FX" => Fax,
        "EM" => Email,
        "UR" => Url,
        "ED" => Edi,
    }

    /// 128, reference identification qualifier.
    REFERENCE_KIND("reference_kind"): ReferenceKind {
        "DP" => Department,
        "19" => Division,
        "CT" | "GC" | "BC" => Contract,
        "PO" => PurchaseOrder,
        "RE" => Release,
        "RQ" => Requisition,
        "VN" => VendorOrder,
        "CO" | "CG" => CustomerOrder,
        "CR" => CustomerReference,
        "IA" => InternalVendor,
        "IL" => InternalOrder,
        "VR" => Vendor,
        "IT" => Customer,
        "11" => Account,
        "12" => BillingAccount,
        "PD" => Promotion,
        "MR" => MerchandiseType,
        "PR" | "Q1" => Quote,
        "BM" | "MB" => BillOfLading,
        "CN" => CarrierReference,
        "2I" => Tracking,
        "SI" => Shipment,
        "MA" => ShipNotice,
        "RV" => ReceivingAdvice,
        "IV" | "OI" => Invoice,
        "CD" => CreditNote,
        "PK" => PackingList,
        "ST" => Store,
        "LU" => Location,
        "WS" => Warehouse,
        "LT" => Lot,
        "SE" => Serial,
        "JB" => Job,
        "P4" => Project,
        "TX" => TaxExemption,
        "TJ" | "GT" | "EI" => TaxIdentification,
        "LI" => Line,
        "BT" => Batch,
        "PG" => ProductGroup,
        "BB" => Authorization,
        "AO" => Appointment,
        "DG" => Drawing,
        "WO" => WorkOrder,
        "KK" => Delivery,
        "L1" => Text,
        "ZZ" => MutuallyDefined,
        "IK" => Invoice,
        "CL" | "CM" => CreditNote,
        "DL" | "DB" => DebitNote,
        "PL" => PriceList,
    }

    /// 66, identification code qualifier, of parties and carriers.
    ID_SCHEME("id_scheme"): IdScheme {
        "UL" => Gln,
        "UM" => GlnWithSuffix,
        "1" => Duns,
        "9" => DunsPlusFour,
        "2" => Scac,
        "91" => AssignedBySeller,
        "92" => AssignedByBuyer,
        "95" => AssignedByCarrier,
        "A3" => AssignedByThirdParty,
        "10" => Dodaac,
        "11" => Dea,
        "12" => Telephone,
        "15" => San,
        "16" => PostalCode,
        "21" => Hin,
        "24" | "FI" | "TA" => TaxNumber,
        "33" => Cage,
        "38" => Country,
        "54" => Warehouse,
        "57" | "TZ" => Department,
        "6" => Plant,
        "7" => LoadingDock,
        "ZZ" => MutuallyDefined,
    }

    /// 309, location qualifier.
    PLACE_SCHEME("place_scheme"): IdScheme {
        "93" => AssignedBySender,
        "94" => AssignedByReceiver,
        "CC" | "CA" => Country,
        "CI" => City,
        "CO" | "CY" => County,
        "SP" => Region,
        "DC" => DistributionCenter,
        "DE" => Destination,
        "OR" => Origin,
        "DP" => Department,
        "SN" => Store,
        "WH" => Warehouse,
        "PL" => Plant,
        "UN" => UnLocode,
        "IP" => PostalCode,
        "KL" | "PA" | "PB" | "PE" | "KE" => Port,
        "ZZ" => MutuallyDefined,
    }

    /// 236, price identifier.
    PRICE_ROLE("price_role"): PriceRole {
        "RTL" => Retail,
        "RES" => Resale,
        "MSR" => SuggestedRetail,
        "LPR" => List,
        "SLP" => SuggestedList,
        "CAT" => Catalog,
        "CON" => Contract,
        "PRP" => Promotional,
        "NET" => Net,
        "UCP" => UnitCost,
        "WHL" => Wholesale,
        "DIS" => Distributor,
        "DPR" => Discount,
        "EUP" => ExpectedUnit,
        "QTE" => Quote,
    }

    /// 522, amount qualifier.
    AMOUNT_ROLE("amount_role"): AmountRole {
        "TT" => Total,
        "1" => LineTotal,
        "5" => InvoiceTotal,
        "GV" => Gross,
        "T" => Tax,
        "F7" => SalesTax,
        "GT" => GoodsAndServicesTax,
        "BAP" => Payable,
        "D8" => Discount,
    }

    /// 738, measurement qualifier.
    MEASUREMENT_KIND("measurement_kind"): MeasurementKind {
        "G" => GrossWeight,
        "N" => NetWeight,
        "T" => TareWeight,
        "LN" => Length,
        "WD" => Width,
        "HT" => Height,
        "VOL" => Volume,
        "VOL" => GrossVolume,
    }

    /// 88, what the number on a package is.
    IDENTITY_KIND("identity_kind"): IdentityKind {
        "GM" | "AA" => Sscc,
        "CP" => CarrierPackage,
        "CA" => CasePackage,
        "SM" => SellerPackage,
        "PB" => BuyerPackage,
    }

    /// 103, the form of a package: its first three characters.
    PACKAGE_FORM("package_kind"): PackageKind {
        "PLT" => Pallet,
        "CTN" => Carton,
        "CAS" => Case,
        "BOX" => Box,
        "BAG" => Bag,
        "DRM" => Drum,
        "CRT" => Crate,
        "CNT" => Container,
        "TBN" => Tote,
        "ROL" => Roll,
        "BDL" => Bundle,
        "TNK" => Tank,
        "PCS" => Piece,
        "SLP" => SlipSheet,
    }

    /// 735, what a level is.
    LEVEL_KIND("level_kind"): LevelKind {
        "S" => Shipment,
        "O" => Order,
        "T" => Pallet,
        "P" => Package,
        "Q" => Subpackage,
        "I" => Item,
        "IA" => Subline,
        "F" => Component,
        "K" => Kit,
        "A" => Assembly,
        "E" => Equipment,
        "CN" => Container,
        "B" => BuyerLocation,
        "L" => SupplierLocation,
    }

    /// 1005, how levels follow each other.
    STRUCTURE("structure"): Structure {
        "0001" => ShipmentOrderPackagingItem,
        "0002" => ShipmentOrderItemPackaging,
        "0003" => ShipmentPackagingOrderItem,
        "0004" => ShipmentOrderItem,
    }

    /// 333, terms basis date.
    TERMS_BASIS("terms_basis"): TermsBasis {
        "1" => ShipDate,
        "2" => DeliveryDate,
        "3" => InvoiceDate,
        "4" => SpecifiedDate,
        "5" => InvoiceReceiptDate,
        "6" => AnticipatedDeliveryDate,
        "7" => EffectiveDate,
        "8" => InvoiceTransmissionDate,
        "09" => OrderDate,
        "15" => ReceiptOfGoods,
    }

    /// 146, shipment method of payment.
    FREIGHT_PAYMENT("freight_payment"): FreightPayment {
        "CC" => Collect,
        "PP" => Prepaid,
        "PC" => PrepaidAndAdded,
        "PS" => PaidBySeller,
        "PB" => CustomerPickup,
        "PU" => Pickup,
        "DF" => DefinedByParties,
        "TP" => ThirdParty,
        "MX" => Mixed,
        "NC" => NoFreight,
    }

    /// 91, transportation method.
    TRANSPORT_MODE("transport_mode"): TransportMode {
        "A" | "AC" | "AE" | "AF" | "FA" | "LA" | "PA" => Air,
        "M" | "J" | "E" | "FL" | "MB" | "TT" | "PT" => Road,
        "LT" => RoadLessThanTruckload,
        "MP" | "D" => Parcel,
        "R" | "RC" | "PR" => Rail,
        "S" | "O" | "Q" | "SS" => Sea,
        "B" => InlandWater,
        "RR" | "PG" | "SE" => Intermodal,
        "7" | "BP" => Mail,
        "PL" => Pipeline,
        "H" | "CE" => CustomerPickup,
        "SR" => SupplierTruck,
        "P" => PrivateCarrier,
        "C" => Consolidation,
        "T" => BestWay,
    }

    /// 248, allowance or charge indicator.
    ALLOWANCE_KIND("allowance_kind"): AllowanceKind {
        "A" => Allowance,
        "C" => Charge,
        "N" => NoAllowanceOrCharge,
        "P" => Promotion,
        "Q" => ChargeRequest,
        "R" => AllowanceRequest,
        "S" => Service,
    }

    /// 331, method of handling an allowance or charge.
    ALLOWANCE_HANDLING("allowance_handling"): AllowanceHandling {
        "01" => BillBack,
        "02" => OffInvoice,
        "03" => VendorCheck,
        "04" => CreditAccount,
        "05" => PaidByVendor,
        "06" => PaidByCustomer,
        "07" => Optional,
        "08" => OffGrossQuantity,
        "15" => InformationOnly,
        "CA" => AddToInvoice,
        "CC" => Collect,
        "PP" => Prepaid,
    }

    /// 235, product or service id qualifier.
    PRODUCT_ID_SCHEME("product_id_scheme"): ProductIdScheme {
        "UK" => Gtin,
        "UP" => Upc,
        "UA" => UpcCase,
        "EN" => Ean,
        "EO" => EanShort,
        "IB" => Isbn,
        "SK" => Sku,
        "IN" | "PI" => BuyerNumber,
        "BP" => BuyerPart,
        "CB" => BuyerCatalog,
        "BO" => BuyerColor,
        "IZ" => BuyerSize,
        "VN" => SellerNumber,
        "VP" => SellerPart,
        "VC" => SellerCatalog,
        "VA" => SellerStyle,
        "VE" => SellerColor,
        "SZ" => SellerSize,
        "MG" => ManufacturerNumber,
        "MF" => ManufacturerName,
        "MN" => Model,
        "ST" => Style,
        "CL" => Color,
        "CM" => NrfColor,
        "SM" => NrfSize,
        "BL" => Brand,
        "LT" => Lot,
        "SN" => Serial,
        "ND" | "N4" => DrugCode,
        "HD" => HarmonizedCode,
        "FS" => StockNumber,
        "CG" => CommodityGroup,
        "EC" => EngineeringChange,
        "DR" => DrawingRevision,
        "CH" => CountryOfOrigin,
        "PO" => PurchaseOrder,
        "PL" => Line,
        "CR" => Contract,
        "ZZ" => MutuallyDefined,
    }

    /// 640, type of invoice.
    INVOICE_KIND("invoice_kind"): InvoiceKind {
        "DI" | "PR" => Invoice,
        "CR" | "CN" => CreditNote,
        "DR" => DebitNote,
        "AI" => CorrectedInvoice,
        "PP" => PrepaymentInvoice,
        "CI" => ConsolidatedInvoice,
        "CG" | "CE" => ConsolidatedCreditNote,
        "PB" => PartialInvoice,
        "ME" => Memo,
        "RE" => Rebill,
        "DU" => Duplicate,
        "26" => ServiceInvoice,
    }

    /// 963, type of tax.
    TAX_KIND("tax_kind"): TaxKind {
        "VA" => ValueAdded,
        "GS" => GoodsAndServices,
        "ST" => StateSales,
        "LT" => LocalSales,
        "FT" => FederalExcise,
        "EV" => Environmental,
        "AB" => Surtax,
    }

    /// 1300, service, promotion, allowance or charge.
    ALLOWANCE_SERVICE("allowance_service"): AllowanceService {
        "A260" => Advertising,
        "B950" => DamagedGoods,
        "C040" => Delivery,
        "C310" => Discount,
        "D240" => Freight,
        "D500" => Handling,
        "D980" => Insurance,
        "F340" => Pickup,
        "F800" => Promotion,
        "F970" => QuantityDiscount,
        "G830" => ShippingAndHandling,
        "H550" => Surcharge,
        "I170" => TradeDiscount,
        "I530" => VolumeDiscount,
    }

    /// 755, what an inventory report is of.
    REPORT_KIND("report_kind"): ReportKind {
        "SI" => SellerInventory,
        "DD" => DistributorInventory,
        "LC" => LocationInventory,
    }

    /// 673, what a quantity of the stock counts.
    STOCK_KIND("stock_kind"): StockKind {
        "17" => OnHand,
        "33" | "V2" => Available,
        "27" => Committed,
        "XU" => Reserved,
        "63" => OnOrder,
        "IQ" => InTransit,
        "BQ" => Backordered,
        "74" => Damaged,
        "QH" => OnHold,
        "76" => Returned,
        "87" => Received,
        "39" => Shipped,
        "32" => Sold,
        "YW" => ReorderPoint,
        "72" => Minimum,
        "73" => Maximum,
        "TN" => Opening,
        "TX" => Closing,
        "29" => Projected,
    }

    /// 181, why stock was corrected.
    ADJUSTMENT_REASON("adjustment_reason"): AdjustmentReason {
        "03" => ShippedMore,
        "04" => ReceivedLess,
        "05" => PutOnHold,
        "06" => BookDecrease,
        "07" => Destroyed,
        "52" | "AS" => Reworked,
        "53" => ShippedLess,
        "54" => ReceivedMore,
        "55" => TakenOffHold,
        "56" => BookIncrease,
        "AA" => PhysicalCount,
        "AB" => AccountingError,
        "AC" => ConditionChange,
        "AG" => OwnershipChange,
        "AK" => Transfer,
        "AR" => ShipmentError,
        "AU" => DamagedInFacility,
        "AV" => DamagedInTransit,
        "AW" => Recall,
        "AX" => Obsolete,
        "AY" => ReceiptError,
        "CD" => Donation,
        "CO" => Consignment,
        "CR" => CustomerReturn,
        "CS" => Sample,
        "PC" => Reserved,
    }

    /// 426, why an amount was changed.
    PAYMENT_ADJUSTMENT("payment_adjustment"): PaymentAdjustment {
        "02" => AllowanceOrChargeError,
        "04" | "11" => DamagedGoods,
        "08" => SubstituteProduct,
        "09" => TermsOfSaleError,
        "17" => RequiredDataMissing,
        "19" => DuplicateInvoice,
        "22" => WeightError,
        "23" => ChargeNotAuthorized,
        "24" => IncorrectDiscount,
        "59" | "A4" => GoodsNotReceived,
        "72" | "RM" => GoodsReturned,
        "54" => FreightDeducted,
        "SS" => TradeDiscount,
        "A7" => PaymentOnAccount,
        "P1" => PriceChange,
        "ZZ" => MutuallyDefined,
    }

    /// 473, what a warehouse shipping order does.
    ORDER_STATUS("order_status"): Purpose {
        "B" => Backorder,
        "C" => Confirmation,
        "D" => Deletion,
        "F" => Cancellation,
        "N" => Original,
        "R" => Change,
        "T" => Resubmission,
        "X" => Simulation,
    }

    /// 110, what an application says to a document. The first letter is the scope: of the transaction set here.
    ADVICE_STATUS("advice_status"): AdviceStatus {
        "TA" | "BA" | "GA" | "IA" => Accepted,
        "TC" | "BC" | "GC" | "IC" => AcceptedWithChanges,
        "TE" | "BE" | "GE" | "IE" => AcceptedWithErrors,
        "TH" | "GH" => OnHold,
        "TP" | "BP" | "GP" | "IP" => PartiallyAccepted,
        "TR" | "BR" | "GR" | "IR" => Rejected,
    }

    /// 305, what to do with a payment and its advice.
    PAYMENT_HANDLING("payment_handling"): PaymentHandling {
        "C" => PaymentWithRemittance,
        "D" => PaymentOnly,
        "I" => RemittanceOnly,
        "H" => NotificationOnly,
        "N" => CheckIssued,
        "U" | "X" => SplitPayment,
        "P" => Prenotification,
        "T" => Adjustment,
        "J" => Request,
    }

    /// 591, how it is paid.
    PAYMENT_METHOD("payment_method"): PaymentMethod {
        "ACH" => Ach,
        "CHK" => Check,
        "FWT" | "FEW" | "SWT" | "IWT" | "CWT" => WireTransfer,
        "CCC" | "DEB" => Card,
        "CAS" => Cash,
        "PBD" => Draft,
        "BKW" => BookEntry,
        "NON" => NonPayment,
    }

    /// 683, kind of catalog.
    CATALOG_KIND("catalog_kind"): CatalogKind {
        "PC" => PriceCatalog,
        "SC" => SalesCatalog,
        "PS" => PriceSheet,
        "RC" => ResaleCatalog,
        "CP" => CustomizedCatalog,
    }

    /// 875, what became of an item of a catalog.
    CATALOG_CHANGE("catalog_change"): LineChange {
        "001" => Changed,
        "002" => Deleted,
        "021" | "003" => Added,
    }
}

word_fields! {
    "/parties" role PARTY_ROLE;
    "/contacts" role CONTACT_ROLE;
    "/channels" kind CHANNEL_KIND;
    "/dates" role DATE_ROLE;
    "/date" role DATE_ROLE;
    "/references" kind REFERENCE_KIND;
    "/parts" kind REFERENCE_KIND;
    "/notes" kind REFERENCE_KIND;
    "/ids" scheme ID_SCHEME;
    "/carrier" scheme ID_SCHEME;
    "/id" scheme ID_SCHEME;
    "/location" scheme ID_SCHEME;
    "/product_ids" scheme PRODUCT_ID_SCHEME;
    "/prices" role PRICE_ROLE;
    "/amounts" role AMOUNT_ROLE;
    "/payment_terms" basis TERMS_BASIS;
    "/delivery_terms" freight_payment FREIGHT_PAYMENT;
    "/routes" mode TRANSPORT_MODE;
    "/measurements" kind MEASUREMENT_KIND;
    "/identities" kind IDENTITY_KIND;
    "/allowances_and_charges" kind ALLOWANCE_KIND;
    "/allowances_and_charges" handling ALLOWANCE_HANDLING;
    "/allowances_and_charges" service ALLOWANCE_SERVICE;
    "/taxes" type TAX_KIND;
    "/quantities" kind STOCK_KIND;
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

/// The basis that says for how many units a price is; `None` for numbers that 639 has no code for.
pub(crate) fn price_basis(units: u32) -> Option<&'static str> {
    match units {
        1 => Some("PE"),
        10 => Some("PN"),
        12 => Some("PD"),
        100 => Some("HP"),
        1_000 => Some("TP"),
        10_000 => Some("TT"),
        100_000 => Some("HT"),
        _ => None,
    }
}
