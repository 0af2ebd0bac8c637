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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{blocks, kinds};
    use crate::mapping::lacking_codes;
    use portway_edi::schema::Schema;

    /// Each code that a table writes stands in the list of its element. The few that one version lacks, and that have no other code
    /// there, are written all the same: the validation of what is written tells of each.
    #[test]
    fn codes_that_are_written_stand_in_the_lists_of_the_version() {
        let tables = [blocks::WRITTEN, kinds::WRITTEN].concat();
        let old = Schema::edifact("ORDERS", "D:96A:UN").unwrap();
        assert_eq!(lacking_codes(old, &tables), OLD);
        let new = Schema::edifact("ORDERS", "D:01B:UN").unwrap();
        assert_eq!(lacking_codes(new, &tables), NEW);
    }

    /// Of D.96A.
    const OLD: &[&str] = &[
        "AMOUNT_ROLE 366",
        "CHANNEL_KIND AH",
        "CHANNEL_KIND AL",
        "IDENTITY_KIND BU",
        "INVOICE_KIND 261",
        "INVOICE_KIND 262",
        "LINE_CHANGE 37",
        "LINE_CHANGE 38",
        "LINE_STATUS 37",
        "PAYMENT_METHOD 48",
        "PAYMENT_METHOD 49",
        "PRODUCT_ID_SCHEME SRV",
        "RESPONSE_STATUS AJ",
        "STATE 12",
        "STATE 14",
        "STATE 5",
        "STATE 6",
        "STATE 7",
        "STOCK_KIND 248",
        "STOCK_KIND 253",
        "STOCK_KIND 441",
    ];
    /// Of D.01B.
    const NEW: &[&str] = &[];
}
