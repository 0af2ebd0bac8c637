//! Reads a stream that may hold X12 and EDIFACT interchanges, one after another, in any order.
//!
//! The standard is told at each interchange header (ISA, UNA or UNB); the reader of that standard does the rest, over the same
//! window. Promises are theirs: nothing dropped in silence, one set in memory, errors of the input alone.

use crate::edifact;
use crate::finding::{self, Finding, Place, Severity};
use crate::interchange::{Accounted, Event, Limits, Standard};
use crate::window::Window;
use crate::x12::{self, isa};
use memchr::memchr2;
use std::io::{BufRead, Result};

pub struct Reader<R> {
    /// `None` only while one gives way to the other.
    inner: Option<Inner<R>>,
    limits: Limits,
}

enum Inner<R> {
    X12(Box<x12::reader::Reader<R>>),
    Edifact(Box<edifact::reader::Reader<R>>),
}

enum Step {
    X12(x12::reader::Step),
    Edifact(edifact::reader::Step),
}

/// What one reader leaves to the next.
pub(crate) struct Handover<R> {
    pub window: Window<R>,
    pub at: u64,
    pub accounted: Accounted,
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R, limits: Limits) -> Self {
        let start = Handover { window: Window::new(input), at: 0, accounted: Accounted::default() };
        Reader { inner: Some(Inner::X12(Box::new(x12::reader::Reader::taking_over(start, limits)))), limits }
    }

    /// Where the bytes went so far, open interchange excluded.
    pub fn accounted(&self) -> Accounted {
        match &self.inner {
            Some(Inner::X12(reader)) => reader.accounted(),
            Some(Inner::Edifact(reader)) => reader.accounted(),
            None => Accounted::default(),
        }
    }

    /// Memory that the window takes: bounded by the limits, whatever the input.
    pub fn window_bytes(&self) -> usize {
        match &self.inner {
            Some(Inner::X12(reader)) => reader.window_bytes(),
            Some(Inner::Edifact(reader)) => reader.window_bytes(),
            None => 0,
        }
    }

    /// The next event; `None` at the end of the input.
    ///
    /// # Errors
    /// Those of the input alone, never of its content; after one the reader is of no more use.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        let Some(step) = self.advance()? else { return Ok(None) };
        Ok(match (&mut self.inner, step) {
            (Some(Inner::X12(reader)), Step::X12(step)) => Some(reader.present(step)),
            (Some(Inner::Edifact(reader)), Step::Edifact(step)) => Some(reader.present(step)),
            _ => None,
        })
    }

    fn advance(&mut self) -> Result<Option<Step>> {
        loop {
            let step = match &mut self.inner {
                Some(Inner::X12(reader)) => reader.advance()?.map(Step::X12),
                Some(Inner::Edifact(reader)) => reader.advance()?.map(Step::Edifact),
                None => None,
            };
            if step.is_some() || !self.change()? {
                return Ok(step);
            }
        }
    }

    /// The other reader's turn; false at the end of the input.
    fn change(&mut self) -> Result<bool> {
        let (mut left, next) = match self.inner.take() {
            Some(Inner::X12(reader)) => (reader.give_way(), Standard::Edifact),
            Some(Inner::Edifact(reader)) => (reader.give_way(), Standard::X12),
            None => return Ok(false),
        };
        let more = left.window.ensure(left.at, 1)?;
        self.inner = Some(match next {
            Standard::X12 => Inner::X12(Box::new(x12::reader::Reader::taking_over(left, self.limits))),
            Standard::Edifact => {
                Inner::Edifact(Box::new(edifact::reader::Reader::taking_over(left, self.limits)))
            }
        });
        Ok(more)
    }
}

/// The next offset from `from` on where an interchange of either standard begins, or the end of the input; nothing is kept.
pub(crate) fn find_start<R: BufRead>(window: &mut Window<R>, from: u64) -> Result<u64> {
    let mut at = from;
    loop {
        match memchr2(b'I', b'U', window.rest(at)) {
            Some(hit) => {
                at += hit as u64;
                window.ensure(at, edifact::service::LOOKAHEAD)?;
                let bytes = window.rest(at);
                if isa::read(bytes).is_some() || edifact::service::read(bytes).is_some() {
                    return Ok(at);
                }
                at += 1;
            }
            None => {
                at = at.max(window.end());
                if !window.fill(at)? {
                    return Ok(at);
                }
            }
        }
    }
}

/// What bytes outside any interchange are told as; `head` is their beginning, `standard` the one they may have been meant for.
pub(crate) fn stray_finding(offset: u64, length: u64, head: &[u8], standard: Standard) -> Finding {
    let place = Place { offset, ..Place::default() };
    let only_mark = head.first() == Some(&0x1a)
        && length as usize == head.len()
        && head.iter().all(|b| matches!(b, 0x1a | 0 | b'\r' | b'\n' | b' '));
    if only_mark {
        let message = format!("{length} bytes of end-of-file mark");
        return Finding::new(finding::END_OF_FILE_MARK, Severity::Note, place, message);
    }
    let unreadable = match standard {
        Standard::X12 => head.starts_with(b"ISA").then_some(("ISA", finding::ISA_UNREADABLE)),
        Standard::Edifact if head.starts_with(b"UNA") => Some(("UNA", finding::UNB_UNREADABLE)),
        Standard::Edifact => head.starts_with(b"UNB").then_some(("UNB", finding::UNB_UNREADABLE)),
    };
    let finding = match unreadable {
        Some((tag, code)) => {
            let message =
                format!("{length} bytes begin with {tag} but hold no readable interchange header; skipped");
            Finding::new(code, Severity::Error, place, message)
        }
        None => {
            let message = format!("{length} bytes belong to no interchange; skipped");
            Finding::new(finding::STRAY_BYTES, Severity::Warning, place, message)
        }
    };
    finding.with_value(head)
}
