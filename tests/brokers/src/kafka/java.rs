//! How Java is called for Kafka, broker and tools alike.

use std::path::Path;
use std::process::Command;

use crate::{files, process};

/// A Java command with Kafka's class path, in the folder of a run.
pub fn java(run: &Path) -> Command {
    let mut command = Command::new("java");
    command
        .current_dir(run)
        .env(process::MARK, run)
        // A developer's own options must not change what is tested.
        .env_remove("JAVA_TOOL_OPTIONS")
        .env_remove("CLASSPATH")
        .args(["-XX:+UseSerialGC", "-Xshare:auto", "-Djava.awt.headless=true"])
        .arg("-cp")
        .arg(files::kafka_jars().join("*"));
    command
}

/// Runs a main class to its end: what it printed, or what went wrong.
///
/// # Errors
/// The program ended with a code other than 0: all it printed, errors last.
pub fn run_tool(run: &Path, main_class: &str, args: &[&str]) -> Result<String, String> {
    let mut command = java(run);
    // A tool lives a second or two: the optimising compiler would only take time from it.
    command.args(["-XX:TieredStopAtLevel=1", "-Xmx256m"]).arg(log4j(run, "log4j-tools.properties"));
    command.arg(main_class).args(args);
    let output = process::run(command);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    Err(format!("{printed}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The option that names the settings of the log.
pub fn log4j(run: &Path, file: &str) -> String {
    format!("-Dlog4j2.configurationFile={}", run.join(file).display())
}
