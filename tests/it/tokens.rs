//! An ERP that demands a bearer token, and the token server that gives them: OAuth 2.0 client credentials with both over HTTP.

use crate::harness::x12::order;
use crate::harness::*;
use rustix::process::Signal;

/// Encoded differently in a header, a form and JSON.
const SECRET: &str = "s3cret&with=some+%/signs";

struct Scene {
    erp: Recorder,
    server: TokenServer,
    site: Site,
}

impl Scene {
    /// `more`: further keys of `[endpoint.erp.oauth2]`; `secret`: what the gateway believes it to be.
    fn new(secret: &str, more: &str) -> Scene {
        let (erp, server) = (Recorder::erp(), TokenServer::start(SECRET));
        erp.demand_token(&server);
        let mut site = Site::new();
        let oauth2 = format!(
            "[endpoint.erp.oauth2]\ntoken_url = \"{}\"\nclient_id = \"portway\"\nclient_secret = {{ file = \"secrets/oauth2\" }}\n{more}",
            server.url()
        );
        site.endpoint("erp", &erp, &oauth2);
        let more = "[receive.850]\nto = [\"erp\"]\norder = \"none\"\nduplicate = \"accept\"".into();
        site.partner(&Profile { more, ..Profile::live("acme") });
        let scene = Scene { erp, server, site };
        scene.secret(secret);
        scene
    }

    fn secret(&self, secret: &str) {
        std::fs::write(self.site.path("conf/secrets/oauth2"), secret).unwrap();
    }

    #[track_caller]
    fn order(&self, gateway: &Gateway, number: u32) {
        Partner::new(&self.site, gateway, "acme").post(order(&format!("45000{number}"), number).text()).id();
    }

    #[track_caller]
    fn delivered(&self, gateway: &Gateway, many: usize) {
        let delivered = "delivery WHERE target = 'erp' AND state = 'delivered'";
        gateway.until("all delivered", || (self.site.database().count(delivered) == many).then_some(()));
        assert_eq!(self.erp.log().len(), many);
    }

    fn outcomes(&self) -> Vec<String> {
        self.site.database().rows("SELECT outcome FROM attempt WHERE outcome IS NOT NULL ORDER BY id")
    }

    /// Neither the secret nor a token stands in what the gateway wrote.
    #[track_caller]
    fn nothing_told(&self, gateway: &Gateway) {
        let rows = ["attempt", "delivery", "alert", "history", "mail"]
            .map(|table| self.site.database().rows(&format!("SELECT to_jsonb(t)::text FROM {table} t")));
        let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        for line in rows.into_iter().flatten().chain(gateway.lines()) {
            for secret in [SECRET, "s3cret", encoded.as_str(), "token-"] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }
}

#[test]
fn one_token_is_fetched_for_all_that_wait_and_kept() {
    let scene = Scene::new(SECRET, "");
    scene.server.grant(Grant::Held(3600));
    let gateway = scene.site.start();
    for number in 1..=6 {
        scene.order(&gateway, number);
    }
    scene.server.wait_requests(1);
    gateway.until("all begun", || (scene.site.database().count("attempt") == 6).then_some(()));
    scene.server.release();
    scene.delivered(&gateway, 6);
    scene.order(&gateway, 7);
    scene.delivered(&gateway, 7);
    assert_eq!(scene.server.requests().len(), 1);
    assert_eq!(scene.erp.unauthorized(), 0);
    scene.nothing_told(&gateway);
    gateway.stop();
}

#[test]
fn scope_and_audience_are_asked_for_and_the_client_may_stand_in_the_form() {
    let scene = Scene::new(
        SECRET,
        "scope = \"orders.write events\"\naudience = \"https://erp.example\"\nauth = \"body\"",
    );
    let gateway = scene.site.start();
    scene.order(&gateway, 1);
    scene.delivered(&gateway, 1);
    let form = scene.server.requests().remove(0);
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("scope", "orders.write events"),
        ("audience", "https://erp.example"),
        ("client_id", "portway"),
        ("client_secret", SECRET),
    ] {
        assert_eq!(form.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(!form.contains_key("basic"));
    gateway.stop();
}

#[test]
fn an_expired_token_is_not_shown_and_one_that_is_refused_is_fetched_anew() {
    let scene = Scene::new(SECRET, "");
    scene.server.script(&[Grant::For(0), Grant::For(3600)]);
    let gateway = scene.site.start();
    for number in 1..=2 {
        scene.order(&gateway, number);
        scene.delivered(&gateway, usize::try_from(number).unwrap());
        assert_eq!(scene.server.requests().len(), usize::try_from(number).unwrap(), "the first had expired");
    }
    assert_eq!(scene.erp.unauthorized(), 0);

    scene.server.revoke();
    scene.order(&gateway, 3);
    scene.delivered(&gateway, 3);
    assert_eq!((scene.server.requests().len(), scene.erp.unauthorized()), (3, 1));
    assert_eq!(scene.outcomes(), ["delivered"; 3], "within one try");
    gateway.stop();
}

#[test]
fn an_endpoint_that_takes_no_token_gets_two_requests_a_try_and_no_more() {
    let scene = Scene::new(SECRET, "");
    // Tokens of another server.
    let other = TokenServer::start("");
    scene.erp.demand_token(&other);
    let gateway = scene.site.start();
    scene.order(&gateway, 1);
    let deferred = "attempt WHERE outcome = 'deferred' AND status = 401";
    gateway.until("two tries", || (scene.site.database().count(deferred) >= 2).then_some(()));
    scene.erp.demand_token(&scene.server);
    scene.delivered(&gateway, 1);
    let tries = scene.outcomes().iter().filter(|outcome| *outcome == "deferred").count();
    assert_eq!(scene.erp.unauthorized() / 2, tries, "{} refused", scene.erp.unauthorized());
    gateway.stop();
}

#[test]
fn while_the_token_server_is_in_trouble_documents_wait() {
    let scene = Scene::new(SECRET, "");
    scene.server.script(&[
        Grant::Fails(503, "<html>maintenance</html>"),
        Grant::Fails(200, "{}"),
        Grant::Fails(400, "{\"error\":\"invalid_scope\",\"error_description\":\"orders.write is unknown\"}"),
    ]);
    let gateway = scene.site.start();
    scene.order(&gateway, 1);
    scene.delivered(&gateway, 1);
    assert_eq!(scene.outcomes(), ["deferred", "deferred", "deferred", "delivered"]);
    let details =
        scene.site.database().rows("SELECT detail FROM attempt WHERE outcome = 'deferred' ORDER BY id");
    let from = format!("no token from {} for client portway: ", scene.server.url());
    for (detail, (said, next)) in details.iter().zip([
        ("503. Nothing was sent to the endpoint", "Next (the endpoint): the owners of the token server"),
        ("200 without an access_token", "Next (the endpoint): the owners of the token server"),
        ("400, invalid_scope, orders.write is unknown.", "Next (us): correct [endpoint.erp.oauth2]"),
    ]) {
        assert!(detail.starts_with(&format!("{from}{said}")) && detail.contains(next), "{detail}");
    }
    assert_eq!(scene.erp.unauthorized(), 0, "nothing is sent without a token");
    gateway.stop();
}

#[test]
fn a_wrong_secret_is_for_us_to_mend_and_what_waited_then_goes() {
    let mailbox = Mailbox::start();
    for auth in ["basic", "body"] {
        let mut scene = Scene::new("s3cret-of-last-year", &format!("auth = \"{auth}\""));
        scene.site.mail(&mailbox);
        let gateway = scene.site.start();
        let (exit, out, _) = scene.site.run(&["endpoint", "test", "erp"]);
        assert_eq!(exit, 1);
        assert!(out.contains("error    token: no token from") && out.contains("invalid_client"), "{out}");
        assert!(out.contains("Next (us): correct [endpoint.erp.oauth2]") && !out.contains("s3cret"), "{out}");

        for number in 1..=3 {
            scene.order(&gateway, number);
        }
        let held = "delivery WHERE target = 'erp' AND state = 'held'";
        gateway.until("all held", || (scene.site.database().count(held) == 3).then_some(()));
        mailbox.mail("endpoint erp: its token server does not know us, a document of acme waits (held)");
        assert_eq!(scene.erp.unauthorized(), 0);
        assert_eq!(scene.server.requests().len(), 2, "one of the test, one of all that waited");
        scene.nothing_told(&gateway);

        scene.secret(SECRET);
        gateway.signal(Signal::HUP);
        gateway.line("reloaded");
        let (exit, out, _) = scene.site.run(&["endpoint", "test", "erp"]);
        assert!(exit == 0 && out.contains("ok       token: http") && out.contains("for 3570 s"), "{out}");
        let mended =
            ["endpoint", "redeliver", "erp", "--state", "held", "--reason", "the secret is right now"];
        assert_eq!(scene.site.run(&mended).0, 0);
        // The test's event too.
        scene.erp.wait_effects(4);
        gateway.stop();
    }
}
