//! Debian's Chromium without a window: what a page looks like to it, and what it has against the page.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::cluster::limited;

const PROGRAM: &str = "/usr/bin/chromium";

/// What a script found on a page, and what the console says.
pub(crate) struct Seen {
    pub(crate) found: Value,
    /// One line each: errors, warnings, and what the page's policy forbade.
    pub(crate) console: Vec<String>,
}

/// Opens a page of a folder and runs a script that sees it as `page`, a Document, and answers with what it found.
///
/// The page has no script and allows none, so it is shown inside another page, which has the script.
pub(crate) fn look(folder: &Path, page: &str, script: &str) -> Seen {
    assert!(Path::new(PROGRAM).is_file(), "{PROGRAM} is not there: `./dev setup` installs it");
    let around = format!(
        "<!DOCTYPE html><meta charset=utf-8><iframe id=frame src=\"{page}\" width=1300 height=900></iframe><pre id=found></pre><script>
const found = document.getElementById('found');
// Nothing in it that HTML would write in another way.
const text = value => JSON.stringify(value).replace(/[<>&\\u0080-\\uffff]/g, c => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
const moment = () => new Promise(done => setTimeout(done, 20));
onload = async () => {{
    try {{
        const frame = document.getElementById('frame');
        const page = frame.contentDocument;
        found.textContent = text(await (async () => {{ {script} }})());
    }} catch (error) {{
        found.textContent = text({{ error: String(error) }});
    }}
}};
</script>"
    );
    let path = folder.join("look.html");
    fs::write(&path, around).unwrap();
    let output = limited(Path::new(PROGRAM))
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--allow-file-access-from-files", "--enable-logging=stderr", "--virtual-time-budget=60000"])
        .arg(format!("--user-data-dir={}", folder.join("browser").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let text = out.split("<pre id=\"found\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let text = text.filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("chromium saw nothing:\n{out}\n{err}"));
    let console = err.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect();
    Seen { found: serde_json::from_str(text).unwrap(), console }
}
