//! What a build sees of the machine: not the server's data, not its environment, not other builds,
//! and no process outside. Each thing is tried by a job, as other people's code would try it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::acme::{Acme, until};

const CURIOUS: &str = r##"
version: 2.1
jobs:
  look:
    machine: true
    steps:
      - run: ls -A "$DATA" && echo "saw the data" || true
      - run: cat "$DATA/rondo.db" "$DATA"/*.key && echo "saw the data" || true
      - run: ls -A "$REPOSITORY_BESIDE" && echo "saw another repository" || true
      - run: touch "$DATA/x" "$DATA/../x" && echo "wrote outside" || true
      - run: |
          for folder in /usr /etc /opt / /bin; do
            ! touch "$folder/$WRITTEN" || echo "wrote outside"
          done
          for folder in /run /dev /tmp /dev/shm /var /sys /proc; do touch "$folder/$WRITTEN" || true; done
      - run: |
          cat /proc/*/environ | tr '\0' '\n' > environments.txt || true
          ! grep "$SEEN_OUTSIDE" environments.txt || echo "saw the server's environment"
          cat /proc/*/cmdline | tr '\0' ' ' > commands.txt || true
          ! grep -e "--data $DATA" commands.txt || echo "saw the server's process"
          cat /proc/1/root/etc/shadow /etc/shadow && echo "saw the passwords" || true
      - run: kill -KILL "$VICTIM" && echo "killed outside" || true
  keep:
    machine: true
    steps:
      - run: |
          echo hidden > ~/hidden-$MARK
          echo hidden > /tmp/hidden-$MARK
          echo hidden > /dev/shm/hidden-$MARK
          exec -a "sleep-$MARK" sleep 3600
  search:
    machine: true
    steps:
      - run: |
          find / /tmp /dev/shm ~ -xdev -name "hidden-$MARK" 2> /dev/null || true
          ls -A /tmp /dev/shm ~/..
          cat /proc/*/cmdline | tr '\0' ' ' || true
          echo "my id is $(id -u)"
"##;

/// A process of the test's, killed at the end.
struct Victim(Child);

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_cannot_look_write_or_signal_outside() {
    let acme = Acme::start(CURIOUS);
    let mut victim =
        Victim(Command::new("sleep").arg("3600").stdin(Stdio::null()).spawn().unwrap());
    let beside = acme.server.add_project("gh/acme/other", "version: 2.1\n");
    // What the server inherited from this test.
    let seen = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let written = format!("rondo-e2e-{}", uuid::Uuid::new_v4().simple());
    let parameters = json!({
        "DATA": acme.server.data(), "REPOSITORY_BESIDE": beside.folder,
        "VICTIM": victim.0.id().to_string(), "WRITTEN": written, "SEEN_OUTSIDE": format!("^CARGO_MANIFEST_DIR={seen}$"),
    });
    let build = acme.run("look", parameters).await;
    let output = acme.output(1).await;
    assert_eq!(build["status"], "success", "{output}");
    // A step's output begins with its command, so only whole lines count.
    for seen in [
        "saw the data",
        "saw another repository",
        "wrote outside",
        "saw the server's environment",
        "saw the server's process",
        "saw the passwords",
        "killed outside",
    ] {
        assert!(!output.lines().any(|line| line == seen), "{seen} in\n{output}");
    }
    assert!(victim.0.try_wait().unwrap().is_none(), "the build killed a process outside");
    assert!(!acme.server.data().join("x").exists());
    for folder in ["/usr", "/etc", "/opt", "/", "/bin", "/run", "/dev", "/tmp", "/dev/shm", "/var"]
    {
        assert!(!Path::new(folder).join(&written).exists(), "{folder}/{written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_sees_nothing_of_another_that_runs_beside_it() {
    let acme = Acme::start(CURIOUS);
    let mark = uuid::Uuid::new_v4().simple().to_string();
    let kept = acme.trigger("keep", json!({ "MARK": mark })).await;
    let name = format!("sleep-{mark}");
    until("the other build", Duration::from_secs(30), || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let mut lines =
            processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        lines.any(|line| line.starts_with(name.as_bytes())).then_some(())
    })
    .await;
    let output = acme.prints("search", json!({ "MARK": mark })).await;
    assert!(output.contains("my id is "), "{output}");
    assert!(!output.contains(&mark), "{output}");
    assert_ne!(output.split("my id is ").last().unwrap().trim(), "0", "{output}");
    acme.post(&format!("{}/{kept}/cancel", crate::acme::PROJECT), json!({})).await;
    acme.ended(kept).await;
}
