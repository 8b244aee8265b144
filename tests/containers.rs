//! What files come packed in: layers in layers, archives in archives, whole or broken off, honest or not. Archives are
//! written by other programs' code (`zip`, `tar`, `flate2`), and damaged by hand.

use flate2::{Compression, write::GzEncoder};
use std::fmt::Write as _;
use std::io::{Cursor, Write};
use std::path::Path;
use trailglass::import::Reading;
use trailglass::import::archive::Archive;
use trailglass::import::recognise::Kind;
use trailglass::problem::ProblemKind::{self, *};
use trailglass::session::native::NativeCase;
use trailglass::session::protocol::FileReport;
use trailglass::session::shard::Shard;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn record(n: usize) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventTime":"2023-07-10T11:{:02}:00Z","eventName":"Get{n}","eventSource":"s3.amazonaws.com","eventID":"id-{n}","userIdentity":{{"type":"IAMUser","userName":"Zoë 😀"}}}}"#,
        n % 60
    )
}

/// A log of records with these numbers.
fn log(numbers: std::ops::Range<usize>) -> String {
    format!("{{\"Records\":[{}]}}", numbers.map(record).collect::<Vec<_>>().join(","))
}

fn gz(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, mark: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    format!("{mark}{text}").encode_utf16().flat_map(unit).collect()
}

/// base64 in lines of 76 characters.
fn base64(content: impl AsRef<[u8]>) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    for three in content.as_ref().chunks(3) {
        let bits = three.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let character = ALPHABET[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= three.len() { character } else { b'=' });
        }
    }
    text.chunks(76).flat_map(|line| [line, b"\n"].concat()).collect()
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, content)) in entries.iter().enumerate() {
        let method = if at % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Path, kind, events and kinds of problem, each once, of a file or an entry.
type Line = (String, Kind, u32, Vec<ProblemKind>);

fn line(path: &str, report: &FileReport) -> Line {
    for problem in &report.problems {
        assert!(!problem.what.is_empty() && !problem.outcome.is_empty(), "{problem:?}");
    }
    let mut kinds: Vec<ProblemKind> = Vec::new();
    for problem in &report.problems {
        if !kinds.contains(&problem.kind) {
            kinds.push(problem.kind);
        }
    }
    (path.to_owned(), report.kind, report.events, kinds)
}

/// Reads an archive's entries, and those of archives in it.
fn entries(shard: &mut Shard, path: &str, mut archive: Archive, lines: &mut Vec<Line>) {
    for entry in 0..archive.entries().len() {
        let path = format!("{path}/{}", archive.entries()[entry].path);
        let file = lines.len() as u32;
        let report = shard.read_entry(file, &path, archive.content(entry), archive.depth());
        lines.push(line(&path, &report));
        if let Some(inner) = shard.take_archive() {
            entries(shard, &path, inner, lines);
        }
    }
}

/// Reads a file that comes in pieces of this size.
fn read_in(bytes: &[u8], step: usize) -> (Vec<Line>, FileReport) {
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, "f", Reading::default());
    let mut chunks = bytes.chunks(step).peekable();
    let mut last = chunks.peek().is_none();
    if last {
        shard.push(&mut stream, b"", true);
    }
    while let Some(chunk) = chunks.next() {
        last = chunks.peek().is_none();
        assert!(shard.push(&mut stream, chunk, last), "a whole file is wanted to its end");
    }
    assert!(last);
    let report = shard.finish(stream);
    let mut lines = vec![line("f", &report)];
    if let Some(archive) = shard.take_archive() {
        entries(&mut shard, "f", archive, &mut lines);
    }
    (lines, report)
}

/// Reads a file whole, and in pieces of odd sizes, which must make no difference.
#[track_caller]
fn read(bytes: &[u8]) -> (Vec<Line>, FileReport) {
    let mut shard = Shard::default();
    let report = shard.read(0, "f", bytes);
    let mut lines = vec![line("f", &report)];
    if let Some(archive) = shard.take_archive() {
        entries(&mut shard, "f", archive, &mut lines);
    }
    for step in [1, 7, 511, 4_099, bytes.len() / 3 + 1] {
        let (pieces, other) = read_in(bytes, if bytes.len() > 100_000 { step.max(4_099) } else { step });
        assert_eq!(lines, pieces, "in pieces of {step}");
        assert_eq!(report.sha256, other.sha256);
        // Of what is no text of records not all is looked at.
        assert!(!report.kind.is_opened() || report.content_bytes == other.content_bytes);
    }
    assert!(report.sha256.is_some());
    (lines, report)
}

#[track_caller]
fn expect(bytes: &[u8], expected: &[(&str, Kind, u32, &[ProblemKind])]) {
    let (lines, report) = read(bytes);
    let lines: Vec<_> = lines.iter().map(|(p, kind, events, told)| (p.as_str(), *kind, *events, &told[..])).collect();
    assert_eq!(lines, expected, "{report:#?}");
}

#[test]
fn layers_in_layers() {
    let text = log(0..9);
    let long = log(0..700);
    for text in [&text, &long] {
        let events = if text.len() == long.len() { 700 } else { 9 };
        for (packed, name) in [
            (gz(gz(text)), "gzip in gzip"),
            (gz(gz(gz(text))), "gzip in gzip in gzip"),
            ([gz(gz(&text[..99])), gz(gz(&text[99..]))].concat(), "gzip members in gzip members"),
            (utf16(text, true, u16::to_le_bytes), "UTF-16LE"),
            (utf16(text, true, u16::to_be_bytes), "UTF-16BE"),
            (utf16(text, false, u16::to_le_bytes), "UTF-16LE without a mark"),
            (utf16(text, false, u16::to_be_bytes), "UTF-16BE without a mark"),
            (gz(utf16(text, true, u16::to_le_bytes)), "UTF-16 in gzip"),
            (gz(gz(utf16(text, true, u16::to_le_bytes))), "UTF-16 in gzip in gzip"),
            (base64(gz(text)), "base64 of gzip"),
            ([b"\"", &base64(gz(text))[..], b"\"\n"].concat(), "base64 in quotes"),
            ([&b"\xef\xbb\xbf\n"[..], &base64(gz(text))].concat(), "base64 after a mark"),
            (base64(gz(gz(text))), "base64 of gzip in gzip"),
            ([base64(gz(&text[..98])), base64(gz(&text[98..]))].concat(), "two values in base64"),
            (
                utf16(&String::from_utf8(base64(gz(text))).unwrap(), true, u16::to_le_bytes),
                "base64 of gzip that PowerShell wrote",
            ),
        ] {
            let (lines, _) = read(&packed);
            assert_eq!(lines, [("f".to_owned(), Kind::CloudTrailLog, events, vec![])], "{name}");
        }
    }
    expect(&gz(gz(gz(gz(&text)))), &[("f", Kind::GzipInGzip, 0, &[TooDeep])]);
}

#[test]
fn damaged_layers_keep_what_came_before() {
    let text = log(0..700);
    // Half of a pair in UTF-16, and a text that ends in the middle of a unit.
    let mut lone = utf16(&text, true, u16::to_le_bytes);
    let at = lone.windows(2).position(|unit| unit == [0x3d, 0xd8]).unwrap();
    lone[at..at + 2].copy_from_slice(&[b'x', 0]);
    expect(&lone, &[("f", Kind::CloudTrailLog, 700, &[NotUtf8])]);
    let whole = utf16(&text, true, u16::to_le_bytes);
    expect(&whole[..whole.len() - 1], &[("f", Kind::CloudTrailLog, 700, &[Truncated])]);
    // Gzip in gzip, cut and flipped.
    let packed = gz(gz(&text));
    for cut in (600..packed.len() - 4).step_by(211) {
        let (lines, _) = read_in(&packed[..cut], 4_096);
        // The record that is cut may be kept as far as it goes.
        let told = matches!(lines[0].3[..], [Truncated] | [Truncated, Repaired]);
        assert!(lines[0].1 == Kind::CloudTrailLog && told, "cut at {cut}: {lines:?}");
    }
    let (lines, _) = read_in(&packed[..packed.len() * 2 / 3], usize::MAX);
    assert!((200..700).contains(&lines[0].2), "{lines:?}");
    let mut inner = gz(&text);
    let end = inner.len();
    inner[end - 7] ^= 1;
    expect(&gz(&inner), &[("f", Kind::CloudTrailLog, 700, &[DamagedGzip])]);
    // base64 that is none from a place on.
    let mut foreign = base64(gz(&text));
    let at = foreign.len() * 2 / 3;
    foreign[at] = b'!';
    let (lines, _) = read(&foreign);
    assert!((200..700).contains(&lines[0].2), "{lines:?}");
    let told = matches!(lines[0].3[..], [NotBase64, Truncated] | [NotBase64, Truncated, Repaired]);
    assert!(told, "{lines:?}");
}

#[test]
fn hashes_are_of_the_bytes_on_disk() {
    let hex = |bytes: &[u8]| {
        let hash = read(bytes).1.sha256.unwrap();
        hash.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    // FIPS 180-2's examples; the last is one million times "a", a file of which nothing is read.
    assert_eq!(hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(hex(&[b'a'; 1_000_000]), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    // `gzip -n < /dev/null | sha256sum`: of the packed bytes, not of what they hold.
    let empty = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(hex(&empty), "59869db34853933b239f1e2219cf7d431da006aa919635478511fabbfc8849d2");
    // Damaged files have one too; a reading that was broken off has none.
    let damaged = [&gz(log(0..9))[..30], &[0xff; 5_000]].concat();
    assert_ne!(hex(&damaged), hex(&damaged[..4_000]));
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, "f", Reading::default());
    shard.push(&mut stream, log(0..9).as_bytes(), false);
    assert_eq!(shard.finish(stream).sha256, None);
}

#[test]
fn zips() {
    let (one, two, packed) = (log(0..3), log(3..7), gz(log(7..12)));
    let all: [(&str, &[u8]); 6] = [
        ("AWSLogs/1/a.json", one.as_bytes()),
        ("AWSLogs/1/b.json", two.as_bytes()),
        ("c.json.gz", &packed),
        ("__MACOSX/._c.json.gz", b"\0\x05\x16\x07"),
        (".DS_Store", b"\0\0\0\x01Bud1"),
        ("empty", b""),
    ];
    let expected: &[(&str, Kind, u32, &[ProblemKind])] = &[
        ("f", Kind::Zip, 0, &[]),
        ("f/AWSLogs/1/a.json", Kind::CloudTrailLog, 3, &[]),
        ("f/AWSLogs/1/b.json", Kind::CloudTrailLog, 4, &[]),
        ("f/c.json.gz", Kind::CloudTrailLog, 5, &[]),
        ("f/empty", Kind::Empty, 0, &[]),
    ];
    expect(&zip_of(&all), expected);
    expect(&[&zip_of(&all)[..], b"\0\0\0"].concat(), expected);
    // As programs write it that do not know sizes beforehand, with folders, and 64-bit sizes.
    let mut writer = ZipWriter::new_stream(Vec::new());
    writer.add_directory("AWSLogs/", SimpleFileOptions::default()).unwrap();
    for (name, content) in all {
        let method = CompressionMethod::Deflated;
        writer.start_file(name, SimpleFileOptions::default().compression_method(method).large_file(true)).unwrap();
        writer.write_all(content).unwrap();
    }
    expect(&writer.finish().unwrap().into_inner(), expected);
    expect(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", &[("f", Kind::Zip, 0, &[])]);
    let inner = zip_of(&[("x.json", one.as_bytes()), ("y.tgz", &gz(tar_of(&[("z.json", two.as_bytes())])))]);
    expect(
        &zip_of(&[("in/ner.zip", &inner)]),
        &[
            ("f", Kind::Zip, 0, &[]),
            ("f/in/ner.zip", Kind::Zip, 0, &[]),
            ("f/in/ner.zip/x.json", Kind::CloudTrailLog, 3, &[]),
            ("f/in/ner.zip/y.tgz", Kind::Tar, 0, &[]),
            ("f/in/ner.zip/y.tgz/z.json", Kind::CloudTrailLog, 4, &[]),
        ],
    );
    let deep = zip_of(&[("3", &zip_of(&[("4", &zip_of(&[("5", one.as_bytes())]))]))]);
    let (lines, _) = read(&zip_of(&[("2", &deep)]));
    let last = lines.last().unwrap();
    assert_eq!((lines.len(), &*last.0, last.1, &last.3), (4, "f/2/3/4", Kind::Zip, &vec![TooDeep]));
}

#[test]
fn tars() {
    let (one, two, packed) = (log(0..3), log(3..7), gz(log(7..12)));
    let long = format!("AWSLogs/{}a.json", "o-exampleorgid/".repeat(20));
    let all: [(&str, &[u8]); 4] = [
        (&long, one.as_bytes()),
        ("b.json", two.as_bytes()),
        ("c/c.json.gz", &packed),
        ("._b.json", b"\0\x05\x16\x07"),
    ];
    let path = format!("f/{long}");
    let expected: &[(&str, Kind, u32, &[ProblemKind])] = &[
        ("f", Kind::Tar, 0, &[]),
        (&path, Kind::CloudTrailLog, 3, &[]),
        ("f/b.json", Kind::CloudTrailLog, 4, &[]),
        ("f/c/c.json.gz", Kind::CloudTrailLog, 5, &[]),
    ];
    let tar = tar_of(&all);
    expect(&tar, expected);
    expect(&gz(&tar), expected);
    expect(&gz(gz(&tar)), expected);
    expect(&base64(gz(&tar)), expected);
    expect(&[&tar[..], &[0; 10_240]].concat(), expected);
    // pax: long names and sizes in headers of their own, among folders and links; and headers from before ustar.
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    builder.append_data(&mut header, "c/", &b""[..]).unwrap();
    builder.append_pax_extensions([("path", long.as_bytes()), ("mtime", b"1.5".as_slice())]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(one.len() as u64);
    builder.append_data(&mut header, "short", one.as_bytes()).unwrap();
    let mut header = tar::Header::new_old();
    header.set_size(two.len() as u64);
    builder.append_data(&mut header, "b.json", two.as_bytes()).unwrap();
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    builder.append_link(&mut link, "link", "/etc/passwd").unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(packed.len() as u64);
    builder.append_data(&mut header, "c/c.json.gz", &packed[..]).unwrap();
    expect(&builder.into_inner().unwrap(), expected);
    let inner = gz(tar_of(&[("2.tgz", &gz(tar_of(&[("3.json", one.as_bytes())])))]));
    expect(
        &gz(tar_of(&[("1.tgz", &inner)])),
        &[
            ("f", Kind::Tar, 0, &[]),
            ("f/1.tgz", Kind::Tar, 0, &[]),
            ("f/1.tgz/2.tgz", Kind::Tar, 0, &[]),
            ("f/1.tgz/2.tgz/3.json", Kind::CloudTrailLog, 3, &[]),
        ],
    );
}

#[test]
fn archives_that_break_off_keep_complete_entries() {
    let logs: Vec<String> = (0..8).map(|n| log(n * 5..n * 5 + 5)).collect();
    let names: Vec<String> = (0..8).map(|n| format!("{n}.json")).collect();
    let all: Vec<(&str, &[u8])> = names.iter().zip(&logs).map(|(name, log)| (&**name, log.as_bytes())).collect();
    let mut stream = ZipWriter::new_stream(Vec::new());
    for (name, content) in &all {
        let method = CompressionMethod::Deflated;
        stream.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        stream.write_all(content).unwrap();
    }
    let stream = stream.finish().unwrap().into_inner();
    for (bytes, name) in [(zip_of(&all), "zip"), (stream, "zip with descriptors"), (tar_of(&all), "tar")] {
        // Each entry's data ends somewhere before the next entry's header.
        let starts: Vec<usize> = names
            .iter()
            .map(|name| bytes.windows(name.len()).position(|window| window == name.as_bytes()).unwrap())
            .collect();
        for cut in (520..bytes.len()).step_by(97) {
            let (lines, report) = read_in(&bytes[..cut], 1_000);
            let begun = starts.iter().filter(|&&start| start < cut).count();
            let kept = lines.len() - 1;
            let near_the_end = name == "tar" && cut + 1_024 > bytes.len();
            assert!(near_the_end || lines[0].3 == [Truncated], "{name} cut at {cut}: {report:#?}");
            assert!(kept == begun || kept + 1 == begun, "{name} cut at {cut}: {kept} of {begun}");
            for (line, name) in lines[1..].iter().zip(&names) {
                assert_eq!(line, &(format!("f/{name}"), Kind::CloudTrailLog, 5, vec![]), "{name} cut at {cut}");
            }
        }
        // Packed in gzip once more and cut there.
        let packed = gz(&bytes);
        let (lines, _) = read(&packed[..packed.len() * 3 / 4]);
        assert!((3..9).contains(&lines.len()) && lines[0].3 == [Truncated], "{name}: {lines:?}");
    }
    // A directory that is damaged: the headers of the entries tell.
    let mut damaged = zip_of(&all);
    let at = damaged.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    damaged[at] = b'X';
    let (lines, _) = read(&damaged);
    assert_eq!((lines.len(), &lines[0].3), (9, &vec![DamagedArchive]));
    // A header that is damaged: the entry behind it is lost.
    let mut damaged = tar_of(&all);
    let at = damaged.windows(6).position(|window| window == b"3.json").unwrap();
    damaged[at] ^= 1;
    let (lines, _) = read(&damaged);
    assert_eq!((lines.len(), &lines[0].3), (8, &vec![DamagedArchive]));
    assert!(!lines.iter().any(|line| line.0 == "f/3.json"));
}

/// Changes bytes in the first entry's directory and local header: `(offset in the directory, offset in the header, bytes)`.
fn patched(mut zip: Vec<u8>, central: usize, local: usize, bytes: &[u8]) -> Vec<u8> {
    let at = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zip[at + central..at + central + bytes.len()].copy_from_slice(bytes);
    zip[local..local + bytes.len()].copy_from_slice(bytes);
    zip
}

#[test]
fn entries_that_cannot_be_read_are_told() {
    let (one, two) = (log(0..3), log(3..7));
    let good = zip_of(&[("a.json", one.as_bytes()), ("b.json", two.as_bytes())]);
    let size = one.len() as u32;
    for (bytes, told) in [
        (patched(good.clone(), 8, 6, &[1, 0]), Encrypted),
        (patched(good.clone(), 10, 8, &[99, 0]), Encrypted),
        (patched(good.clone(), 10, 8, &[93, 0]), UnknownPacking),
        (patched(good.clone(), 16, 14, &[1, 2, 3, 4]), DamagedArchive),
        (patched(good.clone(), 24, 22, &(size - 1).to_le_bytes()), DamagedArchive),
        (patched(good.clone(), 24, 22, &(size + 1).to_le_bytes()), DamagedArchive),
        (patched(good.clone(), 24, 22, &0xf000_0000u32.to_le_bytes()), TooLarge),
        (patched(good.clone(), 24, 22, &0x0fff_ffffu32.to_le_bytes()), DamagedArchive),
        (patched(good.clone(), 20, 18, &(0xf000_0000u32).to_le_bytes()), DamagedArchive),
        (patched(good.clone(), 20, 18, &60u32.to_le_bytes()), DamagedArchive),
        (patched(good.clone(), 42, 0, b"PK\x03\x04"), DamagedArchive),
    ] {
        let (lines, _) = read(&bytes);
        let expected = [
            ("f".to_owned(), Kind::Zip, 0, vec![]),
            ("f/a.json".to_owned(), Kind::Unreadable, 0, vec![told]),
            ("f/b.json".to_owned(), Kind::CloudTrailLog, 4, vec![]),
        ];
        assert_eq!(lines, expected);
    }
    // A tar whose header states more than there is, in octal and in binary.
    for size in [0o7_7777_7777, u64::MAX >> 1, u64::MAX] {
        let mut header = tar::Header::new_gnu();
        header.set_path("huge").unwrap();
        if size > 1 << 33 {
            header.as_old_mut().size = [&[0x80, 0, 0, 0][..], &size.to_be_bytes()].concat().try_into().unwrap();
        } else {
            header.set_size(size);
        }
        header.set_cksum();
        let good = tar_of(&[("b.json", two.as_bytes())]);
        let tar = [&good[..good.len() - 1_024], header.as_bytes(), b"little"].concat();
        expect(&tar, &[("f", Kind::Tar, 0, &[Truncated]), ("f/b.json", Kind::CloudTrailLog, 4, &[])]);
    }
}

#[test]
fn names_are_harmless_and_different() {
    let one = log(0..1);
    let swap = |bytes: Vec<u8>, from: &[u8], to: &[u8]| {
        let mut bytes = bytes;
        while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
        bytes
    };
    let zip = zip_of(&[("b.json", one.as_bytes()), ("a.json", one.as_bytes()), ("xxxxxxxxxxx", one.as_bytes())]);
    let zip = swap(swap(zip, b"b.json", b"a.json"), b"xxxxxxxxxxx", b"..\\../e\\./p");
    let (lines, _) = read(&zip);
    let paths: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    assert_eq!(paths, ["f", "f/a.json", "f/a.json (2)", "f/e/p"]);
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..14].copy_from_slice(b"/../etc/passwd");
    header.set_size(one.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, one.as_bytes()).unwrap();
    builder.append(&header, one.as_bytes()).unwrap();
    let (lines, _) = read(&builder.into_inner().unwrap());
    let paths: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    assert_eq!(paths, ["f", "f/etc/passwd", "f/etc/passwd (2)"]);
}

/// Gzip of this many megabytes of records made of hardly anything.
fn bomb(megabytes: usize) -> Vec<u8> {
    let record = format!("{{\"eventVersion\":\"1.08\",\"eventName\":\"x\",\"pad\":\"{}\"}},", "a".repeat(1 << 20));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"{\"Records\":[").unwrap();
    (0..megabytes).for_each(|_| encoder.write_all(record.as_bytes()).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn bombs_are_stopped() {
    let bomb = bomb(400);
    let nested = gz(&bomb);
    let read = |bytes: &[u8]| {
        let mut shard = Shard::default();
        let report = shard.read(0, "f", bytes);
        let mut lines = vec![line("f", &report)];
        if let Some(archive) = shard.take_archive() {
            entries(&mut shard, "f", archive, &mut lines);
        }
        lines
    };
    let lines = read(&nested);
    assert!(nested.len() < 100_000 && lines[0].3.contains(&TooLarge) && lines[0].2 < 300, "{lines:?}");
    // 400 MB of one entry; 40 entries of it; and an entry whose size is stated smaller than it is.
    let pad = vec![b'a'; 400 << 20];
    let zip = zip_of(&[("bomb", &pad)]);
    drop(pad);
    let lines = read(&zip);
    assert_eq!((lines[1].1, &lines[1].3), (Kind::Unreadable, &vec![TooLarge]));
    let small = patched(zip, 24, 22, &1_000u32.to_le_bytes());
    let lines = read(&small);
    assert_eq!((lines[1].1, &lines[1].3), (Kind::Unreadable, &vec![DamagedArchive]));
    let entry = vec![b'a'; 30 << 20];
    let names: Vec<String> = (0..24).map(|n| format!("{}", n * 2)).collect();
    let some: Vec<(&str, &[u8])> = names.iter().flat_map(|name| [(&**name, &entry[..]), ("", &[])]).collect();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in some.iter().filter(|(name, _)| !name.is_empty()) {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(content).unwrap();
    }
    let lines = read(&writer.finish().unwrap().into_inner());
    let refused = lines.iter().filter(|line| line.3 == [TooLarge]).count();
    assert!((8..20).contains(&refused), "{refused} of 24 entries of 30 MiB each; about 256 MiB may be unpacked");
}

#[test]
fn the_native_session_numbers_entries() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let inner = gz(tar_of(&[("x.json", log(0..10).as_bytes()), ("y.json", log(10..30).as_bytes())]));
    let files = [
        put("a.json", log(30..40).as_bytes()),
        put("b.zip", &zip_of(&[("p/in.tgz", &inner), ("q.json", log(40..45).as_bytes()), ("r.txt", b"hello")])),
        // A copy of what is in the archive: the lowest path stays.
        put("c.json", log(0..10).as_bytes()),
    ];
    let mut seen = Vec::new();
    for shards in [1, 2, 8] {
        let case = NativeCase::load(&files, shards);
        assert_eq!(case.paths.len(), case.reports.len());
        let relative = |path: &str| Path::new(path).strip_prefix(folder.path()).unwrap().display().to_string();
        let mut lines: Vec<_> = case
            .reports
            .iter()
            .map(|report| {
                let copies = case.duplicates.by_file.get(&report.file).copied().unwrap_or(0);
                (relative(&case.paths[report.file as usize]), report.kind, report.events, copies, report.sha256)
            })
            .collect();
        assert!(case.reports.iter().zip(0..).all(|(report, number)| report.file == number));
        assert!(lines.iter().all(|line| line.4.is_some()));
        lines.sort_unstable();
        let shown: Vec<_> =
            lines.iter().map(|(path, _, events, copies, _)| (path.as_str(), *events, *copies)).collect();
        assert_eq!(
            shown,
            [
                ("a.json", 10, 0),
                ("b.zip", 0, 0),
                ("b.zip/p/in.tgz", 0, 0),
                ("b.zip/p/in.tgz/x.json", 10, 0),
                ("b.zip/p/in.tgz/y.json", 20, 0),
                ("b.zip/q.json", 5, 0),
                ("b.zip/r.txt", 0, 0),
                ("c.json", 10, 10),
            ]
        );
        seen.push(lines);
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]));
}

#[test]
fn a_file_that_is_cut_has_its_hash() {
    use sha2::{Digest, Sha256};
    let folder = tempfile::tempdir().unwrap();
    let pad = "x".repeat(2_000);
    let records = (0..16_000).map(|n| record(n).replace("IAMUser", &pad)).collect::<Vec<_>>().join(",");
    let large = format!("{{\"Records\":[{records}]}}\n");
    assert!(large.len() > 30 << 20);
    let other = vec![b'z'; 30 << 20];
    let paths = [folder.path().join("large.json"), folder.path().join("other.txt")];
    std::fs::write(&paths[0], &large).unwrap();
    std::fs::write(&paths[1], &other).unwrap();
    let case = NativeCase::load(&paths, 2);
    assert_eq!(case.reports[0].events, 16_000);
    assert_eq!(case.reports[0].sha256, Some(Sha256::digest(&large).into()));
    assert_eq!(case.reports[1].sha256, Some(Sha256::digest(&other).into()));
}
