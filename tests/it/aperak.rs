//! What a CONTRL has no word for: findings of accepted messages, told by an APERAK where the profile asks for it.

use crate::harness::*;

/// Acme sends EDIFACT, and by `key` says whether it wants an APERAK.
fn site(erp: &Recorder, key: &str) -> Site {
    let mut site = Site::new();
    site.endpoint("erp", erp, "");
    let edifact = format!("[edifact]\nid = \"14:5412345000013\"\n{key}\n");
    let receive =
        "[receive.ORDERS]\nto = [\"erp\"]\n[receive.APERAK]\nto = [\"erp\"]\n[receive.824]\nto = [\"erp\"]\n";
    site.partner(&Profile { more: format!("{edifact}{receive}"), ..Profile::live("acme") });
    site
}

/// One message, UNT left out, in an interchange that asks for a CONTRL.
fn interchange(reference: u32, message: &str) -> String {
    let segments = message.matches('\'').count() + 1;
    format!(
        "UNB+UNOC:3+5412345000013:14+4012345000009:14+260105:0930+{reference}++++1'{message}UNT+{segments}+1'\
         UNZ+1+{reference}'"
    )
}

/// An ORDERS whose supplier has a GLN with a wrong check digit.
fn mistyped(number: &str) -> String {
    format!(
        "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+{number}+9'DTM+137:20260105:102'NAD+BY+5412345000013::9'\
         NAD+SU+4012345000000::9'LIN+1++4000862141404:EN'QTY+21:12'UNS+S'CNT+2:1'"
    )
}

/// What waits for the partner: kind and bytes, by kind.
fn waiting(partner: &Partner, gateway: &Gateway, many: usize) -> Vec<(String, String)> {
    let items = partner.outbox_of(gateway, many);
    let mut found: Vec<(String, String)> = items
        .iter()
        .map(|item| {
            let kind = item.name.split('_').next().unwrap();
            (kind.to_owned(), String::from_utf8(partner.fetch(&item.id)).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// The message is worked through, and nothing more of it is to come.
fn done(site: &Site, gateway: &Gateway) {
    gateway.until("the message done", || {
        let states = site.database().rows("SELECT state FROM message WHERE direction = 'in'");
        states.iter().all(|state| state == "done").then_some(())
    });
}

fn is_clean(site: &Site, answer: &str) {
    let file = site.path("answer.edi");
    std::fs::write(&file, answer).unwrap();
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_portway"))
        .args(["file", "lint"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && !said.contains("warning"), "{said}\n{answer}");
}

#[test]
fn an_order_with_a_warning_is_accepted_and_told_of() {
    let erp = Recorder::erp();
    let site = site(&erp, "aperak = \"on-findings\"");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(interchange(4711, &mistyped("PO-7"))).id();
    erp.wait_effects(1);
    let answers = waiting(&partner, &gateway, 2);
    let [(aperak_kind, aperak), (contrl_kind, contrl)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((aperak_kind.as_str(), contrl_kind.as_str()), ("APERAK", "CONTRL"));
    assert!(contrl.contains("'UCI+4711+5412345000013:14+4012345000009:14+7'"), "{contrl}");
    let said: Vec<&str> = aperak.split('\'').collect();
    for segment in [
        "UNH+1+APERAK:D:96A:UN",
        "RFF+ON:PO-7",
        "ERC+E1219::ZZZ",
        "FTX+AAI+++Segment NAD, position 5, element 2, component 1, data element 3039,:value 4012345000000",
    ] {
        assert!(said.contains(&segment), "{segment} is not in {aperak}");
    }
    is_clean(&site, contrl);
    is_clean(&site, aperak);
    let rows = "SELECT count(DISTINCT message_id) || ' ' || string_agg(kind || ' ' || code || ' ' || state, ', ' ORDER BY kind)
                FROM acknowledgement";
    assert_eq!(site.database().rows(rows), ["2 APERAK CA generated, CONTRL 7 generated"]);

    // The same bytes again: both original answers, once fetched, wait once more, and no others.
    partner.outbox().iter().for_each(|item| assert_eq!(partner.confirm(&item.id), 204));
    assert_eq!(site.database().rows("SELECT DISTINCT state FROM acknowledgement"), ["sent"]);
    partner.post(interchange(4711, &mistyped("PO-7"))).id();
    assert_eq!(waiting(&partner, &gateway, 2), answers);
    done(&site, &gateway);
    assert_eq!(site.database().count("message WHERE direction = 'out'"), 2);
    gateway.stop();
}

#[test]
fn without_the_key_there_is_a_contrl_alone() {
    let erp = Recorder::erp();
    let site = site(&erp, "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(interchange(4711, &mistyped("PO-7"))).id();
    erp.wait_effects(1);
    done(&site, &gateway);
    let kinds: Vec<String> = waiting(&partner, &gateway, 1).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["CONTRL"]);
}

#[test]
fn an_aperak_that_comes_gets_its_contrl_and_an_824_its_997() {
    let erp = Recorder::erp();
    let site = site(&erp, "aperak = \"on-findings\"");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    // Its GLN is mistyped too: an APERAK is never answered by one.
    let aperak = "UNH+1+APERAK:D:96A:UN'BGM++A-1+11+RE'RFF+ON:PO-7'NAD+MS+5412345000010::9'ERC+12::92'";
    partner.post(interchange(4712, aperak)).id();
    let advice = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*000000013*0*P*>~\
                  GS*AG*ACME*NORTHWIND*20260105*0930*13*X*004010~ST*824*0001~BGN*11*A-2*20260105~OTI*TR*PO*PO-7~\
                  TED*024*NO SUCH ITEM~SE*5*0001~GE*1*13~IEA*1*000000013~";
    partner.post(advice).id();
    assert_eq!(erp.wait_effects(2).len(), 2);
    done(&site, &gateway);
    let answers = waiting(&partner, &gateway, 2);
    let [(first, said), (second, contrl)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((first.as_str(), second.as_str()), ("997", "CONTRL"));
    assert!(said.contains("AK1*AG*13~") && said.contains("AK9*A*1*1*1~"), "{said}");
    assert!(contrl.contains("'UCI+4712+5412345000013:14+4012345000009:14+7'"), "{contrl}");
    let findings =
        "SELECT count(*)::text FROM transaction_set WHERE code = 'APERAK' AND findings::text LIKE '%E1219%'";
    assert_eq!(site.database().rows(findings), ["1"]);
}
