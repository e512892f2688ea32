//! What happens to the bytes between `pg_dump` and the disk, and back: compressed, encrypted, hashed.
//!
//! Nothing lies on the disk in the clear where it is to be encrypted: the bytes go from one program to the other.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use age::x25519::Recipient;
use age::{Decryptor, Encryptor, IdentityFile};
use sha2::{Digest, Sha256};
use zstd::stream::{read, write};

use crate::operate::backup::Settings;
use crate::operate::backup::manifest::{self, Layer};
use crate::operate::error::OperateError;

/// The keys that a backup is encrypted for.
///
/// # Errors
/// When one is none.
pub fn recipients(settings: &Settings) -> Result<Vec<Recipient>, OperateError> {
    let read = |text: &String| text.parse().map_err(|_| OperateError::Recipient { text: text.clone() });
    settings.recipients.iter().map(read).collect()
}

/// Writes what comes from `input` into a new file that is its owner's alone; says how long it is and what its hash is.
///
/// # Errors
/// What the file system says, or the one who writes.
pub fn pack(
    input: &mut impl Read,
    path: &Path,
    zstd: Option<i32>,
    recipients: &[Recipient],
) -> Result<(u64, String), OperateError> {
    let mut written = || {
        let file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        let hashed = Hashed { into: BufWriter::new(file), hash: Sha256::new(), bytes: 0 };
        let hashed = if recipients.is_empty() {
            compressed(input, hashed, zstd)?
        } else {
            let keys = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
            let encryptor = Encryptor::with_recipients(keys).map_err(io::Error::other)?;
            compressed(input, encryptor.wrap_output(hashed)?, zstd)?.finish()?
        };
        let file = hashed.into.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok((hashed.bytes, hex(&hashed.hash.finalize())))
    };
    written().map_err(OperateError::file("write", path))
}

fn compressed<W: Write>(input: &mut impl Read, mut into: W, zstd: Option<i32>) -> io::Result<W> {
    let Some(level) = zstd else {
        io::copy(input, &mut into)?;
        return Ok(into);
    };
    let mut encoder = write::Encoder::new(into, level)?;
    io::copy(input, &mut encoder)?;
    encoder.finish()
}

/// What `pack` was given, read back.
///
/// # Errors
/// When there is no key for it, or it is no such file.
pub fn unpack(path: &Path, layers: &[Layer], identity: Option<&Path>) -> Result<Box<dyn Read + Send>, OperateError> {
    let file = File::open(path).map_err(OperateError::file("read", path))?;
    let mut stream: Box<dyn Read + Send> = Box::new(BufReader::new(file));
    for layer in layers.iter().rev() {
        stream = match layer {
            Layer::Age => decrypted(stream, identity.ok_or(OperateError::NoIdentity)?)?,
            Layer::Zstd => Box::new(read::Decoder::new(stream).map_err(OperateError::file("decompress", path))?),
        };
    }
    Ok(stream)
}

fn decrypted(stream: Box<dyn Read + Send>, path: &Path) -> Result<Box<dyn Read + Send>, OperateError> {
    let wrong = |cause: String| OperateError::Identity { path: path.to_owned(), cause };
    let text = fs::read(path).map_err(OperateError::file("read", path))?;
    let keys = IdentityFile::from_buffer(text.as_slice()).map_err(|error| wrong(error.to_string()))?;
    let keys = keys.into_identities().map_err(|error| wrong(error.to_string()))?;
    let decryptor = Decryptor::new(stream).map_err(|error| wrong(error.to_string()))?;
    let keys = keys.iter().map(|key| &**key as &dyn age::Identity);
    Ok(Box::new(decryptor.decrypt(keys).map_err(|error| wrong(error.to_string()))?))
}

/// Length and hash of a file that is there.
///
/// # Errors
/// When it cannot be read.
pub fn measure(root: &Path, path: &str) -> Result<manifest::File, OperateError> {
    let whole = root.join(path);
    let read = || {
        let mut hashed = Hashed { into: io::sink(), hash: Sha256::new(), bytes: 0 };
        io::copy(&mut File::open(&whole)?, &mut hashed)?;
        Ok(manifest::File { path: path.to_owned(), bytes: hashed.bytes, sha256: hex(&hashed.hash.finalize()) })
    };
    read().map_err(OperateError::file("read", &whole))
}

/// Counts and hashes what is written through it.
struct Hashed<W> {
    into: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.into.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use age::secrecy::ExposeSecret;
    use age::x25519::Identity;

    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_is_nobody_elses() {
        let place = tempfile::tempdir().unwrap();
        let text = "row data, row data, row data\n".repeat(10_000);
        let key = Identity::generate();
        let keys = place.path().join("keys");
        fs::write(&keys, key.to_string().expose_secret()).unwrap();
        let ways: [(Option<i32>, Vec<Recipient>, &[Layer]); 4] = [
            (None, vec![], &[]),
            (Some(3), vec![], &[Layer::Zstd]),
            (None, vec![key.to_public()], &[Layer::Age]),
            (Some(19), vec![key.to_public(), Identity::generate().to_public()], &[Layer::Zstd, Layer::Age]),
        ];
        for (at, (zstd, recipients, layers)) in ways.iter().enumerate() {
            let path = place.path().join(at.to_string());
            let (bytes, sha256) = pack(&mut text.as_bytes(), &path, *zstd, recipients).unwrap();
            let measured = measure(place.path(), &at.to_string()).unwrap();
            assert_eq!((measured.bytes, measured.sha256), (bytes, sha256));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let clear = fs::read(&path).unwrap().windows(8).any(|some| some == b"row data");
            assert!(!(clear && layers.contains(&Layer::Age)), "{layers:?}");
            let mut back = String::new();
            unpack(&path, layers, Some(&keys)).unwrap().read_to_string(&mut back).unwrap();
            assert!(back == text, "{layers:?}");
        }
        let other = place.path().join("other");
        fs::write(&other, Identity::generate().to_string().expose_secret()).unwrap();
        let refused = unpack(&place.path().join("2"), &[Layer::Age], Some(&other)).err().unwrap();
        assert!(matches!(refused, OperateError::Identity { .. }), "{refused}");
        let refused = unpack(&place.path().join("2"), &[Layer::Age], None).err().unwrap();
        assert!(matches!(refused, OperateError::NoIdentity), "{refused}");
    }
}
