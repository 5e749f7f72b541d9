use super::{Offering, Plan};
use crate::{Ledger, Situation, StrategyError};

/// Agent K (Kawaguchi, Fujita & Ito 2010), winner of ANAC 2010. From the mean μ and the spread
/// d = √(12·variance) of what it was offered it estimates the most it will be, eMax = μ + (1 − μ)·d; its
/// target falls towards that as pre = 1 − t^α·(1 − eMax), α = 1 + τ + 10μ − 2τμ, by ρ·pre + 1 − ρ with
/// ρ = min(2, (d + 0.1)/(1 − pre)). It proposes any offer worth the target, and accepts with
/// probability t^α/5 + (u − eMax) + (u − target) where that is 0.1 or more. Utilities are taken over the
/// best offer's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgentK {
    /// τ: how much it wavers.
    pub tremor: f64,
}

/// What Agent K makes of the offers so far.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    target: f64,
    most: f64,
    time: f64,
}

impl AgentK {
    fn view(self, heard: &[f64], t: f64) -> View {
        let n = heard.len().max(1) as f64;
        let mean = heard.iter().sum::<f64>() / n;
        let variance = heard.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / n;
        let spread = (12.0 * variance).sqrt();
        let most = (mean + (1.0 - mean) * spread).min(1.0);
        let alpha = 1.0 + self.tremor + 10.0 * mean - 2.0 * self.tremor * mean;
        let time = t.powf(alpha);
        let pre = 1.0 - time * (1.0 - most);
        let ratio = if pre < 1.0 { ((spread + 0.1) / (1.0 - pre)).min(2.0) } else { 2.0 };
        View { target: ratio * pre + 1.0 - ratio, most, time }
    }

    /// The target over the best offer's worth, after offers worth `heard` at progress `t`.
    #[must_use]
    pub fn target(self, heard: &[f64], t: f64) -> f64 {
        self.view(heard, t).target
    }

    /// The probability of accepting what is worth `offered` over the best offer's worth.
    #[must_use]
    pub fn acceptance(self, heard: &[f64], t: f64, offered: f64) -> f64 {
        let view = self.view(heard, t);
        let p = view.time / 5.0 + (offered - view.most) + (offered - view.target);
        if p < 0.1 { 0.0 } else { p.min(1.0) }
    }
}

impl Offering for AgentK {
    fn plan(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> Result<Plan, StrategyError> {
        let (best, most) = situation.brief().best()?;
        let heard: Vec<f64> = ledger.others().flat_map(|s| s.heard()).map(|h| h.value / most).collect();
        let t = situation.progress();
        let target = (self.target(&heard, t) * most).max(situation.preferences().walk_away());
        let mut rng = situation.rng();
        let chance = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let drawn = situation.planner().random(target, &mut || rng.next_u64());
        let mut plan = Plan::of(situation, drawn.unwrap_or_else(|| best.clone()));
        let accept = |offered: f64| chance < self.acceptance(&heard, t, offered / most);
        plan.verdict = situation.offered().map(|standing| accept(situation.value(standing.offer)));
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::AgentK;

    #[test]
    fn by_hand() {
        let k = AgentK { tremor: 2.0 };
        assert_eq!(k.target(&[], 0.0), 1.0);
        // Offers 0.2 and 0.4: μ = .3, variance .01, d = √.12; eMax = .3 + .7·.34641 = .54249;
        // α = 1 + 2 + 3 − 1.2 = 4.8; t^α at ½ = .035898; pre = 1 − .035898·.45751 = .98358;
        // ρ = min(2, .44641/.016424) = 2; target = 2·.98358 − 1 = .96715.
        assert!((k.target(&[0.2, 0.4], 0.5) - 0.96715).abs() < 1e-4);
        // p = .0072 + (.95 − .54249) + (.95 − .96715) = .39756.
        assert!((k.acceptance(&[0.2, 0.4], 0.5, 0.95) - 0.39754).abs() < 1e-4);
        assert_eq!(k.acceptance(&[0.2, 0.4], 0.5, 0.5), 0.0);
    }
}
