//! Builds `core/pkg`: the core as a WASM package that Node, workerd and browsers run without a Rust toolchain.
//!
//! Compiler, then wasm-bindgen, then wasm-opt; the result depends on their versions and on nothing of this machine, so
//! `--check` can compare bytes wherever the versions are the recorded ones.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use flate2::{Compression, write::GzEncoder};
use money_match_core::{hash::sha256, text::hex_encode};
use serde_json::{Value, json};
use wasm_bindgen_cli_support::Bindgen;

use crate::toolchain::{Toolchain, run, workspace_root};

const NAME: &str = "money_match_core";
/// Budgets of design section 13, in bytes.
const MAX_RAW: usize = 60_000;
const MAX_GZIPPED: usize = 25_000;
/// Pages of 64 KiB: inputs are a few kilobytes, so 16 MiB is a bound and not a limit. Beyond it an allocation fails,
/// which the door turns into a refusal.
const MAX_MEMORY: &str = "16777216";

/// What workerd makes of the static import; wasm-bindgen would list the raw exports instead.
const MODULE_TYPES: &str = "/** The compiled module: what workerd makes of the static import. */\n\
declare const module: object;\nexport default module;\n";
const INLINE_TYPES: &str =
    "/** The bytes of money_match_core_bg.wasm. */\nexport declare const wasmBase64: string;\n";

/// Builds the package and vendors it; with `check`, compares it with the vendored one instead.
pub fn build(check: bool) -> Result<(), String> {
    let root = workspace_root()?;
    let toolchain = Toolchain::for_target("wasm32-unknown-unknown", "core,alloc")?;
    let out = root.join("target/rebuilt/pkg");
    fresh_dir(&out)?;
    bindgen(&compile(&root, &toolchain)?, &out)?;
    optimize(&root, &out)?;
    let report = finish(&root, &out, &toolchain)?;
    println!("{report}");
    let vendored = root.join("core/pkg");
    if check { compare(&vendored, &out) } else { vendor(&out, &vendored) }
}

fn compile(root: &Path, toolchain: &Toolchain) -> Result<PathBuf, String> {
    let target_dir = root.join("target").join(toolchain.target_dir);
    let mut flags = toolchain.remap_flags(root);
    flags.push(format!("-Clink-arg=--max-memory={MAX_MEMORY}"));
    // Rounds in a loop instead of unrolled: an eighth of the size.
    flags.push("--cfg=sha2_backend_soft=\"compact\"".to_owned());
    let mut cargo = toolchain.cargo("rustc", &flags);
    cargo.current_dir(root).args(["--locked", "--package", "money-match-core", "--lib"]);
    cargo.args(["--crate-type", "cdylib", "--features", "wasm", "--profile", "wasm"]);
    run(cargo.arg("--target-dir").arg(&target_dir))?;
    Ok(target_dir.join(format!("wasm32-unknown-unknown/wasm/{NAME}.wasm")))
}

fn bindgen(input: &Path, out: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(NAME).typescript(true).reset_state_function(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(out))
        .map_err(|error| format!("wasm-bindgen: {error:#}"))
}

fn optimize(root: &Path, out: &Path) -> Result<(), String> {
    let bin = root.join("node_modules/.bin");
    let wasm = out.join(format!("{NAME}_bg.wasm"));
    let mut command = std::process::Command::new(bin.join("wasm-opt"));
    // The script looks for `node` by name, and the system's may be too old for it.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", bin.display()));
    command.args(["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    run(command.arg(&wasm).arg("-o").arg(&wasm))
}

/// Writes the files that wasm-bindgen does not, and holds the package to its budget.
fn finish(root: &Path, out: &Path, toolchain: &Toolchain) -> Result<String, String> {
    let wasm = read(&out.join(format!("{NAME}_bg.wasm")))?;
    let gzipped = gzip(&wasm)?.len();
    if wasm.len() > MAX_RAW || gzipped > MAX_GZIPPED {
        return Err(format!("over budget: {} bytes raw, {gzipped} gzipped", wasm.len()));
    }
    let base64 = base64::engine::general_purpose::STANDARD.encode(&wasm);
    let inline = format!("/** The bytes of {NAME}_bg.wasm. */\nexport const wasmBase64 =\n  '{base64}';\n");
    write(&out.join(format!("{NAME}_inline.js")), &inline)?;
    write(&out.join(format!("{NAME}_inline.d.ts")), INLINE_TYPES)?;
    write(&out.join(format!("{NAME}_bg.wasm.d.ts")), MODULE_TYPES)?;
    let record = json!({
        "builtWith": {
            "binaryen": npm_version(root, "binaryen")?,
            "rustc": toolchain.version,
            "std": toolchain.std_source(),
            "wasm-bindgen": crate_version(root, "wasm-bindgen")?,
        },
        "sha256": hex_encode(&sha256(&wasm)),
        "size": { "gzipped": gzipped, "raw": wasm.len() },
    });
    write(&out.join("BUILD.json"), &format!("{record:#}\n"))?;
    Ok(format!("{NAME}_bg.wasm: {} bytes, {gzipped} gzipped", wasm.len()))
}

/// Byte for byte where the same tools made both; elsewhere the bytes say nothing, and the tests must speak.
fn compare(vendored: &Path, rebuilt: &Path) -> Result<(), String> {
    let (recorded, ours) = (record(vendored)?, record(rebuilt)?);
    if recorded.get("builtWith") != ours.get("builtWith") {
        println!(
            "other tool versions than recorded: bytes not compared; the rebuilt package is in target/rebuilt/pkg"
        );
        println!(
            "run the tests against it: CORE_PKG=target/rebuilt/pkg cargo test -p money-match-core --features native"
        );
        return Ok(());
    }
    for name in files(vendored)?.iter().chain(&files(rebuilt)?) {
        if read(&vendored.join(name))? != read(&rebuilt.join(name))? {
            return Err(format!("core/pkg/{name} is not what `cargo xtask wasm` builds"));
        }
    }
    println!("core/pkg is what this source builds");
    Ok(())
}

fn vendor(rebuilt: &Path, vendored: &Path) -> Result<(), String> {
    fresh_dir(vendored)?;
    for name in files(rebuilt)? {
        let (from, to) = (rebuilt.join(&name), vendored.join(&name));
        fs::copy(&from, &to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    Ok(())
}

fn record(package: &Path) -> Result<Value, String> {
    json_file(&package.join("BUILD.json"))
}

fn json_file(path: &Path) -> Result<Value, String> {
    serde_json::from_slice(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn npm_version(root: &Path, package: &str) -> Result<String, String> {
    let manifest = json_file(&root.join("node_modules").join(package).join("package.json"))?;
    manifest
        .get("version")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("{package}: no version"))
}

/// From Cargo.lock, which is what the build obeyed.
fn crate_version(root: &Path, name: &str) -> Result<String, String> {
    let lock = String::from_utf8(read(&root.join("Cargo.lock"))?).map_err(|error| error.to_string())?;
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version.map(|(version, _)| version.to_owned()).ok_or_else(|| format!("{name} is not in Cargo.lock"))
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|error| error.to_string())
}

fn files(dir: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn fresh_dir(path: &Path) -> Result<(), String> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
