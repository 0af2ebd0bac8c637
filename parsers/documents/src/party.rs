//! Parties, addresses and contacts as they stand in every document.
//!
//! A party has a role, as a word and as the partner's code, and any number of identifiers, each with its scheme. On a line a
//! party may carry its own quantities and dates: then that part of the line is for it.
//!
//! These are shapes only; they cannot fail. How they are filled stands in `x12/party.rs` and `edifact/party.rs`.

use crate::Text;
use crate::date::{DateTime, LeadTime};
use crate::money::{BankAccount, Currency, Tax};
use crate::quantity::QualifiedQuantity;
use crate::reference::{Attachment, Characteristic, Identifier, Note, Reference};
use crate::transport::{DeliveryTerms, Distribution, Location, Packaging, ScheduleLine, Transport};

record! {
    /// Somebody who takes part: buyer, seller, ship-to.
    pub struct Party {
        one role: PartyRole,
        /// The partner's code for the role: X12 98.
        one role_code: Text,
        opt name: Text,
        /// Further lines of the name.
        many additional_names: Text,
        many ids: Identifier,
        /// X12 706.
        opt relationship_code: Text,
        /// The role of the party it relates to: X12 98.
        opt related_role_code: Text,
        opt address: Address,
        many references: Reference,
        many contacts: Contact,
        many characteristics: Characteristic,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packaging: Packaging,
        many dates: DateTime,
        many quantities: QualifiedQuantity,
        many schedule: ScheduleLine,
        many lead_times: LeadTime,
        many locations: Location,
        /// What kind of entity: X12 1065, `1` person, `2` organization.
        opt entity_code: Text,
        /// Of a person: X12 1036 to 1039.
        opt first_name: Text,
        opt middle_name: Text,
        opt name_prefix: Text,
        opt name_suffix: Text,
        opt currency: Currency,
        many bank_accounts: BankAccount,
        many taxes: Tax,
        many distribution: Distribution,
        many attachments: Attachment,
        many notes: Note,
    }
}

vocabulary! {
    /// What a party does in the document.
    pub enum PartyRole {
        Buyer,
        Seller,
        ShipTo,
        ShipFrom,
        BillTo,
        RemitTo,
        SoldTo,
        Payer,
        Payee,
        Carrier,
        FreightForwarder,
        Consignee,
        Consignor,
        UltimateConsignee,
        Manufacturer,
        Distributor,
        Vendor,
        Supplier,
        SellingAgent,
        Store,
        Warehouse,
        MarkFor,
        NotifyParty,
        ReceivingLocation,
        PlanningLocation,
        Customer,
        EndUser,
        Importer,
        Exporter,
        CustomsBroker,
        MessageFrom,
        MessageTo,
        OrderedBy,
        PlaceOfDelivery,
        Agent,
        BuyingGroup,
        Shipper,
        ManufacturingPlant,
        Depositor,
        InvoiceIssuer,
        TaxRepresentative,
        Factor,
        PayerBank,
        PayeeBank,
        FreightPayer,
        ThirdParty,
        PickupLocation,
        StopLocation,
        ReturnTo,
        Inspector,
    }
}

record! {
    /// A postal address.
    pub struct Address {
        /// Street and the like, line by line.
        many lines: Text,
        opt city: Text,
        /// State, province or county.
        opt region: Text,
        opt postal_code: Text,
        /// As it came: ISO 3166 code by the standard.
        opt country: Text,
        opt location: Identifier,
        /// A place that is only described by its kind: X12 309.
        opt location_code: Text,
        many components: AddressComponent,
    }
}

record! {
    /// One named part of an address: X12 NX2.
    pub struct AddressComponent {
        /// X12 1106.
        one code: Text,
        opt text: Text,
        opt county: Text,
    }
}

record! {
    /// A person or a desk, and how to reach it.
    pub struct Contact {
        one role: ContactRole,
        /// X12 366.
        one role_code: Text,
        opt name: Text,
        many channels: Channel,
        opt reference: Text,
    }
}

vocabulary! {
    /// What a contact is for.
    pub enum ContactRole {
        Buyer,
        Order,
        Information,
        General,
        Delivery,
        Receiving,
        Shipping,
        Schedule,
        Sales,
        AccountsPayable,
        AccountsReceivable,
        Edi,
        Emergency,
        Expediter,
        Technical,
        CustomerRelations,
        UltimateReceiver,
    }
}

record! {
    /// A number or address to reach somebody at.
    pub struct Channel {
        one kind: ChannelKind,
        /// X12 365.
        one kind_code: Text,
        one value: Text,
    }
}

vocabulary! {
    /// The medium of a channel.
    pub enum ChannelKind {
        Telephone,
        Extension,
        Mobile,
        Fax,
        Email,
        Url,
        Edi,
    }
}
