//! `detente lab scaling`: one thread and all cores, beside bare computation in the same run.

use std::time::Instant;

use lab::{Journal, Workers};
use serde_json::json;

use super::{arenas, run};
use crate::output::{Failure, Format, line, print_json};

/// Steps by which the speed of bare computation is found.
const SAMPLE: u64 = 100_000_000;

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
    /// Pairs of measurements; the middle ratio of each kind counts
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
    let a_second = SAMPLE as f64 / compute(1, SAMPLE);
    for number in 0..options.tries {
        let alone = play(1, number)?;
        talks.push((alone, play(options.threads, number)?));
        // Bare threads compute as long as the tournament did.
        let work = (a_second * alone) as u64;
        bare.push((compute(1, work), compute(options.threads, work)));
    }
    let (gained, limit) = (middle(&talks), middle(&bare));
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

/// The middle one of how often the first goes into the second.
fn middle(pairs: &[(f64, f64)]) -> f64 {
    let mut ratios: Vec<f64> = pairs.iter().map(|(one, all)| one / all).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or_default()
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
