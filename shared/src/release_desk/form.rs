//! What an enterprise writes, held against itself: what is missing, what can't be, what is too long. What the port's
//! events say of it is another question.

use super::MOST_CONTAINERS;
use crate::container::{Check, ContainerNumber};
use crate::place::is_unlocode;
use crate::time::LocalTime;
use crate::wire::release_desk::{ApplicationForm, ApplicationReason, FieldError};

/// The longest text of a field.
const LONGEST: usize = 100;
/// The longest remark.
pub const LONGEST_REMARK: usize = 2_000;

/// Fields that a terminal may correct.
pub const CORRECTABLE: [&str; 8] = [
    "bill_of_lading",
    "vessel_name",
    "vessel_imo",
    "voyage",
    "declaration",
    "district",
    "loading_place",
    "closing_at",
];

/// Something wrong with a field.
pub fn wrong(field: &str, code: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        field: field.to_owned(),
        index: None,
        code: code.to_owned(),
        message: message.into(),
    }
}

/// Something wrong with one of the containers, from 0.
pub fn wrong_at(index: usize, code: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        index: Some(index as u64),
        ..wrong("containers", code, message)
    }
}

/// The same without blanks around texts, with numbers in the form in which they are compared, and each container once.
#[must_use]
pub fn tidied(form: &ApplicationForm) -> ApplicationForm {
    let plain = |text: &str| text.trim().to_owned();
    let capitals = |text: &str| text.trim().to_ascii_uppercase();
    let mut containers: Vec<String> = Vec::new();
    for sent in &form.containers {
        let number = ContainerNumber::parse(sent).map_or_else(|_| plain(sent), |number| number.to_string());
        if !number.is_empty() && !containers.contains(&number) {
            containers.push(number);
        }
    }
    ApplicationForm {
        kind: form.kind,
        reason: form.reason,
        site: plain(&form.site),
        containers,
        bill_of_lading: plain(&form.bill_of_lading),
        vessel_name: plain(&form.vessel_name),
        vessel_imo: capitals(&form.vessel_imo)
            .trim_start_matches("IMO")
            .trim()
            .to_owned(),
        voyage: plain(&form.voyage),
        declaration: plain(&form.declaration),
        district: plain(&form.district),
        loading_place: capitals(&form.loading_place).replace(' ', ""),
        closing_at: form.closing_at,
        remark: plain(&form.remark),
    }
}

/// What can't be kept, not even in a draft.
pub fn too_much(form: &ApplicationForm) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (field, text, most) in [
        ("bill_of_lading", &form.bill_of_lading, LONGEST),
        ("vessel_name", &form.vessel_name, LONGEST),
        ("vessel_imo", &form.vessel_imo, LONGEST),
        ("voyage", &form.voyage, LONGEST),
        ("declaration", &form.declaration, LONGEST),
        ("district", &form.district, LONGEST),
        ("loading_place", &form.loading_place, LONGEST),
        ("remark", &form.remark, LONGEST_REMARK),
    ] {
        let length = text.chars().count();
        if length > most {
            errors.push(wrong(
                field,
                "too_long",
                format!("this has {length} characters; at most {most} fit"),
            ));
        }
    }
    if form.containers.len() > MOST_CONTAINERS {
        let count = form.containers.len();
        errors.push(wrong(
            "containers",
            "too_long",
            format!("these are {count} containers; hand in at most {MOST_CONTAINERS} at once"),
        ));
    }
    for (index, container) in form.containers.iter().enumerate() {
        if container.chars().count() > LONGEST {
            errors.push(wrong_at(
                index,
                "too_long",
                "no container number is as long as this",
            ));
        }
    }
    errors
}

/// What is wrong with a form that is handed in, but for its containers and what can be filled in for each.
pub fn misfits(form: &ApplicationForm) -> Vec<FieldError> {
    let mut errors = too_much(form);
    if form.kind.is_none() {
        errors.push(wrong("kind", "missing", "say what is applied for"));
    }
    if form.reason.is_none() {
        errors.push(wrong("reason", "missing", "say why the instruction is missing"));
    }
    if form.reason == Some(ApplicationReason::Other) && form.remark.is_empty() {
        errors.push(wrong(
            "remark",
            "missing",
            "say in a few words what the reason is",
        ));
    }
    if form.containers.is_empty() {
        errors.push(wrong("containers", "missing", "name at least one container"));
    }
    if let Some(reason) = misfit_of(form, "vessel_imo") {
        errors.push(wrong("vessel_imo", "invalid", reason));
    }
    for field in ["district", "loading_place"] {
        if let Some(reason) = misfit_of(form, field) {
            errors.push(wrong(field, "invalid", reason));
        }
    }
    errors
}

/// Why a field can't be what it says.
pub fn misfit_of(form: &ApplicationForm, field: &str) -> Option<String> {
    match field {
        "vessel_imo" if !form.vessel_imo.is_empty() => imo_misfit(&form.vessel_imo),
        "district" if !form.district.is_empty() && !is_district(&form.district) => {
            Some("a customs district has four digits, such as 0202".to_owned())
        }
        "loading_place" if !form.loading_place.is_empty() && !is_unlocode(&form.loading_place) => {
            Some("a loading place is a UN/LOCODE, such as CNTXG".to_owned())
        }
        _ => None,
    }
}

/// Whether a text is a code of a customs district: four digits (GACC, 关区代码表).
pub fn is_district(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is missing of what an instruction must say.
pub fn missing(form: &ApplicationForm) -> Vec<(&'static str, &'static str)> {
    let mut missing = Vec::new();
    if form.bill_of_lading.is_empty() {
        missing.push(("bill_of_lading", "say which bill of lading the box belongs to"));
    }
    if form.vessel_name.is_empty() && form.vessel_imo.is_empty() {
        missing.push(("vessel_name", "name the vessel, or give its IMO number"));
    }
    if form.voyage.is_empty() {
        missing.push(("voyage", "say which voyage the box goes with"));
    }
    if form.declaration.is_empty() {
        missing.push(("declaration", "give the number of the declaration"));
    }
    missing
}

/// Why a text can't be an IMO number: seven digits, the last of which is the last digit of the sum of the others, times
/// 7 down to 2 (IMO Resolution A.1117(30)).
fn imo_misfit(text: &str) -> Option<String> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 7 || text.len() != 7 {
        return Some("an IMO number has seven digits".to_owned());
    }
    let sum: u32 = digits
        .iter()
        .zip((2..=7).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (sum % 10 != digits[6]).then(|| {
        format!(
            "`{text}` is no IMO number: its last digit would have to be {}",
            sum % 10
        )
    })
}

/// Why a text can't be a container number at all, or is most likely a slip; `known` says that the port has seen it.
pub fn container_misfit(index: usize, text: &str, known: bool) -> Result<ContainerNumber, FieldError> {
    let number =
        ContainerNumber::parse(text).map_err(|error| wrong_at(index, "invalid", error.to_string()))?;
    match number.check() {
        Check::Verified => Ok(number),
        // Real boxes carry such numbers.
        _ if known => Ok(number),
        Check::WrongDigit { expected } => Err(wrong_at(
            index,
            "check_digit",
            format!("{number} has a wrong check digit; with these letters and digits it would be {expected}"),
        )),
        Check::OtherForm => Err(wrong_at(
            index,
            "invalid",
            format!(
                "{number} is no container number: four letters, the last of them U, J or Z, and seven digits"
            ),
        )),
    }
}

/// What a field says.
pub fn field(form: &ApplicationForm, name: &str) -> Option<String> {
    Some(match name {
        "bill_of_lading" => form.bill_of_lading.clone(),
        "vessel_name" => form.vessel_name.clone(),
        "vessel_imo" => form.vessel_imo.clone(),
        "voyage" => form.voyage.clone(),
        "declaration" => form.declaration.clone(),
        "district" => form.district.clone(),
        "loading_place" => form.loading_place.clone(),
        "closing_at" => form.closing_at.map_or_else(String::new, |at| at.to_string()),
        _ => return None,
    })
}

/// Lets a field say something else.
pub fn set_field(form: &mut ApplicationForm, name: &str, value: &str) -> Result<(), FieldError> {
    let value = value.trim().to_owned();
    match name {
        "bill_of_lading" => form.bill_of_lading = value,
        "vessel_name" => form.vessel_name = value,
        "vessel_imo" => form.vessel_imo = value,
        "voyage" => form.voyage = value,
        "declaration" => form.declaration = value,
        "district" => form.district = value,
        "loading_place" => form.loading_place = value,
        "closing_at" if value.is_empty() => form.closing_at = None,
        "closing_at" => {
            let at = LocalTime::parse(&value).map_err(|_| {
                wrong(
                    name,
                    "invalid",
                    format!("`{value}` is no time as RFC 3339 writes it"),
                )
            })?;
            form.closing_at = Some(at);
        }
        other => {
            let can = CORRECTABLE.join(", ");
            return Err(wrong(
                other,
                "unknown",
                format!("`{other}` can't be corrected; what can is {can}"),
            ));
        }
    }
    *form = tidied(form);
    if let Some(error) = too_much(form).into_iter().find(|error| error.field == name) {
        return Err(error);
    }
    match misfit_of(form, name) {
        Some(reason) => Err(wrong(name, "invalid", reason)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_list_is_tidied_and_each_container_stands_once() {
        let form = ApplicationForm {
            containers: ["csqu 305438-3", "CSQU3054383", "", " MSKU1111113 "]
                .map(str::to_owned)
                .to_vec(),
            vessel_imo: "IMO 9321483".into(),
            loading_place: "cn txg".into(),
            ..ApplicationForm::default()
        };
        let tidied = tidied(&form);
        assert_eq!(tidied.containers, ["CSQU3054383", "MSKU1111113"]);
        assert_eq!(
            (tidied.vessel_imo.as_str(), tidied.loading_place.as_str()),
            ("9321483", "CNTXG")
        );
    }

    #[test]
    fn a_slip_is_found_where_it_was_made() {
        let mut form = ApplicationForm {
            vessel_imo: "9321484".into(),
            district: "22".into(),
            ..ApplicationForm::default()
        };
        let errors = misfits(&form);
        let found: Vec<(&str, &str)> = errors
            .iter()
            .map(|e| (e.field.as_str(), e.code.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("kind", "missing"),
                ("reason", "missing"),
                ("containers", "missing"),
                ("vessel_imo", "invalid"),
                ("district", "invalid")
            ]
        );
        assert!(
            errors[3].message.contains("have to be 3"),
            "{}",
            errors[3].message
        );
        assert_eq!(
            container_misfit(3, "CSQU3054384", false).unwrap_err().code,
            "check_digit"
        );
        assert!(container_misfit(3, "CSQU3054384", true).is_ok());
        assert_eq!(container_misfit(3, "CSQ/", true).unwrap_err().index, Some(3));
        assert_eq!(
            set_field(&mut form, "containers", "X").unwrap_err().code,
            "unknown"
        );
        set_field(&mut form, "vessel_imo", " 9321483 ").unwrap();
        assert_eq!(form.vessel_imo, "9321483");
    }
}
