//! The kernel calls that no build needs and every attack on a kernel likes: refused to a job by a
//! filter that bubblewrap loads. A list of what is refused, not of what is allowed: builds run
//! anything, and files, processes and the network are bounded elsewhere.
//!
//! The calls on keys are here because a session's keys are handed down to every child, whatever its
//! user. On processors that are not named here there is no filter.

/// How this processor's calls are numbered.
struct Machine {
    /// The kernel's name for it: `AUDIT_ARCH_…`.
    arch: u32,
    /// Numbers from here on belong to a second set of calls.
    second_set: Option<u32>,
    refused: &'static [u32],
}

/// In order: `keyctl`, `add_key`, `request_key`, `bpf`, `perf_event_open`, `userfaultfd`,
/// `kexec_load`, `kexec_file_load`, `open_by_handle_at`, `init_module`, `finit_module`,
/// `delete_module`, `swapon`, `swapoff`, `reboot`, `acct`, `quotactl`, `syslog`, `io_uring_setup`,
/// `io_uring_enter`, `io_uring_register`.
#[cfg(target_arch = "x86_64")]
const MACHINE: Option<Machine> = Some(Machine {
    arch: 0xC000_003E,
    second_set: Some(0x4000_0000),
    refused: &[
        250, 248, 249, 321, 298, 323, 246, 320, 304, 175, 313, 176, 167, 168, 169, 163, 179, 103,
        425, 426, 427,
    ],
});

/// In the order given above.
#[cfg(target_arch = "aarch64")]
const MACHINE: Option<Machine> = Some(Machine {
    arch: 0xC000_00B7,
    second_set: None,
    refused: &[
        219, 217, 218, 280, 241, 282, 104, 294, 265, 105, 273, 106, 224, 225, 142, 89, 60, 116,
        425, 426, 427,
    ],
});

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: Option<Machine> = None;

const LOAD_WORD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

/// Where a call's number and the processor's name are in what a filter sees.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;

const ALLOW: u32 = 0x7FFF_0000;
const REFUSE: u32 = 0x0005_0000;
const NOT_PERMITTED: u32 = 1;
const NO_SUCH_CALL: u32 = 38;

/// The filter as the kernel reads it, if there is one for this processor.
pub(crate) fn filter() -> Option<Vec<u8>> {
    let machine = MACHINE?;
    let mut filter = Filter::default();
    filter.add(LOAD_WORD, 0, 0, ARCH);
    filter.add(JUMP_IF_EQUAL, 1, 0, machine.arch);
    filter.add(RETURN, 0, 0, REFUSE | NO_SUCH_CALL);
    filter.add(LOAD_WORD, 0, 0, NUMBER);
    if let Some(second_set) = machine.second_set {
        filter.add(JUMP_IF_AT_LEAST, 0, 1, second_set);
        filter.add(RETURN, 0, 0, REFUSE | NO_SUCH_CALL);
    }
    for number in machine.refused {
        filter.add(JUMP_IF_EQUAL, 0, 1, *number);
        filter.add(RETURN, 0, 0, REFUSE | NOT_PERMITTED);
    }
    filter.add(RETURN, 0, 0, ALLOW);
    Some(filter.0)
}

#[derive(Default)]
struct Filter(Vec<u8>);

impl Filter {
    /// One instruction: what it does, how many to skip if it holds and if not, and its operand.
    fn add(&mut self, code: u16, if_true: u8, if_false: u8, operand: u32) {
        self.0.extend(code.to_ne_bytes());
        self.0.extend([if_true, if_false]);
        self.0.extend(operand.to_ne_bytes());
    }
}
