//! A trading partner: posts interchanges over TLS with its token, fetches and confirms what waits for it.

use super::gateway::Gateway;
use super::site::Site;
use super::x12::Acknowledgement;
use super::{DEADLINE, block};
use reqwest::{Certificate, Client, Method, RequestBuilder};

#[derive(Clone)]
pub struct Partner {
    client: Client,
    address: String,
    token: String,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub retry_after: Option<String>,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The id of the accepted message.
    #[track_caller]
    pub fn id(&self) -> String {
        assert_eq!(self.status, 202, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()["id"].as_str().unwrap().to_owned()
    }
}

/// What waits in the outbox.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    /// The file's name it would have.
    pub name: String,
}

impl Partner {
    /// The partner `id`, who trusts the gateway's certificate and nobody else's.
    pub fn new(site: &Site, gateway: &Gateway, id: &str) -> Partner {
        let client = trusting(site).build().unwrap();
        Partner { client, address: gateway.address.clone(), token: format!("token-of-{id}") }
    }

    /// Shows this certificate (PEM, with its key), and a token that nobody knows.
    pub fn with_certificate(self, site: &Site, pem: &str) -> Partner {
        let identity = reqwest::Identity::from_pem(pem.as_bytes()).unwrap();
        let client = trusting(site).identity(identity).build().unwrap();
        Partner { client, ..self }.with_token("unknown")
    }

    /// The same partner after the gateway was started again, on another port.
    pub fn follow(&mut self, gateway: &Gateway) {
        self.address.clone_from(&gateway.address);
    }

    pub fn with_token(mut self, token: &str) -> Partner {
        token.clone_into(&mut self.token);
        self
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("https://{}{path}", self.address)).bearer_auth(&self.token)
    }

    #[track_caller]
    pub fn post(&self, body: impl Into<Vec<u8>>) -> Reply {
        self.post_with(body, &[])
    }

    #[track_caller]
    pub fn post_with(&self, body: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> Reply {
        block(self.try_post(body.into(), headers)).expect("an answer to POST /edi")
    }

    /// Posts, and says what went wrong if no answer came.
    pub async fn try_post(&self, body: Vec<u8>, headers: &[(&str, &str)]) -> Result<Reply, reqwest::Error> {
        let mut request = self.request(Method::POST, "/edi").body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request).await
    }

    #[track_caller]
    pub fn outbox(&self) -> Vec<Item> {
        let reply = block(answer(self.request(Method::GET, "/edi/outbox"))).unwrap();
        assert_eq!(reply.status, 200);
        let json = reply.json();
        let items = json["items"].as_array().unwrap().iter();
        items
            .map(|i| Item { id: i["id"].as_str().unwrap().into(), name: i["name"].as_str().unwrap().into() })
            .collect()
    }

    #[track_caller]
    pub fn fetch(&self, id: &str) -> Vec<u8> {
        let reply = block(answer(self.request(Method::GET, &format!("/edi/outbox/{id}")))).unwrap();
        assert_eq!(reply.status, 200);
        reply.bytes
    }

    /// The status of a confirmation: 204 where it counts as sent.
    #[track_caller]
    pub fn confirm(&self, id: &str) -> u16 {
        block(answer(self.request(Method::DELETE, &format!("/edi/outbox/{id}")))).unwrap().status
    }

    /// Waits until `many` items wait in the outbox.
    #[track_caller]
    pub fn outbox_of(&self, gateway: &Gateway, many: usize) -> Vec<Item> {
        gateway.until(&format!("{many} items in the outbox"), || {
            Some(self.outbox()).filter(|items| items.len() >= many)
        })
    }

    /// Waits for one answer, reads and confirms it.
    #[track_caller]
    pub fn acknowledgement(&self, gateway: &Gateway) -> Acknowledgement {
        let item = self.outbox_of(gateway, 1).remove(0);
        let bytes = self.fetch(&item.id);
        assert_eq!(self.confirm(&item.id), 204);
        Acknowledgement::read(&bytes)
    }
}

fn trusting(site: &Site) -> reqwest::ClientBuilder {
    let pem = std::fs::read(site.state().join("certs/self-signed.pem")).expect("the gateway's certificate");
    let certificates = Certificate::from_pem_bundle(&pem).unwrap();
    Client::builder().tls_certs_only(certificates).no_proxy().timeout(DEADLINE)
}

pub async fn answer(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    Ok(Reply {
        status: response.status().as_u16(),
        retry_after: header("retry-after"),
        content_type: header("content-type").unwrap_or_default(),
        bytes: response.bytes().await?.to_vec(),
    })
}
