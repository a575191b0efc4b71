//! The pods of one node, from its kubelet.

use std::time::Duration;

use http::Request;
use kube::Client;
use kubernetes_metadata::{Object, read_list};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::api::Error;

/// How often the kubelet is asked when nobody misses a pod.
const INTERVAL: Duration = Duration::from_secs(30);
/// How long it is left in peace after an answer, whoever misses what.
const PAUSE: Duration = Duration::from_millis(200);

/// Tells `tell` all pods of a kubelet, now, every half minute, and soon after `missed` says that one is missing.
/// A kubelet has no watch. Ends only when `tell` returns `false`; failures are logged and tried again.
pub(crate) async fn poll(client: Client, missed: &Notify, mut tell: impl FnMut(Vec<Object>) -> bool) {
    loop {
        match pods(&client).await {
            Ok(pods) => {
                if !tell(pods) {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot ask the kubelet for its pods"),
        }
        sleep(PAUSE).await;
        tokio::select! {
            () = missed.notified() => {}
            () = sleep(INTERVAL) => {}
        }
    }
}

async fn pods(client: &Client) -> Result<Vec<Object>, Error> {
    let request = Request::get("/pods").body(Vec::new()).map_err(Error::other)?;
    let text = client.request_text(request).await?;
    Ok(read_list(text.as_bytes()).map_err(Error::other)?.items)
}
