//! Checksums as other tools make them.

use sha2::{Digest, Sha256, Sha384};

/// CRC-32 as in zip files, of all lines one after the other without their ends. A mark at the head of the text that says
/// how it is encoded does not count. Flyway writes it as a signed number.
pub(super) fn crc32_of_lines(text: &str) -> i32 {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r'));
    let crc = bytes.fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    (!crc).cast_signed()
}

pub(super) fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

pub(super) fn sha384(text: &str) -> String {
    hex(&Sha384::digest(text))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crc_is_that_of_the_lines() {
        // The check value of CRC-32.
        assert_eq!(crc32_of_lines("123456789").cast_unsigned(), 0xCBF4_3926);
        assert_eq!(crc32_of_lines("\u{feff}1234\r\n56\n789\n"), crc32_of_lines("123456789"));
        assert!(crc32_of_lines("123456789") < 0);
        assert_eq!(crc32_of_lines(""), 0);
    }

    #[test]
    fn a_sha_is_written_in_small_hex() {
        assert!(sha384("abc").starts_with("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"));
        assert!(hex(&sha256("abc")).starts_with("ba7816bf8f01cfea"));
    }
}
