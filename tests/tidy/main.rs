//! The rules that the compiler does not know.

mod layers;
mod size;
