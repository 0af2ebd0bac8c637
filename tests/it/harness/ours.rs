//! A program of ours at the API: hands documents over and asks what became of them.

use super::gateway::Gateway;
use super::partner::{Reply, answer};
use super::{DEADLINE, block};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Ours {
    client: Client,
    address: String,
    token: String,
}

impl Ours {
    /// The program `name` of [`super::Site::client`].
    pub fn new(gateway: &Gateway, name: &str) -> Ours {
        let client = Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
        Ours { client, address: gateway.api.clone(), token: format!("token-of-{name}") }
    }

    pub fn with_token(mut self, token: &str) -> Ours {
        token.clone_into(&mut self.token);
        self
    }

    /// The same program after the gateway was started again, on another port.
    pub fn follow(&mut self, gateway: &Gateway) {
        self.address.clone_from(&gateway.api);
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address)).bearer_auth(&self.token)
    }

    /// Hands a document over: `path` is `/v1/purchase-orders?partner=acme`.
    #[track_caller]
    pub fn hand_over(&self, path: &str, key: &str, document: &Value) -> Reply {
        block(self.try_hand_over(path, key, document)).expect("an answer of the API")
    }

    pub async fn try_hand_over(
        &self,
        path: &str,
        key: &str,
        document: &Value,
    ) -> Result<Reply, reqwest::Error> {
        let request = self.request(Method::POST, path).body(document.to_string());
        answer(request.header("Idempotency-Key", key)).await
    }

    /// A POST as it stands.
    #[track_caller]
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = self.request(Method::POST, path).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        block(answer(request)).expect("an answer of the API")
    }

    pub async fn try_get(&self, path: &str) -> Result<Reply, reqwest::Error> {
        answer(self.request(Method::GET, path)).await
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        block(answer(self.request(Method::GET, path))).expect("an answer of the API")
    }
}

/// An order of two lines, as our procurement writes it.
pub fn purchase_order(number: &str) -> Value {
    json!({
        "number": number, "purpose": "original", "kind": "stand_alone", "order_date": "2026-11-04", "currency": { "code": "USD" },
        "dates": [{ "role": "requested_delivery", "date": "2026-11-20" }],
        "parties": [
            { "role": "ship_to", "name": "Northwind Supply, dock 4",
              "ids": [{ "scheme": "assigned_by_buyer", "scheme_code": "92", "id": "0004" }],
              "address": { "lines": ["4 Harbour Road"], "city": "Salem", "region": "OR", "postal_code": "97301", "country": "US" } }
        ],
        "lines": [
            { "number": "1", "quantity": { "value": "12", "unit": "EA" }, "price": { "amount": "3.25" },
              "item": { "product_ids": [{ "scheme": "seller_number", "scheme_code": "VN", "id": "ROSE-12" }] } },
            { "number": "2", "quantity": { "value": "3", "unit": "XCT" }, "price": { "amount": "18.00" },
              "item": { "product_ids": [{ "scheme": "seller_number", "scheme_code": "VN", "id": "POT-9" }] } }
        ]
    })
}
