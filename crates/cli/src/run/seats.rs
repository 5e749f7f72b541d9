//! The seats of persons: where each is, told to whoever started the run.

use std::io::Write as _;

use observatory::SeatLink;

use super::Format;
use super::children::TakenSeat;
use crate::output::line;

/// Says where each person sits. The address opens the seat, once.
pub(crate) fn announce<'a>(seats: impl Iterator<Item = TakenSeat<'a>>, format: Format) {
    for TakenSeat { party, address } in seats {
        match format {
            Format::Text => line(&format!("seat    {party} {address}")),
            // Whoever closed it does not want to know.
            Format::Json => {
                let seat = serde_json::json!({ "seat": address, "party": party });
                drop(writeln!(std::io::stderr(), "{seat}"));
            }
        }
    }
}

/// The same for the page, which anybody on this machine can read: without what opens the seat.
pub(crate) fn links<'a>(seats: impl Iterator<Item = TakenSeat<'a>>) -> Vec<SeatLink> {
    let link = |TakenSeat { party, address }: TakenSeat<'_>| {
        let page = address.split('#').next().unwrap_or_default().to_owned();
        SeatLink { party: party.to_owned(), page }
    };
    seats.map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_seat_is_not_in_the_link() {
        let seat = TakenSeat { party: "USA", address: "http://127.0.0.1:4711/#take=secret" };
        let link = SeatLink { party: "USA".to_owned(), page: "http://127.0.0.1:4711/".to_owned() };
        assert_eq!(links(std::iter::once(seat)), [link]);
    }
}
