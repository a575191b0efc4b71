//! The way to the API server that a configuration means.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kubernetes_watch::{ApiServer, Client, connect_by_kubeconfig};
use prometheus_config::{HttpClient, KubernetesDiscovery};

/// Where the service account of a pod is mounted.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// A client, and the namespace of the pod this runs in if the configuration asks for it.
pub(super) async fn connect(config: &KubernetesDiscovery) -> Result<(Client, Option<String>), String> {
    if !config.kubeconfig_file.is_empty() {
        let client = connect_by_kubeconfig(Path::new(&config.kubeconfig_file)).await;
        return Ok((client.map_err(|error| error.to_string())?, None));
    }
    let (server, own_namespace) = match &config.api_server {
        Some(url) => (remote(url.as_str(), &config.http)?, None),
        None => (in_cluster()?, if config.own_namespace { Some(own_namespace()?) } else { None }),
    };
    let client = kubernetes_watch::connect(&server).map_err(|error| error.to_string())?;
    Ok((client, own_namespace))
}

fn in_cluster() -> Result<ApiServer, String> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let host = variable("KUBERNETES_SERVICE_HOST");
    let Some((host, port)) = host.zip(variable("KUBERNETES_SERVICE_PORT")) else {
        return Err("unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and \
                    KUBERNETES_SERVICE_PORT must be defined"
            .to_owned());
    };
    let mut server = ApiServer::in_cluster();
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    server.url = format!("https://{host}:{port}");
    if let Some(token) = server.token_file.as_deref().filter(|token| !token.exists()) {
        return Err(format!("open {}: no such file or directory", token.display()));
    }
    Ok(server)
}

fn own_namespace() -> Result<String, String> {
    let text = fs::read_to_string(format!("{ACCOUNT}/namespace"))
        .map_err(|error| format!("could not determine the pod's namespace: {error}"))?;
    if text.is_empty() {
        return Err("could not read own namespace name (empty file)".to_owned());
    }
    Ok(text)
}

/// A server by its address. What only files can give here is refused where it stands in the configuration.
fn remote(url: &str, http: &HttpClient) -> Result<ApiServer, String> {
    let mut server = ApiServer::at(url);
    let tls = &http.tls;
    let file = |file: &str| Some(PathBuf::from(file)).filter(|file| !file.as_os_str().is_empty());
    if !tls.ca.is_empty() || !tls.cert.is_empty() || !tls.key.is_empty() {
        return Err(
            "tls_config: for an API server, certificates and keys are read from files only".to_owned()
        );
    }
    if http.oauth2.is_some() || http.headers.is_some() || http.proxy.from_environment {
        return Err("oauth2, http_headers and proxy_from_environment are not used for API servers".to_owned());
    }
    server.ca_file = file(&tls.ca_file);
    if let Some(missing) = server.ca_file.as_ref().filter(|file| !file.exists()) {
        let missing = missing.display();
        return Err(format!(
            "unable to load specified CA cert {missing}: open {missing}: no such file or directory"
        ));
    }
    server.verify = !tls.insecure_skip_verify;
    server.server_name = Some(tls.server_name.clone()).filter(|name| !name.is_empty());
    server.identity = file(&tls.cert_file).zip(file(&tls.key_file));
    server.proxy = http.proxy.url.as_ref().map(|url| url.as_str().to_owned());
    if let Some(auth) = &http.authorization {
        let kind = if auth.kind.is_empty() { "Bearer" } else { &auth.kind };
        server.token_file = file(&auth.credentials_file).filter(|_| kind == "Bearer");
        server.authorization = Some(format!("{kind} {}", auth.credentials.expose()));
    }
    if let Some(auth) = &http.basic_auth {
        let read = |text: &str, file: &str| match file {
            "" => Ok(text.to_owned()),
            file => fs::read_to_string(file)
                .map(|text| text.trim().to_owned())
                .map_err(|error| format!("{file}: {error}")),
        };
        let name = read(&auth.username, &auth.username_file)?;
        let password = read(auth.password.expose(), &auth.password_file)?;
        server.authorization =
            Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}"))));
    }
    Ok(server)
}
