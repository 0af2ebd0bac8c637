//! What a partner's profile says beyond the standard: its guide, the 999 instead of the 997, sets without a document of their own.

use crate::harness::x12::order;
use crate::harness::*;

fn scene(more: &str, x12: &str) -> (Site, Recorder) {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let receive = Profile::live("acme").more;
    site.partner(&Profile { more: format!("{receive}\n{more}"), x12: x12.into(), ..Profile::live("acme") });
    (site, erp)
}

/// The segments of the first answer in the outbox.
fn answer(partner: &Partner, gateway: &Gateway) -> Vec<String> {
    let item = partner.outbox_of(gateway, 1).remove(0);
    let bytes = partner.fetch(&item.id);
    assert_eq!(partner.confirm(&item.id), 204);
    String::from_utf8(bytes).unwrap().split('~').map(|s| s.trim().to_owned()).collect()
}

#[test]
fn a_guide_tightens_and_loosens_what_the_standard_says() {
    let guide = "[guide.850]\ncodes.PO103 = [\"CA\"]\nextra_codes.PO106 = [\"QQ\"]\n";
    let (site, erp) = scene(guide, "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    // Agreed on are cases; the standard would take EA.
    partner.post(order("1", 1).text()).id();
    let said = answer(&partner, &gateway);
    assert!(said.contains(&"AK4*3*355*7*EA".to_owned()), "{said:?}");
    // A qualifier that the standard does not know is taken, as agreed.
    partner.post(order("2", 2).text().replace("*EA*", "*CA*").replace("*BP*", "*QQ*")).id();
    erp.wait_effects(1);
    let said = answer(&partner, &gateway);
    assert!(said.contains(&"AK5*A".to_owned()), "{said:?}");
    assert_eq!(erp.subjects(), ["2"]);
}

#[test]
fn a_group_of_005010_is_answered_with_a_999_where_the_profile_says_so() {
    let (site, erp) = scene("", "acknowledge_with = \"999\"\n");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let later = order("7", 7).text().replace("*U*00401*", "*^*00501*").replace("X*004010", "X*005010");
    partner.post(later).id();
    erp.wait_effects(1);
    let said = answer(&partner, &gateway);
    for segment in ["ST*999*0001", "AK1*PO*7*005010", "IK5*A", "AK9*A*1*1*1"] {
        assert!(said.iter().any(|s| s.starts_with(segment)), "{segment}: {said:?}");
    }
    assert_eq!(site.database().rows("SELECT kind FROM acknowledgement"), ["999"]);
    // 004010 knows no 999.
    partner.post(order("8", 8).text()).id();
    let said = answer(&partner, &gateway);
    assert!(said.contains(&"ST*997*0001".to_owned()), "{said:?}");
}

#[test]
fn a_set_without_a_document_of_its_own_goes_out_in_the_shape_of_its_schema() {
    let (site, erp) = scene("[receive.862]\nto = [\"erp\"]\n", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let schedule = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*000000009*0*P*>~\
        GS*SS*ACME*NORTHWIND*20260105*0930*9*X*004010~ST*862*0001~BSS*00*SHIP-1*20260105*DL*20260105*20260131*R-7~\
        N1*ST*ACME DC 7*92*0007~LIN**BP*ROSE-01~UIT*EA~FST*4*C*D*20260109~CTT*1~SE*8*0001~GE*1*9~IEA*1*000000009~";
    partner.post(schedule).id();
    let event: serde_json::Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!((&event["type"], &event["subject"]), (&"portway.x12-862.received".into(), &"SHIP-1".into()));
    assert!(event.get("dataschema").is_none(), "{event:#}");
    let content = &event["data"]["content"];
    assert_eq!(content["loop"], "862");
    assert_eq!(content["loops"][0]["segments"][0]["elements"]["04"], "0007", "{content:#}");
    assert!(answer(&partner, &gateway).contains(&"AK5*A".to_owned()));
}
