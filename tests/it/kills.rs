//! Placeholder text replaced below.
