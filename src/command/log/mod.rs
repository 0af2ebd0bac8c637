//! Where log lines go, in which form, and which are written.
//!
//! Promises: `PORTWAY_LOG` chooses which (`info`, `portway=debug`), else `[log] level` of gateway.toml, which a reload changes. Under
//! systemd they go to the journal, each fact a field of its own; elsewhere, and where no journal answers, to stderr as text.

mod journal;
#[cfg(feature = "otlp")]
mod otlp;

use super::arguments::LogFormat;
use crate::ledger::QUIET;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

/// The level of who says nothing.
const DEFAULT: &str = "info";
const VARIABLE: &str = "PORTWAY_LOG";

static LEVEL: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

type Filtered = Layered<reload::Layer<EnvFilter, Registry>, Registry>;
type Lines = Box<dyn Layer<Filtered> + Send + Sync>;

/// Below the traces.
#[cfg(feature = "otlp")]
type Written = Layered<Lines, Filtered>;
#[cfg(feature = "otlp")]
type Traces = Option<tracing_opentelemetry::OpenTelemetryLayer<Written, opentelemetry_sdk::trace::SdkTracer>>;
/// Filled once the configuration is known.
#[cfg(feature = "otlp")]
static TRACES: OnceLock<reload::Handle<Traces, Written>> = OnceLock::new();

/// Begins to write.
pub fn begin(format: LogFormat) {
    let filter = wanted().unwrap_or_else(|| filter(None));
    let (filter, level) = reload::Layer::new(filter);
    let (lines, trouble) = match format {
        LogFormat::Text => (text(), None),
        LogFormat::Json => {
            (tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed(), None)
        }
        LogFormat::Auto if !under_systemd() => (text(), None),
        LogFormat::Auto | LogFormat::Journal => match journal::layer() {
            Ok(lines) => (lines.boxed(), None),
            Err(error) => (text(), Some(error)),
        },
    };
    // A second subscriber in one process is refused, and the first goes on.
    let subscriber = tracing_subscriber::registry().with(filter).with(lines);
    #[cfg(feature = "otlp")]
    let subscriber = {
        let (traces, handle) = reload::Layer::new(None);
        let _ = TRACES.set(handle);
        subscriber.with(traces)
    };
    if subscriber.try_init().is_ok() {
        let _ = LEVEL.set(level);
    }
    if let Some(error) = trouble {
        tracing::warn!(%error, "the journal does not answer: log lines go to stderr as text");
    }
}

/// From which level on, as gateway.toml has it from now on; `PORTWAY_LOG` counts more.
pub fn level(level: Option<&str>) {
    let Some(handle) = LEVEL.get().filter(|_| wanted().is_none()) else { return };
    if let Err(error) = handle.reload(filter(level)) {
        tracing::warn!(%error, "the log keeps its level");
    }
}

/// Traces go to this collector too, from now on.
#[cfg(feature = "otlp")]
pub fn traces(url: Option<&str>) {
    let (Some(url), Some(handle)) = (url, TRACES.get()) else { return };
    let layer = otlp::tracer(url).map(|tracer| tracing_opentelemetry::layer().with_tracer(tracer));
    match layer {
        Ok(layer) => match handle.reload(Some(layer)) {
            Ok(()) => tracing::info!(url, "traces go to the collector"),
            Err(error) => tracing::warn!(%error, "there are no traces"),
        },
        Err(error) => tracing::warn!(%error, url, "[log] otlp cannot be used: there are no traces"),
    }
}

#[cfg(not(feature = "otlp"))]
pub fn traces(url: Option<&str>) {
    if url.is_some() {
        tracing::warn!("[log] otlp is set, but this build has no traces: build it with the feature otlp");
    }
}

/// Sends what is left.
pub async fn end() {
    #[cfg(feature = "otlp")]
    otlp::end().await;
}

/// The same into a file, for the demo.
pub fn to_file(path: &Path) -> std::io::Result<()> {
    let file = std::fs::File::create(path)?;
    let lines = tracing_subscriber::fmt().with_writer(Mutex::new(file)).with_ansi(false).with_target(false);
    let _ = lines.try_init();
    Ok(())
}

/// What the environment says; a variable that is empty or cannot be read says nothing.
fn wanted() -> Option<EnvFilter> {
    let text = std::env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty())?;
    EnvFilter::try_new(text).ok()
}

/// What cannot be read was refused when the configuration was.
fn filter(level: Option<&str>) -> EnvFilter {
    let level = level.unwrap_or(DEFAULT);
    EnvFilter::try_new(format!("{QUIET},{level}")).unwrap_or_else(|_| EnvFilter::new(DEFAULT))
}

fn text() -> Lines {
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    lines.with_ansi(colours).with_target(false).boxed()
}

/// Whether systemd connected our stderr to the journal: `$JOURNAL_STREAM` names its device and inode (systemd.exec(5)); a shell
/// inside a service inherits the variable, but has a stderr of its own.
fn under_systemd() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    let stderr = std::fs::metadata("/proc/self/fd/2");
    stderr.is_ok_and(|stderr| stream == format!("{}:{}", stderr.dev(), stderr.ino()))
}
