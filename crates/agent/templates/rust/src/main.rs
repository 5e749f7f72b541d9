//! An agent: concedes evenly, never below what no deal is worth, and accepts what is at least as
//! good as its own next offer. Change `decide`, and it is yours.

use detente_strategy::{Decision, Situation, Strategy, StrategyError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

struct Mine;

impl Strategy for Mine {
    fn name(&self) -> &str {
        "my-agent"
    }

    /// What to do with the turn at hand. Decide by the situation alone: after a crash a fresh
    /// instance is asked the same.
    fn decide(&mut self, situation: &Situation<'_>) -> Result<Decision, StrategyError> {
        let (_, high) = situation.brief().best()?;
        let low = situation.preferences().walk_away();
        // Progress runs from 0 in the first round to 1 in the last.
        let target = high - (high - low) * situation.progress();
        if let Some(standing) = situation.offered()
            && situation.preferences().acceptable(standing.offer)
            && situation.value(standing.offer) >= target
        {
            return Ok(Decision::Accept);
        }
        Ok(Decision::Propose(situation.planner().at(target)))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9000".to_owned());
    let listener = TcpListener::bind(&address).await?;
    println!("listening at grpc://{}", listener.local_addr()?);
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    detente_agent::serve(listener, || Box::new(Mine), shutdown).await?;
    Ok(())
}
