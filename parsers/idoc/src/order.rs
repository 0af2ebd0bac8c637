//! ORDERS05: purchase order (ORDERS), order change (ORDCHG) and order response (ORDRSP), both ways.
//!
//! The number of the order stands in E1EDK01-BELNR and in E1EDK02 001; a response has its own number in BELNR. E1EDP20 is the schedule
//! wanted; in a response it is what is confirmed, and becomes the acknowledgements of the line.

use crate::block::pull;
use crate::codes::{CHANGE, ORDER_KIND, PURPOSE, STATUS, SUM};
use crate::heading::{self, Heading, Special};
use crate::line::{self, Line};
use crate::segment::Segment;
use crate::value::{Reading, Writing, day_of, pull_date, put_decimal, put_money};
use portway_documents::date::{DateRole, DateTime};
use portway_documents::heading::{Purpose, Totals};
use portway_documents::line::{LineAcknowledgement, LineStatus};
use portway_documents::money::{AmountRole, Money, QualifiedAmount};
use portway_documents::order_change::ChangeLine;
use portway_documents::order_response::{ResponseLine, ResponseStatus};
use portway_documents::purchase_order::{OrderKind, OrderLine};
use portway_documents::reference::{Characteristic, CodeList};
use portway_documents::transport::ScheduleLine;
use portway_documents::{OrderChange, OrderResponse, PurchaseOrder, SCHEMA_VERSION, Text};

/// The agency of characteristics that are organizations of SAP: E1EDK14.
const SAP: &str = "SAP";

pub(crate) fn read_order(root: &mut Segment, r: &mut Reading) -> PurchaseOrder {
    let mut heading = Heading::read(root, r);
    let mut order = PurchaseOrder { schema_version: Text::new_static(SCHEMA_VERSION), ..Default::default() };
    order.code_list = Some(CodeList::Idoc);
    (order.purpose, order.purpose_code) = purpose(&mut heading, Purpose::Original);
    if let Some(code) = heading.kind_code.take() {
        (order.kind, order.kind_code) = ((ORDER_KIND.word)(&code), code);
    }
    order.acknowledgement_code = heading.answer_wanted.take();
    let own = pull(&mut heading.references, "001");
    order.order_date = pull_date(&mut heading.dates, "012");
    if let Some(own) = own {
        order.order_date = order.order_date.or(own.dates.iter().find_map(|d| d.date));
        order.number = own.value.unwrap_or_default();
    }
    match heading.number.take() {
        Some(number) if order.number.is_empty() => order.number = number,
        Some(number) if number != order.number => {
            root.each("E1EDK01")
                .for_each(|first| first.read_field(Text::new_static("BELNR"), number.clone()));
        }
        _ => {}
    }
    order.contract_number = pull(&mut heading.references, "005").and_then(|r| r.value);
    order.taxes = std::mem::take(&mut heading.taxes);
    order.characteristics = organizations(&mut heading);
    heading::shared!(take heading => order);
    for segment in root.each("E1EDP01") {
        let mut read = Line::read(segment, r, DateRole::RequestedDelivery);
        let mut line = OrderLine { action_code: read.action.take(), ..OrderLine::default() };
        line.amounts = net(read.net.take());
        line.schedule = std::mem::take(&mut read.schedule);
        line::shared!(take read => line);
        order.lines.push(line);
    }
    order.totals = read_totals(root, r);
    order
}

pub(crate) fn write_order(order: &PurchaseOrder, root: &mut Segment, w: &Writing) {
    let mut heading = heading::shared!(give order);
    heading.action = PURPOSE.written(order.purpose, &order.purpose_code, w.ours);
    heading.kind_code = kind_code(Some(order.kind), Some(&order.kind_code), w);
    heading.answer_wanted = order.acknowledgement_code.clone();
    heading.number = Some(order.number.clone());
    heading.taxes = order.taxes.clone();
    heading.organizations = characteristics(&order.characteristics);
    let special = Special {
        references: vec![
            ("001", Some(order.number.clone()), order.order_date),
            ("005", order.contract_number.clone(), None),
        ],
        dates: vec![("012", day_of(DateRole::Order, order.order_date))],
    };
    heading.write(root, w, &special);
    for line in &order.lines {
        let mut written = line::shared!(give line);
        written.action = line.action_code.clone().filter(|_| w.ours);
        written.net = net_of(&line.amounts);
        written.schedule = line.schedule.clone();
        root.push(written.write(w));
    }
    write_totals(root, &order.totals, order.lines.len(), w);
}

pub(crate) fn read_change(root: &mut Segment, r: &mut Reading) -> OrderChange {
    let mut heading = Heading::read(root, r);
    let mut change = OrderChange { schema_version: Text::new_static(SCHEMA_VERSION), ..Default::default() };
    change.code_list = Some(CodeList::Idoc);
    (change.purpose, change.purpose_code) = purpose(&mut heading, Purpose::Change);
    if let Some(code) = heading.kind_code.take() {
        (change.kind, change.kind_code) = (Some((ORDER_KIND.word)(&code)), Some(code));
    }
    change.acknowledgement_code = heading.answer_wanted.take();
    if let Some(own) = pull(&mut heading.references, "001") {
        change.order_date = own.dates.iter().find_map(|d| d.date);
        change.order_number = own.value;
    }
    change.number = heading.number.take().or_else(|| change.order_number.clone()).unwrap_or_default();
    change.change_date = pull_date(&mut heading.dates, "012");
    change.order_date = pull_date(&mut heading.dates, "022").or(change.order_date);
    change.contract_number = pull(&mut heading.references, "005").and_then(|r| r.value);
    change.seller_order_number = pull(&mut heading.references, "002").and_then(|r| r.value);
    change.taxes = std::mem::take(&mut heading.taxes);
    change.characteristics = organizations(&mut heading);
    heading::shared!(take heading => change);
    for segment in root.each("E1EDP01") {
        let mut read = Line::read(segment, r, DateRole::RequestedDelivery);
        let mut line = ChangeLine::default();
        line.change_code = read.action.take().unwrap_or_default();
        line.change = (CHANGE.word)(&line.change_code);
        line.amounts = net(read.net.take());
        line.schedule = std::mem::take(&mut read.schedule);
        line::shared!(take read => line);
        change.lines.push(line);
    }
    change.totals = read_totals(root, r);
    change
}

pub(crate) fn write_change(change: &OrderChange, root: &mut Segment, w: &Writing) {
    let mut heading = heading::shared!(give change);
    // A change that says nothing else changes heading and lines.
    heading.action =
        PURPOSE.written(change.purpose, &change.purpose_code, w.ours).or(Some(Text::new_static("004")));
    heading.kind_code = kind_code(change.kind, change.kind_code.as_deref(), w);
    heading.answer_wanted = change.acknowledgement_code.clone();
    heading.number = Some(change.number.clone());
    heading.taxes = change.taxes.clone();
    heading.organizations = characteristics(&change.characteristics);
    let order = change.order_number.clone().or_else(|| Some(change.number.clone()));
    let special = Special {
        references: vec![
            ("001", order, change.order_date),
            ("002", change.seller_order_number.clone(), None),
            ("005", change.contract_number.clone(), None),
        ],
        dates: vec![
            ("012", day_of(DateRole::OrderChange, change.change_date)),
            ("022", day_of(DateRole::PurchaseOrder, change.order_date)),
        ],
    };
    heading.write(root, w, &special);
    for line in &change.lines {
        let mut written = line::shared!(give line);
        written.action = CHANGE.written(line.change, &line.change_code, w.ours);
        written.net = net_of(&line.amounts);
        written.schedule = line.schedule.clone();
        root.push(written.write(w));
    }
    write_totals(root, &change.totals, change.lines.len(), w);
}

pub(crate) fn read_response(root: &mut Segment, r: &mut Reading) -> OrderResponse {
    let mut heading = Heading::read(root, r);
    let mut response =
        OrderResponse { schema_version: Text::new_static(SCHEMA_VERSION), ..Default::default() };
    response.code_list = Some(CodeList::Idoc);
    (response.purpose, response.purpose_code) = purpose(&mut heading, Purpose::Original);
    if let Some(code) = heading.kind_code.take() {
        (response.kind, response.kind_code) = (Some((ORDER_KIND.word)(&code)), Some(code));
    }
    response.acknowledgement_code = heading.answer_wanted.take();
    if let Some(own) = pull(&mut heading.references, "001") {
        response.order_date = own.dates.iter().find_map(|d| d.date);
        response.order_number = own.value;
    }
    response.seller_order_number = pull(&mut heading.references, "002").and_then(|r| r.value);
    response.response_date = pull_date(&mut heading.dates, "012");
    response.order_date = pull_date(&mut heading.dates, "022").or(response.order_date);
    response.contract_number = pull(&mut heading.references, "005").and_then(|r| r.value);
    let number = heading.number.take().or_else(|| response.seller_order_number.clone());
    response.number = number.or_else(|| response.order_number.clone()).unwrap_or_default();
    response.taxes = std::mem::take(&mut heading.taxes);
    response.characteristics = organizations(&mut heading);
    heading::shared!(take heading => response);
    for segment in root.each("E1EDP01") {
        let mut read = Line::read(segment, r, DateRole::PromisedDelivery);
        response.lines.push(response_line(&mut read));
    }
    response.status = overall(&response.lines);
    response.totals = read_totals(root, r);
    response
}

fn response_line(read: &mut Line) -> ResponseLine {
    let mut line = ResponseLine { status_code: read.action.take(), ..ResponseLine::default() };
    line.status = line.status_code.as_deref().map(|code| (STATUS.word)(code));
    line.amounts = net(read.net.take());
    let status = line.status.unwrap_or_default();
    let status_code = line.status_code.clone().unwrap_or_default();
    let confirmed = std::mem::take(&mut read.schedule).into_iter().map(|part| LineAcknowledgement {
        status,
        status_code: status_code.clone(),
        quantity: Some(part.quantity),
        dates: part.dates,
        ..LineAcknowledgement::default()
    });
    line.acknowledgements = confirmed.collect();
    line::shared!(take read => line);
    line
}

/// What the lines say together. An IDoc says nothing of the order as a whole.
fn overall(lines: &[ResponseLine]) -> ResponseStatus {
    let mut statuses = lines.iter().map(|line| line.status);
    let Some(Some(first)) = statuses.next() else { return ResponseStatus::Other };
    match (statuses.all(|status| status == Some(first)), first) {
        (true, LineStatus::Accepted) => ResponseStatus::Accepted,
        (true, LineStatus::Rejected) => ResponseStatus::Rejected,
        _ => ResponseStatus::AcceptedWithChanges,
    }
}

pub(crate) fn write_response(response: &OrderResponse, root: &mut Segment, w: &Writing) {
    let mut heading = heading::shared!(give response);
    heading.action = PURPOSE.written(response.purpose, &response.purpose_code, w.ours);
    heading.kind_code = kind_code(response.kind, response.kind_code.as_deref(), w);
    heading.answer_wanted = response.acknowledgement_code.clone();
    heading.number = Some(response.number.clone());
    heading.taxes = response.taxes.clone();
    heading.organizations = characteristics(&response.characteristics);
    let special = Special {
        references: vec![
            ("001", response.order_number.clone(), response.order_date),
            ("002", response.seller_order_number.clone(), None),
            ("005", response.contract_number.clone(), None),
        ],
        dates: vec![
            ("012", day_of(DateRole::Acknowledgement, response.response_date)),
            ("022", day_of(DateRole::PurchaseOrder, response.order_date)),
        ],
    };
    heading.write(root, w, &special);
    for line in &response.lines {
        let mut written = line::shared!(give line);
        let part = line.acknowledgements.first();
        let status = line.status.or(part.map(|a| a.status)).unwrap_or_default();
        let code = line.status_code.as_deref().or(part.map(|a| a.status_code.as_str()));
        written.action = STATUS.written(status, code.unwrap_or_default(), w.ours);
        written.net = net_of(&line.amounts);
        written.schedule = line.acknowledgements.iter().filter_map(confirmed).collect();
        root.push(written.write(w));
    }
    write_totals(root, &response.totals, response.lines.len(), w);
}

/// What is confirmed of a part; nothing of one that is not delivered.
fn confirmed(part: &LineAcknowledgement) -> Option<ScheduleLine> {
    if matches!(part.status, LineStatus::Rejected | LineStatus::Cancelled | LineStatus::Deleted) {
        return None;
    }
    Some(ScheduleLine {
        quantity: part.quantity.clone()?,
        dates: part.dates.iter().filter(|d| d.date.is_some()).take(1).cloned().collect::<Vec<DateTime>>(),
        ..ScheduleLine::default()
    })
}

fn purpose(heading: &mut Heading, usual: Purpose) -> (Purpose, Text) {
    match heading.action.take() {
        Some(code) => ((PURPOSE.word)(&code), code),
        None => (usual, Text::default()),
    }
}

fn kind_code(kind: Option<OrderKind>, code: Option<&str>, w: &Writing) -> Option<Text> {
    ORDER_KIND.written(kind?, code.unwrap_or_default(), w.ours)
}

fn organizations(heading: &mut Heading) -> Vec<Characteristic> {
    let list = std::mem::take(&mut heading.organizations).into_iter();
    list.map(|(code, value)| Characteristic { agency_code: Text::new_static(SAP), code, value }).collect()
}

fn characteristics(list: &[Characteristic]) -> Vec<(Text, Text)> {
    let ours = list.iter().filter(|c| c.agency_code == SAP);
    ours.map(|c| (c.code.clone(), c.value.clone())).collect()
}

fn net(money: Option<Money>) -> Vec<QualifiedAmount> {
    let amount =
        |money| QualifiedAmount { role: AmountRole::LineNet, money: Some(money), ..Default::default() };
    money.into_iter().map(amount).collect()
}

fn net_of(amounts: &[QualifiedAmount]) -> Option<Money> {
    let of = |role| amounts.iter().find(|a| a.role == role).and_then(|a| a.money.clone());
    of(AmountRole::LineNet).or_else(|| of(AmountRole::LineTotal))
}

fn read_totals(root: &mut Segment, r: &mut Reading) -> Totals {
    let mut totals = Totals::default();
    for segment in root.each("E1EDS01") {
        let Some(code) = segment.get("SUMID").map(Text::new) else { continue };
        match code.as_str() {
            "001" => totals.line_count = r.decimal(segment, "SUMME"),
            "004" => totals.hash_total = r.decimal(segment, "SUMME"),
            "021" | "022" | "023" | "024" => continue,
            _ => {
                let currency = segment.get("WAERQ").or(segment.get("SUNIT")).map(Text::new);
                let Some(amount) = r.decimal(segment, "SUMME") else { continue };
                segment.used("WAERQ");
                currency.as_deref().into_iter().for_each(|c| segment.take_if("SUNIT", c));
                let currency = currency.or_else(|| r.currency.clone());
                totals.amounts.push(QualifiedAmount {
                    role: (SUM.word)(&code),
                    role_code: code,
                    money: Some(Money { amount, currency }),
                    ..QualifiedAmount::default()
                });
            }
        }
        segment.used("SUMID");
    }
    totals
}

fn write_totals(root: &mut Segment, totals: &Totals, lines: usize, w: &Writing) {
    let count = totals.line_count.unwrap_or_else(|| lines.into());
    let mut sum = |code: &str, number: Option<&rust_decimal::Decimal>, money: Option<&Money>| {
        let mut segment = Segment::new("E1EDS01");
        segment.put("SUMID", 3, code);
        put_decimal(&mut segment, "SUMME", 18, number);
        put_money(&mut segment, "SUMME", money);
        segment.put("SUNIT", 3, money.and_then(|m| m.currency.as_deref()));
        if segment.get("SUMME").is_some() {
            root.push(segment);
        }
    };
    sum("001", Some(&count), None);
    sum("004", totals.hash_total.as_ref(), None);
    for amount in &totals.amounts {
        if let Some(code) = SUM.written(amount.role, &amount.role_code, w.ours) {
            sum(&code, None, amount.money.as_ref());
        }
    }
}
