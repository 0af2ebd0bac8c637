//! Our own documents: handed over at the API, written in the partner's standard, sent, and answered.

mod answers;
mod batches;
mod handing_over;
mod two;
