//! `detente serve`: one service in this process, the same code as the service's own binary.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use delegation::service as seat;
use scenario::Scenario;
use tariff::PartyId;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

use crate::output::{Failure, Format, unheard};
use crate::parties;

#[derive(Subcommand)]
pub(crate) enum ServeCommand {
    /// The table: convenes talks, keeps their record
    #[command(after_help = "Example:\n  detente serve mediator --listen 127.0.0.1:7400 --record talks.db")]
    Mediator(mediator::Options),
    /// One party's delegation: attends every talk with a seat for it
    #[command(
        after_help = "Example:\n  detente serve delegation --party USA --mediator http://127.0.0.1:7400"
    )]
    Delegation {
        /// The party it speaks for
        #[arg(long)]
        party: PartyId,
        #[command(flatten)]
        options: seat::Options,
    },
    /// Traces, metrics and logs: received over OTLP, kept in one file
    #[command(
        after_help = "Example:\n  detente serve observatory --listen 127.0.0.1:4317 --store observatory.db"
    )]
    Observatory(observatory::Options),
    /// Scoring of public impact, alone
    #[command(after_help = "Example:\n  detente serve scoring --listen 127.0.0.1:7401")]
    Scoring {
        /// Where to listen; port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:7401", value_name = "ADDR")]
        listen: SocketAddr,
        /// Further scenarios, beside the shipped ones
        #[arg(long, value_name = "DIR")]
        scenario: Vec<String>,
    },
}

/// Runs the service. What keeps it from starting goes to the log and to standard error as from the
/// service's own binary; with a JSON format asked for, it is a document as well.
pub(crate) fn serve(command: ServeCommand, options: &process::Options, format: Format) -> ExitCode {
    let refused = Refused::default();
    let code = match command {
        ServeCommand::Mediator(settings) => process::main("detente-mediator", options, async |life| {
            let service = mediator::Service::prepare(&settings).await.map_err(|error| refused.note(error))?;
            life.ready(service.address().ok());
            Ok(service.run(life.shutdown()).await?)
        }),
        ServeCommand::Delegation { party, options: settings } => {
            let profile = parties::profile(&party);
            process::main("detente-delegation", options, async |life| {
                let prepared = seat::Service::prepare(&profile, &settings).await;
                let service = prepared.map_err(|error| refused.note(error))?;
                life.ready_with(service.address(), service.seat().map(|seat| ("seat", seat)));
                Ok(service.run(life.shutdown()).await?)
            })
        }
        ServeCommand::Observatory(settings) => {
            ambient::step_back();
            process::main("detente-observatory", options, async |life| {
                let prepared = observatory::Service::prepare(&settings).await;
                let service = prepared.map_err(|error| refused.note(error))?;
                let page = service.page().map(|page| ("page", format!("http://{page}/")));
                life.ready_with(service.addresses().first().copied(), page);
                Ok(service.run(life.shutdown()).await?)
            })
        }
        ServeCommand::Scoring { listen, scenario } => {
            process::main("detente-scoring", options, async |life| {
                scoring(life, listen, &scenario, &refused).await
            })
        }
    };
    match (format, refused.0.into_inner()) {
        (Format::Json, Some(failure)) => failure.report(format),
        _ => code,
    }
}

/// What kept a service from starting.
#[derive(Default)]
struct Refused(RefCell<Option<Failure>>);

impl Refused {
    fn note(&self, error: impl Into<Failure>) -> anyhow::Error {
        // The process speaks of whatever the operator set with one code, and with another of what somebody
        // else has.
        let mut failure: Failure = error.into();
        let unavailable = failure.exit == process::EXIT_UNAVAILABLE;
        failure.exit = if unavailable { process::EXIT_UNAVAILABLE } else { process::EXIT_CONFIGURATION };
        self.0.replace(Some(failure.clone()));
        process::refused(&failure, unavailable)
    }
}

/// Bytes that a client may send ahead: a few batches of packed offers.
const BATCH_WINDOW: u32 = 1024 * 1024;

async fn scoring(
    life: process::Life,
    listen: SocketAddr,
    further: &[String],
    refused: &Refused,
) -> anyhow::Result<()> {
    let names = Scenario::embedded().into_iter().map(str::to_owned).chain(further.iter().cloned());
    let scenarios = names.map(|name| Scenario::load(&name).map(Arc::new)).collect::<Result<Vec<_>, _>>();
    let scenarios = scenarios.map_err(|error| refused.note(error))?;
    let listener = TcpListener::bind(listen).await.map_err(|why| refused.note(busy(listen, &why)))?;
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("", tonic_health::ServingStatus::Serving).await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(wire::pb::DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    life.ready(listener.local_addr().ok());
    let shutdown = life.shutdown();
    tonic::transport::Server::builder()
        .max_concurrent_streams(64)
        // A batch of a thousand offers arrives without waiting for leave to go on.
        .initial_stream_window_size(BATCH_WINDOW)
        .initial_connection_window_size(BATCH_WINDOW)
        .add_service(health_service)
        .add_service(reflection)
        .add_service(scoring_server::service(scenarios, shutdown.clone()))
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            shutdown.cancelled_owned(),
        )
        .await?;
    Ok(())
}

fn busy(address: SocketAddr, why: &std::io::Error) -> Failure {
    let message = format!("cannot listen on {address}: {why}; choose another one with --listen");
    unheard(address, why, message)
}
