//! What operators are told: one mail a cause, one when it is over, and none lost while the mail server is down.

use crate::harness::x12::order;
use crate::harness::*;

#[test]
fn fifty_equal_failures_are_one_mail_and_one_when_it_is_over() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    erp.otherwise(Answer::Status(500));
    let mut site = Site::new();
    // One at a time: a late failure cannot overtake the first success.
    site.endpoint("erp", &erp, "concurrency = 1");
    site.mail(&mailbox);
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    for nth in 1..=50 {
        partner.post(order(&format!("PO-{nth}"), nth).text()).id();
    }
    let told = mailbox.mail("endpoint erp");
    assert!(told.subject.contains("the endpoint's owners must act"), "{told:?}");
    gateway.until("fifty that wait", || {
        (site.database().count("delivery WHERE target = 'erp' AND state <> 'delivered'") == 50).then_some(())
    });
    erp.otherwise(Answer::Take);
    erp.wait_effects(50);
    mailbox.mail("over: endpoint erp");
    gateway.until("all work done", || (site.database().count("job") == 0).then_some(()));
    let subjects: Vec<String> = mailbox.mails().into_iter().map(|m| m.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert_eq!(erp.log().len(), 50);
}

#[test]
fn a_mail_waits_while_the_mail_server_is_down() {
    let (erp, mut mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    mailbox.close();
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let message = partner.post("this is no EDI at all").id();
    gateway.line("mail not sent");
    // Orders do not wait for mail.
    partner.post(order("4500123", 1).text()).id();
    erp.wait_effects(1);
    // Nor does the mail depend on this process.
    gateway.kill();
    let gateway = site.start();
    mailbox.open();
    let mail = mailbox.mail("a message is in quarantine (unparseable)");
    assert!(mail.body.contains(&message), "{}", mail.body);
    gateway.until("the mail noted as sent", || {
        (site.database().rows("SELECT state FROM mail") == ["sent"]).then_some(())
    });
}

#[test]
fn the_partners_own_operators_are_told_about_that_partner_only() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    let profile = Profile::live("acme");
    site.partner_text("acme", &format!("operators = [\"edi@acme.example\"]\n{}", profile.text()));
    site.partner(&Profile::live("globex"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post("junk").id();
    Partner::new(&site, &gateway, "globex").post("junk").id();
    assert_eq!(mailbox.mail("acme").to, ["edi@acme.example", "edi@northwind.example"]);
    assert_eq!(mailbox.mail("globex").to, ["edi@northwind.example"]);
}

#[test]
fn five_hundred_rejected_orders_are_one_mail() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let whole = order("4500123", 1).text();
    let (head, rest) = whole.split_once("ST*850").unwrap();
    let tail = rest.split_once("GE*1").unwrap().1;
    // A day that does not exist, five hundred times.
    let sets: String = (1..=500)
        .map(|n| format!("ST*850*{n:04}~\nBEG*00*SA*PO-{n}**20260230~\nPO1*1*4*EA~\nSE*4*{n:04}~\n"))
        .collect();
    Partner::new(&site, &gateway, "acme").post(format!("{head}{sets}GE*500{tail}")).id();
    gateway.until("the message done", || {
        (site.database().count("message WHERE direction = 'in' AND state = 'done'") == 1).then_some(())
    });
    let mail = mailbox.mail("was rejected (invalid)");
    assert!(mail.subject.contains("the partner must act"), "{mail:?}");
    assert!(mail.body.contains("X1208 at BEG05 (segment 2)"), "{}", mail.body);
    assert_eq!(site.database().rows("SELECT count::text FROM alert"), ["500"]);
    gateway.until("no mail owed", || (site.database().count("job") == 0).then_some(()));
    assert_eq!(mailbox.mails().len(), 1);
    assert!(erp.log().is_empty());
}
