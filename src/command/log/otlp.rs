//! Traces by OTLP over HTTP (feature `otlp`): each job's span, with its facts, to a collector.
//!
//! Promises: work never waits for the collector; what it does not take in time is dropped, as the SDK has it. At the end of the gateway
//! what is left is sent.

use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::sync::OnceLock;
use std::time::Duration;

/// How long the collector may take for one batch, and for the last.
const PATIENCE: Duration = Duration::from_secs(5);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// # Errors
/// The address cannot be used, in a sentence.
pub fn tracer(url: &str) -> Result<SdkTracer, String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| e.to_string())?;
    let sender = Sender { client, runtime: tokio::runtime::Handle::current() };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(sender)
        .with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/')))
        .build()
        .map_err(|e| e.to_string())?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("portway").build())
        .build();
    let tracer = provider.tracer("portway");
    let _ = PROVIDER.set(provider);
    Ok(tracer)
}

/// Sends what is left.
pub async fn end() {
    let Some(provider) = PROVIDER.get() else { return };
    let ended = tokio::task::spawn_blocking(|| provider.shutdown_with_timeout(PATIENCE)).await;
    if let Ok(Err(error)) = ended {
        tracing::debug!(%error, "the last traces were not taken");
    }
}

/// The client of everything else; it runs where the SDK's own thread has no runtime.
#[derive(Debug)]
struct Sender {
    client: reqwest::Client,
    runtime: tokio::runtime::Handle,
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let (head, body) = request.into_parts();
            let answer = client.request(head.method, head.uri.to_string()).headers(head.headers);
            let answer = answer.body(body).send().await?;
            let status = answer.status();
            Ok::<_, HttpError>((status, answer.bytes().await?))
        });
        let (status, body) = sent.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
