//! Handshakes with a server of the test's own.

use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tls_client::{ErrorKind, Settings, Version, certificates, server_name};
use tokio::io::duplex;
use tokio_rustls::TlsAcceptor;

fn certified(name: &str) -> CertifiedKey<KeyPair> {
    generate_simple_self_signed([name.to_owned()]).unwrap()
}

/// Whether a client with `settings` takes the server with this certificate for `name`; an error's text otherwise.
async fn check(settings: Settings, server: &CertifiedKey<KeyPair>, name: &str) -> Result<(), String> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![server.cert.der().clone()], key)
        .unwrap();
    let (ours, theirs) = duplex(1 << 16);
    let connector = settings.connector().map_err(|error| error.to_string())?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let connect = connector.connect(server_name(name).unwrap(), ours);
    let (connected, _) = tokio::join!(connect, acceptor.accept(theirs));
    connected.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn trust() {
    let server = certified("localhost");
    let trusting = |pem: &str| {
        let mut settings = Settings::new();
        assert_eq!(settings.trust(certificates(pem.as_bytes()).unwrap()), 1);
        settings
    };
    assert_eq!(check(trusting(&server.cert.pem()), &server, "localhost").await, Ok(()));
    let mut both = trusting(&certified("other").cert.pem());
    both.trust(certificates(server.cert.pem().as_bytes()).unwrap());
    assert_eq!(check(both, &server, "localhost").await, Ok(()));

    let refused = "invalid peer certificate: ";
    let other = trusting(&certified("localhost").cert.pem());
    let error = check(other, &server, "localhost").await.unwrap_err();
    assert!(error.starts_with(refused), "{error}");
    let error = check(trusting(&server.cert.pem()), &server, "elsewhere").await.unwrap_err();
    assert!(error.starts_with(refused), "{error}");
    let error = check(Settings::new(), &server, "localhost").await.unwrap_err();
    assert!(error.starts_with(refused), "{error}");

    let mut anyone = Settings::new();
    anyone.trust_anyone();
    assert_eq!(check(anyone, &server, "elsewhere").await, Ok(()));
    let mut old = trusting(&server.cert.pem());
    old.versions([Version::Tls12]);
    assert!(check(old, &server, "localhost").await.is_err());
}

#[test]
fn what_is_wrong_is_told() {
    let [one, other] = [certified("one"), certified("other")];
    let identify = |certificate: &str, key: &str| {
        let mut settings = Settings::new();
        settings.identify(certificate.as_bytes(), key.as_bytes())?;
        settings.connector()
    };
    let kind = |certificate: &str, key: &str| identify(certificate, key).err().map(|error| error.kind());
    let (pem, key) = (one.cert.pem(), one.signing_key.serialize_pem());
    assert_eq!(kind(&pem, &key), None);
    assert_eq!(kind(&pem, "no key"), Some(ErrorKind::Key));
    assert_eq!(kind("-----BEGIN CERTIFICATE-----\n%\n", &key), Some(ErrorKind::Certificate));
    assert_eq!(kind(&pem, &other.signing_key.serialize_pem()), Some(ErrorKind::Refused));
    assert_eq!(server_name("a b").unwrap_err().kind(), ErrorKind::ServerName);
    assert_eq!(certificates(b"nothing here").unwrap(), []);
    let mut none = Settings::new();
    none.versions([]);
    assert_eq!(none.connector().err().map(|error| error.kind()), Some(ErrorKind::Refused));
}
