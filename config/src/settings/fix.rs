//! How what did it is undone, or mended, where the code is.

use crate::reader::{Reader, Step};
use crate::text::{Command, Repository};
use crate::value::settings;
use crate::yaml::Node;
use std::time::Duration;

settings! {
    /// Requests that undo or mend what did it; people review and merge them.
    pub struct FixForward check sensible {
        /// The repository in which they are opened, where that is not `repo`: of a service whose `repo` is a folder of this machine.
        repo: Option<Repository>,
        /// The branch into which; the host's default branch when not said.
        branch: Option<String>,
        /// Labels that they get.
        labels: Vec<String> = "[tawny]",
        /// The file in Git that names the deployed version: put back to the version before where the change cannot be undone.
        pin: Option<Pin>,
        /// What builds or tests a draft of a model, in a copy of the code; without it nobody has, and the draft says so.
        check: Option<DraftCheck>,
    }

    /// A command that says whether a draft is good. It runs code that a model wrote: in a folder of its own, without
    /// Tawny's surroundings. For more of a wall, name a program that builds one.
    pub struct DraftCheck {
        /// The command, read by `sh`. It runs at the top of the code; good is the exit code 0.
        command: Command,
        /// The longest that it may take.
        timeout: Duration = "5m",
    }

    /// A value in a YAML file that is the deployed version.
    pub struct Pin check inside {
        /// The repository of the file, where that is not that of the service.
        repo: Option<Repository>,
        /// The file, from the top of the repository: `deploy/values.yaml`.
        file: String,
        /// The way to the value: `image.tag`, or with places in lists, from 0: `images.0.newTag`.
        key: String,
    }
}

fn sensible(own: &FixForward, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let Some(branch) = &own.branch else {
        return Some(());
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+".contains(c);
    let good = !branch.is_empty()
        && branch.len() <= 200
        && branch.chars().all(plain)
        && !branch.contains("..")
        && !branch.starts_with(['/', '-', '.']);
    if !good {
        wrong(
            node,
            "branch",
            "the name of a branch, such as `main`",
            reader,
        );
    }
    good.then_some(())
}

fn inside(pin: &Pin, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let file = pin.file.len() <= 500 && pin.file.split('/').all(part);
    let key = pin.key.len() <= 200 && pin.key.split('.').all(|part| !part.is_empty());
    if !file {
        let expected = "a path from the top of the repository, such as `deploy/values.yaml`";
        wrong(node, "file", expected, reader);
    }
    if !key {
        let expected = "names and places in lists with dots between them, such as `image.tag`";
        wrong(node, "key", expected, reader);
    }
    (file && key).then_some(())
}

fn wrong(node: &Node, field: &str, expected: &str, reader: &mut Reader<'_>) {
    let value = node.get(field).unwrap_or(node);
    reader.inside(Step::Field(field.to_owned()), |reader| {
        reader.wrong_value(value, expected);
    });
}
