use crate::joint::{Choice, Joint};
use crate::table::Grains;

/// The utility grid has this many to twice as many steps.
const MIN_STEPS: i64 = 4096;

/// Groups with more choices keep one per grid step, so that a huge group cannot stall a talk.
const MANY_CHOICES: usize = 512;

/// The offer kept in one step of the grid: the best for the prior of those seen there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Label {
    /// Own utility above the grid's base, exactly; negative where no offer is known.
    own: Grains,
    prior: Grains,
}

const EMPTY: Label = Label { own: -1, prior: 0 };

/// How a label came about: the choice of its last group and the step it came from.
#[derive(Debug, Clone, Copy, Default)]
struct Back {
    choice: u16,
    step: u16,
}

/// A knapsack over joint groups: for each step of a grid on own utility, the offer best for the
/// prior. A label carries its exact utility, so rounding never adds up in the utility of an offer;
/// what it costs is optimality, by at most one step per group (see [`Knapsack::blur`]).
#[derive(Debug)]
pub(crate) struct Knapsack {
    base: Grains,
    /// A step is 2^shift grains wide.
    shift: u32,
    kept: Vec<Vec<usize>>,
    labels: Vec<Label>,
    backs: Vec<Vec<Back>>,
    blur: Grains,
}

impl Knapsack {
    pub(crate) fn new(joints: &[Joint]) -> Self {
        let base = joints.iter().map(|j| least(&j.choices)).sum();
        let span: Grains = joints.iter().map(|j| greatest(&j.choices) - least(&j.choices)).sum();
        let shift = (span / MIN_STEPS).checked_ilog2().unwrap_or(0);
        let steps = (span >> shift) as usize + 1;
        let kept: Vec<Vec<usize>> = joints.iter().map(|j| keep(&j.choices, shift)).collect();
        let thinned = joints.iter().zip(&kept).filter(|(j, k)| j.choices.len() > k.len()).count();
        let blur = ((joints.len() + thinned) as i64) << shift;
        let mut plan = Self { base, shift, kept, labels: vec![EMPTY; steps], backs: Vec::new(), blur };
        plan.labels[0] = Label { own: 0, prior: 0 };
        for (number, joint) in joints.iter().enumerate() {
            plan.add(number, joint);
        }
        plan
    }

    /// For every offer there is a label at least as good for the prior whose own utility differs by
    /// at most this.
    pub(crate) fn blur(&self) -> Grains {
        self.blur
    }

    fn add(&mut self, number: usize, joint: &Joint) {
        let least = least(&joint.choices);
        let kept: Vec<Choice> = self.kept[number].iter().map(|at| joint.choices[*at]).collect();
        let mut labels = vec![EMPTY; self.labels.len()];
        let mut backs = vec![Back::default(); self.labels.len()];
        for (step, label) in self.labels.iter().enumerate().filter(|(_, label)| label.own >= 0) {
            for (at, choice) in kept.iter().enumerate() {
                let next = Label { own: label.own + choice.own - least, prior: label.prior + choice.prior };
                let place = (next.own >> self.shift) as usize;
                if better(next, labels[place]) {
                    labels[place] = next;
                    backs[place] = Back { choice: at as u16, step: step as u16 };
                }
            }
        }
        self.labels = labels;
        self.backs.push(backs);
    }

    /// Of the labels worth from `target` to `target + band` the best for the prior; where there is
    /// none, the least one above. With its own utility and prior.
    pub(crate) fn at(&self, target: Grains, band: Grains) -> Option<(usize, Grains, Grains)> {
        let (low, high) = ((target - self.base).max(0), target - self.base + band);
        let first = (low >> self.shift) as usize;
        let mut found: Option<usize> = None;
        for step in first..self.labels.len() {
            let label = self.labels[step];
            if label.own < low {
                continue;
            }
            match found {
                None => found = Some(step),
                Some(best) if label.own <= high && better(label, self.labels[best]) => found = Some(step),
                Some(_) if label.own > high => break,
                Some(_) => {}
            }
        }
        found.map(|step| (step, self.labels[step].own + self.base, self.labels[step].prior))
    }

    /// The position of each joint group's choice in the offer of a label.
    pub(crate) fn choices(&self, mut step: usize) -> Vec<usize> {
        let mut choices = vec![0; self.backs.len()];
        for (number, backs) in self.backs.iter().enumerate().rev() {
            let back = backs[step];
            choices[number] = self.kept[number][usize::from(back.choice)];
            step = usize::from(back.step);
        }
        choices
    }
}

/// Whether `a` replaces `b`: better for the prior, then for the holder; else the first stays.
fn better(a: Label, b: Label) -> bool {
    b.own < 0 || (a.prior, a.own) > (b.prior, b.own)
}

fn least(choices: &[Choice]) -> Grains {
    choices.iter().map(|c| c.own).min().unwrap_or(0)
}

fn greatest(choices: &[Choice]) -> Grains {
    choices.iter().map(|c| c.own).max().unwrap_or(0)
}

/// Positions of the choices worth trying: all of them, or of a large group the best for the prior
/// in each step of the grid.
fn keep(choices: &[Choice], shift: u32) -> Vec<usize> {
    if choices.len() <= MANY_CHOICES {
        return (0..choices.len()).collect();
    }
    let least = least(choices);
    let cell = |at: usize| (choices[at].own - least) >> shift;
    let mut order: Vec<usize> = (0..choices.len()).collect();
    order.sort_by_key(|at| (cell(*at), -choices[*at].prior, -choices[*at].own, *at));
    order.dedup_by_key(|at| cell(*at));
    order
}
