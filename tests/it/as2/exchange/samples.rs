//! Captures of other products through the real binary, where the samples are at hand.
