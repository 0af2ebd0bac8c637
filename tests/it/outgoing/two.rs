//! Two gateways on one ledger, one of them killed or put to sleep past its lease again and again while documents of ours come in:
//! nothing is lost, no control number is used twice, nothing takes effect twice.

use crate::harness::ours::purchase_order;
use crate::harness::*;
use rustix::process::Signal;
use std::collections::BTreeSet;
use std::time::Duration;

/// Documents handed over while one round's accident happens.
const EACH: usize = 8;

/// Hands an order over at either gateway until one of them has it.
async fn insist(clients: [Ours; 2], path: String, number: String) -> bool {
    let order = purchase_order(&number);
    for nth in 0..400 {
        let client = &clients[nth % 2];
        let sent = client.try_hand_over(&path, &number, &order);
        match tokio::time::timeout(Duration::from_secs(3), sent).await {
            Ok(Ok(reply)) if matches!(reply.status, 200 | 201) => return true,
            Ok(Ok(reply)) => assert_eq!(reply.status, 503, "{}", String::from_utf8_lossy(&reply.bytes)),
            Ok(Err(_)) | Err(_) => {}
        }
    }
    false
}

#[test]
fn one_of_two_is_killed_or_sleeps_again_and_again() {
    let rounds: usize = if std::env::var_os("PORTWAY_SOAK").is_some() { 100 } else { 6 };
    let theirs = Recorder::partner();
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    for (id, x12) in [("acme", ""), ("beta", "gapless = true")] {
        let profile = Profile::live(id);
        let https = format!("url = \"{}\"\n", theirs.url());
        let (x12, more) = (x12.to_owned(), "[send.850]\n".to_owned());
        site.partner(&Profile { https, x12, more, ..profile });
    }
    let mut first = Some(site.start());
    let beside_it = site.beside();
    let second = beside_it.start();
    let mut clients = [Ours::new(first.as_ref().unwrap(), "erp"), Ours::new(&second, "erp")];
    let mut handed = 0;
    for round in 0..rounds {
        let tasks: Vec<_> = (0..EACH)
            .map(|nth| {
                let path =
                    format!("/v1/purchase-orders?partner={}", if nth % 2 == 0 { "acme" } else { "beta" });
                let mut both = clients.clone();
                both.rotate_left(nth / 2 % 2);
                beside(insist(both, path, format!("PO-{round}-{nth}")))
            })
            .collect();
        handed += EACH;
        let victim = first.take().unwrap();
        // In the middle of it: some of this round's orders are known, most are not.
        second.until("the first of this round", || {
            (site.database().count("transaction_set") > (handed - EACH)).then_some(())
        });
        let sleeps = round % 2 == 1;
        let asleep = if sleeps {
            victim.signal(Signal::STOP);
            Some(victim)
        } else {
            victim.kill();
            None
        };
        for task in tasks {
            assert!(block(task).unwrap(), "an order was never taken");
        }
        theirs.wait_effects(handed);
        first = Some(match asleep {
            Some(victim) => {
                victim.signal(Signal::CONT);
                victim
            }
            None => {
                let again = site.start();
                clients[0].follow(&again);
                again
            }
        });
    }
    let first = first.unwrap();
    second.until("nothing left to do", || {
        (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(())
    });
    let texts: Vec<String> =
        theirs.effects().values().map(|r| String::from_utf8(r.body.clone()).unwrap()).collect();
    let numbers: BTreeSet<&str> = texts
        .iter()
        .map(|text| text.split("BEG*00*SA*").nth(1).unwrap().split('*').next().unwrap())
        .collect();
    assert_eq!((texts.len(), numbers.len()), (handed, handed), "each order once in effect");
    let count = |sql: &str| site.database().count(sql);
    assert_eq!(count("interchange WHERE state = 'ours'"), handed);
    let twice = site.database().rows(
        "SELECT receiver || ' ' || control_number FROM interchange WHERE state = 'ours' GROUP BY 1, receiver, control_number HAVING count(*) > 1",
    );
    assert_eq!(twice, Vec::<String>::new(), "no control number twice");
    let gaps = site.database().rows(
        "SELECT count(*)::text || ' ' || min(control_number) || ' ' || max(control_number)::int::text FROM interchange
         WHERE state = 'ours' AND receiver = 'ZZ:BETA'",
    );
    let half = handed / 2;
    assert_eq!(gaps, [format!("{half} 000000001 {half}")], "without gaps");
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    first.stop();
    second.stop();
}
