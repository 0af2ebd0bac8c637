//! INVOIC02: invoice and credit note, both ways. BSART `CRME` is the credit note.
//!
//! The number stands in E1EDK01-BELNR and E1EDK02 009, the order in E1EDK02 001 and in E1EDP02 001 of each line. Amounts of lines stand
//! in E1EDP26, sums in E1EDS01, taxes of all lines together in E1EDK04.

use crate::block::pull;
use crate::codes::{INVOICE_KIND, LINE_AMOUNT, PURPOSE, SUM};
use crate::heading::{self, Heading, Special};
use crate::line::{self, Line};
use crate::segment::Segment;
use crate::value::{Reading, Writing, day_of, pull_date, put_decimal, put_money};
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::invoice::{InvoiceKind, InvoiceLine, InvoiceTotals};
use portway_documents::line::OrderReference;
use portway_documents::money::{BankAccount, Money, PriceRole, QualifiedAmount, QualifiedPrice};
use portway_documents::reference::{CodeList, Identifier, IndustryCode, Reference};
use portway_documents::{Invoice, SCHEMA_VERSION, Text};

/// The agency of codes that are organizations of SAP: E1EDK14.
const SAP: &str = "SAP";

pub(crate) fn read(root: &mut Segment, r: &mut Reading) -> Invoice {
    let mut heading = Heading::read(root, r);
    let mut invoice = Invoice { schema_version: Text::new_static(SCHEMA_VERSION), ..Default::default() };
    invoice.code_list = Some(CodeList::Idoc);
    invoice.purpose = Purpose::Original;
    if let Some(code) = heading.action.take() {
        (invoice.purpose, invoice.purpose_code) = ((PURPOSE.word)(&code), code);
    }
    invoice.kind = Some(InvoiceKind::Invoice);
    if let Some(code) = heading.kind_code.take() {
        (invoice.kind, invoice.kind_code) = (Some((INVOICE_KIND.word)(&code)), Some(code));
    }
    let own = pull(&mut heading.references, "009");
    let own_number = own.as_ref().and_then(|own| own.value.clone());
    let number = heading.number.take();
    if let (Some(first), Some(second)) = (&number, &own_number)
        && first != second
    {
        // Two numbers of one invoice: the other stays a reference.
        heading.references.extend(own.clone());
    }
    invoice.number = number.or(own_number).unwrap_or_default();
    invoice.invoice_date = pull_date(&mut heading.dates, "012")
        .or_else(|| pull_date(&mut heading.dates, "026"))
        .or_else(|| own.and_then(|own| own.dates.iter().find_map(|d| d.date)));
    let order = pull(&mut heading.references, "001");
    invoice.order = order_reference(order, pull(&mut heading.references, "002"));
    invoice.original_invoice_number = pull(&mut heading.references, "011").and_then(|r| r.value);
    invoice.industry_codes = std::mem::take(&mut heading.organizations)
        .into_iter()
        .map(|(list, code)| IndustryCode {
            agency_code: Some(Text::new_static(SAP)),
            list_code: Some(list),
            code: Some(code),
            ..IndustryCode::default()
        })
        .collect();
    invoice.totals.taxes = std::mem::take(&mut heading.taxes);
    heading::shared!(take heading => invoice);
    for segment in root.each("E1EDK28") {
        invoice.bank_accounts.extend(read_bank(segment));
    }
    for segment in root.each("E1EDP01") {
        invoice.lines.push(read_line(segment, r));
    }
    read_totals(root, r, &mut invoice.totals);
    invoice
}

pub(crate) fn write(invoice: &Invoice, credit_note: bool, root: &mut Segment, w: &Writing) {
    let mut heading = heading::shared!(give invoice);
    heading.action = PURPOSE.written(invoice.purpose, &invoice.purpose_code, w.ours);
    let usual = if credit_note { InvoiceKind::CreditNote } else { InvoiceKind::Invoice };
    let kind = invoice.kind.unwrap_or(usual);
    let code = INVOICE_KIND.written(kind, invoice.kind_code.as_deref().unwrap_or_default(), w.ours);
    // Which of both documents it is must come back, whatever its kind.
    heading.kind_code = match (credit_note, code.as_deref()) {
        (true, _) => Some(Text::new_static("CRME")),
        (false, None | Some("CRME")) => Some(Text::new_static("INVO")),
        (false, Some(_)) => code,
    };
    heading.number = Some(invoice.number.clone());
    heading.taxes =
        if invoice.totals.taxes.is_empty() { invoice.taxes.clone() } else { invoice.totals.taxes.clone() };
    heading.organizations = invoice
        .industry_codes
        .iter()
        .filter(|c| c.agency_code.as_deref() == Some(SAP))
        .filter_map(|c| c.list_code.clone().zip(c.code.clone()))
        .collect();
    let order = invoice.order.clone().unwrap_or_default();
    let special = Special {
        references: vec![
            ("009", Some(invoice.number.clone()), invoice.invoice_date),
            ("001", order.number, order.date),
            ("002", order.seller_number, None),
            ("011", invoice.original_invoice_number.clone(), None),
        ],
        dates: vec![("012", day_of(DateRole::Invoice, invoice.invoice_date))],
    };
    heading.write(root, w, &special);
    invoice.bank_accounts.iter().for_each(|account| root.push(write_bank(account)));
    invoice.lines.iter().for_each(|line| root.push(write_line(line, w)));
    write_totals(root, &invoice.totals, w);
}

/// From E1EDK02 or E1EDP02 001 and 002.
fn order_reference(buyers: Option<Reference>, sellers: Option<Reference>) -> Option<OrderReference> {
    let mut order = OrderReference::default();
    if let Some(buyers) = buyers {
        order.number = buyers.value;
        order.line_number = buyers.line_number;
        order.date = buyers.dates.iter().find_map(|d| d.date);
    }
    order.seller_number = sellers.and_then(|r| r.value);
    (order != OrderReference::default()).then_some(order)
}

fn read_line(segment: &mut Segment, r: &mut Reading) -> InvoiceLine {
    let mut read = Line::read(segment, r, DateRole::Delivered);
    let mut line = InvoiceLine { line_amount: read.net.take(), ..InvoiceLine::default() };
    line.action_code = read.action.take();
    let order = pull(&mut read.references, "001");
    // The seller's order has a line of its own, which has no field here.
    let sellers_has_line = read.references.iter().any(|r| r.kind_code == "002" && r.line_number.is_some());
    let sellers = if sellers_has_line { None } else { pull(&mut read.references, "002") };
    line.order = order_reference(order, sellers);
    line::shared!(take read => line);
    for amount in segment.each("E1EDP26") {
        let Some(code) = amount.get("QUALF").map(Text::new) else { continue };
        let Some(money) = r.money(amount, "BETRG") else { continue };
        amount.used("QUALF");
        match code.as_str() {
            "003" if line.line_amount.as_ref().is_none_or(|m| m.amount == money.amount) => {
                line.line_amount = Some(money);
            }
            "001" => line.prices.push(gross_price(money)),
            _ => line.amounts.push(QualifiedAmount {
                role: (LINE_AMOUNT.word)(&code),
                role_code: code,
                money: Some(money),
                ..QualifiedAmount::default()
            }),
        }
    }
    line.prices.dedup();
    line
}

fn gross_price(money: Money) -> QualifiedPrice {
    let Money { amount, currency } = money;
    let price = Some(portway_documents::money::Price { amount, currency, ..Default::default() });
    QualifiedPrice { role: PriceRole::Gross, price, ..QualifiedPrice::default() }
}

fn write_line(line: &InvoiceLine, w: &Writing) -> Segment {
    let mut written = line::shared!(give line);
    written.action = line.action_code.clone().filter(|_| w.ours);
    let mut segment = written.write(w);
    let mut references = Segment::new("");
    if let Some(order) = &line.order {
        let (number, at) = (order.number.as_deref(), order.line_number.as_deref());
        crate::block::write_reference(&mut references, "E1EDP02", "001", number, at, order.date);
        let sellers = order.seller_number.as_deref();
        crate::block::write_reference(&mut references, "E1EDP02", "002", sellers, None, None);
    }
    segment.segments.splice(0..0, references.segments);
    let mut amounts: Vec<Segment> = Vec::new();
    let mut amount = |code: &str, money: Option<&Money>| {
        let mut segment = Segment::new("E1EDP26");
        segment.put("QUALF", 3, code);
        put_money(&mut segment, "BETRG", money);
        if segment.get("BETRG").is_some() && !segment.is_empty() {
            amounts.push(segment);
        }
    };
    amount("003", line.line_amount.as_ref());
    for other in &line.amounts {
        if let Some(code) = LINE_AMOUNT.written(other.role, &other.role_code, w.ours) {
            amount(&code, other.money.as_ref());
        }
    }
    // Before the taxes, as the type has them.
    let before = ["E1EDP02", "E1EDP19", "E1EDP03"];
    segment.segments.sort_by_key(|s| usize::from(!before.contains(&s.name.as_str())));
    let at = segment.segments.iter().take_while(|s| before.contains(&s.name.as_str())).count();
    segment.segments.splice(at..at, amounts);
    segment
}

/// E1EDK28: an account at a bank.
fn read_bank(segment: &mut Segment) -> Option<BankAccount> {
    let account = BankAccount {
        country: segment.take("BCOUN"),
        bank: segment.take("BRNUM").map(|id| Identifier { id, ..Identifier::default() }),
        bank_name: segment.take("BNAME"),
        branch_name: segment.take("BAORT"),
        number: segment.take("ACONT"),
        holder_names: segment.take("ACNAM").into_iter().collect(),
        ..BankAccount::default()
    };
    (account != BankAccount::default()).then_some(account)
}

fn write_bank(account: &BankAccount) -> Segment {
    let mut segment = Segment::new("E1EDK28");
    segment.put("BCOUN", 3, account.country.as_deref());
    segment.put("BRNUM", 17, account.bank.as_ref().map(|b| b.id.as_str()));
    segment.put("BNAME", 70, account.bank_name.as_deref());
    segment.put("BAORT", 35, account.branch_name.as_deref());
    segment.put("ACONT", 30, account.number.as_deref());
    segment.put("ACNAM", 70, account.holder_names.first().map(Text::as_str));
    segment
}

/// The sums that have fields of their own.
fn sums(totals: &mut InvoiceTotals) -> [(&'static str, &mut Option<Money>); 6] {
    [
        ("010", &mut totals.line_total),
        ("005", &mut totals.tax_total),
        ("011", &mut totals.total),
        ("008", &mut totals.payable),
        ("012", &mut totals.discountable),
        ("013", &mut totals.terms_discount),
    ]
}

fn read_totals(root: &mut Segment, r: &mut Reading, totals: &mut InvoiceTotals) {
    for segment in root.each("E1EDS01") {
        let Some(code) = segment.get("SUMID").map(Text::new) else { continue };
        match code.as_str() {
            "001" => totals.line_count = r.decimal(segment, "SUMME"),
            "004" => totals.hash_total = r.decimal(segment, "SUMME"),
            "022" => totals.weight = r.quantity(segment, "SUMME", "SUNIT"),
            "021" | "023" | "024" => continue,
            _ => read_sum(segment, &code, r, totals),
        }
        segment.used("SUMID");
    }
}

fn read_sum(segment: &mut Segment, code: &Text, r: &mut Reading, totals: &mut InvoiceTotals) {
    let currency = segment.get("WAERQ").or(segment.get("SUNIT")).map(Text::new);
    let Some(amount) = r.decimal(segment, "SUMME") else { return };
    segment.used("WAERQ");
    currency.as_deref().into_iter().for_each(|c| segment.take_if("SUNIT", c));
    let money = Some(Money { amount, currency: currency.or_else(|| r.currency.clone()) });
    if let Some((_, field)) = sums(totals).into_iter().find(|(known, field)| known == code && field.is_none())
    {
        *field = money;
        return;
    }
    let (role, role_code) = ((SUM.word)(code), code.clone());
    totals.amounts.push(QualifiedAmount { role, role_code, money, ..QualifiedAmount::default() });
}

fn write_totals(root: &mut Segment, totals: &InvoiceTotals, w: &Writing) {
    let mut totals = totals.clone();
    let mut sum = |code: &str, money: Option<&Money>| {
        let mut segment = Segment::new("E1EDS01");
        segment.put("SUMID", 3, code);
        put_money(&mut segment, "SUMME", money);
        segment.put("SUNIT", 3, money.and_then(|m| m.currency.as_deref()));
        if segment.get("SUMME").is_some() {
            root.push(segment);
        }
    };
    for (code, field) in sums(&mut totals) {
        sum(code, field.as_ref());
    }
    for amount in &totals.amounts {
        if let Some(code) = SUM.written(amount.role, &amount.role_code, w.ours) {
            sum(&code, amount.money.as_ref());
        }
    }
    for (code, number) in [("001", totals.line_count.as_ref()), ("004", totals.hash_total.as_ref())] {
        let mut segment = Segment::new("E1EDS01");
        segment.put("SUMID", 3, code);
        put_decimal(&mut segment, "SUMME", 18, number);
        if segment.get("SUMME").is_some() {
            root.push(segment);
        }
    }
    if let Some(weight) = &totals.weight {
        let mut segment = Segment::new("E1EDS01");
        segment.put("SUMID", 3, "022");
        w.quantity(&mut segment, "SUMME", "SUNIT", Some(weight));
        root.push(segment);
    }
}
