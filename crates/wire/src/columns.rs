//! Impacts by the hundred, in columns: what they share is sent once.

use scoring::{FlowImpact, Headlines, Impact};
use tariff::PartyId;

use crate::WireError;
use crate::impact::impact_to_pb;
use crate::pb::scoring::v1 as pb;

/// Collects the headlines of a batch.
#[derive(Debug)]
pub struct HeadlineColumnsBuilder(pb::HeadlineColumns);

impl HeadlineColumnsBuilder {
    /// For so many offers between these two parties, home first.
    #[must_use]
    pub fn new(parties: [&PartyId; 2], offers: usize) -> Self {
        let party = |party: &PartyId| pb::PartyColumns {
            party: party.to_string(),
            tariff_revenue: Vec::with_capacity(offers),
            average_tariff: Vec::with_capacity(offers),
            average_tariff_base_weights: Vec::with_capacity(offers),
            price_effect: Vec::with_capacity(offers),
        };
        Self(pb::HeadlineColumns {
            imports: Vec::with_capacity(offers),
            exports: Vec::with_capacity(offers),
            parties: parties.map(party).into(),
        })
    }

    /// Adds the next offer's.
    pub fn push(&mut self, headlines: &Headlines) {
        self.0.imports.push(headlines.imports);
        self.0.exports.push(headlines.exports);
        for (columns, party) in self.0.parties.iter_mut().zip(&headlines.parties) {
            columns.tariff_revenue.push(party.tariff_revenue);
            columns.average_tariff.push(party.average_tariff);
            columns.average_tariff_base_weights.push(party.average_tariff_base_weights);
            columns.price_effect.push(party.price_effect);
        }
    }

    /// The columns.
    #[must_use]
    pub fn finish(self) -> pb::HeadlineColumns {
        self.0
    }
}

/// Collects the impacts of a batch, which all come from one model.
#[derive(Debug)]
pub struct ImpactColumnsBuilder {
    columns: pb::ImpactColumns,
    headlines: HeadlineColumnsBuilder,
    imports: pb::FlowColumns,
    exports: pb::FlowColumns,
    de_minimis: pb::DeMinimisColumns,
    pushed: u32,
}

impl ImpactColumnsBuilder {
    /// For `offers` impacts, of which this is the first; it is not pushed yet.
    #[must_use]
    pub fn new(first: &Impact, offers: usize) -> Self {
        let parties = first.parties.each_ref().map(|party| &party.party);
        let flows = || {
            let figures = offers * first.sectors.len();
            pb::FlowColumns {
                value: Vec::with_capacity(figures),
                duty: Vec::with_capacity(figures),
                rate: Vec::with_capacity(figures),
                price: Vec::with_capacity(figures),
            }
        };
        Self {
            columns: pb::ImpactColumns {
                first: Some(impact_to_pb(first)),
                diversion: Vec::with_capacity(offers * first.diversion.len()),
                ..pb::ImpactColumns::default()
            },
            headlines: HeadlineColumnsBuilder::new(parties, offers),
            imports: flows(),
            exports: flows(),
            de_minimis: pb::DeMinimisColumns::default(),
            pushed: 0,
        }
    }

    /// Adds the next offer's.
    pub fn push(&mut self, impact: &Impact) {
        self.headlines.push(&impact.headlines());
        for sector in &impact.sectors {
            push_flow(&mut self.imports, &sector.imports);
            push_flow(&mut self.exports, &sector.exports);
        }
        self.columns.diversion.extend(impact.diversion.iter().map(|line| line.imports.after));
        for line in &impact.de_minimis {
            self.de_minimis.threshold.push(line.threshold.after);
            self.de_minimis.consumer_cost.push(line.consumer_cost.after);
            self.de_minimis.consumer_cost_low.push(line.consumer_cost_low.after);
            self.de_minimis.consumer_cost_high.push(line.consumer_cost_high.after);
        }
        self.columns.beside.extend(beside(impact));
        self.raise(impact);
        self.pushed += 1;
    }

    /// Notes the flags, keeping the order in which an impact lists them.
    fn raise(&mut self, impact: &Impact) {
        let mut at = 0;
        for flag in &impact.flags {
            let known = self.columns.flags[at..].iter().position(|column| column.flag == flag.as_str());
            at += known.unwrap_or(0);
            if known.is_none() {
                let column = pb::FlagColumn { flag: flag.to_string(), offers: Vec::new() };
                self.columns.flags.insert(at, column);
            }
            self.columns.flags[at].offers.push(self.pushed);
            at += 1;
        }
    }

    /// The columns.
    #[must_use]
    pub fn finish(self) -> pb::ImpactColumns {
        pb::ImpactColumns {
            headlines: Some(self.headlines.finish()),
            imports: Some(self.imports),
            exports: Some(self.exports),
            de_minimis: Some(self.de_minimis),
            ..self.columns
        }
    }
}

/// What an impact has beside goods trade, if anything.
fn beside(impact: &Impact) -> Option<pb::BesideGoods> {
    let nothing =
        impact.quotas.is_empty() && impact.export_controls.is_empty() && impact.digital_services.is_empty();
    if nothing {
        return None;
    }
    let pb::Impact { quotas, export_controls, digital_services, parties, .. } = impact_to_pb(impact);
    let rent = |of: fn(&pb::PartyImpact) -> Option<pb::Usd>| parties.iter().filter_map(of).collect();
    Some(pb::BesideGoods {
        quota_rents: rent(|party| party.quota_rent),
        control_rents: rent(|party| party.control_rent),
        quotas,
        export_controls,
        digital_services,
    })
}

fn push_flow(columns: &mut pb::FlowColumns, flow: &FlowImpact) {
    columns.value.push(flow.value.after);
    columns.duty.push(flow.duty.after);
    columns.rate.push(flow.rate.after);
    columns.price.push(flow.price.after);
}

/// The impacts in columns, one message each: what a client reads who wants them one by one.
///
/// # Errors
/// [`WireError::Malformed`] for columns that do not fit each other.
pub fn impacts_from_columns(columns: &pb::ImpactColumns) -> Result<Vec<pb::Impact>, WireError> {
    let first = columns.first.as_ref().ok_or_else(|| misfit("first"))?;
    let offers = columns.headlines.as_ref().map_or(0, |headlines| headlines.imports.len());
    (0..offers).map(|offer| impact(columns, first, offer)).collect()
}

fn impact(columns: &pb::ImpactColumns, first: &pb::Impact, offer: usize) -> Result<pb::Impact, WireError> {
    let mut impact = first.clone();
    headlines(columns, &mut impact, offer)?;
    let sectors = impact.sectors.len();
    for (place, sector) in impact.sectors.iter_mut().enumerate() {
        let at = offer * sectors + place;
        flow(columns.imports.as_ref(), sector.imports.as_mut(), at)?;
        flow(columns.exports.as_ref(), sector.exports.as_mut(), at)?;
    }
    let lines = impact.diversion.len();
    for (place, line) in impact.diversion.iter_mut().enumerate() {
        usd(line.imports.as_mut(), &columns.diversion, offer * lines + place)?;
    }
    let lines = impact.de_minimis.len();
    for (place, line) in impact.de_minimis.iter_mut().enumerate() {
        let at = offer * lines + place;
        let column = columns.de_minimis.as_ref().ok_or_else(|| misfit("de_minimis"))?;
        usd(line.threshold.as_mut(), &column.threshold, at)?;
        usd(line.consumer_cost.as_mut(), &column.consumer_cost, at)?;
        usd(line.consumer_cost_low.as_mut(), &column.consumer_cost_low, at)?;
        usd(line.consumer_cost_high.as_mut(), &column.consumer_cost_high, at)?;
    }
    if !columns.beside.is_empty() {
        beside_goods(columns.beside.get(offer).ok_or_else(|| misfit("beside"))?, &mut impact)?;
    }
    let raised = |column: &&pb::FlagColumn| {
        u32::try_from(offer).is_ok_and(|offer| column.offers.binary_search(&offer).is_ok())
    };
    impact.flags = columns.flags.iter().filter(raised).map(|column| column.flag.clone()).collect();
    Ok(impact)
}

fn beside_goods(beside: &pb::BesideGoods, impact: &mut pb::Impact) -> Result<(), WireError> {
    let [quotas, controls] = [&beside.quota_rents, &beside.control_rents].map(Vec::len);
    if [quotas, controls] != [impact.parties.len(); 2] {
        return Err(misfit("beside"));
    }
    impact.quotas.clone_from(&beside.quotas);
    impact.export_controls.clone_from(&beside.export_controls);
    impact.digital_services.clone_from(&beside.digital_services);
    let rents = beside.quota_rents.iter().zip(&beside.control_rents);
    for (party, (quota, control)) in impact.parties.iter_mut().zip(rents) {
        (party.quota_rent, party.control_rent) = (Some(*quota), Some(*control));
    }
    Ok(())
}

fn headlines(columns: &pb::ImpactColumns, impact: &mut pb::Impact, offer: usize) -> Result<(), WireError> {
    let columns = columns.headlines.as_ref().ok_or_else(|| misfit("headlines"))?;
    usd(impact.imports.as_mut(), &columns.imports, offer)?;
    usd(impact.exports.as_mut(), &columns.exports, offer)?;
    let after = |figure: Option<pb::Usd>| figure.map_or(0, |figure| figure.after);
    let (imports, exports) = (after(impact.imports), after(impact.exports));
    usd(impact.bilateral_deficit.as_mut(), &[imports.wrapping_sub(exports)], 0)?;
    usd(impact.total_trade.as_mut(), &[imports.wrapping_add(exports)], 0)?;
    if impact.parties.len() != columns.parties.len() {
        return Err(misfit("headlines.parties"));
    }
    for (party, columns) in impact.parties.iter_mut().zip(&columns.parties) {
        usd(party.tariff_revenue.as_mut(), &columns.tariff_revenue, offer)?;
        bps(party.average_tariff.as_mut(), &columns.average_tariff, offer)?;
        let weights = party.average_tariff_base_weights.as_mut();
        bps(weights, &columns.average_tariff_base_weights, offer)?;
        bps(party.price_effect.as_mut(), &columns.price_effect, offer)?;
    }
    Ok(())
}

fn flow(
    columns: Option<&pb::FlowColumns>,
    flow: Option<&mut pb::FlowImpact>,
    at: usize,
) -> Result<(), WireError> {
    let (Some(columns), Some(flow)) = (columns, flow) else { return Err(misfit("flows")) };
    usd(flow.value.as_mut(), &columns.value, at)?;
    usd(flow.duty.as_mut(), &columns.duty, at)?;
    bps(flow.rate.as_mut(), &columns.rate, at)?;
    bps(flow.price.as_mut(), &columns.price, at)
}

fn usd(figure: Option<&mut pb::Usd>, column: &[i64], at: usize) -> Result<(), WireError> {
    let (Some(figure), Some(value)) = (figure, column.get(at)) else { return Err(misfit("dollars")) };
    figure.after = *value;
    Ok(())
}

fn bps(figure: Option<&mut pb::BasisPoints>, column: &[f64], at: usize) -> Result<(), WireError> {
    let (Some(figure), Some(value)) = (figure, column.get(at)) else { return Err(misfit("rates")) };
    figure.after = *value;
    Ok(())
}

fn misfit(field: &str) -> WireError {
    WireError::malformed(format!("impacts.{field}"), "columns that fit each other and the first impact")
}
