//! X12 codes of what documents are made of (parties, dates, references, money, carriage): one table a data element.
//!
//! How tables are read and changed stands in the file above.

use crate::allowance::{AllowanceHandling, AllowanceKind, AllowanceService};
use crate::date::DateRole;
use crate::item::ProductIdScheme;
use crate::mapping::codes;
use crate::money::{AmountRole, PriceRole, TaxKind, TermsBasis};
use crate::package::PackageKind;
use crate::party::{ChannelKind, ContactRole, PartyRole};
use crate::quantity::MeasurementKind;
use crate::reference::{IdScheme, IdentityKind, ReferenceKind};
use crate::remittance_advice::{PaymentHandling, PaymentMethod};
use crate::transport::{FreightPayment, TransportMode};

codes! {
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
        "C310" => Discount,
        "D240" => Freight,
        "D500" => Handling,
        "D980" => Insurance,
        "F340" => Pickup,
        "F800" => Promotion,
        "G830" => ShippingAndHandling,
        "I170" => TradeDiscount,
        "I530" => VolumeDiscount,
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
}
