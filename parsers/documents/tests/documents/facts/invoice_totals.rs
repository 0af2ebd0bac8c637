//! Totals of invoices that match, that do not, and that cannot be decided: each from a golden input with one thing changed.

use super::invoice::input;
use crate::sets::set;
use portway_documents::finding::TOTAL_DIFFERS;

/// The messages on totals that an input gives after the changes.
fn said(kind: &str, name: &str, changes: &[(&str, &str)]) -> Vec<String> {
    let mut input = input(kind, name);
    for (from, to) in changes {
        assert!(input.contains(from), "{name} has no {from}");
        input = input.replacen(from, to, 1);
    }
    let findings = set(input.as_bytes()).findings;
    findings.into_iter().filter(|f| f.code == TOTAL_DIFFERS).map(|f| f.message).collect()
}

fn none(kind: &str, name: &str, changes: &[(&str, &str)]) {
    let said = said(kind, name, changes);
    assert!(said.is_empty(), "{name} {changes:?}: {said:#?}");
}

fn differs(kind: &str, name: &str, changes: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(said(kind, name, changes), expected, "{name} {changes:?}");
}

const RETAILER: &str = "retailer-allowances";
const RATES: &str = "supplier-several-rates";

#[test]
fn a_wrong_tds_is_told_with_its_place() {
    let changed = input("invoice", RETAILER).replacen("TDS*219107*", "TDS*219108*", 1);
    let findings = set(changed.as_bytes()).findings;
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(finding.code, TOTAL_DIFFERS);
    assert_eq!(finding.severity, portway_edi::Severity::Warning);
    assert_eq!((finding.place.segment.as_deref(), finding.place.element), (Some("TDS"), Some(1)));
    assert_eq!(finding.value.as_deref(), Some("219108"));
    assert_eq!(
        finding.message,
        "TDS01 declares 2191.08; lines of 2115.00, charges less allowances of 42.41 and taxes of 33.66 come to 2191.07."
    );
    assert!(finding.help.as_deref().unwrap().starts_with("The partner's move"));
}

#[test]
fn each_part_of_a_tds_counts() {
    for (from, to, sum) in [
        ("IT1*1*24*EA*18.75", "IT1*1*25*EA*18.75", "2209.82"),
        ("IT1*2*120*EA*3.4", "IT1*2*120*EA*3.5", "2203.07"),
        ("SAC*C*D240***9500", "SAC*C*D240***9600", "2192.07"),
        ("SAC*A*C310*VI*TERM*4209", "SAC*A*C310*VI*TERM*4309", "2190.07"),
        ("SAC*C*D500***1200", "SAC*C*D500***1300", "2192.07"),
    ] {
        let said = said("invoice", RETAILER, &[(from, to)]);
        assert_eq!(said.len(), 1, "{from}");
        assert!(said[0].ends_with(&format!("come to {sum}.")), "{from}: {}", said[0]);
    }
    // Taxes of the lines and behind them: one of both must be right.
    let behind = ("TXI*ST*33.66*.0825*CD*NV-WASHOE", "TXI*ST*43.66*.0825*CD*NV-WASHOE");
    none("invoice", RETAILER, &[behind]);
    let with_lines = ("TXI*ST*33.66*.0825*CD*NV*", "TXI*ST*43.66*.0825*CD*NV*");
    assert_eq!(said("invoice", RETAILER, &[behind, with_lines]).len(), 1);
    // The sign of the kind: a charge made an allowance.
    assert_eq!(said("invoice", RETAILER, &[("SAC*C*D240", "SAC*A*D240")]).len(), 1);
}

#[test]
fn other_readings_of_a_tds_are_accepted() {
    // Allowances of lines in the price already: 2191.07 + 22.50 - 12.00.
    none("invoice", RETAILER, &[("TDS*219107*", "TDS*220157*")]);
    // Taxes as part of the price: 2191.07 - 33.66. Not where TXI07 says that they are added.
    none("invoice", RETAILER, &[("TDS*219107*", "TDS*215741*")]);
    let added = "TXI*GS*334.1*.13****A";
    assert_eq!(said("invoice", "partial-shipment", &[("TDS*290407", "TDS*256997")]).len(), 1);
    none(
        "invoice",
        "partial-shipment",
        &[
            ("TDS*290407", "TDS*256997"),
            (added, "TXI*GS*334.1*.13"),
            ("TXI*GS*324.48*.13", "TXI*GS*0*.13"),
            ("TXI*GS*1.82*.13", "TXI*GS*0*.13"),
        ],
    );
    // An allowance that is billed back does not change the total: 2191.07 + 42.09.
    none(
        "invoice",
        RETAILER,
        &[("TDS*219107*", "TDS*223316*"), ("*4*2*****02***Volume", "*4*2*****01***Volume")],
    );
}

#[test]
fn a_computed_line_may_be_rounded_by_a_cent() {
    // 7 times 1.995 is 13.965.
    none("invoice", "partial-shipment", &[("TDS*290407", "TDS*290406")]);
    differs(
        "invoice",
        "partial-shipment",
        &[("TDS*290407", "TDS*290405")],
        &[
            "TDS01 declares 2904.05; lines of 2509.97, charges less allowances of 60.00 and taxes of 334.10 come to 2904.07.",
        ],
    );
}

#[test]
fn a_tds_that_cannot_be_reckoned_says_nothing() {
    let wrong = ("TDS*219107*", "TDS*100*");
    for change in [
        // A quantity without a price.
        ("IT1*2*120*EA*3.4*PE*", "IT1*2*120*EA***"),
        // The price of single units, of cases.
        ("IT1*1*24*EA*18.75", "IT1*1*24*CA*18.75"),
        // A basis that tells nothing of the unit.
        ("IT1*3*30*EA*41.9*PE", "IT1*3*30*EA*41.9*CT"),
        // A rate without its amount.
        ("SAC*C*D240***9500", "SAC*C*D240****3*5"),
        // Handling that may be settled anywhere.
        ("*4*2*****02***Volume", "*4*2*****CC***Volume"),
        // Neither an allowance nor a charge.
        ("SAC*C*D240", "SAC*S*D240"),
        // A component at a price of its own.
        ("SLN*1**I*2", "SLN*1**A*2"),
        // A factor on the price.
        ("CTP*RS*RTL*39.99*1*EA", "CTP*RS*RTL*39.99*1*EA*DIS*.9"),
        // A deposit.
        ("AMT*1*2115", "AMT*3*2115"),
        // A tax above zero without its amount.
        ("TXI*ST*33.66*.0825*CD*NV-WASHOE", "TXI*ST**.0825*CD*NV-WASHOE"),
        // Another total beside.
        ("AMT*1*2115", "AMT*BAP*2115"),
        // Amounts that no decimal holds.
        ("IT1*1*24*EA*18.75", "IT1*1*9999999999999999999*EA*9999999999999999999"),
    ] {
        none("invoice", RETAILER, &[wrong, change]);
        assert_eq!(said("invoice", RETAILER, &[wrong]).len(), 1);
    }
    // No lines at all.
    none("invoice", "freight-only", &[("TDS*28750", "TDS*1")]);
}

#[test]
fn sums_of_an_invoic_are_told_one_by_one() {
    differs(
        "invoice",
        RATES,
        &[("MOA+79:2870.20", "MOA+79:2870.21")],
        &["MOA 79 declares 2870.21; the 3 lines come to 2870.20."],
    );
    differs(
        "invoice",
        RATES,
        &[("MOA+77:3318.23", "MOA+77:3381.23")],
        &[
            "MOA 77 declares 3381.23; lines of 2870.20, charges less allowances of -41.11 and taxes of 489.14 come to 3318.23.",
        ],
    );
    differs(
        "invoice",
        RATES,
        &[("MOA+9:2818.23", "MOA+9:2818.32")],
        &[
            "MOA 9 declares 2818.32; lines of 2870.20, charges less allowances of -41.11 and taxes of 489.14 come to 3318.23.",
        ],
    );
    // Two rates: each may have been rounded by a cent.
    none(
        "invoice",
        RATES,
        &[
            ("MOA+176:489.14", "MOA+176:489.15"),
            ("MOA+77:3318.23", "MOA+77:3318.24"),
            ("MOA+9:2818.23", "MOA+9:2818.24"),
        ],
    );
    let told = said("invoice", RATES, &[("MOA+176:489.14", "MOA+176:489.40")]);
    assert_eq!(told, ["MOA 176 declares 489.40; the taxes one by one come to 489.14."]);
}

#[test]
fn other_readings_of_an_invoic_are_accepted() {
    // Without what is prepaid, and with it.
    none("invoice", RATES, &[("MOA+9:2818.23", "MOA+9:3318.23")]);
    // A message total without taxes; an invoice amount is always with them.
    none("invoice", RATES, &[("MOA+77:3318.23", "MOA+86:2829.09")]);
    assert_eq!(said("invoice", RATES, &[("MOA+77:3318.23", "MOA+77:2829.09")]).len(), 1);
    // Rounded by what MOA 366 says, or not.
    none("invoice", "foreign-characters", &[("MOA+77:11000.00", "MOA+77:10999.89")]);
    assert_eq!(said("invoice", "foreign-characters", &[("MOA+77:11000.00", "MOA+77:10999.99")]).len(), 1);
    // Swiss totals end in 0 or 5.
    none("credit-note", "annual-bonus", &[("MOA+77:1365.30", "MOA+77:1365.35")]);
    assert_eq!(said("credit-note", "annual-bonus", &[("MOA+77:1365.30", "MOA+77:1365.36")]).len(), 1);
    // Lines by quantity and price, where no amount is declared.
    none("invoice", "self-billed", &[]);
    assert_eq!(said("invoice", "self-billed", &[("PRI+AAA:0.875", "PRI+AAA:0.876")]).len(), 2);
}

#[test]
fn sums_of_an_invoic_that_cannot_be_reckoned_say_nothing() {
    let wrong = ("MOA+77:3318.23", "MOA+77:1.00");
    for change in [
        // A rate without its amount.
        ("MOA+8:45.00'", "MOA+25:45.00:USD'"),
        // A line without amount, quantity or price.
        ("QTY+47:96:PCE'\nMOA+203:403.20'", "QTY+46:96:PCE'\nMOA+146:4.20'"),
        // A retention.
        ("MOA+131:41.11", "MOA+226:41.11"),
        // Another currency in a line.
        ("MOA+203:403.20", "MOA+203:403.20:CHF"),
        // Declared twice.
        ("MOA+131:41.11", "MOA+77:41.11"),
    ] {
        none("invoice", RATES, &[wrong, change]);
    }
    assert_eq!(said("invoice", RATES, &[wrong]).len(), 1);
    // The amount of a line is declared: how its allowance is settled does not matter.
    assert_eq!(said("invoice", RATES, &[wrong, ("ALC+A++2++DI", "ALC+A++9++DI")]).len(), 1);
    // A line of which neither MOA 203 nor all of quantity and price came.
    none("invoice", "self-billed", &[("QTY+47:350:KGM", "QTY+47:350:PCE"), ("MOA+9:1452.15", "MOA+9:9")]);
}

#[test]
fn a_credit_note_may_have_either_sign() {
    none("credit-note", "goods-returned", &[("TDS*20267", "TDS*-20267")]);
    none(
        "credit-note",
        "price-difference",
        &[
            ("MOA+77:95.20", "MOA+77:-95.20"),
            ("MOA+79:80.00", "MOA+79:-80.00"),
            ("MOA+176:15.20", "MOA+176:-15.20"),
        ],
    );
    assert_eq!(said("credit-note", "goods-returned", &[("TDS*20267", "TDS*-20266")]).len(), 1);
    // An invoice has the sign of its lines.
    assert_eq!(said("invoice", "partial-shipment", &[("TDS*290407", "TDS*-290407")]).len(), 1);
}
