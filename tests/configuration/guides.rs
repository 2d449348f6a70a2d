//! The configuration files that the guides show load as they stand, without a mistake or a warning.

use std::{
    fs,
    path::{Path, PathBuf},
};

use shared::model::configuration::{self, Values};

/// What the guides' files ask for: each variable has a random value of its own.
struct Variables;

impl Values for Variables {
    fn env(&self, name: &str) -> Option<String> {
        Some(format!("a random value of {name}"))
    }

    fn file(&self, path: &str) -> Result<String, String> {
        Err(format!("{path} is not there"))
    }
}

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The `yaml` blocks that say by their first line that they are a configuration file.
fn files(document: &str) -> impl Iterator<Item = &str> {
    let blocks = document.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.starts_with("# tollgate.yaml\n"))
}

#[test]
fn every_configuration_file_of_a_guide_loads() {
    let mut guides = 0;
    for path in documents() {
        let (name, text) = (path.file_name().unwrap().to_string_lossy(), fs::read_to_string(&path).unwrap());
        for (at, file) in files(&text).enumerate() {
            let title = format!("{name}, file {}", at + 1);
            let loaded = configuration::parse(&title, file, &Variables).unwrap_or_else(|report| panic!("{report}"));
            let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
            assert!(warnings.is_empty(), "{warnings:#?}");
        }
        guides += usize::from(name.starts_with("migrate-") && files(&text).next().is_some());
    }
    assert!(guides >= 3, "{guides} guides show a file: does it still begin with `# tollgate.yaml`?");
}
