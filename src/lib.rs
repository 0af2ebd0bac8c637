//! Portway: an EDI/B2B gateway. The binary is a thin shell over this library.

pub mod alert;
pub mod endpoint;
pub mod net;
pub mod transport;
