//! How large a config may grow while it is compiled: a small source can ask for the same job a
//! hundred thousand times. Counts bytes; what they are spent on is decided elsewhere.

use crate::code::Code;
use crate::node::Mark;
use crate::problem::{Problem, Problems};

/// Size of everything that is compiled, in bytes of text.
const OUTPUT: usize = 8 << 20;
/// Size of everything that templates produce on the way, in bytes of text.
pub(crate) const WORK: usize = 32 << 20;

/// What is left to spend. Once it is used up, everything is refused.
#[derive(Debug)]
pub(crate) struct Meter {
    output: usize,
    work: usize,
    refused: bool,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self { output: OUTPUT, work: WORK, refused: false }
    }

    /// Spends on a part of the plan. False, and a problem the first time, when it is too much.
    #[must_use]
    pub(crate) fn output(&mut self, bytes: usize, mark: Mark, problems: &mut Problems) -> bool {
        let left = self.output.checked_sub(bytes);
        self.output = left.unwrap_or(0);
        left.is_some() && !self.refused || self.refuse(mark, problems)
    }

    /// Spends on a step towards the plan. False, and a problem the first time, when it is too much.
    #[must_use]
    pub(crate) fn work(&mut self, bytes: usize, mark: Mark, problems: &mut Problems) -> bool {
        let left = self.work.checked_sub(bytes);
        self.work = left.unwrap_or(0);
        left.is_some() && !self.refused || self.refuse(mark, problems)
    }

    fn refuse(&mut self, mark: Mark, problems: &mut Problems) -> bool {
        if !self.refused {
            let message = "from here on the compiled config is larger than 8 MB";
            let problem = Problem::error(mark, message).code(Code::Size);
            problems.add(problem.help("call fewer jobs or commands in this config"));
        }
        self.refused = true;
        false
    }
}
