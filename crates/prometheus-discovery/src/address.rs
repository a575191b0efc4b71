//! Hosts and ports.

/// Whether `address` is a host to which a port can be added: it has none, and is valid with one.
pub(crate) fn lacks_port(address: &str) -> bool {
    !has_port(address) && has_port(&format!("{address}:1234"))
}

/// Whether Go's `net.SplitHostPort` finds a host and a port.
fn has_port(address: &str) -> bool {
    let Some(colon) = address.rfind(':') else { return false };
    let (host, rest) = match address.strip_prefix('[') {
        Some(literal) => {
            let Some(close) = literal.find(']') else { return false };
            // The port must follow the bracket.
            if close + 2 != colon {
                return false;
            }
            (&literal[..close], &literal[close + 1..])
        }
        None => {
            let host = &address[..colon];
            if host.contains(':') {
                return false;
            }
            (host, address)
        }
    };
    !host.contains('[') && !rest.contains(['[', ']'])
}

#[cfg(test)]
mod tests {
    use super::lacks_port;

    #[test]
    fn hosts_without_a_port() {
        for host in ["a", "10.0.0.1", "[::1]", "a.example", ""] {
            assert!(lacks_port(host), "{host}");
        }
        for other in ["a:80", "a:", "[::1]:80", "::1", "[::1", "a]b", "[a]b", "[[a]", ":80"] {
            assert!(!lacks_port(other), "{other}");
        }
    }
}
