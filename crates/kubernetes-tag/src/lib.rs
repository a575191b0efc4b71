//! From a container's log file to a tag, and from a tag to the pod.
//!
//! The kubelet names the log of a container after its pod, namespace, name and id. Fluent Bit's `tail`
//! makes a tag of that path ([`TagTemplate`]), routes by it, and its `kubernetes` filter reads the pod back
//! out of it ([`PodTag`]). All three steps lose or bend something on the way; this crate does each exactly
//! as Fluent Bit 5.1.1 does (1.8.11 does the same here).
//!
//! ```
//! use kubernetes_tag::{ContainerLog, PodTag, TagTemplate};
//!
//! let id = "0123456789abcdef".repeat(4);
//! let path = format!("/var/log/containers/web-1_default_nginx-{id}.log");
//!
//! let log = ContainerLog::parse(path.as_bytes()).unwrap();
//! assert_eq!((log.pod, log.namespace, log.container), (&b"web-1"[..], &b"default"[..], &b"nginx"[..]));
//!
//! let tag = TagTemplate::new("kube.*", None).tag(path.as_bytes()).unwrap();
//! assert_eq!(tag, format!("kube.var.log.containers.web-1_default_nginx-{id}.log").into_bytes());
//!
//! let pod = PodTag::default().read(&tag).unwrap();
//! assert_eq!(pod.pod_name, Some(&b"web-1"[..]));
//! assert_eq!(pod.docker_id, Some(id.as_bytes()));
//! ```
//!
//! Paths and tags are bytes: file names need not be UTF-8. No input makes this crate panic, and memory is
//! proportional to the path or tag.
//!
//! What it does not do: look at files, or ask anybody about the pod.
#![forbid(unsafe_code)]

mod container_log;
mod pod_tag;
mod template;

pub use container_log::ContainerLog;
pub use pod_tag::{DEFAULT_PATTERN, DEFAULT_PREFIX, PodIdentity, PodTag, PodTagError};
pub use template::{TagError, TagTemplate};
