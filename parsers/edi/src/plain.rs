//! Cuts the many plain segments of a set in one go: what needs no second look, which is nearly everything.
//!
//! Whether a segment is plain is for the caller to say, of whom only this is asked: no is always a safe answer. The first one
//! that is not ends the run, and is left to the careful way. Line ends before a segment are skipped. Works on what is there,
//! asks for no more bytes, and cannot fail.

use crate::index::{BLOCK, Block, released};
use crate::segment::Delimiters;

/// Which runs are wanted.
pub(crate) struct Run {
    pub delimiters: Delimiters,
    /// Segments at most.
    pub most: usize,
    /// Bytes of the longest that may be plain.
    pub longest: usize,
    /// A segment with a line break in it is not plain.
    pub unbroken: bool,
}

impl Run {
    /// Hands `each` the range of every plain segment; how many bytes they take, terminators included.
    #[inline(always)]
    pub fn cut(
        &self,
        bytes: &[u8],
        is_plain: impl Fn(&[u8]) -> bool,
        mut each: impl FnMut(usize, usize),
    ) -> usize {
        let Delimiters { segment: terminator, element, release, .. } = self.delimiters;
        // Line ends that delimit are not to be skipped.
        if element <= b' ' || terminator <= b' ' {
            return 0;
        }
        let (mut from, mut left, mut carry) = (0, self.most, 0);
        // Behind the last line break that was seen.
        let mut broken = 0;
        for (at, block) in (0..).step_by(BLOCK).zip(bytes.chunks_exact(BLOCK)) {
            let block = Block::of(block);
            let mut ends = block.equal(terminator);
            if let Some(release) = release {
                ends &= !released(block.equal(release), &mut carry);
            }
            let breaks = if self.unbroken { block.equal(b'\r') | block.equal(b'\n') } else { 0 };
            while ends != 0 {
                let end = ends.trailing_zeros();
                let to = at + end as usize;
                let before = breaks & ((1u64 << end) - 1);
                if before != 0 {
                    broken = at + BLOCK - before.leading_zeros() as usize;
                }
                while from < to && matches!(bytes[from], b'\r' | b'\n') {
                    from += 1;
                }
                if left == 0 || broken > from || to - from > self.longest || !is_plain(&bytes[from..to]) {
                    return from;
                }
                each(from, to);
                left -= 1;
                from = to + 1;
                ends &= ends - 1;
            }
            if breaks != 0 {
                broken = at + BLOCK - breaks.leading_zeros() as usize;
            }
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, delimiters: Delimiters, unbroken: bool) -> String {
        let mut found = Vec::new();
        let run = Run { delimiters, most: 5, longest: 80, unbroken };
        run.cut(text.as_bytes(), |s| s.starts_with(b"A"), |from, to| found.push(&text[from..to]));
        found.join(" ")
    }

    #[test]
    fn a_run_ends_before_what_is_not_plain() {
        let tail = "-".repeat(BLOCK);
        let x12 = |text: &str| cut(&format!("{text}{tail}"), Delimiters::X12, false);
        assert_eq!(x12("A*1~A*2~B*3~A*4~"), "A*1 A*2");
        assert_eq!(x12("A*1~\r\nA*2~\nA*3~~A*4~"), "A*1 A*2 A*3");
        assert_eq!(x12("A~A~A~A~A~A~A~"), "A A A A A");
        assert_eq!(x12(&format!("A*1~A*{tail}{tail}~")), "A*1");
        assert_eq!(x12(&format!("A*{}~A*2~", &tail[..60])), format!("A*{} A*2", &tail[..60]));
        let edifact = |text: &str| cut(&format!("{text}{tail}"), Delimiters::EDIFACT, true);
        assert_eq!(edifact("A+1?'2'A+3??'A+4'"), "A+1?'2 A+3?? A+4");
        assert_eq!(edifact("A+1'\r\nA+2'A+\r\n3'A+4'"), "A+1 A+2");
        assert_eq!(edifact(&format!("A+\n{}'A+2'", &tail[..62])), "");
    }
}
