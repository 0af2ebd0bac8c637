//! Files and maps of our own making, and mangled input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod mangled;
mod maps;
mod reading;
mod writing;

use portway_flat::Map;

pub const ORDERS: &str = include_str!("samples/orders.csv");
pub const ORDERS_MAP: &str = include_str!("samples/orders.toml");

pub fn map(toml: &str) -> Map {
    Map::new(toml::from_str(toml).unwrap()).unwrap()
}

/// The errors of a file, one a line.
pub fn errors(map: &Map, bytes: &[u8]) -> Vec<String> {
    let failed = map.read(bytes).into_iter().filter_map(Result::err);
    failed.flat_map(|errors| errors.errors).map(|error| error.to_string()).collect()
}
