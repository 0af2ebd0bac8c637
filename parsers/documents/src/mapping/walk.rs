//! The loops of a set, being read or written: which segments and loops belong to which field.
//!
//! Most calls of a mapping name what did not come. Each says so first, by one bit of the loop, and is inlined so far: the other side
//! of it is a call. What occurs is filled where it stands.

use super::elements::{Elements, Word};
use super::reading::is_tag;
use super::{At, Codes, Reading, Writing, is_newer};
use crate::Text;
use crate::money::Currency;
use portway_edi::Standard;
use portway_edi::schema::Loop;
use portway_edi::segment::Segment;

/// One loop or segment group (at the root the set itself), being read or written.
#[derive(Clone)]
pub(crate) struct Walk<'m> {
    side: Side<'m>,
    /// ISO 4217 code in force where the walk is.
    currency: Option<Text>,
    /// Only segments and loops that stand there are read: from the first position, before the last.
    from: u32,
    to: u32,
    /// A bit for each tag of its own segments, and of those that open loops within: most tags a mapping names are not there.
    /// All bits when writing.
    own_tags: u64,
    loop_tags: u64,
}

#[derive(Clone, Copy)]
enum Side<'m> {
    Read { reading: &'m Reading<'m>, node: &'m Loop<'m>, at_root: bool },
    Write(&'m Writing<'m>),
}

impl<'m> Walk<'m> {
    pub(crate) fn read(reading: &'m Reading<'m>, root: &'m Loop<'m>) -> Walk<'m> {
        Walk::of(Side::Read { reading, node: root, at_root: true }, None)
    }

    pub(crate) fn write(writing: &'m Writing<'m>) -> Walk<'m> {
        Walk::of(Side::Write(writing), None)
    }

    fn of(side: Side<'m>, currency: Option<Text>) -> Walk<'m> {
        let (mut own_tags, mut loop_tags) = (u64::MAX, u64::MAX);
        if let Side::Read { node, .. } = side {
            own_tags = node.segments.iter().fold(0, |tags, s| tags | segment_bit(s));
            let triggers = node.loops.iter().filter_map(|inner| inner.segments.first());
            loop_tags = triggers.fold(0, |tags, s| tags | segment_bit(s));
        }
        Walk { side, currency, from: 0, to: u32::MAX, own_tags, loop_tags }
    }

    pub(crate) fn is_reading(&self) -> bool {
        matches!(self.side, Side::Read { .. })
    }

    pub(crate) fn is_writing(&self) -> bool {
        !self.is_reading()
    }

    pub(crate) fn standard(&self) -> Standard {
        match self.side {
            Side::Read { reading, .. } => reading.standard,
            Side::Write(writing) => writing.standard,
        }
    }

    /// True when the codes beside our words are of this standard: always when reading.
    pub(crate) fn codes_are_ours(&self) -> bool {
        match self.side {
            Side::Read { .. } => true,
            Side::Write(writing) => writing.codes_are_ours,
        }
    }

    /// The version of the set: `004010`, `D:01B:UN`. Empty where it is not known.
    pub(crate) fn version(&self) -> &'m str {
        match self.side {
            Side::Read { reading, .. } => reading.version,
            Side::Write(writing) => writing.version,
        }
    }

    /// Reading, a finding on the first segment `tag` that `wanted` says yes to, here or opening a loop here, whoever took it.
    pub(crate) fn report(
        &self,
        tag: &str,
        wanted: impl Fn(&Elements<'m>) -> bool,
        at: impl Into<At>,
        (code, severity): (portway_edi::Code, portway_edi::Severity),
        message: String,
        help: &str,
    ) {
        let Side::Read { reading, node, at_root } = self.side else { return };
        let own = node.segments.iter().map(|s| (s, (!at_root).then_some(node.id)));
        let opening = node.loops.iter().filter_map(|inner| Some((inner.segments.first()?, Some(inner.id))));
        let here = |s: &Segment<'_>| is_tag(s, tag) && s.position >= self.from && s.position < self.to;
        let found = own
            .chain(opening)
            .filter(|(segment, _)| here(segment))
            .map(|(segment, id)| Elements::read(reading, segment, id, self.currency.clone()))
            .find(|e| wanted(e));
        if let Some(elements) = found {
            elements.report(code, severity, at, message, help);
        }
    }

    /// True from 005010 and from D.01B on.
    pub(crate) fn is_newer(&self) -> bool {
        is_newer(self.standard(), self.version())
    }

    /// Amounts from here on are in this currency where they name no other.
    pub(crate) fn set_currency(&mut self, currency: Option<&Currency>) {
        if let Some(currency) = currency.filter(|c| !c.code.is_empty()) {
            self.currency = Some(currency.code.clone());
        }
    }

    pub(crate) fn currency(&self) -> Option<&Text> {
        self.currency.as_ref()
    }

    /// The part of the loop before the first segment `tag` (the whole where there is none), and the part after it.
    pub(crate) fn split(&self, tag: &str) -> (Walk<'m>, Walk<'m>) {
        let (mut before, mut after) = (self.clone(), self.clone());
        if let Side::Read { node, .. } = self.side {
            let at = self.own(node).find(|s| is_tag(s, tag)).map_or(u32::MAX, |s| s.position);
            before.to = before.to.min(at);
            after.from = at;
        }
        (before, after)
    }

    /// A segment that occurs once. Read: the first that nobody took. Written unless all its elements are empty.
    #[inline]
    pub(crate) fn once(&mut self, tag: &'static str, map: impl FnOnce(&mut Elements<'m>)) {
        if self.lacks(tag) {
            return;
        }
        self.once_if(tag, |_| true, map);
    }

    /// As [`Walk::once`], the first that `wanted` says yes to.
    pub(crate) fn once_if(
        &mut self,
        tag: &'static str,
        wanted: impl Fn(&Elements<'m>) -> bool,
        map: impl FnOnce(&mut Elements<'m>),
    ) {
        match self.side {
            Side::Read { reading, node, at_root } => {
                let loop_id = (!at_root).then_some(node.id);
                for segment in self.untaken(tag) {
                    let mut elements = Elements::read(reading, segment, loop_id, self.currency.clone());
                    if wanted(&elements) {
                        elements.claim();
                        return map(&mut elements);
                    }
                }
            }
            Side::Write(_) => {
                let Some(mut elements) = self.new_segment(tag) else { return };
                map(&mut elements);
                elements.put();
            }
        }
    }

    /// A segment that occurs once, and may be absent.
    #[inline]
    pub(crate) fn maybe<T: Default>(
        &mut self,
        tag: &'static str,
        field: &mut Option<T>,
        map: impl Fn(&mut Elements<'m>, &mut T),
    ) {
        if self.lacks(tag) {
            return;
        }
        match field {
            None if self.is_reading() => {
                let mut whole = true;
                self.once(tag, |e| {
                    map(e, field.get_or_insert_with(T::default));
                    whole = e.is_whole();
                });
                if !whole {
                    *field = None;
                }
            }
            // A second one stays unmapped.
            Some(_) if self.is_reading() => {}
            Some(value) => self.once(tag, |e| map(e, value)),
            None => {}
        }
    }

    /// Every segment `tag`, each an entry of the list. Read: those that nobody took.
    #[inline]
    pub(crate) fn each<T: Default>(
        &mut self,
        tag: &'static str,
        list: &mut Vec<T>,
        map: impl Fn(&mut Elements<'m>, &mut T),
    ) {
        if self.lacks(tag) {
            return;
        }
        self.each_if(tag, |_| true, list, map);
    }

    /// As [`Walk::each`]; read are only those that `wanted` says yes to.
    pub(crate) fn each_if<T: Default>(
        &mut self,
        tag: &'static str,
        wanted: impl Fn(&Elements<'m>) -> bool,
        list: &mut Vec<T>,
        map: impl Fn(&mut Elements<'m>, &mut T),
    ) {
        match self.side {
            Side::Read { reading, node, at_root } => {
                let loop_id = (!at_root).then_some(node.id);
                for segment in self.untaken(tag) {
                    let mut elements = Elements::read(reading, segment, loop_id, self.currency.clone());
                    if !wanted(&elements) {
                        continue;
                    }
                    elements.claim();
                    if let Some(entry) = begun(list) {
                        map(&mut elements, entry);
                    }
                    if !elements.is_whole() {
                        list.pop();
                    }
                }
            }
            Side::Write(_) => {
                for value in list {
                    let Some(mut elements) = self.new_segment(tag) else { return };
                    map(&mut elements, value);
                    elements.put();
                }
            }
        }
    }

    /// As [`Walk::each`]; read are also those that open a loop here: one version has a segment where another has a loop.
    #[inline]
    pub(crate) fn each_opening<T: Default>(
        &mut self,
        tag: &'static str,
        list: &mut Vec<T>,
        map: impl Fn(&mut Elements<'m>, &mut T),
    ) {
        if self.lacks(tag) && self.lacks_loop(tag) {
            return;
        }
        self.each(tag, list, &map);
        for mut inner in self.found(tag) {
            inner.each(tag, list, &map);
        }
    }

    /// As [`Walk::each`]; read are also those that open a loop or stand in loops within.
    pub(crate) fn each_anywhere<T: Default>(
        &mut self,
        tag: &'static str,
        list: &mut Vec<T>,
        map: impl Fn(&mut Elements<'m>, &mut T),
    ) {
        self.each(tag, list, &map);
        for mut inner in self.inner() {
            inner.deep(&mut |walk| walk.each(tag, list, &map));
        }
    }

    /// As [`Walk::once`]; read is the first that stands here, opens a loop, or stands in a loop within.
    pub(crate) fn once_anywhere(&mut self, tag: &'static str, mut map: impl FnMut(&mut Elements<'m>)) {
        let mut found = self.is_writing();
        self.once(tag, |e| {
            found = true;
            map(e);
        });
        for mut inner in self.inner() {
            inner.deep(&mut |walk| {
                if !found {
                    walk.once(tag, |e| {
                        found = true;
                        map(e);
                    });
                }
            });
        }
    }

    /// True if no segment `tag` stands here. Said first and in the open, so that a mapping's call for what did not come costs nothing.
    #[inline(always)]
    fn lacks(&self, tag: &'static str) -> bool {
        self.own_tags & tag_bit(tag) == 0
    }

    /// As [`Walk::lacks`], of the loops within.
    #[inline(always)]
    fn lacks_loop(&self, trigger: &'static str) -> bool {
        self.loop_tags & tag_bit(trigger) == 0
    }

    fn deep(&mut self, visit: &mut dyn FnMut(&mut Walk<'m>)) {
        visit(self);
        for mut inner in self.inner() {
            inner.deep(visit);
        }
    }

    /// The loops within, when reading.
    fn inner(&self) -> Vec<Walk<'m>> {
        let Side::Read { reading, node, .. } = self.side else { return Vec::new() };
        let inside = |node: &'m Loop<'m>| {
            Walk::of(Side::Read { reading, node, at_root: false }, self.currency.clone())
        };
        node.loops.iter().map(inside).collect()
    }

    /// Writing, true if the standard has a code for a word, or the code beside it is of the standard. True when reading.
    pub(crate) fn has_code<T: Word>(&self, codes: &Codes<T>, word: T, code: &str) -> bool {
        match self.side {
            Side::Read { .. } => true,
            Side::Write(writing) => writing.code(codes, word, code).is_some(),
        }
    }

    /// True if the first segment `tag` of the loop being read has a number there. False when writing.
    pub(crate) fn has_number(&self, tag: &'static str, at: impl Into<At>) -> bool {
        let Side::Read { reading, node, at_root } = self.side else { return false };
        let loop_id = (!at_root).then_some(node.id);
        let first = self.untaken(tag).next();
        first.map(|segment| Elements::read(reading, segment, loop_id, None)).is_some_and(|mut e| {
            e.needs_number(at);
            e.is_whole()
        })
    }

    /// As [`Walk::each`]; written are only the entries that `chosen` says yes to.
    #[inline]
    pub(crate) fn each_chosen<T: Default>(
        &mut self,
        tag: &'static str,
        list: &mut Vec<T>,
        chosen: impl Fn(&T) -> bool,
        map: impl Fn(&mut Elements<'m>, &mut T),
    ) {
        if self.lacks(tag) {
            return;
        }
        if self.is_reading() {
            return self.each(tag, list, map);
        }
        for value in list.iter_mut().filter(|value| chosen(value)) {
            self.once(tag, |e| map(e, value));
        }
    }

    /// As [`Walk::loops`]; written are only the entries that `chosen` says yes to.
    #[inline]
    pub(crate) fn loops_chosen<T: Default>(
        &mut self,
        trigger: &'static str,
        list: &mut Vec<T>,
        chosen: impl Fn(&T) -> bool,
        map: impl Fn(&mut Walk<'m>, &mut T),
    ) {
        if self.lacks_loop(trigger) {
            return;
        }
        if self.is_reading() {
            return self.loops(trigger, list, map);
        }
        for value in list.iter_mut().filter(|value| chosen(value)) {
            self.write_loop(trigger, |inner| map(inner, value));
        }
    }

    /// Segments that hold several entries each, at most `per` of them: read in order; written as many to a segment as `together`
    /// allows beside the first one of it. `map` gets the entry and its slot, from 0.
    #[inline]
    pub(crate) fn packed<T: Default>(
        &mut self,
        tag: &'static str,
        per: usize,
        list: &mut Vec<T>,
        together: impl Fn(&T, &T) -> bool,
        map: impl Fn(&mut Elements<'m>, usize, &mut T),
    ) {
        if self.lacks(tag) {
            return;
        }
        match self.side {
            Side::Read { reading, node, at_root } => {
                let loop_id = (!at_root).then_some(node.id);
                for segment in self.untaken(tag) {
                    let mut elements = Elements::read(reading, segment, loop_id, self.currency.clone());
                    elements.claim();
                    elements.slots(0..per, list, &map);
                }
            }
            Side::Write(_) => {
                let mut rest = list.as_mut_slice();
                while let Some(first) = rest.first() {
                    let same =
                        rest.iter().take(per).take_while(|other| together(first, other)).count().max(1);
                    let (now, later) = rest.split_at_mut(same);
                    let Some(mut elements) = self.new_segment(tag) else { return };
                    for (slot, value) in now.iter_mut().enumerate() {
                        elements.slot(|e| map(e, slot, value));
                    }
                    elements.put();
                    rest = later;
                }
            }
        }
    }

    /// Texts that stand `per` to a segment, from element 1 on, such as N2 and N3.
    #[inline]
    pub(crate) fn texts(&mut self, tag: &'static str, per: usize, list: &mut Vec<Text>) {
        self.packed(tag, per, list, |_, _| true, |e, slot, text| e.required(slot + 1, text));
    }

    /// Every loop that opens with `trigger`, each an entry of the list. A loop whose trigger has nothing to say is not written.
    #[inline]
    pub(crate) fn loops<T: Default>(
        &mut self,
        trigger: &'static str,
        list: &mut Vec<T>,
        map: impl Fn(&mut Walk<'m>, &mut T),
    ) {
        if self.lacks_loop(trigger) {
            return;
        }
        self.loops_if(trigger, |_| true, list, map);
    }

    /// As [`Walk::loops`]; read are only those that `wanted` says yes to (it may [`Walk::peek`]).
    pub(crate) fn loops_if<T: Default>(
        &mut self,
        trigger: &'static str,
        wanted: impl Fn(&Walk<'m>) -> bool,
        list: &mut Vec<T>,
        map: impl Fn(&mut Walk<'m>, &mut T),
    ) {
        match self.side {
            Side::Read { node, .. } => {
                let opens = |inner: &&Loop<'m>| inner.segments.first().is_some_and(|s| is_tag(s, trigger));
                let at_most = node.loops.iter().filter(opens).count();
                // Entries can be large: room for all of them at once spares moving them.
                list.reserve_exact(at_most);
                for mut inner in self.found(trigger).filter(|w| wanted(w)) {
                    inner.claim_loop();
                    if let Some(entry) = begun(list) {
                        map(&mut inner, entry);
                    }
                }
            }
            Side::Write(_) => {
                for value in list {
                    self.write_loop(trigger, |inner| map(inner, value));
                }
            }
        }
    }

    /// A loop that occurs once, and may be absent.
    #[inline]
    pub(crate) fn maybe_loop<T: Default>(
        &mut self,
        trigger: &'static str,
        field: &mut Option<T>,
        map: impl Fn(&mut Walk<'m>, &mut T),
    ) {
        if self.lacks_loop(trigger) {
            return;
        }
        match (field.as_mut(), self.is_reading()) {
            (None, true) => {
                let first = self.found(trigger).next();
                if let Some(mut inner) = first {
                    inner.claim_loop();
                    let value = field.insert(T::default());
                    map(&mut inner, value);
                }
            }
            (Some(value), false) => self.write_loop(trigger, |inner| map(inner, value)),
            _ => {}
        }
    }

    /// A loop that occurs once and fills what stands around it. Written unless its trigger has nothing to say.
    #[inline]
    pub(crate) fn once_loop(&mut self, trigger: &'static str, map: impl FnOnce(&mut Walk<'m>)) {
        if self.lacks_loop(trigger) {
            return;
        }
        match self.side {
            Side::Read { .. } => {
                let first = self.found(trigger).next();
                if let Some(mut inner) = first {
                    inner.claim_loop();
                    map(&mut inner);
                }
            }
            Side::Write(_) => self.write_loop(trigger, map),
        }
    }

    /// The loops that open with `trigger`, to be read one by one (and to be claimed by [`Walk::claim_loop`]); none when writing.
    pub(crate) fn found(&self, trigger: &'static str) -> impl Iterator<Item = Walk<'m>> + use<'m> {
        let (currency, from, to) = (self.currency.clone(), self.from, self.to);
        let (reading, loops) = match self.side {
            Side::Read { reading, node, .. } if !self.lacks_loop(trigger) => {
                (Some(reading), node.loops.as_slice())
            }
            _ => (None, [].as_slice()),
        };
        let opens = move |inner: &&Loop<'m>| {
            inner.segments.first().is_some_and(|s| {
                is_tag(s, trigger)
                    && s.position >= from
                    && s.position < to
                    && !reading.is_some_and(|r| r.is_loop_claimed(s))
            })
        };
        loops.iter().filter(opens).filter_map(move |node| {
            let side = Side::Read { reading: reading?, node, at_root: false };
            Some(Walk::of(side, currency.clone()))
        })
    }

    /// Says that this loop is taken: later calls on the loop around it pass over it.
    pub(crate) fn claim_loop(&self) {
        if let Side::Read { reading, node, .. } = self.side
            && let Some(trigger) = node.segments.first()
        {
            reading.claim_loop(trigger);
        }
    }

    /// Writes one loop; nothing of it when the first segment it puts out is not `trigger`. Does nothing when reading.
    pub(crate) fn write_loop(&mut self, trigger: &'static str, map: impl FnOnce(&mut Walk<'m>)) {
        let Side::Write(writing) = self.side else { return };
        let mark = writing.mark();
        let mut inner = self.clone();
        map(&mut inner);
        writing.close_loop(mark, trigger);
    }

    /// How many segments `tag` were written so far, in the whole set. 0 when reading.
    pub(crate) fn written(&self, tag: &str) -> usize {
        match self.side {
            Side::Write(writing) => writing.count(tag),
            Side::Read { .. } => 0,
        }
    }

    /// A value of the first segment `tag`, without taking it; for choices when reading. Empty when writing.
    pub(crate) fn peek(&self, tag: &str, at: impl Into<At>) -> Text {
        let Side::Read { node, .. } = self.side else { return Text::default() };
        let first = self.own(node).find(|s| is_tag(s, tag));
        first.map(|s| self.open(s).peek(at)).unwrap_or_default()
    }

    /// True if the loop being read has a segment `tag` of its own.
    pub(crate) fn has(&self, tag: &str) -> bool {
        match self.side {
            Side::Read { node, .. } => self.own(node).any(|s| is_tag(s, tag)),
            Side::Write(_) => false,
        }
    }

    /// Segments `tag` that nobody took yet, as they stand; none when writing.
    fn untaken(&self, tag: &'static str) -> impl Iterator<Item = &'m Segment<'m>> + use<'m> {
        let (from, to) = (self.from, self.to);
        let (reading, segments) = match self.side {
            Side::Read { reading, node, .. } if !self.lacks(tag) => (Some(reading), node.segments.as_slice()),
            _ => (None, [].as_slice()),
        };
        segments.iter().filter(move |segment| {
            is_tag(segment, tag)
                && segment.position >= from
                && segment.position < to
                && reading.is_some_and(|reading| !reading.is_claimed(segment))
        })
    }

    fn own(&self, node: &'m Loop<'m>) -> impl Iterator<Item = &'m Segment<'m>> + use<'m> {
        let (from, to) = (self.from, self.to);
        node.segments.iter().filter(move |s| s.position >= from && s.position < to)
    }

    fn open(&self, segment: &'m Segment<'m>) -> Peek<'m> {
        Peek(segment)
    }

    fn new_segment(&self, tag: &'static str) -> Option<Elements<'m>> {
        match self.side {
            Side::Write(writing) => Some(Elements::write(writing, tag, self.currency.clone())),
            Side::Read { .. } => None,
        }
    }
}

/// A new entry at the end of a list. Made and filled where it stands: entries can be large, and `push` would move them.
#[inline]
pub(super) fn begun<T: Default>(list: &mut Vec<T>) -> Option<&mut T> {
    list.resize_with(list.len() + 1, T::default);
    list.last_mut()
}

/// A bit that tells most tags apart.
#[inline]
const fn tag_bit(tag: &str) -> u64 {
    match *tag.as_bytes() {
        [a, b] => bit_of(a, b, 0),
        [a, b, c] => bit_of(a, b, c),
        _ => u64::MAX,
    }
}

/// [`tag_bit`] of a segment's tag.
#[inline]
fn segment_bit(segment: &Segment<'_>) -> u64 {
    match *segment.bytes {
        [a, b, c, ..] if c != segment.delimiters.element => bit_of(a, b, c),
        [a, b, ..] => bit_of(a, b, 0),
        _ => 0,
    }
}

const fn bit_of(a: u8, b: u8, c: u8) -> u64 {
    1 << ((a as u32 * 5 + b as u32 * 11 + c as u32 * 3) & 63)
}

/// A segment that is only looked at.
struct Peek<'m>(&'m Segment<'m>);

impl Peek<'_> {
    fn peek(&self, at: impl Into<At>) -> Text {
        let at = at.into();
        match at.component {
            0 => Text::new(self.0.text(at.element)),
            component => Text::new(self.0.component_text(at.element, component)),
        }
    }
}
