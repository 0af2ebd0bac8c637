//! The API's keys: what is found wrong with them, and where.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::partner::TokenHash;
use super::tests::{Folder, assert_problem};

const US: &str = "[us]\nname = \"Us Inc.\"\nx12 = \"ZZ:US\"\n[endpoint.erp]\nkind = \"events\"\n";

#[test]
fn the_api_is_in_the_clear_on_loopback_alone() {
    let door = |address: &str| format!("{US}[listen.api]\naddress = \"{address}:8080\"\nplain = true\n");
    let problems = Folder::new(&door("0.0.0.0"), &[]).problems();
    assert_problem(&problems, "gateway.toml:8:9:", "without TLS on 0.0.0.0:8080", "listen on 127.0.0.1");
    assert!(Folder::new(&door("127.0.0.1"), &[]).problems().is_empty());
}

#[test]
fn a_token_has_one_holder_and_names_are_known() {
    let token = TokenHash::of("x");
    let gateway = format!(
        "{US}[client.erp]\ntokens = [\"{token}\"]\n[client.wms]\ntokens = [\"{token}\"]\n\
         partners = [\"acne\"]\ndocuments = [\"purchase-oder\"]\nendpoint = \"erb\"\n"
    );
    let problems = Folder::new(&gateway, &[]).problems();
    assert_problem(&problems, "gateway.toml:9:11:", "that of `erp` already", "one token, one program");
    assert_problem(
        &problems,
        "gateway.toml:11:14:",
        "no document `purchase-oder`",
        "did you mean `purchase-order`?",
    );
    assert_problem(&problems, "gateway.toml:12:12:", "no endpoint `erb`", "did you mean `erp`?");

    let gateway = format!("{US}[client.erp]\ntokens = [\"{token}\"]\npartners = [\"acne\"]\n");
    let acme = format!(
        "id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\n[https]\ntokens = [\"{token}\"]\n[x12]\nid = \"ZZ:ACME\"\n\
         [receive.850]\nto = [\"erp\"]\nrejected_with = \"824\"\n[send.855]\nanswers = {{ \"99\" = \"1d\" }}\n"
    );
    let problems = Folder::new(&gateway, &[("acme", &acme)]).problems();
    assert_problem(&problems, "gateway.toml:8:13:", "no partner `acne`", "did you mean `acme`?");
    assert_problem(&problems, "partners.d/acme.toml:5:11:", "our own program `erp`", "make a new one");
    assert_problem(&problems, "partners.d/acme.toml:12:", "`99` is not a set's code", "");
    assert_problem(&problems, "partners.d/acme.toml:10:17:", "to be told by 824", "add [send.824]");
}

#[test]
fn a_secret_of_a_token_server_does_not_go_in_the_clear() {
    let section = |url: &str| {
        format!(
            "[us]\nname = \"Us Inc.\"\nx12 = \"ZZ:US\"\n[endpoint.erp]\nkind = \"http\"\nurl = \"https://erp.example/in\"\n\
             secrets = [{{ env = \"S\" }}]\n[endpoint.erp.oauth2]\ntoken_url = \"{url}\"\nclient_id = \"\"\nclient_secret = {{ env = \"T\" }}\n"
        )
    };
    let problems = Folder::new(&section("http://login.example/token"), &[]).problems();
    assert_problem(&problems, "gateway.toml:9:13:", "in the clear", "write https://");
    assert_problem(&problems, "gateway.toml:10:13:", "this is empty", "knows us by");
    let problems = Folder::new(&section("login.example"), &[]).problems();
    assert_problem(&problems, "gateway.toml:9:13:", "not an HTTP URL", "https://host/path");
    for good in ["https://login.example/token", "http://127.0.0.1:9/token", "http://[::1]:9/token"] {
        assert_eq!(Folder::new(&section(good), &[]).problems().len(), 1, "{good}: the empty id alone");
    }
}
