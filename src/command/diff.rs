//! What a dry run shows: the lines that go and the lines that come, with a few around them, as `diff -u` has it.
//!
//! Nothing here fails. Texts that have too many differing lines to be compared are shown as one block that goes and one that comes.

use std::fmt::Write;

/// Lines around a change.
const AROUND: usize = 2;
/// Pairs of lines that are compared.
const MOST: usize = 4_000_000;

/// The lines of `old` and `new` as a unified diff; empty where they are the same.
pub fn unified(old: &[String], new: &[String]) -> String {
    let edits = edits(old, new);
    let changed: Vec<usize> = (0..edits.len()).filter(|nth| edits[*nth].0 != ' ').collect();
    let mut out = String::new();
    if changed.is_empty() {
        return out;
    }
    out += "--- before\n+++ now\n";
    let mut at = 0;
    while at < changed.len() {
        let mut end = at;
        while end + 1 < changed.len() && changed[end + 1] - changed[end] <= 2 * AROUND {
            end += 1;
        }
        let from = changed[at].saturating_sub(AROUND);
        let to = (changed[end] + AROUND + 1).min(edits.len());
        let count = |range: &[(char, &str)], not: char| range.iter().filter(|(kind, _)| *kind != not).count();
        let (before, hunk) = (&edits[..from], &edits[from..to]);
        let _ = writeln!(
            out,
            "@@ -{},{} +{},{} @@",
            count(before, '+') + 1,
            count(hunk, '+'),
            count(before, '-') + 1,
            count(hunk, '-')
        );
        for (kind, line) in hunk {
            let _ = writeln!(out, "{kind}{line}");
        }
        at = end + 1;
    }
    out
}

fn edits<'a>(old: &'a [String], new: &'a [String]) -> Vec<(char, &'a str)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..], &new[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut edits: Vec<(char, &str)> = old[..head].iter().map(|line| (' ', line.as_str())).collect();
    if a.len().saturating_mul(b.len()) > MOST {
        edits.extend(a.iter().map(|line| ('-', line.as_str())));
        edits.extend(b.iter().map(|line| ('+', line.as_str())));
    } else {
        longest(a, b, &mut edits);
    }
    edits.extend(old[old.len() - tail..].iter().map(|line| (' ', line.as_str())));
    edits
}

/// By the longest common subsequence.
fn longest<'a>(a: &'a [String], b: &'a [String], edits: &mut Vec<(char, &'a str)>) {
    let wide = b.len() + 1;
    let mut common = vec![0u32; (a.len() + 1) * wide];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * wide + j] = if a[i] == b[j] {
                common[(i + 1) * wide + j + 1] + 1
            } else {
                common[(i + 1) * wide + j].max(common[i * wide + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            edits.push((' ', &a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[(i + 1) * wide + j] >= common[i * wide + j + 1]) {
            edits.push(('-', &a[i]));
            i += 1;
        } else {
            edits.push(('+', &b[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn what_goes_and_what_comes() {
        assert_eq!(unified(&lines("a b c"), &lines("a b c")), "");
        let text = unified(&lines("1 2 3 4 5 6 7 8 9"), &lines("1 2 3 4 X 6 7 8 9"));
        insta::assert_snapshot!(text, @r"
        --- before
        +++ now
        @@ -3,5 +3,5 @@
         3
         4
        -5
        +X
         6
         7
        ");
        let text = unified(&lines("a b"), &lines("a b c"));
        assert!(text.ends_with("@@ -1,2 +1,3 @@\n a\n b\n+c\n"), "{text}");
    }
}
