//! A headless Chromium, spoken to over a pipe in its own protocol: nothing but Chromium is needed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::output::{Failure, exit};

/// What it is called where it is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Its protocol comes on file descriptors 3 and 4, which the shell makes of its standard input and output.
const SHELL: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"#;
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "about:blank",
];
/// An answer that takes longer never comes.
const ANSWER: Duration = Duration::from_secs(120);

/// A browser with one page, of 1280 by 900 pixels. It ends with this value.
pub(super) struct Chromium {
    child: Child,
    say: ChildStdin,
    hear: Receiver<Json>,
    next: u64,
    session: Option<String>,
}

impl Chromium {
    /// Starts it with a profile of its own in `folder`.
    pub(super) fn start(folder: &Path) -> Result<Self, Failure> {
        let mut command = Command::new("sh");
        command.args(["-c", SHELL]).arg(find()?).args(FLAGS);
        command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(Failure::internal)?;
        let (Some(say), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::internal("no pipes to Chromium"));
        };
        let (heard, hear) = channel();
        std::thread::spawn(move || {
            let messages = BufReader::new(out).split(0).map_while(Result::ok);
            let messages = messages.filter_map(|message| serde_json::from_slice::<Json>(&message).ok());
            for message in messages {
                if heard.send(message).is_err() {
                    return;
                }
            }
        });
        let mut chromium = Self { child, say, hear, next: 0, session: None };
        chromium.open()?;
        Ok(chromium)
    }

    fn open(&mut self) -> Result<(), Failure> {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", &attach)?;
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        let size = json!({ "width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        self.call("Page.enable", &json!({}))?;
        Ok(())
    }

    /// Which Chromium this is.
    pub(super) fn version(&mut self) -> Result<String, Failure> {
        let version = self.call("Browser.getVersion", &json!({}))?;
        Ok(version["product"].as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in every page before its own.
    pub(super) fn before_pages(&mut self, script: &str) -> Result<(), Failure> {
        self.call("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script })).map(drop)
    }

    pub(super) fn go(&mut self, address: &str) -> Result<(), Failure> {
        let went = self.call("Page.navigate", &json!({ "url": address }))?;
        match went["errorText"].as_str() {
            Some(why) => Err(Failure::internal(format!("Chromium cannot open {address}: {why}"))),
            None => Ok(()),
        }
    }

    /// The value of an expression, once it has one.
    pub(super) fn value(&mut self, expression: &str) -> Result<Json, Failure> {
        let ask = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", &ask)?;
        match answer["exceptionDetails"].as_object() {
            Some(thrown) => {
                Err(Failure::internal(format!("the page failed: {}", Json::from(thrown.clone()))))
            }
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Bytes that JavaScript holds, once what it does not need is gone.
    pub(super) fn heap(&mut self) -> Result<u64, Failure> {
        // What waits for finalisers goes with the second collection.
        for _ in 0..2 {
            self.call("HeapProfiler.collectGarbage", &json!({}))?;
        }
        let usage = self.call("Runtime.getHeapUsage", &json!({}))?;
        Ok(usage["usedSize"].as_f64().unwrap_or_default() as u64)
    }

    fn call(&mut self, method: &str, parameters: &Json) -> Result<Json, Failure> {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.say.write_all(&bytes).map_err(|_| gone())?;
        let until = Instant::now() + ANSWER;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.hear.recv_timeout(left) {
                Ok(answer) if answer["id"] == json!(self.next) => {
                    return match answer["error"]["message"].as_str() {
                        Some(why) => Err(Failure::internal(format!("Chromium refuses {method}: {why}"))),
                        None => Ok(answer["result"].clone()),
                    };
                }
                // An event, or an answer nobody waits for.
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Failure::internal(format!("Chromium does not answer {method}")));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.session = None;
        // It may be gone already. Killed at once it would leave its own children behind.
        if self.call("Browser.close", &json!({})).is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn gone() -> Failure {
    Failure::new(exit::UNAVAILABLE, "NO_CHROMIUM", "Chromium ended, or does not start")
        .hint("see whether `chromium --headless --no-sandbox --dump-dom about:blank` works here")
}

/// The executable: what the environment names, or the first that is on the path.
fn find() -> Result<PathBuf, Failure> {
    let named = std::env::var_os("DETENTE_CHROMIUM").map(PathBuf::from);
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let everywhere = || {
        let folders: Vec<_> = std::env::split_paths(&folders).collect();
        NAMES.iter().flat_map(move |name| folders.clone().into_iter().map(move |folder| folder.join(name)))
    };
    let found = named.map_or_else(|| everywhere().find(|path| path.is_file()), Some);
    found.filter(|path| path.is_file()).ok_or_else(|| {
        Failure::new(exit::UNAVAILABLE, "NO_CHROMIUM", "there is no Chromium here to open the page in")
            .hint("install it (Debian: apt-get install chromium), or name it: DETENTE_CHROMIUM=PATH")
    })
}
