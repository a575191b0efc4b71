"""Servers of the tests' own, for what the real ones do not have here: TLS and passwords."""

import contextlib
import http.client
import http.server
import ssl
import threading


class TlsServer(http.server.ThreadingHTTPServer):
    """Answers over TLS with the certificate in `certificates`, as long as the block runs."""

    def __init__(self, certificates, handler):
        super().__init__(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @contextlib.contextmanager
    def running(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()

    def handle_error(self, request, client_address):
        """A client that does not trust us hangs up, which is what some checks are about."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Gate(Handler):
    """Lets requests with the right password through to the server behind."""

    def do_GET(self):
        self.pass_on(None)

    def do_POST(self):
        self.pass_on(self.rfile.read(int(self.headers["Content-Length"])))

    def pass_on(self, body):
        self.server.asked.append(self.path)
        if self.headers.get("Authorization") != self.server.authorization:
            return self.answer(401, b'{"error":{"type":"security_exception","reason":"who are you?"},"status":401}')
        host, port = self.server.behind.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        headers = {name: self.headers[name] for name in ("Content-Type", "Content-Encoding") if name in self.headers}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        self.answer(answer.status, answer.read())
        connection.close()
