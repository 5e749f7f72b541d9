//! The moving view: offers side by side, what moved, what each offer would do, rounds left.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scoring::{Impact, Usd};
use talks::{Act, Event};
use tariff::{Offer, PartyId};
use transcript::Transcript;

use super::Plan;
use crate::output::line;
use crate::summaries::{moment, rounds, second};
use crate::tables::Sheet;
use crate::teller::Teller;

/// How often the elapsed time moves.
const TICK: Duration = Duration::from_millis(200);
/// How many lines there are for what one party did.
const SAID_LINES: usize = 2;
const TEMPLATE: &str = "round {pos} of {len} [{bar:30}] {prefix}, {elapsed} so far\n\n{msg}";

pub(crate) struct Live {
    bar: ProgressBar,
    teller: Teller,
    status_quo: Offer,
    /// What the status quo does; its base is the data year.
    figures: Option<Impact>,
    seats: Vec<Side>,
}

/// One party's column.
struct Side {
    party: PartyId,
    offer: Option<Offer>,
    impact: Option<Impact>,
    /// The last it did, in words.
    did: String,
}

impl Live {
    pub(crate) fn begin(plan: &Plan, teller: Teller) -> Self {
        let target = ProgressDrawTarget::stdout();
        let bar = ProgressBar::with_draw_target(Some(u64::from(plan.rounds)), target);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        bar.set_prefix("waiting for the delegations");
        bar.enable_steady_tick(TICK);
        let status_quo = plan.bench.status_quo().clone();
        let side =
            |party: &PartyId| Side { party: party.clone(), offer: None, impact: None, did: String::new() };
        let live = Self {
            figures: teller.impact(&status_quo),
            seats: plan.seats.iter().map(|seat| side(&seat.party)).collect(),
            bar,
            teller,
            status_quo,
        };
        live.draw();
        live
    }

    pub(crate) fn show(&mut self, transcript: &Transcript, event: &Event) {
        if let Event::Moved(given) = event {
            let did = match &given.act {
                Act::Propose(offer) => {
                    let moved = self.teller.note(&given.party, offer);
                    self.put(&given.party, offer);
                    moved
                }
                Act::Accept { offer } => format!("accepts the offer of entry {offer}"),
                Act::WalkAway => "walks away".to_owned(),
            };
            self.say(&given.party, did);
        }
        if let Event::TurnMissed { party } = event {
            self.say(party, "misses its turn".to_owned());
        }
        let round = rounds(transcript);
        self.bar.set_position(u64::from(round));
        let left = transcript.talk().terms().rounds().saturating_sub(round);
        let deadline = transcript.talk().terms().deadline();
        let until =
            deadline.map_or_else(String::new, |at| format!(", until {} at most", second(&moment(at.0))));
        self.bar.set_prefix(format!("{left} rounds left{until}"));
        self.draw();
    }

    /// Leaves the last picture on the screen.
    pub(crate) fn end(&mut self) {
        self.bar.abandon();
        line("");
    }

    fn put(&mut self, party: &PartyId, offer: &Offer) {
        let impact = self.teller.impact(offer);
        if let Some(side) = self.seats.iter_mut().find(|side| side.party == *party) {
            (side.offer, side.impact) = (Some(offer.clone()), impact);
        }
    }

    fn say(&mut self, party: &PartyId, did: String) {
        if let Some(side) = self.seats.iter_mut().find(|side| side.party == *party) {
            side.did = did;
        }
    }

    fn draw(&self) {
        self.bar.set_message(self.picture(usize::from(console_width())));
    }

    /// Everything below the bar, in lines of at most `width`.
    fn picture(&self, width: usize) -> String {
        let mut lines: Vec<String> = self.sheet().to_string().lines().map(|l| cut(l, width)).collect();
        lines.push(String::new());
        // As many lines whatever was said, so that the picture stands still.
        for side in &self.seats {
            let mut said = wrap(&format!(" {}  {}", side.party, side.did), width, "      ");
            said.resize(SAID_LINES, String::new());
            lines.extend(said);
        }
        lines.join("\n")
    }

    fn sheet(&self) -> Sheet {
        let columns: Vec<String> = self.seats.iter().map(|side| format!("{} offers", side.party)).collect();
        let header: Vec<&str> =
            ["", "base", "status quo"].into_iter().chain(columns.iter().map(String::as_str)).collect();
        let mut sheet = Sheet::new(1, &header);
        let mut offers = vec![None, Some(&self.status_quo)];
        offers.extend(self.seats.iter().map(|side| side.offer.as_ref()));
        for (label, cells) in self.teller.digest().lines(&offers) {
            sheet.row(std::iter::once(label).chain(cells));
        }
        self.figure(&mut sheet, "deficit, USD bn", |impact| impact.bilateral_deficit);
        self.figure(&mut sheet, "trade, USD bn", |impact| impact.total_trade);
        sheet
    }

    /// A figure under each offer, and its distance from the status quo and from the data year.
    fn figure(&self, sheet: &mut Sheet, name: &str, of: impl Fn(&Impact) -> Usd) {
        let Some(now) = self.figures.as_ref().map(&of) else { return };
        let bn = |dollars: i64| format!("{:.1}", dollars as f64 / 1e9);
        let change = |dollars: i64| format!("{:+.1}", dollars as f64 / 1e9);
        let each = |show: &dyn Fn(Usd) -> String| -> Vec<String> {
            self.seats
                .iter()
                .map(|side| side.impact.as_ref().map_or_else(String::new, |i| show(of(i))))
                .collect()
        };
        let head = |text: &str, base: String, status_quo: String| vec![text.to_owned(), base, status_quo];
        sheet.row(head(name, bn(now.base), bn(now.before)).into_iter().chain(each(&|f| bn(f.after))));
        let blank = String::new;
        let on_status_quo = head("  on the status quo", blank(), blank());
        sheet.row(on_status_quo.into_iter().chain(each(&|f| change(f.after - f.before))));
        let on_base = head("  on base", blank(), change(now.before - now.base));
        sheet.row(on_base.into_iter().chain(each(&|f| change(f.after - f.base))));
    }
}

fn console_width() -> u16 {
    console::Term::stdout().size().1.max(40)
}

/// The text in lines of at most `width`, those after the first behind `indent`.
fn wrap(text: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let length = |line: &String| line.chars().count();
        if lines.last().is_some_and(|line| length(line) + word.trim_end().chars().count() > width) {
            lines.push(indent.to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
    }
    if lines.len() > SAID_LINES {
        lines.truncate(SAID_LINES);
        let last = lines.last().map(|line| cut(&format!("{}…", line.trim_end()), width));
        lines.splice(SAID_LINES - 1.., last);
    }
    lines
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scenario::Scenario;
    use scoring_server::Bench;

    use super::*;

    #[test]
    fn the_picture_shows_offers_side_by_side_and_what_moved() {
        let bench = Arc::new(Bench::new(Arc::new(Scenario::load("geneva-2025").unwrap())).unwrap());
        let agenda = bench.agenda().clone();
        let usa = PartyId::new("USA").unwrap();
        let side = |party: &str| Side {
            party: PartyId::new(party).unwrap(),
            offer: None,
            impact: None,
            did: String::new(),
        };
        let teller = Teller::new(bench.clone());
        let mut live = Live {
            bar: ProgressBar::hidden(),
            figures: teller.impact(bench.status_quo()),
            seats: vec![side("USA"), side("CHN")],
            teller,
            status_quo: bench.status_quo().clone(),
        };
        let height = live.picture(100).lines().count();
        let mut levels = agenda.levels_of(bench.status_quo()).unwrap().to_vec();
        for offered in [2, 6] {
            levels[..24].fill(offered);
            let offer = agenda.offer_at(&levels).unwrap();
            let moved = live.teller.note(&usa, &offer);
            live.put(&usa, &offer);
            live.say(&usa, moved);
        }
        let picture = live.picture(100);
        assert_eq!(picture.lines().count(), height, "the picture stands still");
        assert!(picture.lines().all(|line| line.chars().count() <= 100));
        insta::assert_snapshot!(picture);
    }

    #[test]
    fn long_words_of_a_party_are_cut_to_their_lines() {
        let wrapped = wrap(&"moved a little; ".repeat(20), 40, "      ");
        assert_eq!(wrapped.len(), SAID_LINES);
        assert!(wrapped.iter().all(|line| line.trim_end().chars().count() <= 40), "{wrapped:?}");
        assert!(wrapped[1].starts_with("      ") && wrapped[1].ends_with('…'));
        assert_eq!(wrap("short", 40, "  "), ["short"]);
    }
}
