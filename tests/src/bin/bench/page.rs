//! What a browser downloads for the page, with brotli, from the built program.

use super::Options;
use super::http::Connection;
use super::program::Server;

pub fn bench(_options: &Options) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (server, _) = Server::start(folder.path())?;
    let mut connection = Connection::open(&server.authority)?;
    let mut get = |path: &str, encoding: &str| -> Result<Vec<u8>, String> {
        let fields = format!("Accept-Encoding: {encoding}\r\nAccept: text/html\r\n");
        let answer = connection.call("GET", path, &fields, b"")?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(format!("{path} answers {}", answer.status))
        }
    };
    let shell = String::from_utf8_lossy(&get("/", "identity")?).into_owned();
    let mut paths: Vec<&str> = shell
        .split(['"', '\'', '(', ')', ' '])
        .filter(|text| {
            text.starts_with('/')
                && [".js", ".wasm", ".css"]
                    .iter()
                    .any(|ending| text.ends_with(ending))
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sum = get("/", "br")?.len();
    println!("{:>8.1} KB  /", sum as f64 / 1_024.0);
    for path in paths {
        let size = get(path, "br")?.len();
        sum += size;
        println!("{:>8.1} KB  {path}", size as f64 / 1_024.0);
    }
    println!(
        "{:>8.1} KB  together with brotli (aim 200, 250 fails the tests)",
        sum as f64 / 1_024.0
    );
    server.stop()
}
