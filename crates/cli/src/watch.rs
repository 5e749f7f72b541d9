//! `detente watch`: a talk as it goes on, from the mediator's public record.

use wire::pb::mediation::v1 as pb;

use crate::clients;
use crate::output::{Failure, Format, exit};
use crate::talk::watch::{self, Heading};

#[derive(clap::Args)]
pub(crate) struct WatchArguments {
    /// The talk; by default the newest that is not over
    #[arg(value_name = "TALK")]
    talk: Option<String>,
    /// Show entries after this one
    #[arg(long, default_value_t = 0, value_name = "SEQ")]
    after: u64,
    /// Where the mediator listens
    #[arg(long, env = "DETENTE_MEDIATOR", default_value = "http://127.0.0.1:7400", value_name = "ADDR")]
    mediator: String,
}

pub(crate) fn watch(arguments: WatchArguments, format: Format) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async {
        let talk = match arguments.talk {
            Some(talk) => talk,
            None => newest(&arguments.mediator).await?,
        };
        watch::watch(&arguments.mediator, talk, arguments.after, format, Heading::Talk).await
    })
}

/// The newest talk that is not over.
async fn newest(mediator: &str) -> Result<String, Failure> {
    let mut client = clients::mediator(mediator).await?;
    let mut page_token = String::new();
    loop {
        let request = pb::ListTalksRequest { page_size: 500, page_token };
        let page = client.list_talks(request).await?.into_inner();
        let goes_on = |talk: &&pb::Talk| {
            matches!(talk.phase(), pb::TalkPhase::Convened | pb::TalkPhase::Open | pb::TalkPhase::Adjourned)
        };
        if let Some(talk) = page.talks.iter().find(goes_on) {
            return Ok(talk.talk.clone());
        }
        if page.next_page_token.is_empty() {
            let message = "no talk is under way at this mediator";
            return Err(Failure::new(exit::NOT_FOUND, "NO_OPEN_TALK", message)
                .at(mediator)
                .hint("`detente talk list` shows those that are over: `detente watch TALK` replays one"));
        }
        page_token = page.next_page_token;
    }
}
