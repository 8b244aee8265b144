//! `cargo xtask`: the project's own commands. What each does is in the library beside this file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;
use xtask::test::Group;
use xtask::{bench, build, corpus, fuzz, run, sample, serve, test, tools};

const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--open] [--dist-only]
        Builds the page and serves it on this machine. --open shows it in the default browser,
        --dist-only serves what is in dist/ without building.
  build [--dev]
        Builds the page into dist/, ready to be put under any address of a static host. --dev builds it quickly, large and
        slow, to look at while working on it.
  test [--only lint|unit|wasm|page]
        Everything that has to hold. `page` drives the built page in Chromium.
  bench [--peer] [--only a|b|c|formats|custody|logs|metrics|native|page]...
        Measures and prints a table beside the targets. --peer also runs other programs on the same files.
  fuzz --minutes N [target]
        Feeds made-up input to every fuzz target, or to one.
  corpus a|b|c|tiny|chaos|s3heavy|formats|custody|b-digests|c-digests|logs|logs-trail|metrics --out DIR
        Writes a synthetic CloudTrail corpus; `formats` is a slice of b in every format, `custody` a day with its digests,
        `logs` a million lines of CloudWatch Logs, `logs-trail` as many bytes of records, `metrics` twelve million points.
  sample [--out DIR]
        Writes the sample case that the page offers: as the files of a trail into DIR, else as one zip into dist/.
  tools
        Installs what building and testing need, and says what it does.

Environment: CHROME names the browser to test in; TRAILGLASS_SHARED the folder with spec vectors and real data;
TRAILGLASS_DIST, TRAILGLASS_CORPORA where the built page and the corpora are.";

fn main() -> ExitCode {
    match command() {
        Ok(code) => code,
        Err(error) => {
            // Not `{error:?}`: with RUST_BACKTRACE set that is a page of addresses around one line of news.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<ExitCode> {
    let mut parser = lexopt::Parser::from_env();
    let name = match parser.next()? {
        Some(Value(name)) => name.string()?,
        Some(Short('h') | Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "serve" => {
            let (mut port, mut open, mut dist_only) = (None, false, false);
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("port") => port = Some(parser.value()?.parse()?),
                    Long("open") => open = true,
                    Long("dist-only") => dist_only = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            let dist = if dist_only { run::dist() } else { build::build(build::Profile::Release)? };
            serve::serve(&dist, port, open)?;
        }
        "build" => {
            let mut profile = build::Profile::Release;
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("dev") => profile = build::Profile::Dev,
                    other => return Err(other.unexpected().into()),
                }
            }
            build::build(profile)?;
        }
        "test" => {
            let mut only = None;
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("only") => {
                        let group = parser.value()?.string()?;
                        only = Some(Group::named(&group).with_context(|| format!("--only {group}: no such group"))?);
                    }
                    other => return Err(other.unexpected().into()),
                }
            }
            if !test::test(only) {
                return Ok(ExitCode::FAILURE);
            }
        }
        "bench" => {
            let (mut peer, mut only) = (false, Vec::new());
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("peer") => peer = true,
                    Long("only") => only.push(parser.value()?.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            bench::bench(peer, &only)?;
        }
        "fuzz" => {
            let (mut minutes, mut target) = (None, None);
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("minutes") => minutes = Some(parser.value()?.parse()?),
                    Value(name) if target.is_none() => target = Some(name.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            fuzz::fuzz(minutes.context("how long? --minutes N")?, target.as_deref())?;
        }
        "corpus" => {
            let (mut kind, mut out) = (None, None);
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("out") => out = Some(PathBuf::from(parser.value()?)),
                    Value(name) if kind.is_none() => kind = Some(name.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            let kind = kind.context(
                "which one? a, b, c, tiny, chaos, s3heavy, formats, custody, b-digests, c-digests, logs, logs-trail or metrics",
            )?;
            let out = out.context("where to? --out DIR")?;
            let made = match kind.as_str() {
                "formats" => corpus::in_formats(&out)?,
                corpus::logs::NAME => corpus::logs::generate(&out)?,
                corpus::metrics::NAME => corpus::metrics::generate(&out)?,
                _ => corpus::generate(kind.parse()?, &out)?,
            };
            let (content, stored) = (run::bytes_text(made.json_bytes), run::bytes_text(made.stored_bytes));
            println!("{} events in {} files: {content} unpacked, {stored} on the disk", made.events, made.files);
        }
        "sample" => {
            let mut out = None;
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Long("out") => out = Some(PathBuf::from(parser.value()?)),
                    other => return Err(other.unexpected().into()),
                }
            }
            match out {
                Some(out) => {
                    let (events, files) = sample::write(&out)?;
                    println!("{events} events in {files} files");
                }
                None => println!("{}", build::put_sample(&run::dist())?),
            }
        }
        "tools" => {
            nothing_more(&mut parser)?;
            tools::ensure(&tools::ALL)?;
        }
        "help" => println!("{HELP}"),
        other => bail!("no command is called {other}\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The next argument; `--help` behind any command shows the one page there is.
fn next<'a>(parser: &'a mut lexopt::Parser) -> Result<Option<lexopt::Arg<'a>>> {
    match parser.next()? {
        Some(Short('h') | Long("help")) => {
            println!("{HELP}");
            std::process::exit(0);
        }
        other => Ok(other),
    }
}

fn nothing_more(parser: &mut lexopt::Parser) -> Result<()> {
    next(parser)?.map_or(Ok(()), |other| Err(other.unexpected().into()))
}
