//! The fixed phrases of step output and the numbers in them, worded as existing tools expect to
//! find them in a build's output.

/// A duration as Go prints it: `10m0s`, `1h15m0s`, `1.5s`, `250ms`.
pub(crate) fn duration(ms: u64) -> String {
    if ms < 1000 {
        return if ms == 0 { "0s".to_owned() } else { format!("{ms}ms") };
    }
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let fraction = match ms % 1000 {
        0 => String::new(),
        rest => format!(".{rest:03}").trim_end_matches('0').to_owned(),
    };
    match (hours, minutes) {
        (0, 0) => format!("{seconds}{fraction}s"),
        (0, _) => format!("{minutes}m{seconds}{fraction}s"),
        _ => format!("{hours}h{minutes}m{seconds}{fraction}s"),
    }
}

/// The last line of a step that was silent for too long.
pub(crate) fn too_long_silent(ms: u64) -> String {
    let duration = duration(ms);
    format!("\nToo long with no output (exceeded {duration}): context deadline exceeded\n")
}

/// The last lines of a step whose process exited with a code other than 0.
pub(crate) fn exited(code: i32) -> String {
    format!("\nExited with code exit status {code}\n")
}

/// The last lines of a step whose process a signal ended.
pub(crate) fn signalled(signal: i32) -> String {
    format!("\nReceived \"{}\" signal\n", signal_name(signal))
}

/// Stands where the recorded output of a step stops.
pub(crate) fn output_ends_here(limit: u64) -> String {
    format!(
        "\n\n[More than {} of output: the rest is not recorded, though the step goes on. \
         Let the command write to a file and keep that with store_artifacts.]\n",
        bytes(limit)
    )
}

/// A number of bytes for people: `512 B`, `9.5 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut unit = None;
    let mut tenths = count.saturating_mul(10);
    for next in UNITS {
        if tenths < 10_240 {
            break;
        }
        tenths /= 1024;
        unit = Some(next);
    }
    match (unit, tenths % 10) {
        (None, _) => format!("{count} B"),
        (Some(unit), 0) => format!("{} {unit}", tenths / 10),
        (Some(unit), tenth) => format!("{}.{tenth} {unit}", tenths / 10),
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        25 => "file size limit exceeded",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_does() {
        let check = |ms, expected| assert_eq!(duration(ms), expected);
        check(0, "0s");
        check(250, "250ms");
        check(1500, "1.5s");
        check(600_000, "10m0s");
        check(4_500_000, "1h15m0s");
        check(3_600_000, "1h0m0s");
    }

    #[test]
    fn bytes_are_written_for_people() {
        let check = |count, expected| assert_eq!(bytes(count), expected);
        check(0, "0 B");
        check(1023, "1023 B");
        check(1024, "1 KiB");
        check(9_961_472, "9.5 MiB");
        check(50 << 30, "50 GiB");
    }
}
