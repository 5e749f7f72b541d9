/// What a model says of one flow.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    /// Value without duty, US dollars.
    pub(crate) value: f64,
    /// Duty on it, US dollars.
    pub(crate) duty: f64,
    /// Average tariff at base weights, as a fraction.
    pub(crate) rate: f64,
    /// P̂ of the importer's market.
    pub(crate) price: f64,
    /// Value bought from each other source whose duty stands, new over old.
    pub(crate) others: f64,
    /// p̂ of the partner's goods, without duty and rent: value over quantity, 1 in the data year. Not set
    /// by models without quantities.
    pub(crate) supply_price: f64,
    /// A purchase commitment went beyond what there is to divert.
    pub(crate) exceeds_market: bool,
    /// A purchase commitment went beyond what an export control lets out.
    pub(crate) exceeds_supply: bool,
}

/// Where a tariff-rate quota stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// There is no quota.
    #[default]
    None,
    /// Less comes in than the quota would let in: the in-quota rate is paid on all of it.
    UnderFilled,
    /// Exactly the quota comes in, at a price between the two rates.
    Binding,
    /// More comes in than the quota, and the rest pays the full rate.
    OverFilled,
}

/// What a model says of the limits of one flow, in US dollars.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limited {
    /// The quota at the prices of the data year; 0 for none.
    pub(crate) quota_usd: f64,
    pub(crate) regime: Regime,
    /// What comes in under it, at the prices of the data year.
    pub(crate) in_quota: f64,
    pub(crate) quota_rent: f64,
    /// The export control's share of the data year's quantity; none where there is none in force.
    pub(crate) cap: Option<f64>,
    /// Factor on the price that keeps the cap: 1 where it does not bind, infinity under a ban.
    pub(crate) shadow: f64,
    pub(crate) control_rent: f64,
}

impl Default for Limited {
    /// No limits.
    fn default() -> Self {
        Self {
            quota_usd: 0.0,
            regime: Regime::None,
            in_quota: 0.0,
            quota_rent: 0.0,
            cap: None,
            shadow: 1.0,
            control_rent: 0.0,
        }
    }
}

impl Outcome {
    /// The flow under a purchase commitment of at least `floor` dollars, of which no more than `most`
    /// is let out; `elsewhere` is what the other suppliers sell in dollars of the data year, before the
    /// market's own change.
    ///
    /// What is bought beyond the market's outcome is taken from the other suppliers in proportion
    /// to what they sell, at the importer's average duty, and leaves the price index as it is: the
    /// buyer is told where to buy, not how much. Where nothing is left to take, demand is added.
    pub(crate) fn with_floor(self, floor: f64, most: Option<f64>, elsewhere: f64) -> Self {
        let kept = most.map_or(floor, |most| floor.min(most));
        let exceeds_supply = kept < floor && self.value < floor;
        let extra = kept - self.value;
        if extra <= 0.0 {
            return Self { exceeds_supply, ..self };
        }
        let elsewhere = elsewhere * self.others;
        let average = if self.value > 0.0 { self.duty / self.value } else { self.rate };
        let diverted = if elsewhere > extra { extra / elsewhere } else { 1.0 };
        Self {
            value: kept,
            duty: kept * average,
            others: self.others * (1.0 - diverted),
            exceeds_market: extra > elsewhere,
            exceeds_supply,
            ..self
        }
    }
}
