//! The rules that the compiler does not know.

mod conformance;
mod doors;
mod layers;
mod manifests;
mod size;
mod sources;
