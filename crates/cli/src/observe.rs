//! `detente observe`: the observatory in this process, for a person at a terminal.

use observatory::{Options, Service, ServiceError, SourceError, StoreError};
use record::OpenError;
use serde_json::json;

use crate::output::{Failure, Format, exit, json_line, line, unheard};

pub(crate) fn observe(options: &Options, format: Format) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async {
        let shutdown = ambient::shutdown_on_signal().map_err(Failure::internal)?;
        let service = Service::prepare(options).await?;
        let (addresses, store) = (service.addresses(), service.store().clone());
        let page = service.page().map(|address| format!("http://{address}/"));
        let place = store.path().display().to_string();
        if format == Format::Json {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            let salvage = service.salvage().map(ToString::to_string);
            json_line(&json!({ "ready": "detente-observatory", "addresses": addresses, "page": page, "store": place, "salvage": salvage }))?;
        } else {
            if let Some(page) = page {
                line(&format!("page       {page}"));
            }
            for address in addresses {
                line(&format!("listening  http://{address}  (OTLP over gRPC and HTTP)"));
            }
            line(&format!("store      {place}: detente trace list --store {place}"));
            if let Some(salvage) = service.salvage() {
                line(&format!("note       {salvage}"));
            }
            line("Ctrl-C ends it");
        }
        service.run(shutdown).await?;
        let tally = store.counts();
        if format == Format::Text {
            line(&format!(
                "\n{} spans, {} events received; {} dropped",
                tally.received_spans,
                tally.received_events,
                tally.dropped() + tally.invalid
            ));
        }
        // Closing the file is the writer's last work.
        tokio::task::spawn_blocking(move || drop(store)).await.map_err(Failure::internal)
    })
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let message = error.to_string();
        match error {
            ServiceError::Listen { address, why, .. } => unheard(address, &why, message),
            ServiceError::Store(error) => error.into(),
            ServiceError::Source(error) => source_failure(&error, message),
            ServiceError::Scenario(error) => error.into(),
            ServiceError::Serve(_) => Self::new(exit::INTERNAL, "INTERNAL", message),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::Missing { path } => Self::new(exit::NOT_FOUND, "NO_SUCH_STORE", message)
                .at(path.display().to_string())
                .hint("`detente run` keeps its traces in detente-traces.db beside its record, `detente observe` in observatory.db"),
            StoreError::NotAStore { .. } | StoreError::NewerFormat { .. } => {
                Self::new(exit::BAD_DATA, "NOT_A_STORE", message)
            }
            _ => Self::new(exit::UNAVAILABLE, "UNUSABLE_STORE", message),
        }
    }
}

/// Why the talks of a page cannot be had.
pub(crate) fn source_failure(error: &SourceError, message: String) -> Failure {
    match error {
        SourceError::Address(_) => Failure::new(exit::USAGE, "BAD_ADDRESS", message).at("--mediator"),
        SourceError::Open(OpenError::Missing { path }) => {
            Failure::new(exit::NOT_FOUND, "NO_SUCH_RECORD", message).at(path.display().to_string())
        }
        _ => Failure::new(exit::UNAVAILABLE, "NO_SOURCE", message),
    }
}
