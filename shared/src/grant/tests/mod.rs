//! What holds of all grants together, tried with whatever comes.

mod advertised;
mod interleavings;
