//! Answers that are due by dates, on a clock that the tests move: told at their instant and not before, moved by what comes later,
//! closed by what comes or goes late.

use super::texts::{ACME, DOCK, Standard, changed, code, document, document_with, interchange};
use super::*;

/// Where the customers' and the sellers' clocks are.
const ZONE: &str = "America/Chicago";

struct Talk {
    site: Site,
    gateway: Gateway,
    erp: Recorder,
    ours: Ours,
    acme: Partner,
    dock: Partner,
    standard: Standard,
    controls: std::cell::Cell<u32>,
}

fn talk(standard: Standard, acme: &str, dock: &str) -> Talk {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.endpoint("erp", &erp, "");
    let profile = |id: &str, edifact: &str, more: &str| {
        let more = format!("[edifact]\nid = \"14:{edifact}\"\n{more}");
        let x12 = "acknowledged_within = \"0s\"".to_owned();
        Profile { more, x12, ..Profile::live(id) }.text()
    };
    site.partner_text("acme", &format!("time_zone = \"{ZONE}\"\n{}", profile("acme", ACME.edifact, acme)));
    site.partner_text("dock", &profile("dock", DOCK.edifact, dock));
    std::fs::write(site.path("clock"), "0").unwrap();
    let gateway = site.start_with(&[("PORTWAY_CLOCK", site.path("clock").to_str().unwrap())]);
    let (acme, dock) = (Partner::new(&site, &gateway, "acme"), Partner::new(&site, &gateway, "dock"));
    let ours = Ours::new(&gateway, "erp");
    Talk { site, gateway, erp, ours, acme, dock, standard, controls: 100.into() }
}

impl Talk {
    fn one(&self, sql: &str) -> String {
        self.site.database().rows(sql).pop().unwrap_or_default()
    }

    /// So many days from now, as the sets write it.
    fn day(&self, days: u32) -> String {
        self.one(&format!("SELECT to_char(now() + interval '{days} days', 'YYYYMMDD')"))
    }

    /// An instant on that day, as the ledger writes it; `in` that zone.
    fn instant(&self, day: &str, time: &str, zone: &str) -> String {
        self.one(&format!("SELECT instant(('{day}'::date + interval '{time}') AT TIME ZONE '{zone}')"))
    }

    /// Moves the clock so that this instant is so many seconds ago.
    fn move_past(&self, instant: &str, seconds: i32) {
        let sql = format!(
            "SELECT (extract(epoch FROM '{instant}'::timestamptz - now())::bigint + {seconds})::text"
        );
        let new = self.site.path("clock.new");
        std::fs::write(&new, self.one(&sql)).unwrap();
        std::fs::rename(new, self.site.path("clock")).unwrap();
    }

    fn control(&self) -> u32 {
        self.controls.replace(self.controls.get() + 1)
    }

    fn code(&self, what: &str) -> &'static str {
        code(self.standard, what)
    }

    /// How the answers of this kind to that order stand, the oldest first: state and due time.
    fn answers(&self, what: &str, number: &str) -> Vec<(String, String)> {
        let sql = format!(
            "SELECT k.state || ' ' || coalesce(instant(k.due_at), '-') FROM acknowledgement k JOIN transaction_set s ON s.id = k.set_id
             WHERE k.kind = '{}' AND s.number = '{number}' ORDER BY k.due_at, k.id",
            self.code(what)
        );
        let rows = self.site.database().rows(&sql);
        rows.iter().filter_map(|row| row.split_once(' ')).map(|(a, b)| (a.into(), b.into())).collect()
    }

    /// Waits until it stands so; when it is, or was, due.
    #[track_caller]
    fn until(&self, what: &str, number: &str, state: &str) -> String {
        self.gateway.until(&format!("{what} {state}"), || {
            self.answers(what, number).into_iter().find(|(s, _)| s == state).map(|(_, due)| due)
        })
    }

    #[track_caller]
    fn until_due(&self, what: &str, number: &str, due: &str) {
        self.gateway.until(&format!("{what} due {due}, not {:?}", self.answers(what, number)), || {
            self.answers(what, number).iter().any(|(_, at)| at == due).then_some(())
        });
    }

    fn alert(&self, cause: &str) -> usize {
        self.site.database().count(&format!("alert WHERE state = 'open' AND cause = 'partner:acme:{cause}'"))
    }

    #[track_caller]
    fn until_alert(&self, cause: &str, open: usize) {
        self.gateway.until(&format!("{cause}: {open}"), || (self.alert(cause) == open).then_some(()));
    }

    fn came(&self, what: &str, more: &str) -> String {
        format!(
            "(SELECT received_at FROM transaction_set WHERE code = '{}' AND partner = 'acme' ORDER BY id LIMIT 1) + interval '{more}'",
            self.code(what)
        )
    }

    fn comes(&self, from: &Partner, what: &str, words: &[(&str, &str)]) {
        let party = if std::ptr::eq(from, &self.dock) { DOCK } else { ACME };
        from.post(changed(self.standard, party, self.control(), what, words)).id();
    }

    #[track_caller]
    fn hand_over(&self, path: &str, what: &str, words: &[(&str, &str)]) {
        let body = document_with(&self.site, self.standard, what, words);
        let reply =
            self.ours.hand_over(&format!("/v1/{path}?partner=acme"), &format!("{what}{words:?}"), &body);
        assert_eq!(reply.status, 201, "{}", reply.json());
    }

    /// The customer fetches until it has this set.
    #[track_caller]
    fn fetched(&self, what: &str) {
        let code = self.code(what);
        self.gateway.until(&format!("{code} in the outbox"), || {
            let mut found = false;
            for item in self.acme.outbox() {
                let text = String::from_utf8(self.acme.fetch(&item.id)).unwrap();
                found |= text.contains(&format!("ST*{code}*")) || text.contains(&format!("+{code}:"));
                assert_eq!(self.acme.confirm(&item.id), 204);
            }
            found.then_some(())
        });
    }

    #[track_caller]
    fn shown(&self) -> String {
        let (exit, text, errors) = self.site.run(&["doc", "show", "PO:4500123"]);
        assert_eq!(exit, 0, "{errors}");
        text
    }
}

/// The delivery that an order asks for.
fn asking(standard: Standard, day: &str) -> (&'static str, String) {
    match standard {
        Standard::X12 => ("~PO1*", format!("~DTM*002*{day}~PO1*")),
        Standard::Edifact => ("'NAD+BY", format!("'DTM+2:{day}:102'NAD+BY")),
    }
}

fn buying(standard: Standard) {
    let (order, notice, invoice) =
        (code(standard, "order"), code(standard, "notice"), code(standard, "invoice"));
    let response = code(standard, "response");
    let version = if standard == Standard::Edifact { "version = \"D:96A:UN\"\n" } else { "" };
    let profile = format!(
        "[receive.{response}]\nto = [\"erp\"]\n[receive.{notice}]\nto = [\"erp\"]\n[receive.{invoice}]\nto = [\"erp\"]\n\
         [send.{order}]\n{version}answers = {{ {notice} = \"before arrival\", {invoice} = \"2d after {notice}\" }}\n"
    );
    let talk = talk(standard, &profile, "");
    let (third, fifth, seventh) = (talk.day(3), talk.day(5), talk.day(7));
    for (number, day) in [("4500123", &third), ("4500124", &fifth)] {
        let (this, that) = asking(standard, day);
        talk.hand_over("purchase-orders", "order", &[("4500123", number), (this, &that)]);
        talk.fetched("order");
    }
    let due = talk.instant(&third, "0h", ZONE);
    assert_eq!(talk.answers("notice", "4500123"), [("expected".into(), due.clone())]);
    assert_eq!(talk.answers("invoice", "4500123"), [("expected".into(), "-".into())]);
    let (exit, listed, _) = talk.site.run(&["ack", "list"]);
    assert!(exit == 0 && listed.contains(&format!("2d after {notice}")), "{listed}");
    // The seller confirms the second one for later.
    let (this, that) = match standard {
        Standard::X12 => ("~PO1*", format!("~DTM*069*{seventh}~PO1*")),
        Standard::Edifact => ("'RFF+ON", format!("'DTM+69:{seventh}:102'RFF+ON")),
    };
    talk.comes(&talk.acme, "response", &[("4500123", "4500124"), (this, &that)]);
    let later = talk.instant(&seventh, "0h", ZONE);
    talk.until_due("notice", "4500124", &later);

    talk.move_past(&talk.instant(&fifth, "0h", ZONE), 60);
    assert_eq!(talk.until("notice", "4500123", "overdue"), due);
    talk.until_alert(&format!("overdue:{notice}"), 1);
    assert_eq!(talk.answers("notice", "4500124"), [("expected".into(), later)]);
    assert!(talk.shown().contains(&format!("Their move (acme): {notice} for our {order} 4500123, overdue")));

    talk.comes(&talk.acme, "notice", &[]);
    talk.until("notice", "4500123", "late_accepted");
    talk.until_alert(&format!("overdue:{notice}"), 0);
    let due = talk.one(&format!("SELECT instant({})", talk.came("notice", "2 days")));
    talk.until_due("invoice", "4500123", &due);
    talk.move_past(&due, 60);
    talk.until("invoice", "4500123", "overdue");
    talk.until_alert(&format!("overdue:{invoice}"), 1);
    talk.comes(&talk.acme, "invoice", &[]);
    talk.until("invoice", "4500123", "late_accepted");
    talk.until_alert(&format!("overdue:{invoice}"), 0);
    assert_eq!(talk.site.database().orphans(), Vec::<String>::new());
    talk.gateway.stop();
}

#[test]
fn what_a_seller_owes_in_x12_is_due_by_the_orders_dates() {
    buying(Standard::X12);
}

#[test]
fn what_a_seller_owes_in_edifact_is_due_by_the_orders_dates() {
    buying(Standard::Edifact);
}

/// A customer, to whom we owe a ship notice and an invoice, and a warehouse of others.
fn selling(standard: Standard) -> Talk {
    let [order, response, notice, invoice, despatched] =
        ["order", "response", "notice", "invoice", "despatched"].map(|what| code(standard, what));
    let version = if standard == Standard::Edifact { "version = \"D:96A:UN\"\n" } else { "" };
    let mut profile = format!(
        "[receive.{order}]\nto = [\"erp\"]\nanswers = {{ {response} = \"24h\", {notice} = [\"4h after shipment\", \"before arrival\"], \
         {invoice} = \"2d after {notice}\" }}\n[send.{response}]\n{version}[send.{notice}]\n{version}[send.{invoice}]\n{version}"
    );
    if standard == Standard::X12 {
        profile += "[receive.860]\nto = [\"erp\"]\nduplicate = \"accept\"\n";
    }
    talk(standard, &profile, &format!("[receive.{despatched}]\nto = [\"erp\"]\n"))
}

fn shipping(standard: Standard) {
    let talk = selling(standard);
    let [order, notice, invoice] = ["order", "notice", "invoice"].map(|what| talk.code(what));
    let (tomorrow, fifth) = (talk.day(1), talk.day(5));
    let (this, that) = asking(standard, &fifth);
    talk.comes(&talk.acme, "order", &[(this, &that)]);
    assert_eq!(told(&talk.erp, 1)["subject"], "4500123");
    let came = talk.one(&format!("SELECT instant({})", talk.came("order", "24 hours")));
    assert_eq!(talk.until("response", "4500123", "owed"), came);
    talk.hand_over("order-responses", "response", &[]);
    talk.fetched("response");
    talk.until("response", "4500123", "sent");
    assert_eq!(talk.until("notice", "4500123", "owed"), talk.instant(&fifth, "0h", ZONE));

    // The warehouse has shipped, tomorrow by its clock.
    talk.comes(&talk.dock, "despatched", &[("20261106", &tomorrow)]);
    let due = talk.instant(&tomorrow, "28h", "UTC");
    talk.until_due("notice", "4500123", &due);
    talk.move_past(&due, -1800);
    talk.until_alert(&format!("owed-soon:{notice}"), 1);
    assert_eq!(talk.alert(&format!("owed:{notice}")), 0);
    talk.move_past(&due, 60);
    assert_eq!(talk.until("notice", "4500123", "overdue"), due);
    talk.until_alert(&format!("owed:{notice}"), 1);
    let said = talk
        .one(&format!("SELECT title || ' ' || detail FROM alert WHERE cause = 'partner:acme:owed:{notice}'"));
    assert!(
        said.contains(&format!("our {notice} for their {order} 4500123 did not leave in time")),
        "{said}"
    );
    assert!(said.contains("shipment DO-1") || standard == Standard::Edifact, "{said}");
    let (_, listed, _) = talk.site.run(&["ack", "list", "--overdue"]);
    assert!(listed.contains("ours") && listed.contains(notice), "{listed}");
    let shown = talk.shown();
    assert!(
        shown.contains(&format!("Our move: {notice} for their {order} 4500123, overdue since")),
        "{shown}"
    );

    talk.hand_over("ship-notices", "notice", &[]);
    talk.fetched("notice");
    assert_eq!(talk.until("notice", "4500123", "late_sent"), due);
    talk.until_alert(&format!("owed:{notice}"), 0);
    talk.until_alert(&format!("owed-soon:{notice}"), 0);
    assert_eq!(
        talk.until("invoice", "4500123", "owed"),
        talk.one(&format!("SELECT instant({})", talk.came("notice", "2 days")))
    );
    talk.hand_over("invoices", "invoice", &[]);
    talk.fetched("invoice");
    talk.until("invoice", "4500123", "sent");

    // Another shipment is owed a notice of its own.
    talk.comes(&talk.dock, "despatched", &[("20261106", &fifth), ("DO-1", "DO-2"), ("SH-1", "SH-2")]);
    assert_eq!(talk.until("notice", "4500123", "owed"), talk.instant(&fifth, "0h", ZONE));
    talk.hand_over("ship-notices", "notice", &[("SH-1", "SH-2")]);
    talk.fetched("notice");
    talk.until("notice", "4500123", "sent");
    assert_eq!(talk.alert(&format!("owed:{invoice}")), 0);
    assert_eq!(talk.site.database().orphans(), Vec::<String>::new());
    talk.gateway.stop();
}

#[test]
fn what_we_owe_a_customer_in_x12_is_told_before_it_is_late() {
    shipping(Standard::X12);
}

#[test]
fn what_we_owe_a_customer_in_edifact_is_told_before_it_is_late() {
    shipping(Standard::Edifact);
}

#[test]
fn a_change_of_the_order_moves_what_is_owed_and_a_cancellation_ends_it() {
    let talk = selling(Standard::X12);
    let (fifth, ninth) = (talk.day(5), talk.day(9));
    let (this, that) = asking(Standard::X12, &fifth);
    talk.comes(&talk.acme, "order", &[(this, &that)]);
    let due = talk.instant(&fifth, "0h", ZONE);
    talk.until_due("notice", "4500123", &due);
    talk.move_past(&due, 60);
    talk.until("notice", "4500123", "overdue");
    talk.comes(&talk.acme, "change", &[("20261106", &ninth)]);
    talk.until_due("notice", "4500123", &talk.instant(&ninth, "0h", ZONE));
    talk.until("notice", "4500123", "owed");
    talk.until_alert("owed:856", 0);
    let text = interchange(Standard::X12, ACME, 900, "change").replace("BCH*04*", "BCH*01*");
    talk.acme.post(text).id();
    talk.until("notice", "4500123", "waived");
    talk.until("invoice", "4500123", "waived");
    talk.until("response", "4500123", "overdue");
    assert!(talk.shown().contains("856: the order was cancelled"), "{}", talk.shown());
    talk.gateway.stop();
}

#[test]
fn a_notice_that_left_before_the_warehouses_advice_answers_it() {
    let talk = selling(Standard::X12);
    let fifth = talk.day(5);
    let (this, that) = asking(Standard::X12, &fifth);
    talk.comes(&talk.acme, "order", &[(this, &that)]);
    talk.until("notice", "4500123", "owed");
    let body = document(&talk.site, Standard::X12, "notice");
    assert_eq!(talk.ours.hand_over("/v1/ship-notices?partner=acme", "n", &body).status, 201);
    talk.fetched("notice");
    talk.comes(&talk.dock, "despatched", &[("20261106", &talk.day(1))]);
    told(&talk.erp, 2);
    let states: Vec<String> = talk.answers("notice", "4500123").into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["sent"]);
    let (exit, listed, errors) = talk.site.run(&["ack", "list", "--json"]);
    assert_eq!(exit, 0, "{errors}");
    let owed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let response = owed.iter().find(|line| line["kind"] == "855").unwrap();
    let id = response["id"].as_str().unwrap();
    assert_eq!(talk.site.run(&["ack", "waive", id, "--reason", "by telephone"]).0, 0);
    talk.until("response", "4500123", "waived");
    talk.gateway.stop();
}

#[test]
fn a_warehouses_word_of_today_counts_from_its_coming() {
    let talk = selling(Standard::X12);
    let (tomorrow, fifth) = (talk.day(1), talk.day(5));
    let (this, that) = asking(Standard::X12, &fifth);
    // Noon: the day is neither over nor to come.
    talk.move_past(&talk.instant(&tomorrow, "12h", "UTC"), 0);
    talk.comes(&talk.acme, "order", &[(this, &that)]);
    talk.until("notice", "4500123", "owed");
    talk.comes(&talk.dock, "despatched", &[("20261106", &tomorrow)]);
    let came = "SELECT instant(received_at + interval '4 hours') FROM transaction_set WHERE code = '945'";
    let due = talk.gateway.until("the advice", || talk.site.database().rows(came).pop());
    talk.until_due("notice", "4500123", &due);
    talk.gateway.stop();
}
