//! The page of a run: an observatory in this process that shows the talk as it goes on and stays
//! until somebody ends it.

use std::io::Write as _;
use std::net::SocketAddr;

use observatory::{Drawings, PageConfig, Reader, SeatLink, Sources, Tournaments, Watcher, serve_page};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::traces::Traces;
use super::{Format, Plan};
use crate::observe::source_failure;
use crate::output::{Failure, line, unheard};

/// A page that is being served.
pub(crate) struct Page {
    address: SocketAddr,
    drawings: Drawings,
    shutdown: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Page {
    /// Serves the talks of a mediator; once that has left, those of its record.
    pub(crate) async fn start(
        plan: &Plan,
        wanted: SocketAddr,
        mediator: &str,
        traces: &Traces,
        seats: Vec<SeatLink>,
    ) -> Result<Self, Failure> {
        let sources = Sources {
            mediator: Some(mediator.to_owned()),
            record: Some(plan.options.record.clone()),
            scenarios: vec![plan.bench.scenario().clone()],
        };
        let watcher = Watcher::new(sources).map_err(|error| source_failure(&error, error.to_string()))?;
        let listener = TcpListener::bind(wanted).await.map_err(|error| {
            let message = format!("the page cannot be served there: {error}");
            unheard(wanted, &error, message).hint("choose another address with --page=ADDR, or leave it out")
        })?;
        let address = listener.local_addr().map_err(Failure::internal)?;
        let drawings = Drawings::default();
        let config = PageConfig {
            watcher,
            store: None,
            reader: traces.file().and_then(|path| Reader::open(path).ok()),
            collector: traces.collector(),
            viewer: plan.options.viewer.clone(),
            tournaments: Tournaments::within(vec![".".into()]),
            drawings: drawings.clone(),
            token: ambient::fresh_secret(),
            seats,
        };
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(serve_page(listener, shutdown.clone(), config));
        Ok(Self { address, drawings, shutdown, serving })
    }

    /// Where what only this command can compute is drawn.
    pub(crate) fn drawings(&self) -> &Drawings {
        &self.drawings
    }

    /// Says where it is: beside a JSON document, on standard error.
    pub(crate) fn announce(&self, format: Format, ended: bool) {
        let address = format!("http://{}/", self.address);
        match format {
            Format::Text if ended => line(&format!("page    {address} (Ctrl-C ends it)")),
            Format::Text => line(&format!("page    {address}")),
            Format::Json if ended => {}
            // Whoever closed it does not want to know.
            Format::Json => drop(writeln!(std::io::stderr(), "{{\"page\": \"{address}\"}}")),
        }
    }

    /// Ends it.
    pub(crate) async fn end(self) {
        self.shutdown.cancel();
        // Whatever became of it, the talk is told already.
        let _ = self.serving.await;
    }
}
