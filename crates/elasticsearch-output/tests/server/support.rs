//! A server that answers as it is told and keeps what it was asked.

use std::io::Read;
use std::sync::{Arc, Mutex};

use flate2::read::GzDecoder;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A request as it came in, its body expanded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) connection: usize,
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Status(u16, String),
    /// Read it and say nothing for good.
    Silence,
    /// Answer, and close the connection afterwards.
    Last(u16, String),
    /// Close the connection without an answer.
    Close,
}

pub(crate) fn ok() -> Answer {
    Answer::Status(200, r#"{"took":1,"errors":false,"items":[]}"#.to_owned())
}

/// The answer with these item statuses.
pub(crate) fn items(statuses: &[u16]) -> Answer {
    let items: Vec<_> = statuses
        .iter()
        .map(|status| match status {
            200..=299 => format!(r#"{{"create":{{"status":{status}}}}}"#),
            _ => format!(
                r#"{{"create":{{"status":{status},"error":{{"type":"t{status}","reason":"stub"}}}}}}"#
            ),
        })
        .collect();
    Answer::Status(200, format!(r#"{{"took":1,"errors":true,"items":[{}]}}"#, items.join(",")))
}

pub(crate) struct Stub {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    /// A server that gives these answers in order; the last one again and again.
    pub(crate) async fn start(answers: Vec<Answer>) -> Self {
        Self::start_with(answers, None).await
    }

    pub(crate) async fn start_with(answers: Vec<Answer>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            let answers = Arc::new(answers);
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (answers, kept, tls) = (Arc::clone(&answers), Arc::clone(&kept), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, connection, &answers, &kept).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, connection, &answers, &kept).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The bodies of the requests.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.body).collect()
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    connection: usize,
    answers: &[Answer],
    kept: &Mutex<Vec<Request>>,
) {
    let mut stream = BufReader::new(stream);
    loop {
        let Some(request) = read(&mut stream, connection).await else { return };
        let count = {
            let mut kept = kept.lock().unwrap();
            kept.push(request);
            kept.len()
        };
        let (status, body, last) = match &answers[(count - 1).min(answers.len() - 1)] {
            Answer::Status(status, body) => (status, body, false),
            Answer::Last(status, body) => (status, body, true),
            Answer::Silence => return std::future::pending().await,
            Answer::Close => return,
        };
        let head = format!("HTTP/1.1 {status} Stub\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        if last {
            return;
        }
    }
}

async fn read(stream: &mut (impl AsyncBufReadExt + Unpin), connection: usize) -> Option<Request> {
    let mut request = Request { connection, ..Request::default() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if request.line.is_empty() {
            line.clone_into(&mut request.line);
        } else if let Some((key, value)) = line.split_once(": ") {
            let key = key.to_ascii_lowercase();
            if key == "content-length" {
                length = value.parse().unwrap();
            }
            request.headers.push((key, value.to_owned()));
        } else {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    if request.header("content-encoding") == Some("gzip") {
        GzDecoder::new(&*body).read_to_string(&mut request.body).unwrap();
    } else {
        request.body = String::from_utf8(body).unwrap();
    }
    Some(request)
}
