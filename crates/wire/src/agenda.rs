use prost::Message as _;
use tariff::{
    Agenda, AgendaDigest, Choices, Instrument, Issue, IssueKind, Label, NumberRange, PartyId, SectorId,
};

use crate::WireError;
use crate::pb::tariff::v1 as pb;

/// The bytes an agenda is stored in. Encode once; afterwards only the stored bytes count.
#[must_use]
pub fn encode_agenda(issues: &[Issue]) -> bytes::Bytes {
    pb::Agenda { issues: issues.iter().map(issue_to_pb).collect() }.encode_to_vec().into()
}

/// The agenda in its stored bytes, under their digest.
pub fn decode_agenda(stored: &[u8]) -> Result<Agenda, WireError> {
    let agenda = pb::Agenda::decode(stored).map_err(|e| WireError::undecodable("agenda", &e))?;
    let issues = agenda.issues.iter().enumerate().map(|(place, issue)| issue_from_pb(place, issue));
    Ok(Agenda::new(issues.collect::<Result<_, _>>()?, AgendaDigest::of(stored))?)
}

fn issue_to_pb(issue: &Issue) -> pb::Issue {
    let kind = match issue.kind() {
        IssueKind::Number(r) => pb::issue::Kind::Number(pb::NumberRange {
            unit: r.unit().to_string(),
            scale: u32::from(r.scale()),
            min: r.min(),
            max: r.max(),
            step: r.step(),
        }),
        IssueKind::Choice(c) => pb::issue::Kind::Choice(pb::Choices {
            labels: c.labels().iter().map(ToString::to_string).collect(),
        }),
        IssueKind::Switch => pb::issue::Kind::Switch(pb::Switch {}),
    };
    pb::Issue {
        id: issue.id().to_string(),
        kind: Some(kind),
        instrument: issue.instrument().map(|i| pb::Instrument { lever: Some(lever_to_pb(i)) }),
    }
}

fn issue_from_pb(place: usize, issue: &pb::Issue) -> Result<Issue, WireError> {
    let field = || format!("agenda.issues[{place}]");
    let kind = match issue.kind.as_ref().ok_or_else(|| WireError::unsupported(field() + ".kind"))? {
        pb::issue::Kind::Number(r) => {
            let scale = u8::try_from(r.scale)
                .map_err(|_| WireError::malformed(field() + ".number.scale", "at most 9"))?;
            IssueKind::Number(NumberRange::new(Label::new(&r.unit)?, scale, r.min, r.max, r.step)?)
        }
        pb::issue::Kind::Choice(c) => {
            let labels = c.labels.iter().map(|l| Label::new(l)).collect::<Result<_, _>>()?;
            IssueKind::Choice(Choices::new(labels)?)
        }
        pb::issue::Kind::Switch(_) => IssueKind::Switch,
    };
    let instrument = issue.instrument.as_ref().map(|i| match &i.lever {
        Some(lever) => lever_from_pb(lever),
        None => Err(WireError::unsupported(field() + ".instrument")),
    });
    Ok(Issue::new(&issue.id, kind, instrument.transpose()?)?)
}

fn lever_to_pb(instrument: &Instrument) -> pb::instrument::Lever {
    use pb::instrument::Lever;
    let sectoral = |by: &PartyId, towards: &PartyId, sector: &SectorId| pb::BilateralSector {
        by: by.to_string(),
        towards: towards.to_string(),
        sector: sector.to_string(),
    };
    let bilateral =
        |by: &PartyId, on: &PartyId| pb::Bilateral { by: by.to_string(), towards: on.to_string() };
    match instrument {
        Instrument::AddedRate { by, on, sector } => Lever::AddedRate(sectoral(by, on, sector)),
        Instrument::ExcludedShare { by, on, sector } => Lever::ExcludedShare(sectoral(by, on, sector)),
        Instrument::PurchaseCommitment { by, from, sector } => {
            Lever::PurchaseCommitment(sectoral(by, from, sector))
        }
        Instrument::DeMinimis { by, on } => Lever::DeMinimis(bilateral(by, on)),
        Instrument::TariffRateQuota { by, on, sector } => Lever::TariffRateQuota(sectoral(by, on, sector)),
        Instrument::InQuotaRate { by, on, sector } => Lever::InQuotaRate(sectoral(by, on, sector)),
        Instrument::ExportControl { by, on, sector } => Lever::ExportControl(sectoral(by, on, sector)),
        Instrument::DigitalServicesTax { by, on } => Lever::DigitalServicesTax(bilateral(by, on)),
        Instrument::ExportControlRelief { by, on } => Lever::ExportControlRelief(bilateral(by, on)),
        Instrument::Pause => Lever::Pause(pb::Pause {}),
    }
}

fn lever_from_pb(lever: &pb::instrument::Lever) -> Result<Instrument, WireError> {
    use pb::instrument::Lever;
    let sectoral = |b: &pb::BilateralSector| {
        Ok::<_, WireError>((PartyId::new(&b.by)?, PartyId::new(&b.towards)?, SectorId::new(&b.sector)?))
    };
    let bilateral = |b: &pb::Bilateral| Ok::<_, WireError>((PartyId::new(&b.by)?, PartyId::new(&b.towards)?));
    Ok(match lever {
        Lever::AddedRate(b) => {
            let (by, on, sector) = sectoral(b)?;
            Instrument::AddedRate { by, on, sector }
        }
        Lever::ExcludedShare(b) => {
            let (by, on, sector) = sectoral(b)?;
            Instrument::ExcludedShare { by, on, sector }
        }
        Lever::PurchaseCommitment(b) => {
            let (by, from, sector) = sectoral(b)?;
            Instrument::PurchaseCommitment { by, from, sector }
        }
        Lever::DeMinimis(b) => {
            let (by, on) = bilateral(b)?;
            Instrument::DeMinimis { by, on }
        }
        Lever::TariffRateQuota(b) => {
            let (by, on, sector) = sectoral(b)?;
            Instrument::TariffRateQuota { by, on, sector }
        }
        Lever::InQuotaRate(b) => {
            let (by, on, sector) = sectoral(b)?;
            Instrument::InQuotaRate { by, on, sector }
        }
        Lever::ExportControl(b) => {
            let (by, on, sector) = sectoral(b)?;
            Instrument::ExportControl { by, on, sector }
        }
        Lever::DigitalServicesTax(b) => {
            let (by, on) = bilateral(b)?;
            Instrument::DigitalServicesTax { by, on }
        }
        Lever::ExportControlRelief(b) => {
            let (by, on) = bilateral(b)?;
            Instrument::ExportControlRelief { by, on }
        }
        Lever::Pause(_) => Instrument::Pause,
    })
}
