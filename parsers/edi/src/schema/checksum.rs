//! Numbers with a check digit: GTIN, GLN and SSCC of GS1 (General Specifications, 7.9).
//!
//! Weights 3 and 1 from the right, the sum a multiple of ten. Only yes or no, and only of digits: whether a number was
//! issued is for others to know.

/// True if the last of the digits is the right one. What is not digits, or one digit alone, is not right.
pub(crate) fn checks(digits: &[u8]) -> bool {
    let sum = digits.iter().rev().enumerate().try_fold(0u32, |sum, (at, b)| {
        let weight = if at % 2 == 0 { 1 } else { 3 };
        b.is_ascii_digit().then(|| sum + u32::from(b - b'0') * weight)
    });
    digits.len() > 1 && sum.is_some_and(|sum| sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_follows_from_the_others() {
        for right in ["012345678905", "4006381333931", "00012345678905", "96385074", "106141412345678908"] {
            assert!(checks(right.as_bytes()), "{right}");
            let mut wrong = right.as_bytes().to_vec();
            wrong[1] = if wrong[1] == b'9' { b'0' } else { wrong[1] + 1 };
            assert!(!checks(&wrong), "{right}");
        }
        assert!(!checks(b"0") && !checks(b"") && !checks(b"01234567890A"));
    }
}
