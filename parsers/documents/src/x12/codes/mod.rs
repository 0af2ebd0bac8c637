//! X12 codes and our words: one table a data element, named by its number in the dictionary.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here.
//!
//! Adding a word: its line here, and the word in the vocabulary of the block.

mod blocks;
mod kinds;

pub(crate) use blocks::{
    ALLOWANCE_HANDLING, ALLOWANCE_KIND, ALLOWANCE_SERVICE, AMOUNT_ROLE, CHANNEL_KIND, CONTACT_ROLE,
    DATE_ROLE, FREIGHT_PAYMENT, ID_SCHEME, IDENTITY_KIND, MEASUREMENT_KIND, PACKAGE_FORM, PARTY_ROLE,
    PAYMENT_HANDLING, PAYMENT_METHOD, PLACE_SCHEME, PRICE_ROLE, PRODUCT_ID_SCHEME, REFERENCE_KIND, TAX_KIND,
    TERMS_BASIS, TRANSPORT_DATE_ROLE, TRANSPORT_MODE, TRANSPORT_TIME_ROLE,
};
pub(crate) use kinds::{
    ADJUSTMENT_REASON, ADVICE_STATUS, CATALOG_CHANGE, CATALOG_KIND, CONDITION, CORRECTION, EVENT_KIND,
    INVOICE_KIND, LEVEL_KIND, LINE_CHANGE, LINE_STATUS, ORDER_KIND, ORDER_STATUS, PAYMENT_ADJUSTMENT,
    PURPOSE, RECEIPT_KIND, REPORT_KIND, REPORTING, RESPONSE_STATUS, SHIPPED_STATUS, STOCK_KIND, STOP_REASON,
    STRUCTURE,
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
        let old = Schema::x12("850", "004010").unwrap();
        assert_eq!(lacking_codes(old, &tables), OLD);
        let new = Schema::x12("850", "005010").unwrap();
        assert_eq!(lacking_codes(new, &tables), NEW);
    }

    /// Of 004010.
    const OLD: &[&str] =
        &["ADVICE_STATUS TH", "PAYMENT_ADJUSTMENT P1", "PAYMENT_ADJUSTMENT SS", "PRODUCT_ID_SCHEME EO"];
    /// Of 005010.
    const NEW: &[&str] = &["ID_SCHEME UM"];
}
