//! What an impact says of limits and horizons, as messages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use detente_wire::{impact_to_pb, pb};
use pb::scoring::v1::QuotaRegime;
use pb::scoring::v1::export_cap::TariffEquivalent;
use scoring::{
    ArmingtonCes, DigitalServices, Elasticities, ExportControl, Flow, Model, Sector, Side, TariffQuota,
    TradeBase, TradeFacts, Tranche,
};
use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, PartyId, SectorId};

#[test]
fn bans_regimes_and_horizons_are_told_apart() {
    let (home, partner) = (PartyId::new("NOR").unwrap(), PartyId::new("SWE").unwrap());
    let id = |name: &str| SectorId::new(name).unwrap();
    let flow = Flow {
        value_usd: 1e9,
        spending_usd: 8e9,
        sigma: 3.0,
        added_rate: 0.5,
        tranches: vec![Tranche::negotiated("all", 1.0, 0.0)],
        ..Flow::default()
    };
    let base = TradeBase::new(TradeFacts {
        sectors: ["fish", "steel"].map(|name| Sector { id: id(name), name: name.to_owned() }).to_vec(),
        imports: vec![flow.clone(); 2],
        exports: vec![flow; 2],
        quotas: vec![TariffQuota {
            importer: Side::Home,
            sector: id("fish"),
            quota_usd: 1e8,
            in_quota_rate: 0.0,
            rent_holder: Side::Home,
        }],
        export_controls: vec![ExportControl { exporter: Side::Partner, sector: id("steel"), cap: 0.0 }],
        digital_services: vec![DigitalServices {
            by: Side::Home,
            revenue_usd: 1e9,
            base_rate: 0.0,
            rate: 0.02,
        }],
        ..TradeFacts::between(home.clone(), partner.clone())
    })
    .unwrap();
    let relief = Instrument::ExportControlRelief { by: partner, on: home };
    let issue = Issue::new("relief", IssueKind::Switch, Some(relief)).unwrap();
    let agenda = Agenda::new(vec![issue], AgendaDigest::of(b"wire")).unwrap();
    let [off, on] = [0, 1].map(|level| agenda.offer_at(&[level]).unwrap());
    let at = |years| {
        let elasticities = Elasticities::at_horizon(years);
        let model = ArmingtonCes::compile_with(&base, &agenda, &off, &elasticities).unwrap();
        impact_to_pb(&model.impact(&on).unwrap())
    };
    let message = at(2.0);
    assert_eq!(message.horizon_years, Some(2.0));
    let control = &message.export_controls[0];
    let banned = control.before.as_ref().unwrap();
    assert_eq!(banned.cap, Some(0.0));
    assert!(matches!(banned.tariff_equivalent, Some(TariffEquivalent::Infinite(_))));
    let relieved = control.after.as_ref().unwrap();
    assert_eq!(relieved.cap, None);
    assert_eq!(relieved.tariff_equivalent, Some(TariffEquivalent::TariffEquivalentBps(0.0)));
    let quota = &message.quotas[0];
    let regimes = (quota.regime_base(), quota.regime_after());
    assert_eq!(regimes, (QuotaRegime::None, QuotaRegime::OverFilled));
    // 50 points on a quota of 100 million.
    assert_eq!(quota.rent.as_ref().unwrap().after, 50_000_000);
    assert_eq!(message.parties[0].quota_rent, quota.rent);
    assert_eq!(message.digital_services[0].tax.as_ref().unwrap().after, 20_000_000);
}
