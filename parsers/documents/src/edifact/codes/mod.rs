//! EDIFACT codes and our words: one table a data element, named by its number in the directory.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here, and mean the same in D.96A and D.01B.
//!
//! Adding a word: its line here, and the word in the vocabulary of the block.

mod blocks;
mod kinds;

pub(crate) use blocks::{
    ALLOWANCE_HANDLING, ALLOWANCE_KIND, ALLOWANCE_SERVICE, AMOUNT_ROLE, CHANNEL_KIND, CONTACT_ROLE,
    DATE_ROLE, FREIGHT_PAYMENT, ID_SCHEME, IDENTITY_KIND, MEASUREMENT_KIND, PACKAGE_KIND, PARTY_ROLE,
    PAYMENT_METHOD, PRICE_ROLE, PRICE_SPECIFICATION, PRODUCT_ID_SCHEME, REFERENCE_KIND, TAX_KIND,
    TERMS_BASIS, TRANSPORT_MODE,
};
pub(crate) use kinds::{
    ADJUSTMENT_REASON, ADVICE_STATUS, CATALOG_CHANGE, CATALOG_KIND, DISCREPANCY, DOCUMENT_KIND,
    DOCUMENT_STATUS, EVENT_KIND, INVOICE_KIND, LINE_CHANGE, LINE_STATUS, ORDER_KIND, PAYMENT_ADJUSTMENT,
    PURPOSE, QUANTITY_IN_QUESTION, REPORT_KIND, RESPONSE_FUNCTION, RESPONSE_PURPOSE, RESPONSE_STATUS, STATE,
    STOCK_KIND, STOCK_MOVEMENT,
};

use crate::mapping::word_fields;

/// All tables by name, each with the words it has codes for.
pub(crate) fn tables() -> impl Iterator<Item = &'static (&'static str, fn() -> Vec<String>)> {
    blocks::TABLES.iter().chain(kinds::TABLES)
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
