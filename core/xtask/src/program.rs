//! Builds the on-chain program, and the probe that its tests use, as SBF ELFs from a stock Rust compiler, and vendors them
//! with the versions that made them.
//!
//! Everything target-specific stands here and not in a global cargo configuration, so that the host workspace never sees
//! it: Debian's cargo and rustc (their LLVM has the target and is the linker's own version), the standard library from
//! source, a target directory of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use money_match_core::hash::sha256;
use money_match_core::text::hex_encode;

const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const LLVM_CONFIG: &str = "/usr/lib/llvm-22/bin/llvm-config";
const LINKER: &str = "sbpf-linker";
const INSTALL: &str = "run .ci/install-rust-tools";
const TARGET: &str = "bpfel-unknown-none";

/// A program to build: its package, which is also its folder in `core`, and the environment variable by which the tests
/// are told to run another ELF than the vendored one.
struct Program {
    package: &'static str,
    variable: &'static str,
}

const PROGRAMS: [Program; 2] = [
    Program { package: "match-program", variable: "MATCH_PROGRAM_SO" },
    Program { package: "core-probe", variable: "CORE_PROBE_SO" },
];

impl Program {
    fn elf(&self) -> String {
        format!("{}.so", self.package.replace('-', "_"))
    }

    fn artifact(&self) -> String {
        format!("core/{}/artifact/{}", self.package, self.elf())
    }

    fn record(&self) -> String {
        format!("core/{}/artifact/BUILD.json", self.package)
    }

    fn rebuilt(&self) -> String {
        format!("target/rebuilt/{}", self.elf())
    }
}

/// Every system call that a program uses: the linker makes any other declaration internal, and the optimizer then
/// drops its arguments.
const SYSTEM_CALLS: &str = "abort,sol_memcpy_,sol_memmove_,sol_memset_,sol_memcmp_,sol_invoke_signed_c,sol_log_,\
    sol_try_find_program_address,sol_create_program_address,sol_get_sysvar";

/// Builds the programs. Without `check` the results are vendored; with it, compared with the vendored ones.
///
/// # Errors
/// What went wrong, in one line: a tool is missing, the compiler refused, or the vendored bytes are not what the same
/// tools make of this source.
pub fn build(check: bool) -> Result<(), String> {
    let root = workspace_root()?;
    let tools = Tools::find()?;
    for program in &PROGRAMS {
        let elf = compile(&root, &tools, program)?;
        refuse_machine_paths(&root, &elf)?;
        let record = tools.record(&elf);
        if check {
            compare(&root, program, &elf, &record)?;
        } else {
            write(&root.join(program.artifact()), &elf)?;
            write(&root.join(program.record()), record.as_bytes())?;
            println!("{}: {} bytes", program.artifact(), elf.len());
        }
    }
    Ok(())
}

/// The tools that decide about the bytes of the ELF, by version.
struct Tools {
    rustc: String,
    llvm: String,
    linker: String,
    linker_dir: PathBuf,
}

impl Tools {
    fn find() -> Result<Self, String> {
        for tool in [CARGO, RUSTC, LLVM_CONFIG] {
            if !Path::new(tool).exists() {
                return Err(format!("{tool} is missing: {INSTALL}"));
            }
        }
        let linker_dir = find_linker().ok_or(format!("{LINKER} is missing: {INSTALL}"))?;
        let rustc = output(Command::new(RUSTC).arg("--version"))?;
        let llvm = output(Command::new(LLVM_CONFIG).arg("--version"))?;
        // It prints its version, and then fails with a stack trace: only the first line counts.
        let linker = Command::new(linker_dir.join(LINKER)).arg("--version").output();
        let linker = linker.map_err(|error| format!("{LINKER}: {error}"))?.stdout;
        let linker = String::from_utf8_lossy(&linker).lines().next().unwrap_or_default().to_owned();
        Ok(Self { rustc, llvm, linker, linker_dir })
    }

    /// The record beside the artefact: versions, digest and size; no path, no time.
    fn record(&self, elf: &[u8]) -> String {
        format!(
            "{{\n{}  \"sha256\": \"{}\",\n  \"bytes\": {}\n}}\n",
            self.versions(),
            hex_encode(&sha256(elf)),
            elf.len()
        )
    }

    /// The record's lines that must be equal before bytes may be compared: another compiler makes other bytes.
    fn versions(&self) -> String {
        let Self { rustc, llvm, linker, .. } = self;
        format!("  \"rustc\": \"{rustc}\",\n  \"llvm\": \"{llvm}\",\n  \"linker\": \"{linker}\",\n")
    }
}

fn compile(root: &Path, tools: &Tools, program: &Program) -> Result<Vec<u8>, String> {
    let target_dir = root.join("target/sbf");
    let mut command = clean_cargo(&tools.linker_dir)?;
    command.current_dir(root).env("CARGO_TARGET_DIR", &target_dir);
    command.env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", LINKER);
    command.env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_RUSTFLAGS", rustflags());
    command.args(["rustc", "--locked", "--release", "--package", program.package, "--lib"]);
    command.args(["--crate-type", "cdylib", "--target", TARGET, "-Zbuild-std=core"]);
    let status = command.status().map_err(|error| format!("{CARGO}: {error}"))?;
    if !status.success() {
        return Err(format!("{} does not build ({status})", program.package));
    }
    read(&target_dir.join(TARGET).join("release").join(format!("lib{}", program.elf())))
}

fn rustflags() -> String {
    [
        // A panic becomes a trap. With panic=abort its cold functions land in another text section, and the linker gets
        // calls between sections wrong ("Relative jump out of bounds" at load).
        "-Zunstable-options -Cpanic=immediate-abort",
        // No source paths in the ELF.
        "-Zlocation-detail=none",
        "-Clink-arg=--llvm-args=-bpf-stack-size=4096",
        // Else it writes a second copy of its own.
        "-Clink-arg=--deploy=false",
        &format!("-Clink-arg=--export={SYSTEM_CALLS}"),
    ]
    .join(" ")
}

/// Debian's cargo without what an outer cargo, rustup or the user's shell would have it build differently. How to reach
/// the registry is left as it is: the standard library's own dependencies come from there the first time.
fn clean_cargo(linker_dir: &Path) -> Result<Command, String> {
    const KEPT: [&str; 6] =
        ["CARGO_HOME", "CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR", "CARGO_SOURCE_", "CARGO_TERM_"];
    let mut command = Command::new(CARGO);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let builds = ["CARGO", "RUST", "LD_LIBRARY_PATH"].iter().any(|prefix| text.starts_with(prefix));
        if builds && !KEPT.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let inherited = env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(linker_dir.to_owned()).chain(env::split_paths(&inherited));
    let path = env::join_paths(dirs).map_err(|error| format!("PATH: {error}"))?;
    // RUSTC_BOOTSTRAP: -Z options on a stable compiler.
    command.env("PATH", path).env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
    Ok(command)
}

/// Where the linker is: on PATH, or where `cargo install` puts it.
fn find_linker() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let mut dirs: Vec<PathBuf> = env::split_paths(&path).collect();
    dirs.extend(cargo_home.map(|home| home.join("bin")));
    dirs.into_iter().find(|dir| dir.join(LINKER).is_file())
}

/// The ELF is published: it must not tell where it was built.
fn refuse_machine_paths(root: &Path, elf: &[u8]) -> Result<(), String> {
    let home = env::var("HOME").unwrap_or_default();
    for path in [root.to_string_lossy().as_ref(), home.as_str()] {
        if path.len() > 1 && elf.windows(path.len()).any(|bytes| bytes == path.as_bytes()) {
            return Err("the ELF holds a path of this machine".to_owned());
        }
    }
    Ok(())
}

/// Same tools: the bytes must be the vendored ones. Other tools: the rebuilt ELF is left for the tests to run.
fn compare(root: &Path, program: &Program, elf: &[u8], record: &str) -> Result<(), String> {
    let (artifact, rebuilt) = (program.artifact(), program.rebuilt());
    let vendored = read(&root.join(&artifact))?;
    let recorded = String::from_utf8_lossy(&read(&root.join(program.record()))?).into_owned();
    if recorded == record && vendored == elf {
        println!("{artifact} is what this source builds to");
        return Ok(());
    }
    write(&root.join(&rebuilt), elf)?;
    let versions = |text: &str| text.lines().take(4).map(str::to_owned).collect::<Vec<_>>();
    if versions(&recorded) == versions(record) {
        return Err(format!("{artifact} is stale; this source builds to {rebuilt}. Run cargo xtask program"));
    }
    println!("{artifact} was built by other tools:\n{recorded}these are here:\n{record}");
    println!("the rebuilt program is {rebuilt}; to test it, set {} to that path", program.variable);
    Ok(())
}

fn workspace_root() -> Result<PathBuf, String> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).map(Path::to_owned).ok_or("xtask stands outside its workspace".to_owned())
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let dir = path.parent().unwrap_or(path);
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| format!("{}: {error}", path.display()))
}
