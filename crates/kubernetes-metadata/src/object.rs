//! Objects of any kind, lists of them, and events of a watch.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tolerant::or_default;
use crate::{EndpointSlice, Endpoints, Error, Ingress, Namespace, Node, ObjectMeta, Owned, Pod, Service};

/// An object of a kind that is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Object {
    /// `Pod`
    Pod(Pod),
    /// `Node`
    Node(Node),
    /// `Namespace`
    Namespace(Namespace),
    /// `Service`
    Service(Service),
    /// `Endpoints`
    Endpoints(Endpoints),
    /// `EndpointSlice`
    EndpointSlice(EndpointSlice),
    /// `Ingress`
    Ingress(Ingress),
    /// `ReplicaSet`
    ReplicaSet(Owned),
    /// `Job`
    Job(Owned),
}

impl Object {
    /// Name, namespace and labels.
    #[must_use]
    pub fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::Pod(object) => &object.metadata,
            Self::Node(object) => &object.metadata,
            Self::Namespace(object) => &object.metadata,
            Self::Service(object) => &object.metadata,
            Self::Endpoints(object) => &object.metadata,
            Self::EndpointSlice(object) => &object.metadata,
            Self::Ingress(object) => &object.metadata,
            Self::ReplicaSet(object) | Self::Job(object) => &object.metadata,
        }
    }

    /// The name of the kind, such as `Pod`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pod(_) => "Pod",
            Self::Node(_) => "Node",
            Self::Namespace(_) => "Namespace",
            Self::Service(_) => "Service",
            Self::Endpoints(_) => "Endpoints",
            Self::EndpointSlice(_) => "EndpointSlice",
            Self::Ingress(_) => "Ingress",
            Self::ReplicaSet(_) => "ReplicaSet",
            Self::Job(_) => "Job",
        }
    }
}

/// The answer to a list request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct List {
    /// The objects of known kinds.
    pub items: Vec<Object>,
    /// Where a watch continues.
    pub resource_version: String,
    /// What to ask for the next part with; empty for the last part.
    pub continue_token: String,
}

/// One line of the answer to a watch request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchEvent {
    /// What happened.
    pub kind: WatchKind,
    /// To which object; missing for an unknown kind, for a bookmark and for an error.
    pub object: Option<Object>,
    /// Where a new watch continues; empty for an error.
    pub resource_version: String,
    /// The HTTP status code of an error; 410 asks for a new list.
    pub error_code: Option<u16>,
    /// The text of an error.
    pub error_message: Option<String>,
}

/// What happened to a watched object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WatchKind {
    /// It is new.
    Added,
    /// It changed.
    Modified,
    /// It is gone.
    Deleted,
    /// Nothing: only the version moved on.
    Bookmark,
    /// The watch failed.
    Error,
    /// Something this crate does not know.
    Unknown,
}

/// Reads one object; `None` for a kind that is not known here.
///
/// # Errors
/// When `json` is no JSON object, or a known field has a value of a wrong type.
pub fn read_object(json: &[u8]) -> Result<Option<Object>, Error> {
    let text = utf8(json)?;
    let head: Head = decode(text, 0)?;
    typed(&head.kind, text, 0)
}

/// Reads the answer to a list request, such as a `PodList`.
///
/// # Errors
/// As [`read_object`].
pub fn read_list(json: &[u8]) -> Result<List, Error> {
    let text = utf8(json)?;
    let head: Head<'_> = decode(text, 0)?;
    list(&head, text)
}

/// Reads everything that `kubectl get -o json` can print: one object, a list, a list of lists, or several
/// of them one after another. Objects of unknown kinds are left out.
///
/// # Errors
/// As [`read_object`].
pub fn read_objects(json: &[u8]) -> Result<Vec<Object>, Error> {
    read_all(json, typed)
}

/// As [`read_objects`], for the kinds that log enrichment needs: Pods and Namespaces. Others are left out.
///
/// # Errors
/// As [`read_object`].
pub fn read_pods(json: &[u8]) -> Result<Vec<Object>, Error> {
    read_all(json, typed_for_logs)
}

fn read_all(json: &[u8], typed: Typed) -> Result<Vec<Object>, Error> {
    let text = utf8(json)?;
    let mut objects = Vec::new();
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    while let Some(document) = documents.next() {
        let document = document.map_err(|error| Error::json(text, 0, &error))?;
        collect(
            document.get(),
            documents.byte_offset() - document.get().len(),
            LIST_DEPTH,
            typed,
            &mut objects,
        )?;
    }
    Ok(objects)
}

impl WatchEvent {
    /// Reads one line of the answer to a watch request.
    ///
    /// # Errors
    /// As [`read_object`].
    pub fn read(line: &[u8]) -> Result<Self, Error> {
        let text = utf8(line)?;
        let event: RawEvent<'_> = decode(text, 0)?;
        let kind = match event.kind.as_str() {
            "ADDED" => WatchKind::Added,
            "MODIFIED" => WatchKind::Modified,
            "DELETED" => WatchKind::Deleted,
            "BOOKMARK" => WatchKind::Bookmark,
            "ERROR" => WatchKind::Error,
            _ => WatchKind::Unknown,
        };
        let Some(raw) = event.object else {
            return Ok(Self {
                kind,
                object: None,
                resource_version: String::new(),
                error_code: None,
                error_message: None,
            });
        };
        let base = offset_in(text, raw.get());
        let head: Head<'_> = decode(raw.get(), base)?;
        let object = match kind {
            WatchKind::Added | WatchKind::Modified | WatchKind::Deleted => {
                typed(&head.kind, raw.get(), base)?
            }
            WatchKind::Bookmark | WatchKind::Error | WatchKind::Unknown => None,
        };
        let status = match kind {
            WatchKind::Error => decode(raw.get(), base)?,
            _ => Status::default(),
        };
        Ok(Self {
            kind,
            object,
            resource_version: head.metadata.resource_version,
            error_code: status.code,
            error_message: status.message,
        })
    }
}

/// How deep lists may stand in lists.
const LIST_DEPTH: usize = 4;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Head<'a> {
    #[serde(deserialize_with = "or_default")]
    kind: String,
    #[serde(deserialize_with = "or_default")]
    metadata: ListMeta,
    #[serde(borrow)]
    items: Option<&'a RawValue>,
}

impl<'a> Head<'a> {
    /// The items of a list; `None` for an object that is no list.
    fn items(&self, text: &str, base: usize) -> Result<Option<Vec<&'a RawValue>>, Error> {
        let Some(items) = self.items else { return Ok(None) };
        // An object of another kind may use the name for something else.
        if !self.kind.ends_with("List") {
            return Ok(None);
        }
        let base = base + offset_in(text, items.get());
        Ok(Some(decode::<Option<_>>(items.get(), base)?.unwrap_or_default()))
    }
}

/// The object of an event that says that the watch failed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    code: Option<u16>,
    message: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ListMeta {
    #[serde(deserialize_with = "or_default")]
    resource_version: String,
    #[serde(rename = "continue", deserialize_with = "or_default")]
    continue_token: String,
}

#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

fn utf8(json: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(json).map_err(Error::not_utf8)
}

fn decode<'a, T: Deserialize<'a>>(text: &'a str, base: usize) -> Result<T, Error> {
    json_decode::from_str(text).map_err(|error| Error::json(text, base, &error))
}

/// Reads an object of a kind; `None` for a kind that is not wanted.
type Typed = fn(kind: &str, text: &str, base: usize) -> Result<Option<Object>, Error>;

fn typed_for_logs(kind: &str, text: &str, base: usize) -> Result<Option<Object>, Error> {
    Ok(Some(match kind {
        "Pod" => Object::Pod(decode(text, base)?),
        "Namespace" => Object::Namespace(decode(text, base)?),
        _ => return Ok(None),
    }))
}

fn typed(kind: &str, text: &str, base: usize) -> Result<Option<Object>, Error> {
    Ok(Some(match kind {
        "Pod" | "Namespace" => return typed_for_logs(kind, text, base),
        "Node" => Object::Node(decode(text, base)?),
        "Service" => Object::Service(decode(text, base)?),
        "Endpoints" => Object::Endpoints(decode(text, base)?),
        "EndpointSlice" => Object::EndpointSlice(decode(text, base)?),
        "Ingress" => Object::Ingress(decode(text, base)?),
        "ReplicaSet" => Object::ReplicaSet(decode(text, base)?),
        "Job" => Object::Job(decode(text, base)?),
        _ => return Ok(None),
    }))
}

/// The items of a typed list such as `PodList` do not say their kind.
fn item_kind<'a>(head: &'a Head<'_>, list_kind: &'a str) -> &'a str {
    if head.kind.is_empty() { list_kind.strip_suffix("List").unwrap_or_default() } else { &head.kind }
}

fn list(head: &Head<'_>, text: &str) -> Result<List, Error> {
    let mut items = Vec::new();
    for item in head.items(text, 0)?.unwrap_or_default() {
        let base = offset_in(text, item.get());
        let item_head: Head<'_> = decode(item.get(), base)?;
        items.extend(typed(item_kind(&item_head, &head.kind), item.get(), base)?);
    }
    let ListMeta { resource_version, continue_token } = &head.metadata;
    Ok(List { items, resource_version: resource_version.clone(), continue_token: continue_token.clone() })
}

fn collect(
    text: &str,
    base: usize,
    depth: usize,
    typed: Typed,
    objects: &mut Vec<Object>,
) -> Result<(), Error> {
    let head: Head<'_> = decode(text, base)?;
    let Some(items) = head.items(text, base)? else {
        objects.extend(typed(&head.kind, text, base)?);
        return Ok(());
    };
    for item in items {
        let base = base + offset_in(text, item.get());
        let item_head: Head<'_> = decode(item.get(), base)?;
        match typed(item_kind(&item_head, &head.kind), item.get(), base)? {
            Some(object) => objects.push(object),
            None if item_head.items.is_some() && depth > 0 => {
                collect(item.get(), base, depth - 1, typed, objects)?;
            }
            None => {}
        }
    }
    Ok(())
}

/// Where `part`, a slice of `text`, begins in it.
fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}
