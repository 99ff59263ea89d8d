//! Finds a compiler for a target that is not the host's, without downloading one.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A compiler, and how it comes by the target's standard library.
pub struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    target: &'static str,
    /// The crates to build from source, unless the compiler has them prebuilt.
    build_std: Option<&'static str>,
    /// First line of `rustc -vV`: with another compiler the bytes differ.
    pub version: String,
    sysroot: PathBuf,
    /// Under `target/`: two compilers that share one folder rebuild everything at every change of hands.
    pub target_dir: &'static str,
}

impl Toolchain {
    /// The first of these that can: the compiler on PATH (rustup: `rustup target add`), then Debian's (package
    /// `rust-web-src` or `rust-src`).
    pub fn for_target(target: &'static str, std_crates: &'static str) -> Result<Self, String> {
        let candidates = [("cargo", "rustc", "cross"), ("/usr/bin/cargo", "/usr/bin/rustc", "debian")];
        candidates
            .iter()
            .find_map(|(cargo, rustc, dir)| Self::probe((cargo, rustc), dir, target, std_crates))
            .ok_or_else(|| {
                format!(
                    "no compiler for {target}: run `rustup target add {target}`, or on Debian install \
                     rustc-web cargo-web rust-web-src lld-22"
                )
            })
    }

    fn probe(
        (cargo, rustc): (&str, &str),
        target_dir: &'static str,
        target: &'static str,
        std_crates: &'static str,
    ) -> Option<Self> {
        let sysroot = PathBuf::from(output(Command::new(rustc).args(["--print", "sysroot"]))?);
        let version = output(Command::new(rustc).arg("-vV"))?.lines().next()?.to_owned();
        let prebuilt = sysroot.join("lib/rustlib").join(target).join("lib").is_dir();
        let source = sysroot.join("lib/rustlib/src/rust/library/core/Cargo.toml").is_file();
        (prebuilt || source).then(|| Self {
            cargo: cargo.into(),
            rustc: rustc.into(),
            target,
            build_std: (!prebuilt).then_some(std_crates),
            version,
            sysroot,
            target_dir,
        })
    }

    /// Recorded beside the compiler's version: it changes the bytes as much.
    pub fn std_source(&self) -> &'static str {
        if self.build_std.is_some() { "built from source" } else { "prebuilt" }
    }

    /// Keeps this machine's folders out of the artefact.
    pub fn remap_flags(&self, root: &Path) -> Vec<String> {
        let home = std::env::var("HOME").unwrap_or_default();
        let registry = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
        let folders =
            [(self.sysroot.as_path(), "/rust"), (Path::new(&registry), "/cargo"), (root, "/money-match")];
        folders.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect()
    }

    /// `cargo <subcommand>` for this target with these compiler flags; the rest of the arguments is the caller's.
    pub fn cargo(&self, subcommand: &str, flags: &[String]) -> Command {
        let mut command = Command::new(&self.cargo);
        command.env("RUSTC", &self.rustc).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        command.args([subcommand, "--target", self.target]);
        if let Some(crates) = self.build_std {
            // The flag is unstable, the compiler is not: it is allowed here and nowhere else.
            command.env("RUSTC_BOOTSTRAP", "1").args(["-Z", &format!("build-std={crates}")]);
        }
        command
    }
}

/// The workspace's root. Cargo tells it at run time, so that it is not compiled in.
pub fn workspace_root() -> Result<PathBuf, String> {
    let manifest = std::env::var("CARGO_MANIFEST_DIR").map_err(|_| "run this as `cargo xtask`".to_owned())?;
    Path::new(&manifest)
        .ancestors()
        .nth(2)
        .map(Path::to_owned)
        .ok_or_else(|| format!("{manifest}: no workspace"))
}

/// Runs a command, its output going where ours goes.
pub fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name}: {status}")) }
}

/// What a command prints, or `None` if it fails.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
