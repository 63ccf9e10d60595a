//! The colours of the map, to people who see colours otherwise.

/// The style sheet with the tokens.
const TOKENS: &str = include_str!("../../style/tokens.css");

/// Classes that lie beside each other on the map, by their tokens.
const BESIDE: [&[&str]; 3] = [
    &["general", "reefer", "dangerous", "empties", "alarm"],
    &["yes", "no", "alarm"],
    &["import", "export", "transit", "general", "alarm"],
];

/// How far apart two colours are at least, in CIELAB (CIE 1976): about four times what is just to be seen.
const APART: f64 = 9.0;

type Rgb = [f64; 3];

/// What is seen of linear light, by kind of blindness, complete (Machado, Oliveira and Fernandes, "A physiologically-based
/// model for simulation of color vision deficiency", 2009).
const SEEN: [(&str, [[f64; 3]; 3]); 4] = [
    (
        "as most people do",
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    (
        "without red",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "without green",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "without blue",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// Both colours of a token, light and dark.
fn token(name: &str) -> [Rgb; 2] {
    let begin = format!("--map-{name}: light-dark(");
    let rest = TOKENS
        .split_once(&begin)
        .unwrap_or_else(|| panic!("style/tokens.css has no --map-{name}"))
        .1;
    let colours: Vec<Rgb> = rest
        .split('#')
        .skip(1)
        .take(2)
        .map(|hex| [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0))
        .collect();
    [colours[0], colours[1]]
}

fn linear(part: f64) -> f64 {
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

fn times(matrix: &[[f64; 3]; 3], vector: Rgb) -> Rgb {
    [0, 1, 2].map(|row| (0..3).map(|column| matrix[row][column] * vector[column]).sum())
}

/// CIELAB under daylight (IEC 61966-2-1, CIE 15).
fn lab(light: Rgb) -> Rgb {
    const XYZ: [[f64; 3]; 3] = [
        [0.412_4, 0.357_6, 0.180_5],
        [0.212_6, 0.715_2, 0.072_2],
        [0.019_3, 0.119_2, 0.950_5],
    ];
    let white = [0.950_47, 1.0, 1.088_83];
    let xyz = times(&XYZ, light.map(|part| part.clamp(0.0, 1.0)));
    let [x, y, z] = [0, 1, 2].map(|index| {
        let share: f64 = xyz[index] / white[index];
        if share > 0.008_856 {
            share.cbrt()
        } else {
            7.787 * share + 16.0 / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn classes_that_lie_beside_each_other_are_told_apart_by_everybody() {
    let mut alike = Vec::new();
    for group in BESIDE {
        for (index, one) in group.iter().enumerate() {
            for other in &group[index + 1..] {
                let (of_one, of_other) = (token(one), token(other));
                for theme in [0, 1] {
                    for (how, matrix) in &SEEN {
                        let seen = |colour: Rgb| lab(times(matrix, colour.map(linear)));
                        let (a, b) = (seen(of_one[theme]), seen(of_other[theme]));
                        let apart: f64 = (0..3).map(|part| (a[part] - b[part]).powi(2)).sum::<f64>().sqrt();
                        if apart < APART {
                            let theme = ["light", "dark"][theme];
                            alike.push(format!("{one} and {other}, {theme}, {how}: {apart:.1}"));
                        }
                    }
                }
            }
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}
