use super::Opened;
use crate::entries::Follower;
use crate::output::{Failure, json_line};

pub(crate) fn export(record: &Opened, talk: Option<&str>) -> Result<(), Failure> {
    let talks = match talk {
        Some(_) => vec![record.choose(talk)?],
        None => record.talks(usize::MAX >> 1)?,
    };
    for talk in talks {
        let mut follower = Follower::new(talk.clone());
        for entry in record.entries(&talk)? {
            json_line(&follower.take(&entry)?.document)?;
        }
    }
    Ok(())
}
