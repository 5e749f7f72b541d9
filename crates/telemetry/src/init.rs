use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::global;
use opentelemetry::logs::LoggerProvider as _;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{MeterProviderBuilder, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchConfig, BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanExporter as Exporter,
    TracerProviderBuilder,
};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::exporter::{Discreet, Telling};
use crate::figures::Figures;
use crate::guard::{ExporterRuntime, Parts};
use crate::happenings::Happenings;
use crate::log::{JsonSpanFields, Traced};
use crate::sampling::{ByTalk, Ids};
use crate::spans::{Bounded, Counted, Fates};
use crate::{Guard, LogFormat};

/// The instrumentation scope of everything made here.
pub(crate) const SCOPE: &str = "detente";
/// One attempt to send, at most.
const EXPORT: Duration = Duration::from_secs(3);
/// Spans that wait to be sent; more are dropped. Some seconds of a busy mediator.
const SPAN_QUEUE: usize = 32_768;
const SPAN_BATCH: usize = 256;
const SPAN_DELAY: Duration = Duration::from_secs(1);
/// How far back a process that takes over tells the point spans of the one before again: at least one
/// interval between exports, with room for attempts that failed.
pub const RETOLD: Duration = if SPAN_DELAY.as_secs() > 10 { SPAN_DELAY } else { Duration::from_secs(10) };
/// Libraries whose own spans say nothing about a talk. Those of the exporter's stack would also
/// give rise to more spans with each export.
const QUIET: [&str; 6] = ["opentelemetry", "tonic", "tower", "hyper", "hyper_util", "h2"];

/// Whether this process measures: somebody is sent its figures, or may ask for them.
static MEASURING: AtomicBool = AtomicBool::new(false);

pub(crate) fn measuring() -> bool {
    MEASURING.load(Ordering::Relaxed)
}

/// What a process says about itself, and where to.
#[derive(Debug, Clone)]
pub struct Config {
    /// The service's name, such as `detente-mediator`.
    pub service: &'static str,
    /// An OTLP collector's gRPC address, such as `http://127.0.0.1:4317`: the value of
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`. Without one nothing is sent, but spans still have ids.
    pub endpoint: Option<String>,
    /// Whether figures are kept for a Prometheus that asks: see [`Guard::figures`].
    pub scrape: bool,
    /// How log lines look.
    pub log: LogFormat,
    /// Which log lines are written, as `tracing-subscriber`'s `EnvFilter` reads it.
    pub filter: String,
    /// Whether private attributes may leave the process: see [`names::private`](crate::names::private).
    pub private: bool,
}

impl Config {
    /// Nothing is sent; plain log lines from `info` on.
    #[must_use]
    pub fn new(service: &'static str) -> Self {
        let filter = "info".to_owned();
        Self { service, endpoint: None, scrape: false, log: LogFormat::Plain, filter, private: false }
    }
}

/// Why telemetry could not begin, or not end in order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The collector's address cannot be used.
    #[error(
        "OTLP endpoint {endpoint:?} cannot be used: {what}; expected an address such as http://127.0.0.1:4317"
    )]
    Endpoint {
        /// The address given.
        endpoint: String,
        /// What is wrong with it.
        what: String,
    },
    /// The log filter cannot be read.
    #[error(
        "log filter {filter:?} cannot be read: {what}; expected a level, or target=level pairs with commas"
    )]
    Filter {
        /// The filter given.
        filter: String,
        /// What is wrong with it.
        what: String,
    },
    /// Telemetry was begun twice in one process.
    #[error("telemetry has already begun in this process")]
    AlreadyBegun,
    /// The system gives no thread.
    #[error("no thread for telemetry: {0}")]
    Thread(#[source] std::io::Error),
    /// The figures cannot be shown.
    #[error("the metrics cannot be shown: {0}")]
    Figures(String),
    /// The last spans or figures were lost.
    #[error("the last traces or metrics were not sent: {0}")]
    Unsent(String),
}

/// Begins traces, metrics and logs for this process. Once only; any thread, in a runtime or not.
pub fn init(config: &Config) -> Result<Guard, TelemetryError> {
    let parts = built(config)?;
    let happenings = parts
        .logger
        .as_ref()
        .map(|logger| Happenings::new(logger.logger(SCOPE), config.private).with_filter(ours()));
    let subscriber = subscriber(config, &parts.tracer, std::io::stderr)?;
    subscriber.with(happenings).try_init().map_err(|_| TelemetryError::AlreadyBegun)?;
    parts.sampler.begin();
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_tracer_provider(parts.tracer.clone());
    if let Some(meter) = &parts.meter {
        global::set_meter_provider(meter.clone());
        MEASURING.store(true, Ordering::Relaxed);
        parts.fates.show();
    }
    Ok(Guard::new(parts))
}

/// Builds everything on a thread that stands back, so that the threads which send do so as well: they
/// inherit it.
fn built(config: &Config) -> Result<Parts, TelemetryError> {
    let build = || {
        ambient::step_back();
        Parts::build(config)
    };
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("telemetry-start".to_owned());
        let building = builder.spawn_scoped(scope, build).map_err(TelemetryError::Thread)?;
        building.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))
    })
}

/// Logs to `writer` and spans to `tracer`.
pub(crate) fn subscriber<W>(
    config: &Config,
    tracer: &SdkTracerProvider,
    writer: W,
) -> Result<impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync + use<W>, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&config.filter)
        .map_err(|error| TelemetryError::Filter { filter: config.filter.clone(), what: error.to_string() })?;
    // Attributes are those of the schema: places in the source and times between polls are not in it.
    let spans = tracing_opentelemetry::layer().with_tracer(tracer.tracer(SCOPE)).with_location(false);
    let spans = spans.with_threads(false).with_target(false).with_tracked_inactivity(false);
    // What happens inside a span is a log record of its own, and not told twice.
    let spans = spans.with_filter(ours().and(filter_fn(|metadata| metadata.is_span())));
    let log = log_layer(config.log, writer).with_filter(filter);
    Ok(Registry::default().with(spans).with(log))
}

/// What is told to a collector, spans and happenings alike.
fn ours() -> Targets {
    let ours = Targets::new().with_default(LevelFilter::INFO);
    ours.with_targets(QUIET.map(|target| (target, LevelFilter::OFF)))
}

fn log_layer<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    match format {
        LogFormat::Plain => lines.event_format(Traced::plain()).boxed(),
        LogFormat::Json => lines.fmt_fields(JsonSpanFields::new()).event_format(Traced::json()).boxed(),
    }
}

impl Parts {
    fn build(config: &Config) -> Result<Self, TelemetryError> {
        let resource = Resource::builder().with_service_name(config.service).build();
        let (figures, scraped) = if config.scrape { Some(Figures::new()?) } else { None }.unzip();
        let sampler = ByTalk::from_environment();
        let spans = SdkTracerProvider::builder().with_resource(resource.clone());
        let spans = spans.with_sampler(sampler.clone()).with_id_generator(Ids::default());
        let Some(endpoint) = &config.endpoint else {
            let meter = scraped.map(|reader| with_resource(resource).with_reader(reader).build());
            return Ok(Self {
                tracer: spans.build(),
                sampler,
                fates: Arc::default(),
                meter,
                figures,
                logger: None,
                _exporters: None,
            });
        };
        let runtime = ExporterRuntime::start()?;
        let inside = runtime.enter();
        let meter = pushing(endpoint, with_resource(resource.clone()))?;
        let meter = match scraped {
            Some(reader) => meter.with_reader(reader).build(),
            None => meter.build(),
        };
        let logger = logger_provider(endpoint, resource)?;
        let fates = Arc::<Fates>::default();
        let tracer = exporting(endpoint, spans, config.private, &fates)?;
        drop(inside);
        let (meter, logger, _exporters) = (Some(meter), Some(logger), Some(runtime));
        Ok(Self { tracer, sampler, fates, meter, figures, logger, _exporters })
    }
}

fn exporting(
    endpoint: &str,
    provider: TracerProviderBuilder,
    private: bool,
    fates: &Arc<Fates>,
) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(EXPORT);
    let exporter = exporter.build().map_err(unusable(endpoint))?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(SPAN_QUEUE)
        .with_max_export_batch_size(SPAN_BATCH)
        .with_scheduled_delay(SPAN_DELAY)
        .build();
    let exporter = Counted { exporter: Telling::new(exporter, endpoint), fates: fates.clone() };
    let provider = if private {
        provider.with_span_processor(bounded(exporter, batches, fates))
    } else {
        provider.with_span_processor(bounded(Discreet(exporter), batches, fates))
    };
    Ok(provider.build())
}

fn bounded<E>(exporter: E, batches: BatchConfig, fates: &Arc<Fates>) -> Bounded<BatchSpanProcessor>
where
    E: Exporter + 'static,
{
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
    Bounded { processor, fates: fates.clone(), room: SPAN_QUEUE as u64 }
}

fn logger_provider(endpoint: &str, resource: Resource) -> Result<SdkLoggerProvider, TelemetryError> {
    let exporter = LogExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(EXPORT);
    let exporter = exporter.build().map_err(unusable(endpoint))?;
    Ok(SdkLoggerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

fn with_resource(resource: Resource) -> MeterProviderBuilder {
    SdkMeterProvider::builder().with_resource(resource)
}

fn pushing(endpoint: &str, provider: MeterProviderBuilder) -> Result<MeterProviderBuilder, TelemetryError> {
    let exporter = MetricExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(EXPORT);
    let exporter = exporter.build().map_err(unusable(endpoint))?;
    Ok(provider.with_periodic_exporter(exporter))
}

fn unusable(endpoint: &str) -> impl FnOnce(ExporterBuildError) -> TelemetryError {
    let endpoint = endpoint.to_owned();
    move |error| TelemetryError::Endpoint { endpoint, what: error.to_string() }
}
