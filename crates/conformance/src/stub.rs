//! The HTTP server of the category `es`: gives the answers of a case and notes the requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::node::Node;

/// One request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A server on a free port of 127.0.0.1; it ends with the process.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    /// Answers in the order of `responses`; the last one repeats. Without any: an accepted bulk.
    pub(crate) fn start(responses: &[Node]) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        let responses = responses.to_vec();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (noted, responses) = (Arc::clone(&noted), responses.clone());
                thread::spawn(move || serve(stream, &noted, &responses));
            }
        });
        Ok(Self { port, requests })
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(stream: TcpStream, noted: &Mutex<Vec<Request>>, responses: &[Node]) {
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        let index = {
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            noted.push(request);
            noted.len() - 1
        };
        let response = responses.get(index).or(responses.last());
        let status = match response.and_then(|response| response.get("status")) {
            Some(Node::Int(status)) => *status,
            _ => 200,
        };
        let body = response
            .and_then(|response| response.get("body"))
            .and_then(Node::text)
            .unwrap_or(r#"{"took":1,"errors":false,"items":[]}"#);
        let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in response.and_then(|response| response.get("headers")).map_or(&[][..], Node::map)
        {
            head.push_str(&format!("{name}: {}\r\n", value.text().unwrap_or_default()));
        }
        if write!(writer, "{head}\r\n{body}").and_then(|()| writer.flush()).is_err() {
            return;
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace();
    let mut request =
        Request { method: words.next()?.to_owned(), path: words.next()?.to_owned(), ..Request::default() };
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

impl Request {
    /// A header by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Request {
    /// The body as the golden cases write it, uncompressed.
    pub(crate) fn text(&self) -> String {
        if self.header("content-encoding") == Some("gzip") {
            let mut bytes = Vec::new();
            if flate2::read::GzDecoder::new(self.body.as_slice()).read_to_end(&mut bytes).is_ok() {
                return crate::text::printable(&bytes);
            }
        }
        crate::text::printable(&self.body)
    }
}
