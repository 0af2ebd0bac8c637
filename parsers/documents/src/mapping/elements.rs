//! The elements of one segment, being read or written.
//!
//! Each call names an element (`3`) or a component (`(3, 2)`) and a field. Reading fills the field, if nothing stands in it yet,
//! and marks the element as taken; writing puts the field there. A segment that lacks what it [`Elements::needs`] is not taken
//! (it stays unmapped) or not written.
//!
//! Codes beside our words travel only within their standard: written to the other one, a word becomes that standard's code, and a
//! bare code is left out.

use super::reading::Fields;
use super::walk::begun;
use super::writing::{Draft, Writing};
use super::{At, Codes, Reading, lexeme};
use crate::Text;
use crate::date::{Date, Time};
use crate::money::Money;
use crate::quantity::{Decimal, Quantity};
use crate::reference::{IdScheme, Identifier};
use portway_edi::Standard;
use portway_edi::segment::Segment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

pub(crate) struct Elements<'m> {
    side: Side<'m>,
    currency: Option<Text>,
    /// Something that is needed is not there.
    lacking: bool,
    /// Something was read since the slot began.
    took: bool,
}

enum Side<'m> {
    Read(Fields<'m>),
    Write(Draft<'m>),
}

/// A word of a vocabulary.
pub(crate) trait Word: Copy + PartialEq + Default + DeserializeOwned + Serialize + 'static {}
impl<T: Copy + PartialEq + Default + DeserializeOwned + Serialize + 'static> Word for T {}

impl<'m> Elements<'m> {
    #[inline(never)]
    pub(super) fn read(
        reading: &'m Reading<'m>,
        segment: &'m Segment<'m>,
        loop_id: Option<&'static str>,
        currency: Option<Text>,
    ) -> Self {
        let side = Side::Read(Fields::open(reading, segment, loop_id));
        Elements { side, currency, lacking: false, took: false }
    }

    pub(super) fn write(writing: &'m Writing<'m>, tag: &'static str, currency: Option<Text>) -> Self {
        Elements { side: Side::Write(Draft::new(writing, tag)), currency, lacking: false, took: false }
    }

    pub(crate) fn is_reading(&self) -> bool {
        matches!(self.side, Side::Read(_))
    }

    /// True when the codes beside our words are of this standard: always when reading.
    pub(crate) fn codes_are_ours(&self) -> bool {
        match &self.side {
            Side::Read(_) => true,
            Side::Write(d) => d.writing.codes_are_ours,
        }
    }

    /// True when writing to 005010 or D.01B and later, or reading them.
    pub(crate) fn is_newer(&self) -> bool {
        let (standard, version) = match &self.side {
            Side::Read(f) => (f.reading.standard, f.reading.version),
            Side::Write(d) => (d.writing.standard, d.writing.version),
        };
        super::is_newer(standard, version)
    }

    /// Without this element the segment says nothing: it stays unmapped, or is not written. To be called before anything is taken.
    pub(crate) fn needs(&mut self, at: impl Into<At>) {
        match &mut self.side {
            Side::Read(f) => self.lacking |= !f.has(at.into()),
            Side::Write(d) => d.need(at.into()),
        }
    }

    /// As [`Elements::needs`]; what stands there must also be a number.
    pub(crate) fn needs_number(&mut self, at: impl Into<At>) {
        match &mut self.side {
            Side::Read(f) => self.lacking |= f.number_at(at.into(), false).is_none(),
            Side::Write(d) => d.need(at.into()),
        }
    }

    /// The value that stands there, without taking it; for choices. Empty when writing what is not written yet.
    pub(crate) fn peek(&self, at: impl Into<At>) -> Cow<'_, str> {
        match &self.side {
            Side::Read(f) => f.peek(at.into()),
            Side::Write(d) => Cow::Borrowed(d.value(at.into())),
        }
    }

    pub(crate) fn has(&self, at: impl Into<At>) -> bool {
        match &self.side {
            Side::Read(f) => f.has(at.into()),
            Side::Write(d) => !d.value(at.into()).is_empty(),
        }
    }

    /// Writing, always this value. Reading, it is taken where it stands; anything else stays unmapped.
    pub(crate) fn constant(&mut self, at: impl Into<At>, value: &str) {
        let at = at.into();
        match &mut self.side {
            Side::Read(f) if !self.lacking && f.peek(at) == value => f.mark(at),
            Side::Read(_) => {}
            Side::Write(d) => d.put(at, value),
        }
    }

    /// A running number that means nothing (LX01, HL01, CPS01): how many segments of this tag were written, this one counted.
    pub(crate) fn serial(&mut self, at: impl Into<At>) {
        match &mut self.side {
            Side::Read(_) => self.ignore(at),
            Side::Write(d) => {
                let number = d.serial().to_string();
                d.put(at.into(), &number);
            }
        }
    }

    /// Reading, says that what stands there needs no field: it is a counter, or what another element says already.
    pub(crate) fn ignore(&mut self, at: impl Into<At>) {
        if let Side::Read(f) = &mut self.side {
            f.mark(at.into());
        }
    }

    /// True if nothing came there: reading, most elements that a mapping names.
    #[inline(always)]
    fn came_without(&self, at: At) -> bool {
        matches!(&self.side, Side::Read(f) if !f.holds(at.element))
    }

    /// A text.
    #[inline]
    pub(crate) fn text(&mut self, at: impl Into<At>, field: &mut Option<Text>) {
        let at = at.into();
        if !self.came_without(at) {
            self.text_at(at, field);
        }
    }

    fn text_at(&mut self, at: At, field: &mut Option<Text>) {
        match &mut self.side {
            Side::Read(f) if field.is_none() && !self.lacking => {
                *field = f.text(at);
                self.took |= field.is_some();
            }
            Side::Read(_) => {}
            Side::Write(d) => d.put(at, field.as_deref().unwrap_or_default()),
        }
    }

    /// A text that a field must have.
    #[inline]
    pub(crate) fn required(&mut self, at: impl Into<At>, field: &mut Text) {
        let at = at.into();
        if !self.came_without(at) {
            self.required_at(at, field);
        }
    }

    fn required_at(&mut self, at: At, field: &mut Text) {
        match &mut self.side {
            Side::Read(f) if field.is_empty() && !self.lacking => {
                *field = f.text(at).unwrap_or_default();
                self.took |= !field.is_empty();
            }
            Side::Read(_) => {}
            Side::Write(d) => d.put(at, field),
        }
    }

    /// A bare code of this standard, which has no word of ours. Left out when the document's codes are of the other standard.
    pub(crate) fn code(&mut self, at: impl Into<At>, field: &mut Option<Text>) {
        match &self.side {
            Side::Write(d) if !d.writing.codes_are_ours => {}
            _ => self.text(at, field),
        }
    }

    /// As [`Elements::code`], for a field that is always there.
    pub(crate) fn required_code(&mut self, at: impl Into<At>, field: &mut Text) {
        match &self.side {
            Side::Write(d) if !d.writing.codes_are_ours => {}
            _ => self.required(at, field),
        }
    }

    /// A code as a word, and as it came.
    pub(crate) fn coded<T: Word>(
        &mut self,
        at: impl Into<At>,
        codes: &Codes<T>,
        word: &mut T,
        code: &mut Text,
    ) {
        let at = at.into();
        match &mut self.side {
            Side::Read(f) if code.is_empty() && !self.lacking => {
                let Some(came) = f.text(at) else { return };
                *word = f.reading.word(codes, &came);
                *code = came;
                self.took = true;
            }
            Side::Read(_) => {}
            Side::Write(d) => {
                if let Some(code) = d.writing.code(codes, *word, code) {
                    d.put(at, &code);
                }
            }
        }
    }

    /// As [`Elements::coded`], where there may be none.
    #[inline]
    pub(crate) fn coded_opt<T: Word>(
        &mut self,
        at: impl Into<At>,
        codes: &Codes<T>,
        word: &mut Option<T>,
        code: &mut Option<Text>,
    ) {
        let at = at.into();
        if self.is_reading() {
            if code.is_some() || self.came_without(at) {
                return;
            }
            let (mut read, mut came) = (T::default(), Text::default());
            self.coded(at, codes, &mut read, &mut came);
            if !came.is_empty() {
                (*word, *code) = (Some(read), Some(came));
            }
        } else if word.is_some() || code.is_some() {
            let mut came = code.clone().unwrap_or_default();
            self.coded(at, codes, &mut word.unwrap_or_default(), &mut came);
        }
    }

    /// As [`Elements::coded`], where the word is always there and the code may be absent.
    pub(crate) fn coded_code_opt<T: Word>(
        &mut self,
        at: impl Into<At>,
        codes: &Codes<T>,
        word: &mut T,
        code: &mut Option<Text>,
    ) {
        let at = at.into();
        if self.came_without(at) {
            return;
        }
        let mut came = code.clone().unwrap_or_default();
        self.coded(at, codes, word, &mut came);
        if self.is_reading() && !came.is_empty() {
            *code = Some(came);
        }
    }

    /// A decimal number.
    #[inline]
    pub(crate) fn decimal(&mut self, at: impl Into<At>, field: &mut Option<Decimal>) {
        let at = at.into();
        if !self.came_without(at) {
            self.decimal_at(at, field);
        }
    }

    fn decimal_at(&mut self, at: At, field: &mut Option<Decimal>) {
        match &mut self.side {
            Side::Read(f) if field.is_none() && !self.lacking => {
                *field = f.number_at(at, true);
                self.took |= field.is_some();
            }
            Side::Read(_) => {}
            Side::Write(d) => {
                if let Some(number) = field {
                    d.put(at, &lexeme::decimal(*number));
                }
            }
        }
    }

    /// A percentage that stands as a fraction (X12 954): `.0825` is 8.25 percent. Many send the percentage itself: what is above 1 is
    /// taken as it came, and more than 100 percent is written so.
    pub(crate) fn fraction(&mut self, at: impl Into<At>, field: &mut Option<Decimal>) {
        let moved = |value: Decimal, by: i64| {
            let scale = i64::from(value.scale()) + by;
            match u32::try_from(scale) {
                Ok(scale) => Decimal::try_from_i128_with_scale(value.mantissa(), scale).ok(),
                Err(_) => value.checked_mul(Decimal::from(10_i64.pow(scale.unsigned_abs() as u32))),
            }
        };
        let is_fraction = |value: Decimal, whole: Decimal| value.abs() <= whole;
        let mut fraction = field.and_then(|percent| match is_fraction(percent, Decimal::ONE_HUNDRED) {
            true => moved(percent, 2).map(|fraction| fraction.normalize()),
            false => Some(percent),
        });
        self.decimal(at, &mut fraction);
        if self.is_reading() && field.is_none() {
            *field = fraction.and_then(|value| match is_fraction(value, Decimal::ONE) {
                true => moved(value, -2),
                false => Some(value),
            });
        }
    }

    /// A decimal number that is always there.
    pub(crate) fn required_decimal(&mut self, at: impl Into<At>, field: &mut Decimal) {
        let mut value = (!self.is_reading()).then_some(*field);
        self.decimal(at, &mut value);
        if let (true, Some(value)) = (self.is_reading(), value) {
            *field = value;
        }
    }

    /// A number of X12 type N2: two implied decimals (`10000` is 100.00). One with more decimals cannot be written.
    pub(crate) fn cents(&mut self, at: impl Into<At>, field: &mut Option<Decimal>) {
        let at = at.into();
        match &mut self.side {
            Side::Read(f) if field.is_none() && !self.lacking => {
                *field = f.cents_at(at);
                self.took |= field.is_some();
            }
            Side::Read(_) => {}
            Side::Write(d) => {
                if let Some(cents) = field.and_then(lexeme::cents) {
                    d.put(at, &cents);
                }
            }
        }
    }

    /// A date, CCYYMMDD.
    pub(crate) fn date(&mut self, at: impl Into<At>, field: &mut Option<Date>) {
        let at = at.into();
        match &mut self.side {
            Side::Read(f) if field.is_none() && !self.lacking => {
                *field = f.date_at(at);
                self.took |= field.is_some();
            }
            Side::Read(_) => {}
            Side::Write(d) => {
                if let Some(date) = field {
                    d.put(at, &lexeme::date(*date));
                }
            }
        }
    }

    /// A time, HHMM, HHMMSS or with hundredths.
    pub(crate) fn time(&mut self, at: impl Into<At>, field: &mut Option<Time>) {
        let at = at.into();
        match &mut self.side {
            Side::Read(f) if field.is_none() && !self.lacking => {
                *field = f.time_at(at);
                self.took |= field.is_some();
            }
            Side::Read(_) => {}
            Side::Write(d) => {
                if let Some(time) = field {
                    d.put(at, &lexeme::time(*time));
                }
            }
        }
    }

    /// A quantity: its value and its unit. A unit without a value stays unmapped.
    #[inline]
    pub(crate) fn quantity(
        &mut self,
        value: impl Into<At>,
        unit: impl Into<At>,
        field: &mut Option<Quantity>,
    ) {
        let (value, unit) = (value.into(), unit.into());
        if !self.came_without(value) {
            self.quantity_at(value, unit, field);
        }
    }

    fn quantity_at(&mut self, value: At, unit: At, field: &mut Option<Quantity>) {
        if !self.is_reading() {
            if let Some(quantity) = field {
                self.required_quantity(value, unit, quantity);
            }
        } else if field.is_none() {
            let mut number = None;
            self.decimal(value, &mut number);
            if let Some(value) = number {
                let quantity = field.insert(Quantity { value, ..Quantity::default() });
                self.unit(unit, &mut quantity.unit, &mut quantity.original_unit);
            }
        }
    }

    /// A quantity that is always there.
    pub(crate) fn required_quantity(
        &mut self,
        value: impl Into<At>,
        unit: impl Into<At>,
        field: &mut Quantity,
    ) {
        self.required_decimal(value, &mut field.value);
        self.unit(unit, &mut field.unit, &mut field.original_unit);
    }

    /// A unit: the code of UN/ECE Recommendation 20, and the code as it came.
    pub(crate) fn unit(&mut self, at: impl Into<At>, unit: &mut Option<Text>, original: &mut Option<Text>) {
        let mut at = at.into();
        match &mut self.side {
            Side::Read(f) if original.is_none() && !self.lacking => {
                // A composite unit of X12 (C001) has the unit first.
                if f.reading.standard == Standard::X12 && at.component == 0 {
                    at.component = 1;
                }
                *original = f.text(at);
                if let Some(original) = &original {
                    *unit = f.unit_of(at, original);
                }
            }
            Side::Read(_) => {}
            Side::Write(d) => {
                if let Some(code) = d.writing.unit(unit.as_deref(), original.as_deref()) {
                    d.put(at, &code);
                }
            }
        }
    }

    /// As [`Elements::quantity`], the unit from a list of its own: pairs of its code and that of Recommendation 20 (X12 188, 184, 90).
    pub(crate) fn quantity_in(
        &mut self,
        value: impl Into<At>,
        unit: impl Into<At>,
        units: &[(&'static str, &'static str)],
        field: &mut Option<Quantity>,
    ) {
        let (value, unit) = (value.into(), unit.into());
        if self.is_reading() {
            if field.is_some() {
                return;
            }
            let mut number = None;
            self.decimal(value, &mut number);
            let Some(number) = number else { return };
            let mut original = None;
            self.text(unit, &mut original);
            let known = units.iter().find(|(code, _)| original.as_deref() == Some(*code));
            let unit = known.map(|(_, unit)| Text::new_static(unit));
            *field = Some(Quantity { value: number, unit, original_unit: original, ..Quantity::default() });
        } else if let Some(quantity) = field {
            self.required_decimal(value, &mut quantity.value);
            let (of, came) = (quantity.unit.as_deref(), quantity.original_unit.as_deref());
            let ours = matches!(&self.side, Side::Write(d) if d.writing.codes_are_ours);
            let same = units.iter().find(|(code, unit)| ours && came == Some(*code) && of == Some(*unit));
            match same.or_else(|| units.iter().find(|(_, unit)| of == Some(*unit))) {
                Some((code, _)) => self.constant(unit, code),
                // A code without a counterpart in Recommendation 20 is only known to be of this list where it has its length.
                None if ours && of.is_none() => {
                    let fits = |c: &&str| units.first().is_some_and(|(code, _)| code.len() == c.len());
                    self.constant(unit, came.filter(fits).unwrap_or_default());
                }
                None => {}
            }
        }
    }

    /// Codes of this standard in elements or components, one each. Left out when the document's codes are of the other standard.
    pub(crate) fn codes(&mut self, places: impl Iterator<Item = At>, list: &mut Vec<Text>) {
        match &self.side {
            Side::Write(d) if !d.writing.codes_are_ours => {}
            _ => self.texts(places, list),
        }
    }

    /// An amount in the currency in force (X12 type R).
    pub(crate) fn money(&mut self, at: impl Into<At>, field: &mut Option<Money>) {
        let mut amount = field.as_ref().map(|m| m.amount);
        self.decimal(at, &mut amount);
        self.set_money(amount, field);
    }

    /// An amount in the currency in force, with two implied decimals (X12 type N2).
    pub(crate) fn money_cents(&mut self, at: impl Into<At>, field: &mut Option<Money>) {
        let mut amount = field.as_ref().map(|m| m.amount);
        self.cents(at, &mut amount);
        self.set_money(amount, field);
    }

    /// An amount, and beside it its currency where it is not the one in force (EDIFACT C516).
    pub(crate) fn money_in(&mut self, at: impl Into<At>, currency: impl Into<At>, field: &mut Option<Money>) {
        let mut own = field.as_ref().and_then(|m| m.currency.clone());
        self.money(at, field);
        if self.is_reading() {
            if field.is_some() {
                self.text(currency, &mut own);
            }
            if let (Some(money), Some(own)) = (field, own) {
                money.currency = Some(own);
            }
        } else if field.is_some() && own != self.currency {
            self.text(currency, &mut own);
        }
    }

    fn set_money(&mut self, amount: Option<Decimal>, field: &mut Option<Money>) {
        if let (true, None, Some(amount)) = (self.is_reading(), &field, amount) {
            *field = Some(Money { amount, currency: self.currency.clone() });
        }
    }

    /// Texts in elements or components that follow each other.
    pub(crate) fn texts(&mut self, places: impl Iterator<Item = At>, list: &mut Vec<Text>) {
        if !self.is_reading() {
            for (at, text) in places.zip(list) {
                self.required(at, text);
            }
        } else if list.is_empty() {
            for at in places {
                let mut text = None;
                self.text(at, &mut text);
                list.extend(text);
            }
        }
    }

    /// One text that stands in several components, its parts as lines.
    pub(crate) fn lines(&mut self, places: impl Iterator<Item = At>, field: &mut Option<Text>) {
        if self.is_reading() {
            if field.is_none() {
                let mut lines = Vec::new();
                self.texts(places, &mut lines);
                *field = (!lines.is_empty()).then(|| Text::new(lines.join("\n")));
            }
        } else if let Some(text) = field {
            let mut lines = text.split('\n').map(Text::new).collect();
            self.texts(places, &mut lines);
        }
    }

    /// An identifier in `id`, its scheme in `scheme`. A scheme alone stays unmapped.
    pub(crate) fn identifier(
        &mut self,
        scheme: impl Into<At>,
        id: impl Into<At>,
        codes: &Codes<IdScheme>,
        field: &mut Option<Identifier>,
    ) {
        let (scheme, id) = (scheme.into(), id.into());
        match field {
            None if self.is_reading() && self.has(id) && !self.lacking => {
                let identifier = field.insert(Identifier::default());
                self.required(id, &mut identifier.id);
                self.coded_code_opt(scheme, codes, &mut identifier.scheme, &mut identifier.scheme_code);
            }
            Some(identifier) if !self.is_reading() => {
                self.required(id, &mut identifier.id);
                self.coded_code_opt(scheme, codes, &mut identifier.scheme, &mut identifier.scheme_code);
            }
            _ => {}
        }
    }

    /// A field that is a record of its own within this segment. Read: kept when anything of it was read.
    pub(crate) fn part<T: Default>(&mut self, field: &mut Option<T>, map: impl Fn(&mut Self, &mut T)) {
        match field {
            None if self.is_reading() => {
                let value = field.insert(T::default());
                let before = std::mem::take(&mut self.took);
                let (took, _) = self.slot(|e| {
                    map(e, value);
                    e.took
                });
                if !took || self.lacking {
                    *field = None;
                }
                self.took |= before;
            }
            Some(value) if !self.is_reading() => drop(self.slot(|e| map(e, value))),
            _ => {}
        }
    }

    /// Entries that follow each other within this segment, such as pairs of qualifier and number. Read: each slot in which
    /// anything was read. Written: as many as there are slots. `map` gets the slot.
    pub(crate) fn slots<S, T: Default>(
        &mut self,
        slots: impl Iterator<Item = S>,
        list: &mut Vec<T>,
        map: impl Fn(&mut Self, S, &mut T),
    ) {
        if !self.is_reading() {
            for (slot, entry) in slots.zip(list) {
                self.slot(|e| map(e, slot, entry));
            }
            return;
        }
        if self.lacking {
            return;
        }
        let before = self.took;
        let mut any = false;
        for slot in slots {
            if matches!(&self.side, Side::Read(f) if f.is_used_up()) {
                break;
            }
            self.took = false;
            let (took, whole) = self.slot(|e| {
                if let Some(entry) = begun(list) {
                    map(e, slot, entry);
                }
                e.took
            });
            if !(took && whole) {
                list.pop();
            }
            any |= took;
        }
        self.took = before | any;
    }

    /// A part of the segment with needs of its own: what it lacks concerns it alone. What `map` returns, and whether nothing lacks.
    pub(super) fn slot<R>(&mut self, map: impl FnOnce(&mut Self) -> R) -> (R, bool) {
        let before = std::mem::take(&mut self.lacking);
        if let Side::Write(d) = &mut self.side {
            d.begin_slot();
        }
        let result = map(self);
        if let Side::Write(d) = &mut self.side {
            d.end_slot();
        }
        let whole = !std::mem::replace(&mut self.lacking, before);
        (result, whole)
    }

    /// Reading, says that a value cannot be read as a date: it stays unmapped.
    pub(crate) fn unreadable_date(&self, at: impl Into<At>, format: &str) {
        if let Side::Read(f) = &self.side {
            f.unreadable_date(at.into(), format);
        }
    }

    /// Reading, a finding on an element.
    pub(crate) fn report(
        &self,
        code: portway_edi::Code,
        severity: portway_edi::Severity,
        at: impl Into<At>,
        message: String,
        help: &str,
    ) {
        if let Side::Read(f) = &self.side {
            f.report(code, severity, at.into(), message, help);
        }
    }

    /// The currency in force, where the segment stands.
    pub(crate) fn currency(&self) -> Option<&Text> {
        self.currency.as_ref()
    }

    /// Reading, true if everything that is needed is there.
    pub(super) fn is_whole(&self) -> bool {
        !self.lacking
    }

    pub(super) fn claim(&self) {
        if let Side::Read(f) = &self.side {
            f.claim();
        }
    }

    pub(super) fn put(self) {
        if let Side::Write(draft) = self.side {
            draft.finish();
        }
    }
}
