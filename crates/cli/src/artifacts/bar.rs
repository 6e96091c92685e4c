//! How far the downloads are, for somebody who watches. Where standard error is no terminal there is
//! no bar.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rondo_wire::v1;

/// One bar for all files.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(artifacts: &[v1::Artifact]) -> Self {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let total =
            artifacts.iter().filter_map(|artifact| artifact.size).fold(0, u64::saturating_add);
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let shape = "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}";
        bar.set_style(ProgressStyle::with_template(shape).expect("the template is right"));
        Self(bar)
    }

    /// That so many bytes more are there.
    pub(super) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// That so many bytes are not there after all.
    pub(super) fn take_back(&self, bytes: u64) {
        self.0.dec(bytes);
    }

    /// Prints without the bar in the way.
    pub(super) fn aside(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
