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
    /// A purchase commitment went beyond what there is to divert.
    pub(crate) exceeds_market: bool,
}

impl Outcome {
    /// The flow under a purchase commitment of at least `floor` dollars; `elsewhere` is what the other
    /// suppliers sell in dollars of the data year, before the market's own change.
    ///
    /// What is bought beyond the market's outcome is taken from the other suppliers in proportion
    /// to what they sell, at the importer's average duty, and leaves the price index as it is: the
    /// buyer is told where to buy, not how much. Where nothing is left to take, demand is added.
    pub(crate) fn with_floor(self, floor: f64, elsewhere: f64) -> Self {
        let extra = floor - self.value;
        if extra <= 0.0 {
            return self;
        }
        let elsewhere = elsewhere * self.others;
        let average = if self.value > 0.0 { self.duty / self.value } else { self.rate };
        let diverted = if elsewhere > extra { extra / elsewhere } else { 1.0 };
        Self {
            value: floor,
            duty: floor * average,
            others: self.others * (1.0 - diverted),
            exceeds_market: extra > elsewhere,
            ..self
        }
    }
}
