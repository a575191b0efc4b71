//! The client against small servers of the test's own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use prometheus_config::{Discovery, HttpClient};
use prometheus_http_client::{Client, ErrorKind, Request};
use source_text::SourceId;

/// The HTTP settings that `yaml` gives, as they stand in an entry of `http_sd_configs`.
fn config(yaml: &str) -> HttpClient {
    let text =
        format!("scrape_configs:\n- job_name: a\n  http_sd_configs:\n  - {{url: 'http://a', {yaml}}}\n");
    let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
    match &config.scrape_configs[0].service_discovery[0] {
        Discovery::Http(discovery) => discovery.http.clone(),
        other => panic!("{other:?}"),
    }
}

/// A server: what it was asked, each request with its connection's number, and its address.
#[derive(Clone)]
struct Server {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers a request with what `answer` makes of its head.
    fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start_with(answer, |stream| Box::new(stream))
    }

    fn start_with(
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> Box<dyn ReadWrite> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { address: listener.local_addr().unwrap().to_string(), seen: Arc::default() };
        let (seen, answer, wrap) = (Arc::clone(&server.seen), Arc::new(answer), Arc::new(wrap));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (seen, answer, wrap) = (Arc::clone(&seen), Arc::clone(&answer), Arc::clone(&wrap));
                thread::spawn(move || {
                    let mut stream = BufReader::new(wrap(stream.unwrap()));
                    while let Some(head) = head(&mut stream) {
                        seen.lock().unwrap().push(format!("{number} {head}"));
                        let bytes = answer(&head);
                        if stream.get_mut().write_all(&bytes).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        server
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

/// The head of the next request; its body is read too.
fn head(stream: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head.trim_end().to_owned())
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn client(yaml: &str) -> Client {
    Client::new(&config(yaml)).unwrap()
}

#[tokio::test]
async fn a_connection_is_used_again_and_bodies_are_appended() {
    let server = Server::start(|_| answer("200 OK", "", b"x 1\n"));
    let client = client("");
    let mut body = b"# ".to_vec();
    for _ in 0..2 {
        let response = client.send_into(Request::get(server.url("/metrics?a=b")), &mut body).await.unwrap();
        assert_eq!((response.status.as_u16(), response.status_line.as_str()), (200, "200 OK"));
        // The task of the connection learns of the end of an answer a little later.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(body, b"# x 1\nx 1\n");
    let seen = server.seen();
    assert!(seen.iter().all(|head| head.starts_with("0 GET /metrics?a=b HTTP/1.1\r\n")), "{seen:?}");
    assert!(seen[0].contains(&format!("host: {}", server.address)), "{seen:?}");
}

#[tokio::test]
async fn credentials_come_from_files_of_now() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let server = Server::start(|head| {
        let line = head.lines().find(|line| line.starts_with("authorization: ")).unwrap_or_default();
        answer("200 OK", "", line.as_bytes())
    });
    let ask = async |yaml: &str| {
        let response = client(yaml).send(Request::get(server.url("/"))).await;
        response.map(|response| String::from_utf8(response.body).unwrap()).map_err(|error| error.to_string())
    };
    let by_file = format!("authorization: {{credentials_file: {}}}", file.display());
    let missing = ask(&by_file).await.unwrap_err();
    assert_eq!(
        missing,
        format!(
            "Get \"{}\": unable to read authorization credentials: unable to read file {1}: open {1}: no such \
             file or directory",
            server.url("/"),
            file.display()
        )
    );
    for token in ["one\n", "two"] {
        fs::write(&file, token).unwrap();
        assert_eq!(ask(&by_file).await.unwrap(), format!("authorization: Bearer {}", token.trim()));
    }
    assert_eq!(ask("basic_auth: {username: u, password: p}").await.unwrap(), "authorization: Basic dTpw");
    assert_eq!(
        ask("authorization: {type: Token, credentials: abc}").await.unwrap(),
        "authorization: Token abc"
    );
    assert_eq!(ask("").await.unwrap(), "");
}

#[tokio::test]
async fn redirects() {
    let other = Server::start(|_| answer("200 OK", "", b"other"));
    let to = other.address.replace("127.0.0.1", "localhost");
    let server = Server::start(move |head| match head.split(' ').nth(1) {
        Some("/here") => answer("302 Found", "location: there\r\n", b""),
        Some("/away") => answer("307 Temporary Redirect", &format!("location: http://{to}/x\r\n"), b""),
        Some("/loop") => answer("301 Moved Permanently", "location: /loop\r\n", b""),
        _ => answer("404 Nothing Here", "", b"none"),
    });
    let authorized = client("basic_auth: {username: u, password: p}");
    let response = authorized.send(Request::post(server.url("/here"), "abc")).await.unwrap();
    assert_eq!(response.status_line, "404 Nothing Here");
    assert!(server.seen()[1].contains(" GET /there "), "{:?}", server.seen());
    let response = authorized.send(Request::post(server.url("/away"), "abc")).await.unwrap();
    assert_eq!(response.body, b"other");
    let seen = other.seen();
    assert!(seen[0].contains(" POST /x ") && !seen[0].contains("authorization"), "{seen:?}");
    let error = authorized.send(Request::get(server.url("/loop"))).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Get \"{}\": stopped after 10 redirects", server.url("/loop")));
    let response = client("follow_redirects: false").send(Request::get(server.url("/here"))).await.unwrap();
    assert_eq!(response.status.as_u16(), 302);
}

#[tokio::test]
async fn hostile_servers_cost_a_bounded_amount() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b'a'; 10_000_000]).unwrap();
    let bomb = gzip.finish().unwrap();
    let server = Server::start(move |head| match head.split(' ').nth(1) {
        Some("/bomb") => answer("200 OK", "content-encoding: gzip\r\n", &bomb),
        Some("/slow") => b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_vec(),
        Some("/torn") => b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
        _ => answer("200 OK", "", &[b'a'; 1000]),
    });
    let client = client("");
    let ask = async |path: &str| {
        let request = Request::get(server.url(path)).gzip().max_body(999).timeout(Duration::from_millis(300));
        let mut body = Vec::new();
        let error = client.send_into(request, &mut body).await.unwrap_err();
        assert!(body.len() < 1000);
        error
    };
    assert_eq!(ask("/large").await.kind(), ErrorKind::TooLarge);
    assert_eq!(ask("/bomb").await.to_string(), "body size limit exceeded");
    let slow = ask("/slow").await;
    assert_eq!(slow.kind(), ErrorKind::Timeout);
    assert_eq!(slow.message(), "context deadline exceeded");
    assert_eq!(ask("/torn").await.kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn a_plain_request_goes_through_a_proxy() {
    let proxy = Server::start(|head| answer("200 OK", "", head.as_bytes()));
    let yaml = format!("proxy_url: 'http://u:p@{}', no_proxy: '10.0.0.0/8'", proxy.address);
    let response = client(&yaml).send(Request::get("http://far.example/metrics")).await.unwrap();
    let head = String::from_utf8(response.body).unwrap();
    assert!(head.starts_with("GET http://far.example/metrics HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("proxy-authorization: Basic dTpw"), "{head}");
}

#[test]
fn what_is_not_spoken_is_refused() {
    for (yaml, expected) in [
        ("tls_config: {ca_file: /none}", "open /none: no such file or directory"),
        ("tls_config: {max_version: TLS11}", "TLS12 and TLS13"),
        ("proxy_url: 'socks5://a:1'", "by http or https"),
        ("tls_config: {ca: no certificate}", "unable to use specified CA cert"),
    ] {
        let error = Client::new(&config(yaml)).unwrap_err().to_string();
        assert!(error.contains(expected), "{yaml}: {error}");
    }
}

#[tokio::test]
async fn both_sides_prove_who_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (server, ca) = tls_server(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let url = format!("https://localhost:{}/", server.address.rsplit_once(':').unwrap().1);
    let ask = async |yaml: &str| client(yaml).send(Request::get(&url)).await;
    let identity = format!("cert_file: {}, key_file: {}", file("client.pem"), file("client.key"));
    let trusting = format!("tls_config: {{ca_file: {}, {identity}}}", file("ca.pem"));
    assert_eq!(ask(&trusting).await.unwrap().body, b"secret");
    assert!(!ca.is_empty());
    let skipping = format!("tls_config: {{insecure_skip_verify: true, {identity}}}");
    assert_eq!(ask(&skipping).await.unwrap().body, b"secret");
    let named = format!("tls_config: {{ca_file: {}, server_name: other, {identity}}}", file("ca.pem"));
    assert_eq!(ask(&named).await.unwrap_err().kind(), ErrorKind::Connect);
    let nameless = format!("tls_config: {{ca_file: {}}}", file("ca.pem"));
    assert!(ask(&nameless).await.is_err());
    let distrusting = format!("tls_config: {{{identity}}}");
    assert_eq!(ask(&distrusting).await.unwrap_err().kind(), ErrorKind::Connect);
}

/// A server that wants a client certificate. Writes `ca.pem`, `client.pem` and `client.key`.
fn tls_server(folder: &std::path::Path) -> (Server, String) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let ca_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    let issue = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem())
    };
    let (server_pem, server_key) = issue("localhost");
    let (client_pem, client_key) = issue("client");
    for (name, text) in [("ca.pem", &ca.pem()), ("client.pem", &client_pem), ("client.key", &client_key)] {
        fs::write(folder.join(name), text).unwrap();
    }
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        rustls::server::WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(server_pem.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(server_key.as_bytes()).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let server = Server::start_with(
        |_| answer("200 OK", "", b"secret"),
        move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            Box::new(rustls::StreamOwned::new(connection, stream))
        },
    );
    (server, ca.pem())
}
