//! `kill -9` while an archive is unpacked and read: what came is processed once.

use super::*;

#[test]
fn killed_while_unpacking_the_message_is_processed_once() {
    for (point, nth) in [("unpack.entry", 2), ("process.begun", 1)] {
        let (erp, site) = scene("[files]\nunpack = [\"zip\"]\n");
        let desk = Desk::new();
        three(&desk);
        let mut gateway = site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:{nth}"))]);
        let zip = desk.zip(&["po-1.edi", "po-2.edi", "po-3.edi"]);
        fs::write(inbound(&site).join("new.tmp"), &zip).unwrap();
        fs::rename(inbound(&site).join("new.tmp"), inbound(&site).join("orders.zip")).unwrap();
        let status = gateway.ended();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "{point}: {status}");
        drop(gateway);
        assert_eq!(site.database().count("interchange"), 0, "{point}: nothing was written yet");
        let gateway = site.start();
        let acme = Partner::new(&site, &gateway, "acme");
        let house = House { erp, site, gateway, acme };
        house.orders(&THREE);
        house.rows("SELECT state FROM message WHERE direction = 'in'", &["done"]);
        assert_eq!(house.site.database().count("interchange"), 3, "{point}");
        house.gateway.stop();
    }
}
