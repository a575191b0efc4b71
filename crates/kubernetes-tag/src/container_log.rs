//! The file names of the kubelet.

/// What the name of a file below `/var/log/containers` says.
///
/// The form is `POD_NAMESPACE_CONTAINER-ID.log`. Pod and namespace are DNS names, so neither can hold the
/// `_` that separates them; the id is 64 hexadecimal digits, so a `-` inside the container's name is not
/// mistaken for the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContainerLog<'p> {
    /// Name of the pod.
    pub pod: &'p [u8],
    /// Namespace of the pod.
    pub namespace: &'p [u8],
    /// Name of the container in the pod.
    pub container: &'p [u8],
    /// The container's id at its runtime, without the scheme.
    pub id: &'p [u8],
}

impl<'p> ContainerLog<'p> {
    /// Reads the last component of `path`; `None` if it is no log of a container.
    ///
    /// ```
    /// use kubernetes_tag::ContainerLog;
    /// assert_eq!(ContainerLog::parse(b"/var/log/syslog"), None);
    /// ```
    #[must_use]
    pub fn parse(path: &'p [u8]) -> Option<Self> {
        const ID: usize = 64;
        let name = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
        let stem = name.strip_suffix(b".log")?;
        let (pod, rest) = split_at(stem, memchr::memchr(b'_', stem)?);
        let (namespace, rest) = split_at(rest, memchr::memchr(b'_', rest)?);
        let (container, id) = split_at(rest, rest.len().checked_sub(ID + 1)?);
        let separated = rest.len() == container.len() + 1 + id.len() && rest[container.len()] == b'-';
        let complete = !pod.is_empty() && !namespace.is_empty() && !container.is_empty();
        let hexadecimal = id.iter().all(u8::is_ascii_hexdigit);
        (separated && complete && hexadecimal).then_some(Self { pod, namespace, container, id })
    }

    /// The file name this was, or would be, read from.
    ///
    /// ```
    /// use kubernetes_tag::ContainerLog;
    /// let name = format!("web-1_default_nginx-{}.log", "0a".repeat(32));
    /// assert_eq!(ContainerLog::parse(name.as_bytes()).unwrap().file_name(), name.as_bytes());
    /// ```
    #[must_use]
    pub fn file_name(&self) -> Vec<u8> {
        [self.pod, b"_", self.namespace, b"_", self.container, b"-", self.id, b".log"].concat()
    }
}

/// The bytes before and after `at`.
fn split_at(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    (&bytes[..at], &bytes[at + 1..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(path: &str, expected: Option<(&str, &str, &str)>) {
        let found = ContainerLog::parse(path.as_bytes()).map(|log| {
            let text = |bytes| std::str::from_utf8(bytes).unwrap();
            (text(log.pod), text(log.namespace), text(log.container))
        });
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn names() {
        let id = "0123456789abcdef".repeat(4);
        check(&format!("a_b_c-{id}.log"), Some(("a", "b", "c")));
        check(&format!("/x_y/z-w/my.pod-0_ns_side-car-1-{id}.log"), Some(("my.pod-0", "ns", "side-car-1")));
        // Only the first two separators count; the kubelet never writes such a name.
        check(&format!("a_b_c_d-{id}.log"), Some(("a", "b", "c_d")));
        for name in ["", "a.log", "a_b.log", "a_b_c.log", "a_b_c-abc.log"] {
            check(name, None);
        }
        check(&format!("_b_c-{id}.log"), None);
        check(&format!("a__c-{id}.log"), None);
        check(&format!("a_b_-{id}.log"), None);
        check(&format!("a_b_{id}.log"), None);
        check(&format!("a_b_c+{id}.log"), None);
        check(&format!("a_b_c-{id}"), None);
        check(&format!("a_b_c-{}.log", id.replace('0', "g")), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            pod in "[a-z0-9]([-.a-z0-9]{0,20}[a-z0-9])?",
            namespace in "[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?",
            container in "[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?",
            id in "[0-9a-f]{64}",
        ) {
            let log = ContainerLog {
                pod: pod.as_bytes(),
                namespace: namespace.as_bytes(),
                container: container.as_bytes(),
                id: id.as_bytes(),
            };
            let name = log.file_name();
            prop_assert_eq!(ContainerLog::parse(&name), Some(log));
        }

        #[test]
        fn any_path_is_safe(path in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ContainerLog::parse(&path);
        }
    }
}
