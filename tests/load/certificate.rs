//! TLS: both versions of HTTP, and a certificate that is renewed while connections go on.

use h2::Ping;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::program::{Server, empty_folder, run};
use tests::wait::{PATIENCE, until};
use tokio_rustls::TlsConnector;
use ureq::http::{Request, Version};

/// Takes any certificate: which one it is, is what is looked at.
#[derive(Debug)]
struct Any;

impl ServerCertVerifier for Any {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn config(protocol: &[u8]) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Any))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    config
}

fn connect(authority: &str, protocol: &[u8]) -> Result<Tls, String> {
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::new(config(protocol)), name).unwrap();
    let mut stream = TcpStream::connect(authority).map_err(|error| error.to_string())?;
    while connection.is_handshaking() {
        connection
            .complete_io(&mut stream)
            .map_err(|error| error.to_string())?;
    }
    Ok(StreamOwned::new(connection, stream))
}

fn certificate_of(stream: &Tls) -> Vec<u8> {
    stream.conn.peer_certificates().unwrap()[0].to_vec()
}

/// Writes a new certificate with its key. Answers it.
fn renew(folder: &Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(folder.join("chain.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().to_vec()
}

/// A call over HTTP/1.1 on a connection that stays open.
fn call(stream: &mut Tls, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let mut bytes = [0; 4_096];
    while !said.ends_with(b"\n") || !said.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = stream.read(&mut bytes).unwrap();
        assert!(
            length > 0,
            "the server closed: {}",
            String::from_utf8_lossy(&said)
        );
        said.extend_from_slice(&bytes[..length]);
    }
    String::from_utf8(said).unwrap()
}

#[test]
fn a_renewed_certificate_is_taken_and_a_broken_one_is_not_and_connections_go_on() {
    let folder = empty_folder();
    let first = renew(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let server = Server::configured_for_tls(&format!(
        "[server]\ncertificate = {:?}\nkey = {:?}\n",
        path("chain.pem"),
        path("key.pem")
    ));
    let authority = server.authority().to_owned();
    until("the server to answer", || connect(&authority, b"http/1.1").ok());
    let mut old = connect(&authority, b"http/1.1").unwrap();
    assert_eq!(certificate_of(&old), first);
    until("the server to be ready", || {
        call(&mut old, "/readyz")
            .starts_with("HTTP/1.1 200")
            .then_some(())
    });

    let second = renew(folder.path());
    let is_taken = |wanted: &[u8]| {
        let stream = connect(&authority, b"http/1.1").ok()?;
        (certificate_of(&stream) == wanted).then_some(())
    };
    until("the renewed certificate", || is_taken(&second));
    assert!(call(&mut old, "/healthz").starts_with("HTTP/1.1 200"));

    fs::write(folder.path().join("chain.pem"), "broken").unwrap();
    until("the log to say so", || {
        server.log().contains("the one before it stays").then_some(())
    });
    is_taken(&second).unwrap();
    let third = renew(folder.path());
    until("the mended certificate", || is_taken(&third));
    assert!(call(&mut old, "/healthz").starts_with("HTTP/1.1 200"));
}

#[test]
fn both_versions_of_http_are_spoken_and_what_is_no_tls_is_closed() {
    let folder = empty_folder();
    renew(folder.path());
    let server = Server::configured_for_tls(&format!(
        "[server]\ncertificate = {:?}\nkey = {:?}\n",
        folder.path().join("chain.pem").display().to_string(),
        folder.path().join("key.pem").display().to_string()
    ));
    let mut second = until("the server to answer", || connect(server.authority(), b"h2").ok());
    assert_eq!(second.conn.alpn_protocol(), Some(&b"h2"[..]));
    // The preface and empty settings (RFC 9113, 3.4); the server answers with its own settings, frame type 4.
    second
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .unwrap();
    let mut frame = [0; 9];
    second.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4);

    let mut plain = TcpStream::connect(server.authority()).unwrap();
    plain.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut said = Vec::new();
    // It may be closed with an alert or without.
    let _ = plain.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&said));
}

/// How long after its last answer a connection is closed that goes on pinging.
async fn ask_and_ping(authority: &str) -> Duration {
    let stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config(b"h2")));
    let stream = connector.connect(name, stream).await.unwrap();
    let (client, mut connection) = h2::client::handshake(stream).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let mut connection = tokio::spawn(connection);

    let request = Request::get(format!("https://{authority}/healthz"))
        .body(())
        .unwrap();
    let mut client = client.ready().await.unwrap();
    let (answer, _) = client.send_request(request, true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, Version::HTTP_2)
    );
    let mut body = answer.into_body();
    let said = body.data().await.unwrap().unwrap();
    assert_eq!(&said[..], b"ok\n");
    assert!(body.data().await.is_none());

    let answered = Instant::now();
    let mut beat = tokio::time::interval(Duration::from_millis(200));
    while answered.elapsed() < PATIENCE {
        tokio::select! {
            // However it was closed.
            _ = &mut connection => return answered.elapsed(),
            _ = beat.tick() => {
                // It is closed when no answer comes.
                let _ = pings.ping(Ping::opaque()).await;
            }
        }
    }
    panic!("a connection that only pings stays open");
}

#[test]
fn a_call_over_http_2_is_answered_and_a_connection_that_asks_nothing_more_is_closed_though_it_pings() {
    let folder = empty_folder();
    renew(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let server = Server::configured_for_tls(&format!(
        "[server]\ncertificate = {:?}\nkey = {:?}\nheader_timeout = \"2s\"\nidle_timeout = \"4s\"\n",
        path("chain.pem"),
        path("key.pem")
    ));
    let authority = server.authority().to_owned();
    until("the server to answer", || connect(&authority, b"h2").ok());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let open = runtime.block_on(ask_and_ping(&authority));
    assert!(open >= Duration::from_secs(4), "{open:?}");
    let mut other = connect(&authority, b"http/1.1").unwrap();
    write!(other, "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    // It may be closed with an alert or without.
    let _ = other.read_to_end(&mut said);
    let said = String::from_utf8(said).unwrap();
    assert!(
        said.contains("http_connections_cut_off_total{reason=\"idle\"} 1\n"),
        "{said}"
    );
}

#[test]
fn a_certificate_that_can_not_be_used_is_refused_at_start_with_line_and_reason() {
    let folder = empty_folder();
    renew(folder.path());
    let file = folder.path().join("quaylight.toml");
    let check = |text: &str| {
        fs::write(&file, text).unwrap();
        let ended = run(&["check", "--config", file.to_str().unwrap()]);
        (
            ended.status.success(),
            format!("{}{}", ended.stdout, ended.stderr),
        )
    };
    // Relative to the configuration.
    let (good, said) = check("[server]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n");
    assert!(good, "{said}");
    for (text, words) in [
        ("[server]\ncertificate = \"chain.pem\"\n", "needs `server.key`"),
        ("[server]\nkey = \"key.pem\"\n", "needs `server.certificate`"),
        (
            "[server]\ncertificate = \"key.pem\"\nkey = \"key.pem\"\n",
            "holds no certificate",
        ),
        (
            "[server]\ncertificate = \"none.pem\"\nkey = \"key.pem\"\n",
            "none.pem can't be read",
        ),
    ] {
        let (good, said) = check(text);
        assert!(!good && said.contains(words) && said.contains(":2:"), "{said}");
    }
}
