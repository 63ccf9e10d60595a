//! Times and numbers as text, written by hand: a month of history is half a gigabyte of it.

use super::super::durations::OFFSET;
use super::super::fleet::{CARRIERS, Voyage};
use shared::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// A time taken apart as a clock on a wall shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Wall {
    /// Year.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: i64,
    /// Day of the month, from 1.
    pub day: i64,
    /// Hour.
    pub hour: i64,
    /// Minute.
    pub minute: i64,
    /// Second.
    pub second: i64,
}

impl Wall {
    /// A moment that was moved to the zone before.
    pub fn of(local: Time) -> Wall {
        let days = local.0.div_euclid(DAY);
        let rest = local.0.rem_euclid(DAY);
        // Civil date from days: eras of 400 years that begin on 1 March 0000.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        Wall {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
            hour: rest / HOUR,
            minute: rest % HOUR / MINUTE,
            second: rest % MINUTE / SECOND,
        }
    }

    /// A moment at the port.
    pub fn at_the_port(at: Time) -> Wall {
        Wall::of(at.plus(OFFSET))
    }
}

/// A message in the making.
#[derive(Debug, Default)]
pub(in super::super) struct Text(pub Vec<u8>);

impl Text {
    /// An empty one with room.
    pub fn with_room(bytes: usize) -> Text {
        Text(Vec::with_capacity(bytes))
    }

    /// Text as it is. Nothing that is written here needs escaping.
    pub fn put(&mut self, text: &str) -> &mut Text {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// A number with at least so many digits.
    pub fn digits(&mut self, number: u64, width: usize) -> &mut Text {
        let mut buffer = [b'0'; 20];
        let (mut rest, mut used) = (number, 0);
        for place in buffer.iter_mut().rev() {
            if rest == 0 && used >= width {
                break;
            }
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
            used += 1;
        }
        self.0.extend_from_slice(&buffer[20 - used..]);
        self
    }

    /// Tenths as a decimal number.
    pub fn tenths(&mut self, tenths: i16) -> &mut Text {
        if tenths < 0 {
            self.put("-");
        }
        let size = u64::from(tenths.unsigned_abs());
        self.digits(size / 10, 1).put(".").digits(size % 10, 1)
    }

    /// RFC 3339 with the port's offset.
    pub fn time(&mut self, at: Time) -> &mut Text {
        let wall = Wall::at_the_port(at);
        self.wall(wall, [4, 2], ["-", "-", "T", ":", ":"], true)
            .put("+08:00")
    }

    /// RFC 3339 in UTC.
    pub fn utc(&mut self, at: Time) -> &mut Text {
        self.wall(Wall::of(at), [4, 2], ["-", "-", "T", ":", ":"], true)
            .put("Z")
    }

    /// EDIFACT's format 203: local, to the minute.
    pub fn minutes(&mut self, at: Time) -> &mut Text {
        self.wall(Wall::at_the_port(at), [4, 2], [""; 5], false)
    }

    /// The date and time of an interchange.
    pub fn interchange_time(&mut self, at: Time) -> &mut Text {
        let wall = Wall::at_the_port(at);
        let wall = Wall {
            year: wall.year % 100,
            ..wall
        };
        self.wall(wall, [2, 2], ["", "", ":", "", ""], false)
    }

    fn wall(&mut self, wall: Wall, [year, rest]: [usize; 2], between: [&str; 5], seconds: bool) -> &mut Text {
        let [a, b, c, d, e] = between;
        self.digits(wall.year as u64, year)
            .put(a)
            .digits(wall.month as u64, rest)
            .put(b)
            .digits(wall.day as u64, rest)
            .put(c)
            .digits(wall.hour as u64, rest)
            .put(d)
            .digits(wall.minute as u64, rest);
        if seconds {
            self.put(e).digits(wall.second as u64, rest);
        }
        self
    }

    /// A voyage number.
    pub fn voyage(&mut self, voyage: Voyage) -> &mut Text {
        self.digits(u64::from(voyage.number), 4)
            .put(if voyage.bound() == 'W' { "W" } else { "E" })
    }

    /// A vessel's name.
    pub fn vessel(&mut self, voyage: Voyage) -> &mut Text {
        let (first, last) = voyage.vessel_name();
        self.put(first).put(" ").put(last)
    }

    /// A bill of lading.
    pub fn bill(&mut self, carrier: u8, number: u32) -> &mut Text {
        self.put(CARRIERS[usize::from(carrier)].code)
            .put("TXG")
            .digits(u64::from(number), 7)
    }

    /// A customs declaration: office, year, import or export, number.
    pub fn declaration(&mut self, (year, number): (u16, u32), import: bool) -> &mut Text {
        self.put("0202")
            .digits(u64::from(year), 4)
            .put(if import { "1" } else { "0" })
            .digits(u64::from(number), 9)
    }

    /// Sixteen bytes of chance as a UUID, the same for the same number.
    pub fn uuid(&mut self, number: u64) -> &mut Text {
        let (high, low) = (mixed(number), mixed(number ^ 0x9e37_79b9_7f4a_7c15));
        let version = high & !0xf000 | 0x4000;
        let variant = low & !(0b11 << 62) | 1 << 63;
        for (value, from, count) in [
            (version, 60, 8),
            (version, 28, 4),
            (version, 12, 4),
            (variant, 60, 4),
            (variant, 44, 12),
        ] {
            if count != 8 {
                self.put("-");
            }
            for place in 0..count {
                let digit = value >> (from - place * 4) & 0xf;
                self.0.push(b"0123456789abcdef"[digit as usize]);
            }
        }
        self
    }
}

/// Mixes the bits of a number.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl for<'a> FnOnce(&'a mut Text) -> &'a mut Text) -> String {
        let mut text = Text::default();
        write(&mut text);
        String::from_utf8(text.0).unwrap()
    }

    #[test]
    fn times_are_written_as_the_domain_writes_them() {
        for milliseconds in [
            0,
            951_782_399_000,
            1_645_593_255_000,
            1_709_164_800_000,
            4_102_444_799_000,
        ] {
            let at = Time(milliseconds);
            let local = shared::time::LocalTime {
                at,
                offset_seconds: 8 * 3600,
            };
            assert_eq!(text(|text| text.time(at)), local.to_string());
        }
        let at = Time(1_645_593_255_000);
        assert_eq!(text(|text| text.utc(at)), "2022-02-23T05:14:15Z");
        assert_eq!(text(|text| text.minutes(at)), "202202231314");
        assert_eq!(text(|text| text.interchange_time(at)), "220223:1314");
    }

    #[test]
    fn numbers_are_written_with_their_width() {
        assert_eq!(
            text(|text| text.digits(7, 3).put("/").digits(12_345, 3).put("/").digits(0, 1)),
            "007/12345/0"
        );
        assert_eq!(
            text(|text| text.tenths(-180).put("/").tenths(5).put("/").tenths(-5)),
            "-18.0/0.5/-0.5"
        );
        let uuid = text(|text| text.uuid(1));
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
    }
}
