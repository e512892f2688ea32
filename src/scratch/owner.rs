//! Who made a scratch database: enough to tell later whether that run is over.

use std::fmt;
use std::fs;
use std::process::Command;

/// A process, told apart from a later one with the same number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Owner {
    host: String,
    /// Changes when the machine starts.
    boot: String,
    /// Containers on one machine count their processes separately.
    space: String,
    pub(super) pid: u32,
    start: String,
}

impl Owner {
    /// This process.
    pub(super) fn current() -> Self {
        let pid = std::process::id();
        let read = |path: &str| std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
        let space =
            fs::read_link("/proc/self/ns/pid").map(|link| link.to_string_lossy().into_owned()).unwrap_or_default();
        Self {
            host: host(),
            boot: read("/proc/sys/kernel/random/boot_id"),
            space,
            pid,
            start: started(pid).unwrap_or_default(),
        }
    }

    #[cfg(test)]
    pub(super) fn with_start(mut self, start: &str) -> Self {
        start.clone_into(&mut self.start);
        self
    }

    /// From what `Display` wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let value = |name: &str| {
            let found = text.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
            found.map(ToOwned::to_owned)
        };
        Some(Self {
            host: value("host")?,
            boot: value("boot")?,
            space: value("space")?,
            pid: value("pid")?.parse().ok()?,
            start: value("start")?,
        })
    }

    /// Whether that process is certainly over. One on another machine, or in another container, may well be alive.
    pub(super) fn is_dead(&self, now: &Self) -> bool {
        if self.host != now.host {
            return false;
        }
        // Nobody survives the machine.
        if self.boot != now.boot {
            return true;
        }
        self.space == now.space && started(self.pid).is_none_or(|start| start != self.start)
    }

    /// The place without the process: the part that goes into a database's name.
    pub(super) fn place(&self) -> String {
        format!("{} {} {}", self.host, self.boot, self.space)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, boot, space, pid, start } = self;
        write!(f, "host={host} boot={boot} space={space} pid={pid} start={start}")
    }
}

fn host() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name =
        kernel.or_else(|| Some(String::from_utf8_lossy(&Command::new("hostname").output().ok()?.stdout).into_owned()));
    name.unwrap_or_default().split_whitespace().collect()
}

/// When a process began, in whatever form the system tells it; `None` when there is no such process, or only its corpse.
pub(super) fn started(pid: u32) -> Option<String> {
    if fs::exists("/proc/self/stat").unwrap_or(false) {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The program's name, in parentheses, may hold anything; the fields after it are numbered from 3.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let is_corpse = matches!(fields.first(), Some(&"Z" | &"X"));
        return fields.get(19).filter(|_| !is_corpse).map(|ticks| (*ticks).to_owned());
    }
    let answer = Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).output().ok()?;
    let text: String = String::from_utf8_lossy(&answer.stdout).split_whitespace().collect::<Vec<_>>().join("-");
    (answer.status.success() && !text.is_empty()).then_some(text)
}
