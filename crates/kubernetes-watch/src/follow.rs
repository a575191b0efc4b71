//! List, then watch, for ever.

use std::time::{Duration, Instant};

use futures_util::AsyncBufReadExt;
use futures_util::AsyncReadExt;
use http::Request;
use kube::Client;
use kubernetes_metadata::{Object, WatchEvent, WatchKind, read_list};

use crate::api::Error;

/// A collection of objects: what a list request asks for.
#[derive(Clone, Debug)]
pub struct Collection {
    path: String,
    selectors: String,
}

/// What became known about a collection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// These are all its objects; forget every other.
    Listed(Vec<Object>),
    /// The object is new or changed.
    Changed(Box<Object>),
    /// The object is gone.
    Deleted(Box<Object>),
}

/// Objects a list answer holds at most; a longer list comes in parts.
const PAGE: usize = 500;
/// Most bytes of one event. An object is at most 1.5 MB in etcd.
const LONGEST_EVENT: u64 = 8 * 1024 * 1024;
/// How long a watch may last: the server ends it then, and a lost connection is noticed.
const WATCH_SECONDS: u32 = 290;
/// A watch that lasted so long was a good one: the next may follow at once.
const GOOD_WATCH: Duration = Duration::from_secs(10);

impl Collection {
    /// The objects at `path`, such as `/api/v1/namespaces/default/pods`.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), selectors: String::new() }
    }

    /// Only those with these fields, such as `spec.nodeName=node-1`.
    #[must_use]
    pub fn with_fields(mut self, selector: &str) -> Self {
        self.selectors.push_str(&format!("&fieldSelector={}", escape(selector)));
        self
    }

    /// Only those with these labels, such as `app=web,tier!=test`.
    #[must_use]
    pub fn with_labels(mut self, selector: &str) -> Self {
        self.selectors.push_str(&format!("&labelSelector={}", escape(selector)));
        self
    }

    /// The path, without selectors.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    fn list(&self, continue_token: &str) -> String {
        let token =
            if continue_token.is_empty() { String::new() } else { format!("&continue={continue_token}") };
        format!("{}?limit={PAGE}{}{token}", self.path, self.selectors)
    }

    fn watch(&self, version: &str) -> String {
        format!(
            "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}&resourceVersion={version}{}",
            self.path, self.selectors
        )
    }
}

/// Tells `tell` all objects of `collection`, and every change from then on. Ends only when `tell` returns
/// `false`; failures are logged and tried again after a growing pause. A watch that breaks continues where it was;
/// the objects are listed again only when the server no longer knows that place.
pub async fn follow(client: Client, collection: Collection, mut tell: impl FnMut(Change) -> bool) {
    let mut pause = Pause::default();
    loop {
        let (objects, mut version) = match list(&client, &collection).await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::warn!(path = collection.path, %error, "cannot list");
                pause.wait().await;
                continue;
            }
        };
        pause = Pause::default();
        if !tell(Change::Listed(objects)) {
            return;
        }
        loop {
            let before = version.clone();
            let started = Instant::now();
            match watch(&client, &collection, &mut version, &mut tell).await {
                Ok(Ended::Done) => return,
                Ok(Ended::TimedOut) if started.elapsed() >= GOOD_WATCH => pause = Pause::default(),
                // Something in between allows no watches.
                Ok(Ended::TimedOut) => pause.wait().await,
                Ok(Ended::TooOld) => {
                    tracing::debug!(path = collection.path, "the watch is too old, listing again");
                    break;
                }
                Err(error) => {
                    tracing::warn!(path = collection.path, %error, "the watch failed");
                    if before != version {
                        pause = Pause::default();
                    }
                    pause.wait().await;
                }
            }
        }
    }
}

/// Growing pauses between attempts.
struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(Duration::from_millis(200))
    }
}

impl Pause {
    async fn wait(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(Duration::from_secs(30));
    }
}

/// All objects, and the version a watch continues from.
async fn list(client: &Client, collection: &Collection) -> Result<(Vec<Object>, String), Error> {
    let (mut objects, mut token) = (Vec::new(), String::new());
    loop {
        let request = get(&collection.list(&token))?;
        let text = client.request_text(request).await?;
        let part = read_list(text.as_bytes()).map_err(Error::other)?;
        objects.extend(part.items);
        token = part.continue_token;
        if token.is_empty() {
            return Ok((objects, part.resource_version));
        }
    }
}

enum Ended {
    /// The listener wants no more.
    Done,
    /// The server ended the watch as asked.
    TimedOut,
    /// The version is too old to continue from.
    TooOld,
}

async fn watch(
    client: &Client,
    collection: &Collection,
    version: &mut String,
    tell: &mut impl FnMut(Change) -> bool,
) -> Result<Ended, Error> {
    let stream = match client.request_stream(get(&collection.watch(version))?).await {
        Err(kube::Error::Api(status)) if status.code == 410 => return Ok(Ended::TooOld),
        answer => answer?,
    };
    let mut stream = std::pin::pin!(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read =
            (&mut stream).take(LONGEST_EVENT).read_until(b'\n', &mut line).await.map_err(Error::other)?;
        if read == 0 {
            return Ok(Ended::TimedOut);
        }
        let event = WatchEvent::read(&line).map_err(Error::other)?;
        if event.kind == WatchKind::Error {
            if event.error_code == Some(410) {
                return Ok(Ended::TooOld);
            }
            return Err(Error::other(
                event.error_message.unwrap_or_else(|| "the server ended the watch".into()),
            ));
        }
        if !event.resource_version.is_empty() {
            *version = event.resource_version;
        }
        let change = match (event.kind, event.object) {
            (WatchKind::Added | WatchKind::Modified, Some(object)) => Change::Changed(Box::new(object)),
            (WatchKind::Deleted, Some(object)) => Change::Deleted(Box::new(object)),
            _ => continue,
        };
        if !tell(change) {
            return Ok(Ended::Done);
        }
    }
}

fn get(path_and_query: &str) -> Result<Request<Vec<u8>>, Error> {
    Request::get(path_and_query).body(Vec::new()).map_err(Error::other)
}

/// Percent-encodes what a query value may not hold.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        let selected =
            Collection::new("/api/v1/pods").with_fields("status.phase=Running").with_labels("a in (b,c)");
        assert_eq!(
            selected.list(""),
            "/api/v1/pods?limit=500&fieldSelector=status.phase%3DRunning&labelSelector=a%20in%20%28b%2Cc%29"
        );
        let pods = Collection::new("/api/v1/pods").with_fields("spec.nodeName=node-1");
        assert_eq!(pods.list(""), "/api/v1/pods?limit=500&fieldSelector=spec.nodeName%3Dnode-1");
        assert!(pods.list("abc").ends_with("&continue=abc"));
        assert_eq!(
            pods.watch("17"),
            "/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=290&resourceVersion=17&fieldSelector=spec.nodeName%3Dnode-1"
        );
    }
}
