//! An order and a third party's document about it that are written at the same time: neither can see the other, and both are in one
//! thread all the same.

use super::*;

impl Talk {
    /// Everything that takes a control number for this partner waits until the transaction ends.
    fn hold_back(&self, partner: &str) -> Transaction {
        let sql = format!("SELECT last FROM control_number WHERE receiver LIKE '%{partner}' FOR UPDATE");
        self.site.database().hold_open(&[sql])
    }

    /// Waits until so many transactions wait for another one.
    #[track_caller]
    fn until_waiting(&self, many: usize, or: impl Fn() -> bool) {
        let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.gateway.until(&format!("{many} waiting"), || {
            (self.site.database().count(waiting) >= many || or()).then_some(())
        });
    }

    fn is_there(&self, code: &str, number: &str) -> bool {
        self.site.database().count(&format!("transaction_set WHERE code = '{code}' AND number = '{number}'"))
            == 1
    }

    #[track_caller]
    fn one_thread(&self) {
        let rows = self.gateway.until("both", || {
            let rows = self
                .site
                .database()
                .rows("SELECT thread_id::text FROM transaction_set WHERE number IN ('4500777', 'D-4500777')");
            (rows.len() == 2).then_some(rows)
        });
        assert_eq!(rows[0], rows[1]);
        assert_eq!(self.site.database().count("thread_open"), 0);
    }

    /// A control number of both partners, so that there is a row to wait for.
    fn numbered(&self) {
        self.order("1", 1);
        self.hand_over("dock", WAREHOUSE_ORDER, &warehouse_order("2"));
        self.site.database().run("DELETE FROM thread_open");
    }

    /// The warehouse order as our system has it.
    fn despatch(&self) -> Value {
        let file = self.site.path("940.edi");
        std::fs::write(&file, interchange("ACME", ("OW", "940"), 1, &warehouse_order("4500777"))).unwrap();
        serde_json::from_str(&self.run(&["file", "convert", file.to_str().unwrap()])).unwrap()
    }
}

const PATH: &str = "/v1/documents?document=warehouse-shipping-order&partner=dock";

#[test]
fn a_warehouse_order_waits_for_the_order_that_is_being_written() {
    let talk = talk();
    talk.numbered();
    let (ours, body) = (talk.ours.clone(), talk.despatch());
    let held = talk.hold_back("ACME");
    talk.partner.post(x12::order("4500777", 7).text()).id();
    talk.until_waiting(1, || false);
    let handing = std::thread::spawn(move || ours.hand_over(PATH, "at once", &body).status);
    talk.until_waiting(2, || talk.is_there("940", "D-4500777"));
    held.commit();
    assert_eq!(handing.join().unwrap(), 201);
    talk.one_thread();
    talk.gateway.stop();
}

#[test]
fn an_order_waits_for_the_warehouse_order_that_is_being_written() {
    let talk = talk();
    talk.numbered();
    let (ours, body) = (talk.ours.clone(), talk.despatch());
    let held = talk.hold_back("DOCK");
    let handing = std::thread::spawn(move || ours.hand_over(PATH, "at once", &body).status);
    talk.until_waiting(1, || false);
    talk.partner.post(x12::order("4500777", 7).text()).id();
    talk.until_waiting(2, || talk.is_there("850", "4500777"));
    held.commit();
    assert_eq!(handing.join().unwrap(), 201);
    talk.one_thread();
    talk.gateway.stop();
}
