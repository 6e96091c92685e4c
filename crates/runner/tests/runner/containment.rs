//! What a job cannot see, reach or outlive.

use rondo_wire::runner::{Outcome, StepStatus};

use crate::bench::*;
use crate::given::*;

#[tokio::test]
async fn nothing_of_the_host_that_is_secret_can_be_read() {
    let bench = Bench::start().await;
    let root = bench.root.path().display().to_string();
    std::fs::create_dir_all(bench.root.path().join("data")).unwrap();
    std::fs::write(bench.root.path().join("data/key"), "secret").unwrap();
    let command = format!(
        "for path in {root}/data/key {root}/data /etc/shadow /root /etc/gshadow /etc/npmrc \
            /etc/ssl/private /etc/sudoers /proc/1/environ /proc/1/root/etc/passwd /proc/1/fd \
            /proc/1/mem /home/*/.ssh /sys/kernel /var/lib /boot /mnt /srv /dev/mem /dev/vda; do
            if cat \"$path\" >/dev/null 2>&1 || ls \"$path/\" >/dev/null 2>&1; then
                echo \"open: $path\"
            fi
        done
        env | cut -d= -f1 | sort | tr '\\n' ' '
        ls / | tr '\\n' ' '"
    );
    let told = bench.run_commands(&[&command]).await;
    let output = told.output(1);
    let (_, said) = output.split_once("tr '\\n' ' '\n").unwrap();
    let environment =
        "BASH_ENV CIRCLE_WORKING_DIRECTORY HOME LANG LOGNAME PATH PWD SHELL SHLVL USER _ ";
    let said = said.rsplit_once("tr '\\n' ' '\n").map_or(said, |(_, said)| said);
    assert!(said.starts_with(environment), "{said}");
    assert!(!output.contains("\nopen: "), "{output}");
    for hidden in ["root", "boot", "srv", "sys", "work"] {
        assert!(!said.split(' ').any(|name| name == hidden), "{said}");
    }
}

#[tokio::test]
async fn a_job_has_no_privilege_and_cannot_gain_one() {
    let bench = Bench::start().await;
    let told = bench
        .run_commands(&[
            "grep -E 'Cap(Inh|Prm|Eff|Amb)|NoNewPrivs' /proc/self/status | tr '\\t\\n' '  '",
        ])
        .await;
    let none = "0000000000000000";
    let expected =
        format!("CapInh: {none} CapPrm: {none} CapEff: {none} CapAmb: {none} NoNewPrivs: 1 ");
    assert!(told.output(1).ends_with(&expected), "{}", told.output(1));
    let told = bench.run_commands(&["mount -t tmpfs x /tmp", "true"]).await;
    assert_eq!(told.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn the_system_and_the_runners_own_files_cannot_be_written() {
    let bench = Bench::start().await;
    let command = "for path in / /usr /usr/bin /etc /etc/passwd /rondo /rondo/rondo /rondo/bin \
                   /rondo/bin/circleci /dev /proc/sys/kernel/hostname /var /home; do \
                   if [ -w $path ] && { touch $path/x || : >> $path; } 2>/dev/null; then \
                   echo open: $path; fi; done";
    let told =
        bench.run_commands(&[command, "touch ~/x /tmp/x /var/tmp/x /run/x /dev/shm/x"]).await;
    assert!(!told.output(1).contains("\nopen: "), "{}", told.output(1));
    assert_eq!(told.outcome(), Outcome::Success, "{}", told.output(2));
}

#[tokio::test]
async fn jobs_do_not_see_or_reach_each_other_or_the_host() {
    let bench = Bench::start().await;
    let mark = unique_word();
    let first = bench.job(vec![run(&format!("echo secret > ~/mine; echo up; exec sleep {mark}"))]);
    bench.submit_under(&first, 600);
    bench.until_output(&first.id, 1, "\nup\n").await;
    let pid = std::process::id();
    let command = format!(
        "ls -d /proc/[0-9]* | wc -l; ps ax 2>/dev/null | grep -c {mark} || true; \
         ls ~ /tmp /home /rondo/state; kill -9 {pid} 2>&1 || true; ls /proc/1/root/home 2>&1 || true"
    );
    let told = bench.run_commands(&[&command]).await;
    let output = told.output(1);
    assert!(!output.contains("mine"), "{output}");
    assert!(
        output.contains("No such process") || output.contains("Operation not permitted"),
        "{output}"
    );
    assert_eq!(count_processes(&mark), 1);
    bench.cancel(&first.id);
    bench.finished(&first.id).await;
}

#[tokio::test]
async fn a_job_without_network_reaches_not_even_its_own_machine() {
    let bench = Bench::start().await;
    let address = bench.url.trim_start_matches("http://").replace(':', "/");
    let connect = format!("exec 3<>/dev/tcp/{address}");
    let told = bench.run_commands(&[&connect]).await;
    assert_eq!(told.outcome(), Outcome::Failed);
    let bench = Bench::start_with(|settings| settings.allow_network = true).await;
    let address = bench.url.trim_start_matches("http://").replace(':', "/");
    let told = bench.run_commands(&[&format!("exec 3<>/dev/tcp/{address}")]).await;
    assert_eq!(told.outcome(), Outcome::Success, "{}", told.output(1));
}

/// These commands leave a process behind that gets away from its step; it is dead when the job is.
async fn check_dies(containment: rondo_runner::Containment, command: &str) {
    let bench = Bench::start_with(|settings| settings.containment = containment).await;
    let word = unique_word();
    let command = command.replace("WORD", &word);
    let wait = format!(
        "until tr '\\0' '\\n' < /proc/$(cat pid)/cmdline | grep -q {word}; do sleep 0.01; done"
    );
    let told = bench.run_commands(&[&command, &wait]).await;
    assert_eq!(told.outcome(), Outcome::Success, "{}{}", told.output(1), told.output(2));
    assert_eq!(count_processes(&word), 0);
}

const ESCAPES: [&str; 4] = [
    "sleep WORD & echo $! > pid",
    "setsid sleep WORD & echo $! > pid; sleep 0.1",
    "nohup setsid sh -c 'echo $$ > pid; exec sleep WORD' > /dev/null 2>&1 & sleep 0.1",
    "(setsid sh -c 'trap \"\" TERM HUP INT; echo $$ > pid; sleep WORD' < /dev/null > /dev/null 2>&1 &); until [ -s pid ]; do :; done",
];

#[tokio::test]
async fn nothing_that_gets_away_from_its_step_outlives_the_job() {
    for command in ESCAPES {
        check_dies(rondo_runner::Containment::Bubblewrap, command).await;
    }
}

#[tokio::test]
async fn nor_does_it_without_a_sandbox() {
    for command in ESCAPES {
        check_dies(rondo_runner::Containment::Unconfined, command).await;
    }
}

#[tokio::test]
async fn an_unconfined_job_that_kills_its_leader_is_over_and_leaves_nothing() {
    let bench = Bench::start_with(|s| s.containment = rondo_runner::Containment::Unconfined).await;
    let word = unique_word();
    let command = format!("setsid sleep {word} & sleep 0.1; kill -9 $PPID; sleep {word}");
    let told = bench.run_commands(&[&command]).await;
    assert_eq!(told.outcome(), Outcome::InfrastructureFail);
    assert_eq!(told.status(1), Some(StepStatus::InfrastructureFail));
    assert_eq!(told.reason(), "the job's sandbox ended unexpectedly");
    assert_eq!(count_processes(&word), 0);
}

#[tokio::test]
async fn a_leader_in_a_sandbox_cannot_be_killed_or_traced_by_its_job() {
    let bench = Bench::start().await;
    let told = bench
        .run_commands(&[
            "kill -9 1; kill -STOP 1; kill -TERM 1; cat /proc/1/maps > /dev/null 2>&1 || echo closed",
            "echo still here",
        ])
        .await;
    assert!(told.output(1).ends_with("closed\n"), "{}", told.output(1));
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn the_kernels_keys_are_out_of_reach() {
    let bench = Bench::start().await;
    let ask = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); \
               print(libc.syscall(250, 0, -3, 0), ctypes.get_errno())";
    let told = bench.run_commands(&[&format!("python3 -c '{ask}'")]).await;
    assert!(told.output(1).ends_with("\n-1 1\n"), "{}", told.output(1));
}
