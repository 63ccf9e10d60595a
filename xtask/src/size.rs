//! How much a browser has to fetch before it shows anything.

use crate::error::Error;
use crate::page;
use crate::project::Project;
use crate::server::Server;

/// More than this fails; 200 KB is the aim.
const LIMIT: usize = 250 * 1024;

/// Fetches page, script, wasm, style and words from the program itself, prints each and the sum, and hands back the
/// sum. Of the languages only the largest counts: a browser fetches one.
pub fn check(project: &Project) -> Result<usize, Error> {
    let server = Server::start(project, &[])?;
    let (mut sum, mut words) = (0, 0);
    for file in page::packed_files(project)? {
        let path = if file.path == "/index.html" {
            "/"
        } else {
            &file.path
        };
        let answer = server.get(path, "br")?;
        if answer.status != 200 || answer.encoding != "br" || answer.body.len() != file.brotli {
            return Err(Error::Wrong(format!(
                "the program serves {path} with status {}, encoding {} and {} bytes; the page that was built has it with \
                 brotli and {} bytes",
                answer.status,
                answer.encoding,
                answer.body.len(),
                file.brotli
            )));
        }
        println!("  {:>9} bytes  {path}", answer.body.len());
        if page::are_words(path) {
            words = words.max(answer.body.len());
        } else {
            sum += answer.body.len();
        }
    }
    sum += words;
    println!("  {sum:>9} bytes  together, with the words of one language, of {LIMIT}");
    if sum > LIMIT {
        Err(Error::TooLarge {
            bytes: sum,
            limit: LIMIT,
        })
    } else {
        Ok(sum)
    }
}
