//! The pictures of the README, written as small as a PNG of them can be: 256 colours are enough for a page.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use tests::browser::Browser;

use crate::stage::Stage;
use crate::take::{Condition, Size, View, take, views};

/// Which views, and the files that they go to. The README names them.
const CHOSEN: [(&str, &str); 2] = [("yard", "yard.png"), ("alarms", "alarms.png")];
/// The window.
const SIZE: Size = Size {
    name: "readme",
    width: 1_280,
    height: 800,
};
const COLOURS: usize = 256;

/// Takes them.
pub fn readme(browser: &Browser, stage: &Stage, folder: &Path) -> Result<(), String> {
    for (name, file) in CHOSEN {
        let view: View = views()
            .into_iter()
            .find(|view| view.name == name && view.condition == Condition::Well)
            .ok_or_else(|| format!("{name} is no page"))?;
        let picture = take(browser, stage, &view, SIZE, "light", "en", false);
        let small = write(&pixels(browser, &picture)?)?;
        let file = folder.join(file);
        fs::write(&file, &small).map_err(|error| format!("{}: {error}", file.display()))?;
        println!(
            "{}: {} KB, before {} KB",
            file.display(),
            small.len() / 1_024,
            picture.len() / 1_024
        );
    }
    Ok(())
}

/// The colours of a PNG, red, green and blue, row by row; the browser reads it.
fn pixels(browser: &Browser, png: &[u8]) -> Result<Vec<[u8; 3]>, String> {
    use base64::Engine as _;
    let text = base64::prelude::BASE64_STANDARD.encode(png);
    browser.open("about:blank");
    let answer = browser.run_later(
        "const [text, done] = arguments;
         const image = new Image();
         image.onload = () => {
             const page = new OffscreenCanvas(image.width, image.height).getContext('2d');
             page.drawImage(image, 0, 0);
             const bytes = page.getImageData(0, 0, image.width, image.height).data;
             let binary = '';
             for (let at = 0; at < bytes.length; at += 8192)
                 binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
             done(btoa(binary));
         };
         image.src = 'data:image/png;base64,' + text;",
        &[text.into()],
    );
    let bytes = base64::prelude::BASE64_STANDARD
        .decode(answer.as_str().unwrap_or_default())
        .map_err(|error| format!("the browser's pixels are no base64: {error}"))?;
    Ok(bytes
        .chunks_exact(4)
        .map(|four| [four[0], four[1], four[2]])
        .collect())
}

/// A palette by halving the box of colours that spreads most, weighted by how often they come.
fn palette(counts: &HashMap<[u8; 3], usize>) -> Vec<[u8; 3]> {
    let mut boxes: Vec<Vec<([u8; 3], usize)>> =
        vec![counts.iter().map(|(colour, count)| (*colour, *count)).collect()];
    // Sorted, so that the same picture gives the same file.
    boxes[0].sort_unstable();
    let spread = |colours: &[([u8; 3], usize)]| {
        let spreads = [0, 1, 2].map(|part| {
            let parts = colours.iter().map(|(colour, _)| colour[part]);
            let (low, high) = (parts.clone().min().unwrap_or(0), parts.max().unwrap_or(0));
            high - low
        });
        (0..3).map(|part| (spreads[part], part)).max().unwrap_or((0, 0))
    };
    while boxes.len() < COLOURS {
        let weighed = boxes.iter().enumerate().map(|(at, colours)| {
            let weight: usize = colours.iter().map(|(_, count)| *count).sum();
            (f64::from(spread(colours).0) * (weight as f64).sqrt(), at)
        });
        let Some((most, at)) = weighed.max_by(|one, other| one.0.total_cmp(&other.0)) else {
            break;
        };
        if most == 0.0 {
            break;
        }
        let mut colours = boxes.swap_remove(at);
        let part = spread(&colours).1;
        colours.sort_unstable_by_key(|(colour, _)| (colour[part], *colour));
        let middle = colours.len() / 2;
        let rest = colours.split_off(middle);
        boxes.extend([colours, rest]);
    }
    let mean = |colours: &Vec<([u8; 3], usize)>| {
        // What comes most often stays what it is: grounds and letters are not to change.
        colours
            .iter()
            .max_by_key(|(_, count)| *count)
            .map_or([0; 3], |(colour, _)| *colour)
    };
    boxes.iter().map(mean).collect()
}

fn nearest(palette: &[[u8; 3]], colour: [u8; 3]) -> u8 {
    let far = |own: &[u8; 3]| -> i32 {
        let parts = own.iter().zip(colour);
        parts
            .map(|(one, other)| (i32::from(*one) - i32::from(other)).pow(2))
            .sum()
    };
    let at = (0..palette.len())
        .min_by_key(|at| far(&palette[*at]))
        .unwrap_or(0);
    u8::try_from(at).unwrap_or(0)
}

/// A PNG of so many colours as a palette holds.
fn write(pixels: &[[u8; 3]]) -> Result<Vec<u8>, String> {
    let mut counts = HashMap::new();
    for pixel in pixels {
        *counts.entry(*pixel).or_insert(0) += 1;
    }
    let palette = palette(&counts);
    let places: HashMap<[u8; 3], u8> = counts
        .keys()
        .map(|colour| (*colour, nearest(&palette, *colour)))
        .collect();
    let mut lines = Vec::new();
    for line in pixels.chunks(SIZE.width as usize) {
        // No filter: neighbours in a palette have nothing to do with each other.
        lines.push(0);
        lines.extend(line.iter().map(|pixel| places[pixel]));
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    let packed = packed
        .write_all(&lines)
        .and_then(|()| packed.finish())
        .map_err(|error| format!("a picture can't be packed: {error}"))?;
    let mut head = Vec::new();
    head.extend(SIZE.width.to_be_bytes());
    head.extend(SIZE.height.to_be_bytes());
    // Eight bits a pixel, by palette, and the usual ways of packing.
    head.extend([8, 3, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [
        (b"IHDR", head),
        (b"PLTE", palette.concat()),
        (b"IDAT", packed),
        (b"IEND", Vec::new()),
    ] {
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(&content);
        png.extend(u32::try_from(content.len()).unwrap_or(0).to_be_bytes());
        png.extend(name);
        png.extend(&content);
        png.extend(crc.sum().to_be_bytes());
    }
    Ok(png)
}
