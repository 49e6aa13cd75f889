//! Versions, builds and days as texts.

use doorward_policy::compliance::{Build, Version, date};

#[test]
fn versions_are_numbers_between_dots_and_missing_parts_are_zero() {
    let ordered = ["4.1", "4.2", "9", "10.0.19045", "10.0.19045.1", "10.0.22631", "15", "15.0.1"];
    for pair in ordered.windows(2) {
        assert!(Version::parse(pair[0]) < Version::parse(pair[1]), "{pair:?}");
    }
    for (one, other) in [("15", "15.0.0.0"), ("022.04", "22.4"), (" 15.1 ", "15.1")] {
        assert_eq!(Version::parse(one), Version::parse(other), "{one} {other}");
    }
    for text in ["", ".", "1.", "1..2", "1.2.3.4.5", "v1", "+1", "1.-2", "4294967296", "１"] {
        assert_eq!(Version::parse(text), None, "{text:?}");
    }
}

#[test]
fn builds_are_compared_by_number_letters_number() {
    for pair in ["22E7", "22F7", "22F66", "22F66a", "22F66b", "22G1", "23A1"].windows(2) {
        assert!(Build::parse(pair[0]) < Build::parse(pair[1]), "{pair:?}");
    }
    for text in ["", "22", "F66", "22F", "22F66-1", "22F66 b"] {
        assert_eq!(Build::parse(text), None, "{text:?}");
    }
}

#[test]
fn days_are_written_in_one_way() {
    assert!(date("2021-05-01") < date("2021-05-05"));
    for text in ["2021-5-1", "2021-13-01", "2021-05-01T00:00:00", "soon", ""] {
        assert_eq!(date(text), None, "{text:?}");
    }
}
