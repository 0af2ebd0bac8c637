//! The building blocks of the documents, in EDIFACT segments and groups.
//!
//! Each file has one block, in the elements' order of the standard; [`codes`] and [`units`] have its codes and our words. A
//! document's own mapping (`purchase_order/edifact_orders.rs`) only says which segment of which group belongs to which field.

pub(crate) mod allowance;
pub(crate) mod answer;
pub(crate) mod billing;
pub(crate) mod codes;
pub(crate) mod date;
pub(crate) mod detail;
pub(crate) mod freight;
pub(crate) mod item;
pub(crate) mod money;
pub(crate) mod order;
pub(crate) mod package;
pub(crate) mod packing;
pub(crate) mod party;
pub(crate) mod quantity;
pub(crate) mod reference;
pub(crate) mod shipment;
pub(crate) mod stock;
pub(crate) mod transport;
pub mod units;

/// What no EDIFACT message carries of the shared blocks: path (`*` wherever it stands) and reason.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/item/our_number", "our own number stays in the house"),
    ("*/original_value", "what came in the partner's unit is what it was converted from"),
    ("*/period/value", "a period of the other standard is written by its first and last day"),
    ("*/parties/additional_names", "the first line of a name in NAD is the name"),
    ("*/dates/role", "a DTM without a day says nothing"),
    ("*/dates/role_code", "a DTM without a day says nothing"),
    ("*/currency/role", "CUX says what a currency is for, not whose it is"),
    ("*/other_currencies/role", "CUX says what a currency is for, not whose it is"),
    ("*/characteristics", "there is no segment for an agency's codes"),
    ("*/transport/loads", "weights and packages stand with packages (PAC) and in CNT"),
    ("*/transport/handling", "dangers stand in messages of carriage"),
    ("*/equipment/initial", "EQD has one number"),
    ("*/equipment/weight", "EQD has no weight"),
    ("*/equipment/seal_number", "EQD has no seal"),
    ("*/routes/transit_time", "TDT has no span of time"),
    ("*/routes/country", "TDT has no country of service"),
    ("*/routes/location", "TDT has places (LOC) by their function"),
    ("*/delivery_terms/location", "TOD has places (LOC) by their function"),
    ("*/delivery_terms/title_passage", "TOD says nothing of title"),
    ("*/delivery_terms/risk_of_loss", "TOD says nothing of the risk"),
    ("*/packaging", "packing stands with packages (PAC)"),
    ("*/commodities", "the message has no codes of goods"),
    ("*/references/description", "RFF has no text"),
    ("*/references/parts", "RFF has one number"),
    ("*/notes/parts", "FTX has no numbers"),
    ("*/notes/reference", "FTX has no numbers"),
    ("*/notes/subject", "FTX has no subject in words"),
    ("*/notes/kind", "FTX says what a text is about by 4451"),
    ("*/notes/date", "FTX has no dates"),
    ("*/notes/dates", "FTX has no dates"),
    ("*/amounts/references", "MOA has no references"),
    ("*/amounts/dates", "MOA has no dates"),
    ("*/prices/quantity", "PRI has its base quantity alone"),
    ("*/prices/multiplier", "PRI has no factor"),
    ("*/prices/multiple_quantity", "PRI has its base quantity alone"),
    ("*/prices/rebate", "PRI has no rebate"),
    ("*/prices/condition_value", "PRI has no condition"),
    ("*/allowances_and_charges/option", "ALC has no option"),
    ("*/allowances_and_charges/language", "ALC has no language"),
    ("*/allowances_and_charges/second_quantity", "ALC has one quantity"),
    ("*/allowances_and_charges/currency", "an MOA names its own currency"),
    ("*/allowances_and_charges/price", "ALC has rates and amounts alone"),
    ("*/payment_terms/description", "PAT has a text beside a code of 4277 alone"),
    ("*/payment_terms/deferred", "PAT has no deferred amount"),
    ("*/payment_terms/deferred_due_date", "PAT has no deferred amount"),
    ("*/payment_terms/discount", "PAT has the discount in percent"),
    ("*/payment_terms/payable_percent", "PAT has the discount in percent"),
    ("*/payment_terms/percent", "PAT has the discount in percent"),
    ("*/payment_terms/day_of_month", "PAT counts days"),
    ("*/payment_terms/payment_instructions", "the group PAT has no PAI here"),
    ("*/payment_terms/bank_accounts", "the group PAT has no FII here"),
    ("*/taxes/money", "TAX has the rate alone here"),
    ("*/taxes/jurisdictions/scheme", "the list of a place of tax (LOC) is coded by the directory"),
    ("*/parties/characteristics", "there is no segment for an agency's codes"),
    ("*/parties/delivery_terms", "a party has no terms of its own"),
    ("*/parties/transport", "a party has no carriage of its own"),
    ("*/parties/quantities", "a party has no quantities of its own"),
    ("*/parties/dates", "a party has no dates of its own"),
    ("*/parties/schedule", "a party has no schedule of its own"),
    ("*/parties/lead_times", "a party has no schedule of its own"),
    ("*/parties/address/components", "NAD has no named parts of an address"),
    ("*/parties/address/location", "NAD has no coded place"),
    ("*/schedule/party_name", "SCC is for everybody"),
    ("*/schedule/request_reference", "SCC has references (RFF) by their kind"),
    ("*/schedule/assigned_id", "SCC has references (RFF) by their kind"),
    ("*/schedule/transport", "SCC has no carriage"),
    ("*/packs/inner_packs", "PAC counts packages of its own level"),
    ("*/packs/assigned_ids", "packages have numbers by GIN"),
    ("*/packs/number", "packages have numbers by GIN"),
    ("*/descriptions/measurements", "IMD has no measures"),
    ("*/product_ids/scheme", "7143 has one number of the seller and one of the buyer"),
    ("*/measurements/method", "MEA has no method in words"),
];
