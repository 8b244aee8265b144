//! Flow logs of the ledger's instance: who may talk to it does, all the world knocks, and the intruder does not get in.
//! When the instance is terminated they end.

use super::{FROM, Line};
use crate::corpus::rng::Rng;
use crate::corpus::world::ACCOUNT;
use crate::sample::SEED;
use crate::sample::book::at;
use crate::sample::cast::{Cast, PRODUCTION, address};
use crate::sample::intrusion::{ADDRESS, DUMPED, PACKED, TERMINATED};

/// The instance's network interface, and its address.
const INTERFACE: &str = "eni-0b62d94c7e1a8f305";
const HERE: &str = "10.20.4.17";
/// Seconds that one record sums up.
const WINDOW: i64 = 600;
/// Ports that the world knocks at, and those that the intruder tries.
const KNOCKED: [u16; 9] = [22, 23, 80, 443, 445, 3389, 5060, 8080, 8443];
const TRIED: [u16; 12] = [21, 22, 80, 443, 1433, 3306, 3389, 5432, 6379, 8080, 9200, 27017];

struct Log {
    rng: Rng,
    out: Vec<Line>,
}

impl Log {
    /// One record: from where to where, how much, when, and whether it was let through.
    fn flow(&mut self, from: (&str, u16), to: (&str, u16), span: (i64, i64), packets: i64, passed: bool) {
        let bytes = packets * if passed { self.rng.range(90, 640) } else { 44 };
        let action = if passed { "ACCEPT" } else { "REJECT" };
        let (owner, (start, end)) = (ACCOUNT[PRODUCTION].0, span);
        self.line(
            start,
            format!(
                "2 {owner} {INTERFACE} {} {} {} {} 6 {packets} {bytes} {start} {end} {action} OK",
                from.0, to.0, from.1, to.1
            ),
        );
    }

    fn line(&mut self, at: i64, message: String) {
        self.out.push(Line { at: at * 1000, stream: format!("{INTERFACE}-all"), message });
    }

    /// A port that somebody asks from.
    fn port(&mut self) -> u16 {
        self.rng.range(32_768, 60_999) as u16
    }
}

/// All records until the instance is gone.
pub fn lines(cast: &Cast) -> Vec<Line> {
    let mut log = Log { rng: Rng::stream(SEED, 0x430), out: Vec::new() };
    // Two tasks of the orders API, the payments worker, and the function.
    let inside = |place: usize| cast.world.addresses[address::INSIDE.start + place].as_str();
    let clients = [inside(0), inside(1), inside(2), "10.20.3.77"];
    let mut start = FROM + 17;
    while start < TERMINATED {
        let span = (start, (start + WINDOW - 3).min(TERMINATED + 9));
        for client in clients {
            let (port, packets) = (log.port(), log.rng.range(24, 900));
            log.flow((client, port), (HERE, 5432), span, packets, true);
            log.flow((HERE, 5432), (client, port), span, packets * 9 / 10, true);
        }
        if log.rng.per_mille(500) {
            let (port, packets) = (log.port(), log.rng.range(8, 40));
            log.flow((HERE, port), ("10.20.0.131", 443), span, packets, true);
            log.flow(("10.20.0.131", 443), (HERE, port), span, packets, true);
        }
        for _ in 0..log.rng.range(0, 4) {
            let (from, to) = (format!("203.0.113.{}", log.rng.range(100, 254)), *log.rng.pick(&KNOCKED));
            let (port, packets) = (log.port(), log.rng.range(1, 3));
            log.flow((&from, port), (HERE, to), span, packets, false);
        }
        start += WINDOW;
    }
    let account = ACCOUNT[PRODUCTION].0;
    // Once the records of a window could not be written, and when the instance is gone there is nothing more.
    for (start, status) in [(at(2, 22, 20, 17), "SKIPDATA"), (TERMINATED + 25, "NODATA")] {
        log.line(start, format!("2 {account} {INTERFACE} - - - - - - - {start} {} - {status}", start + 60));
    }
    intruder(&mut log);
    dump(&mut log);
    log.out
}

/// What the instance is told to send away leaves by the way that leads to S3.
fn dump(log: &mut Log) {
    let mut start = DUMPED + 62;
    while start < PACKED {
        let span = (start, (start + WINDOW - 3).min(PACKED));
        let (port, packets) = (log.port(), log.rng.range(410_000, 520_000));
        log.flow((HERE, port), ("10.20.0.131", 443), span, packets, true);
        log.flow(("10.20.0.131", 443), (HERE, port), span, packets / 18, true);
        start += WINDOW;
    }
}

/// Tuesday, minutes after the key is first tried: every port once. At night, with the ledger's password: its own port again
/// and again, in vain. A snapshot is the way that is left.
fn intruder(log: &mut Log) {
    let mut time = at(2, 19, 44, 31);
    for to in TRIED {
        let port = log.port();
        log.flow((ADDRESS, port), (HERE, to), (time, time + 57), 2, false);
        time += log.rng.range(3, 11);
    }
    let mut time = at(3, 1, 48, 20);
    for n in 0..9 {
        let port = log.port();
        log.flow((ADDRESS, port), (HERE, if n % 4 == 3 { 22 } else { 5432 }), (time, time + 57), 5, false);
        time += log.rng.range(35, 70);
    }
}
