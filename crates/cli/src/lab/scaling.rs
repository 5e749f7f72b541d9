//! `detente lab scaling`: one thread and all cores, beside bare computation in the same run.

use std::time::Instant;

use lab::{Journal, Workers};
use serde_json::json;

use super::{arenas, run};
use crate::output::{Failure, Format, line, print_json};

/// What can be set for the measurement.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ScalingOptions {
    /// The tournament: a shipped one's name, or a file
    #[arg(value_name = "FILE")]
    tournament: String,
    /// Repetitions, in place of the tournament's
    #[arg(long, default_value_t = 10, value_name = "N")]
    repetitions: u32,
    /// Threads to compare with one
    #[arg(long, default_value_t = 2, value_name = "N")]
    threads: usize,
    /// Pairs of measurements; the best ratio of each kind counts
    #[arg(long, default_value_t = 3, value_name = "N")]
    tries: u32,
}

pub(crate) fn scaling(options: &ScalingOptions, format: Format) -> Result<(), Failure> {
    let file = run::file(&options.tournament, Some(options.repetitions), None)?;
    let tournament = arenas::tournament(&file)?;
    let folder = tempfile::tempdir().map_err(Failure::internal)?;
    let play = |threads: usize, number: u32| {
        let path = folder.path().join(format!("{threads}-{number}.jsonl"));
        let mut journal = Journal::open(&path, "scaling")?;
        let began = Instant::now();
        lab::run(&tournament, &mut journal, Workers { threads }, |_| {})?;
        Ok::<_, Failure>(began.elapsed().as_secs_f64())
    };
    play(options.threads, options.tries)?; // what is worked out once is worked out here
    let (mut talks, mut bare) = (Vec::new(), Vec::new());
    for number in 0..options.tries {
        talks.push((play(1, number)?, play(options.threads, number)?));
        // Bare threads compute about as long as the tournament did.
        let work = 200_000_000;
        bare.push((compute(1, work), compute(options.threads, work)));
    }
    let best = |pairs: &[(f64, f64)]| pairs.iter().map(|(one, all)| one / all).fold(0.0, f64::max);
    let (gained, limit) = (best(&talks), best(&bare));
    let share = gained / limit;
    if format == Format::Json {
        print_json(&json!({
            "talks": tournament.talks(),
            "threads": options.threads,
            "seconds": talks,
            "bare_seconds": bare,
            "speed_up": gained,
            "bare_speed_up": limit,
            "share": share,
        }));
        return Ok(());
    }
    line(&format!("{} talks, one thread and {}", tournament.talks(), options.threads));
    line(&format!("speed-up of the tournament  {gained:.3}"));
    line(&format!("speed-up of bare threads    {limit:.3}"));
    line(&format!("share                       {:.1}%", share * 100.0));
    Ok(())
}

/// Seconds for `work` steps of a generator, shared out over threads.
fn compute(threads: usize, work: u64) -> f64 {
    let began = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                let mut state = thread as u64 + 1;
                for _ in 0..work / threads as u64 {
                    state =
                        std::hint::black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
                }
            });
        }
    });
    began.elapsed().as_secs_f64()
}
