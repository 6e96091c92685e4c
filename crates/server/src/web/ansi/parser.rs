//! Bytes to actions: decodes UTF-8 and terminal sequences, keeping whatever is split between two
//! chunks. It knows which sequences end where, not what a style or a line is.

use super::line::Extent;

/// The most bytes of a control sequence; a longer one is dropped to its end.
const MAX_SEQUENCE: usize = 128;
/// The most characters of a title, link or device string before output counts as text again.
const MAX_STRING: usize = 4096;

/// What an output asks for.
pub(super) enum Action<'a> {
    Print(char),
    EndLine,
    Return,
    Back,
    MoveTo(usize),
    MoveBy(isize),
    Erase(Extent),
    /// Parameters of a style sequence; each is a number with its sub-parameters.
    Style(&'a [Vec<u16>]),
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After ESC and an intermediate byte: one final byte follows.
    Charset,
    /// After ESC `[`: parameters so far.
    Control(String),
    /// In a title, link or device string, of so many characters so far.
    Text(usize),
    /// After an ESC in such a string.
    TextEscape(usize),
}

#[derive(Debug, Default)]
pub(super) struct Parser {
    state: State,
    /// The beginning of a character whose other bytes have not come yet.
    pending: Vec<u8>,
}

impl Parser {
    pub(super) fn push(&mut self, bytes: &[u8], act: &mut impl FnMut(Action<'_>)) {
        let joined;
        let mut rest = if self.pending.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.pending).as_slice(), bytes].concat();
            &joined
        };
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.text(text, act),
                Err(error) => {
                    let (valid, broken) = rest.split_at(error.valid_up_to());
                    self.text(&String::from_utf8_lossy(valid), act);
                    let Some(length) = error.error_len() else {
                        self.pending = broken.to_vec();
                        return;
                    };
                    self.character(char::REPLACEMENT_CHARACTER, act);
                    rest = &broken[length..];
                }
            }
        }
    }

    fn text(&mut self, text: &str, act: &mut impl FnMut(Action<'_>)) {
        for character in text.chars() {
            self.character(character, act);
        }
    }

    fn character(&mut self, character: char, act: &mut impl FnMut(Action<'_>)) {
        self.state = match std::mem::take(&mut self.state) {
            State::Ground => ground(character, act),
            State::Escape => escape(character, act),
            State::Charset => State::Ground,
            State::Control(parameters) => control(parameters, character, act),
            State::Text(length) => string(length, character, act),
            State::TextEscape(_) if character == '\\' => State::Ground,
            State::TextEscape(length) => string(length, character, act),
        };
    }
}

fn ground(character: char, act: &mut impl FnMut(Action<'_>)) -> State {
    match character {
        '\x1b' => return State::Escape,
        '\n' => act(Action::EndLine),
        '\r' => act(Action::Return),
        '\x08' => act(Action::Back),
        '\t' => act(Action::Print('\t')),
        dropped if dropped.is_control() => {}
        printed => act(Action::Print(printed)),
    }
    State::Ground
}

fn escape(character: char, act: &mut impl FnMut(Action<'_>)) -> State {
    match character {
        '[' => State::Control(String::new()),
        ']' | 'P' | 'X' | '^' | '_' => State::Text(0),
        ' '..='/' => State::Charset,
        // A line break or another ESC ends a sequence that was never finished.
        '\x1b' | '\n' | '\r' => ground(character, act),
        _ => State::Ground,
    }
}

fn control(mut parameters: String, character: char, act: &mut impl FnMut(Action<'_>)) -> State {
    match character {
        '@'..='~' => {
            finish(&parameters, character, act);
            State::Ground
        }
        ' '..='?' => {
            // Too long a sequence is spoilt, so that its end does nothing.
            if parameters.len() < MAX_SEQUENCE {
                parameters.push(character);
            } else if !parameters.ends_with('?') {
                parameters.push('?');
            }
            State::Control(parameters)
        }
        _ => ground(character, act),
    }
}

fn string(length: usize, character: char, act: &mut impl FnMut(Action<'_>)) -> State {
    match character {
        '\x07' => State::Ground,
        '\x1b' => State::TextEscape(length),
        // A line break ends a string that was never finished.
        '\n' => ground(character, act),
        _ if length >= MAX_STRING => State::Ground,
        _ => State::Text(length + 1),
    }
}

fn finish(parameters: &str, last: char, act: &mut impl FnMut(Action<'_>)) {
    let Some(numbers) = numbers(parameters) else { return };
    let first = numbers[0][0];
    let steps = isize::try_from(first.max(1)).unwrap_or(isize::MAX);
    match last {
        'm' => act(Action::Style(&numbers)),
        'C' => act(Action::MoveBy(steps)),
        'D' => act(Action::MoveBy(-steps)),
        'G' => act(Action::MoveTo(usize::from(first.max(1) - 1))),
        'K' => match first {
            0 => act(Action::Erase(Extent::ToEnd)),
            1 => act(Action::Erase(Extent::ToStart)),
            2 => act(Action::Erase(Extent::All)),
            _ => {}
        },
        _ => {}
    }
}

/// `1;38:5:208` as `[[1], [38, 5, 208]]`; an absent number is 0; `None` for private sequences.
fn numbers(parameters: &str) -> Option<Vec<Vec<u16>>> {
    let number = |text: &str| match text {
        "" => Some(0),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().unwrap_or(u16::MAX))
        }
        _ => None,
    };
    parameters.split(';').map(|group| group.split(':').map(number).collect()).collect()
}
