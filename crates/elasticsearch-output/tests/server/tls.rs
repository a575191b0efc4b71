//! Servers that encrypt.

use std::path::PathBuf;
use std::sync::Arc;

use crate::support::{Stub, ok};
use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter};
use elasticsearch_output::{
    Batch, Rejected, RetryLimit, Sender, Settings, SetupErrorKind, TlsSettings, Verdict,
};
use event_model::{Compat, Record, Timestamp};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// A server with a certificate for `name`, and that certificate in a file.
async fn start(name: &str, folder: &tempfile::TempDir) -> (Stub, PathBuf) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (Stub::start_with(vec![ok()], Some(TlsAcceptor::from(Arc::new(config)))).await, file)
}

async fn verdict(stub: &Stub, tls: TlsSettings) -> Verdict {
    let bulk = BulkOptions::new(Compat::V5_1);
    let mut writer = BulkWriter::new(bulk.clone());
    let mut body = BulkBody::new();
    writer.begin(b"app", Timestamp::default());
    writer.write(&mut body, &Record::default(), None);
    let mut settings = Settings::new(bulk);
    settings.port = stub.port;
    settings.ask_version = false;
    settings.retry_limit = RetryLimit::Times(0);
    settings.tls = Some(tls);
    let mut batch = Batch::new(body);
    Sender::new(settings).unwrap().send(&mut batch, &mut |_: Rejected<'_>| Ok(())).await.unwrap();
    batch.verdicts()[0]
}

fn tls(change: impl FnOnce(&mut TlsSettings)) -> TlsSettings {
    let mut tls = TlsSettings::default();
    change(&mut tls);
    tls
}

#[tokio::test]
async fn servers_have_to_prove_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let (stub, file) = start("127.0.0.1", &folder).await;
    assert_eq!(verdict(&stub, tls(|tls| tls.ca_file = Some(file.clone()))).await, Verdict::Delivered);
    assert_eq!(
        verdict(&stub, tls(|tls| tls.ca_path = Some(folder.path().to_owned()))).await,
        Verdict::Delivered
    );
    assert_eq!(verdict(&stub, tls(|tls| tls.verify = false)).await, Verdict::Delivered);
    let other_name = tls(|tls| {
        tls.ca_file = Some(file.clone());
        tls.server_name = Some("other.example".to_owned());
    });
    assert_eq!(verdict(&stub, other_name).await, Verdict::GivenUp);

    let elsewhere = tempfile::tempdir().unwrap();
    let (_, other_file) = start("127.0.0.1", &elsewhere).await;
    assert_eq!(verdict(&stub, tls(|tls| tls.ca_file = Some(other_file))).await, Verdict::GivenUp);
}

#[tokio::test]
async fn a_name_may_stand_for_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let (stub, file) = start("search.example", &folder).await;
    let named = tls(|tls| {
        tls.ca_file = Some(file);
        tls.server_name = Some("search.example".to_owned());
    });
    assert_eq!(verdict(&stub, named).await, Verdict::Delivered);
}

#[test]
fn files_are_read_at_once() {
    let missing = |change: fn(&mut TlsSettings, PathBuf)| {
        let mut settings = Settings::new(BulkOptions::new(Compat::V5_1));
        let mut tls = TlsSettings::default();
        change(&mut tls, "/does/not/exist.pem".into());
        settings.tls = Some(tls);
        Sender::new(settings).unwrap_err()
    };
    let error = missing(|tls, path| tls.ca_file = Some(path));
    assert_eq!(error.kind(), SetupErrorKind::File);
    assert!(error.to_string().starts_with("/does/not/exist.pem: "), "{error}");
    assert_eq!(missing(|tls, path| tls.ca_path = Some(path)).kind(), SetupErrorKind::File);
    assert_eq!(missing(|tls, path| tls.identity = Some((path.clone(), path))).kind(), SetupErrorKind::File);
}
