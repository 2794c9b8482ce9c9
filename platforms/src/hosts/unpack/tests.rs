use super::*;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use tar::Header;

const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    entries: 50,
};

struct Making {
    tar: tar::Builder<Vec<u8>>,
}

impl Making {
    fn new() -> Self {
        Self {
            tar: tar::Builder::new(Vec::new()),
        }
    }

    /// Adds an entry with a name that the library itself would refuse to write.
    fn entry(mut self, name: &str, kind: EntryType, mode: u32, link: &str, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        let gnu = header.as_gnu_mut().unwrap();
        gnu.name[..name.len()].copy_from_slice(name.as_bytes());
        gnu.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(content.len() as u64);
        header.set_cksum();
        self.tar.append(&header, content).unwrap();
        self
    }

    fn file(self, name: &str, content: &str) -> Self {
        self.entry(name, EntryType::Regular, 0o644, "", content.as_bytes())
    }

    fn link(self, name: &str, target: &str) -> Self {
        self.entry(name, EntryType::Symlink, 0o777, target, b"")
    }

    fn tar(self) -> Vec<u8> {
        self.tar.into_inner().unwrap()
    }

    fn gz(self) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&self.tar()).unwrap();
        gz.finish().unwrap()
    }
}

/// Unpacks into `outer/release` and returns `outer`, to see what landed beside it.
fn unpacked(bytes: &[u8]) -> (tempfile::TempDir, Result<(), ArchiveError>) {
    let outer = tempfile::tempdir().unwrap();
    let release = outer.path().join("release");
    fs::create_dir(&release).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let done = unpack(&file, &release, LIMITS);
    (outer, done)
}

fn refused(archive: Making) -> String {
    let (outer, done) = unpacked(&archive.gz());
    let beside: Vec<_> = fs::read_dir(outer.path()).unwrap().collect();
    assert_eq!(beside.len(), 1, "something landed outside of the release");
    done.expect_err("the archive was taken").to_string()
}

#[test]
fn files_directories_links_and_modes_arrive_as_packed() {
    let archive = || {
        Making::new()
            .entry("./bin/", EntryType::Directory, 0o755, "", b"")
            .entry("./bin/run", EntryType::Regular, 0o777, "", b"#!/bin/sh\n")
            .file("share/deep/text", "hello")
            .link("bin/text", "../share/deep/text")
            .entry("bin/run2", EntryType::Link, 0o755, "./bin/run", b"")
    };
    for bytes in [archive().gz(), archive().tar()] {
        let (outer, done) = unpacked(&bytes);
        done.unwrap();
        let release = outer.path().join("release");
        assert_eq!(
            fs::read_to_string(release.join("bin/text")).unwrap(),
            "hello"
        );
        assert_eq!(
            fs::read_to_string(release.join("bin/run2")).unwrap(),
            "#!/bin/sh\n"
        );
        let mode = fs::metadata(release.join("bin/run"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o755, "others may not write");
    }
}

#[test]
fn an_entry_that_climbs_out_or_is_absolute_is_refused() {
    for (name, why) in [
        ("../evil", "climbs out with `..`"),
        ("a/../../evil", "climbs out with `..`"),
        ("/etc/evil", "is an absolute path"),
    ] {
        let error = refused(Making::new().file("good", "x").file(name, "x"));
        assert!(error.contains(why) && error.contains(name), "{error}");
    }
}

#[test]
fn a_link_that_leaves_the_release_is_refused() {
    for target in ["/etc/passwd", "../x", "..", "a/../../x", "good/../../x"] {
        let error = refused(Making::new().file("good", "x").link("link", target));
        assert!(error.contains("leaves the release"), "{target}: {error}");
    }
    let deep = Making::new().file("a/b/c", "x").link("a/b/l", "../../..");
    assert!(refused(deep).contains("leaves the release"));
}

#[test]
fn nothing_is_written_through_a_link_or_over_another_entry() {
    let through = Making::new()
        .file("d/x", "x")
        .link("l", "d")
        .file("l/y", "y");
    assert!(refused(through).contains("goes through something that is no directory"));
    let over = Making::new().link("l", "x").file("l", "y");
    assert!(refused(over).contains("is there twice"));
    let swapped = Making::new().file("d/x", "x").link("d", "elsewhere");
    assert!(refused(swapped).contains("is there twice"));
    let hard = Making::new()
        .link("l", "x")
        .entry("h", EntryType::Link, 0o644, "l", b"");
    assert!(refused(hard).contains("no file of the archive"));
    let outside = Making::new().entry("h", EntryType::Link, 0o644, "/etc/passwd", b"");
    assert!(refused(outside).contains("no file of the archive"));
}

#[test]
fn devices_pipes_and_set_id_bits_are_refused() {
    for kind in [
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::GNUSparse,
    ] {
        let error = refused(
            Making::new()
                .file("good", "x")
                .entry("d", kind, 0o644, "", b""),
        );
        assert!(
            error.contains("neither file, directory nor link") || error.contains("damaged"),
            "{kind:?}: {error}"
        );
    }
    for mode in [0o4755, 0o2755] {
        let error = refused(Making::new().entry("s", EntryType::Regular, mode, "", b"x"));
        assert!(error.contains("setuid or setgid"), "{error}");
    }
}

#[test]
fn a_bomb_is_stopped_by_its_size_its_count_or_its_headers() {
    let zeros = vec![0; (LIMITS.bytes + 1) as usize];
    let big = Making::new().entry("big", EntryType::Regular, 0o644, "", &zeros);
    assert!(refused(big).contains("unpacks to more than 1048576 bytes"));

    let mut many = Making::new();
    for index in 0..=LIMITS.entries {
        many = many.file(&format!("f{index}"), "");
    }
    assert!(refused(many).contains("more than 50 entries"));

    let name = vec![b'a'; (HEADERS + 1) as usize];
    let long = Making::new()
        .entry("././@LongLink", EntryType::GNULongName, 0o644, "", &name)
        .file("x", "x");
    assert!(refused(long).contains("headers are too large"));
}

#[test]
fn what_is_no_archive_or_ends_early_is_refused() {
    let whole = Making::new().file("a", &"x".repeat(5000)).gz();
    let cut = &whole[..whole.len() / 2];
    assert!(matches!(unpacked(cut).1, Err(ArchiveError::Damaged(_))));
    let plain = Making::new().file("a", &"x".repeat(5000)).tar();
    assert!(matches!(
        unpacked(&plain[..2000]).1,
        Err(ArchiveError::Damaged(_))
    ));
    assert!(matches!(
        unpacked(b"PK\x03\x04rest").1,
        Err(ArchiveError::Kind("zip"))
    ));
    assert!(matches!(unpacked(b"").1, Err(ArchiveError::Kind("empty"))));
    assert!(unpacked(b"<html>no such package</html>").1.is_err());
    assert!(matches!(
        unpacked(&Making::new().gz()).1,
        Err(ArchiveError::Empty)
    ));
}
