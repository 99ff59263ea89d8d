//! The core against its formats, against encoders and arithmetic that are not ours, and against its own `.wasm`.
#![cfg(feature = "native")]

mod accounts;
mod formats;
mod instructions;
mod merkle;
mod model;
mod native;
mod properties;
mod refunds;
mod snapshots;
mod wasm;
