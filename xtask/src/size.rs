//! How much a browser has to fetch before it shows a page.

use crate::error::Error;
use crate::page;
use crate::project::Project;
use crate::server::Server;

/// More than this for any page fails; 200 KB is the aim.
const LIMIT: usize = 264 * 1024;

/// Fetches everything that the page consists of from the program itself, prints what each address comes to on a first
/// visit, and hands back the largest. Of the languages only the larger counts: a browser fetches one.
pub fn check(project: &Project) -> Result<usize, Error> {
    let server = Server::start(project, &[])?;
    let (mut always, mut words, mut all) = (0, 0, 0);
    let mut parts: Vec<(String, usize)> = Vec::new();
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
        let bytes = answer.body.len();
        println!("  {bytes:>9} bytes  {path}");
        all += bytes;
        match page::part_of(path) {
            Some(part) => parts.push((part.to_owned(), bytes)),
            None if page::are_words(path) => words = words.max(bytes),
            None => always += bytes,
        }
    }
    println!("  {all:>9} bytes  everything");
    let mut largest = 0;
    for (address, needs) in page::NEEDS {
        let of_part = |name: &&str| {
            parts
                .iter()
                .find(|(part, _)| part == name)
                .map_or(0, |(_, bytes)| *bytes)
        };
        let bytes = always + words + needs.iter().map(of_part).sum::<usize>();
        println!("  {bytes:>9} bytes  for {address}, with the words of one language, of {LIMIT}");
        largest = largest.max(bytes);
    }
    if largest > LIMIT {
        Err(Error::TooLarge {
            bytes: largest,
            limit: LIMIT,
        })
    } else {
        Ok(largest)
    }
}
