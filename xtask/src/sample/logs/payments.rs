//! The payments worker. It logs nothing but metrics, one line a minute for each provider that was asked for a payment in it:
//! how long each payment took, how many there were and how many were declined.
//!
//! It writes payments to the ledger: while the ledger's instance packs its database they take many times as long, and when it
//! is gone nobody can pay.

use serde_json::{Value, json};

use super::{FROM, Line, UNTIL};
use crate::corpus::rng::Rng;
use crate::sample::SEED;
use crate::sample::intrusion::{DUMPED, PACKED, TERMINATED};

/// The namespace of its metrics.
pub const NAMESPACE: &str = "Harborline/Checkout";

/// Its task, as the trail knows it.
const TASK: &str = "c26e8f1470b94d3ea58bd9036f7e12aa";
/// Whom it asks for payments, and the least milliseconds that they take.
const PROVIDERS: [(&str, i64); 2] = [("cards", 180), ("wallet", 95)];
/// Payments in five minutes by the hour, from 18:00 on.
const HOURS: [u32; 14] = [14, 16, 17, 15, 11, 7, 5, 4, 4, 4, 4, 5, 8, 12];

/// What it logs.
pub fn lines() -> Vec<Line> {
    let mut rng = Rng::stream(SEED, 0x450);
    let mut out = Vec::new();
    for minute in (FROM..UNTIL).step_by(60) {
        let busy = HOURS[((minute - FROM) / 3600) as usize];
        for (provider, least) in PROVIDERS {
            let payments = (0..4).filter(|_| rng.per_mille(busy * 1000 / 38)).count();
            // What a minute had is written when it is over.
            let at = (minute + 60) * 1000 + rng.range(20, 950);
            if payments > 0 && at < UNTIL * 1000 {
                out.push(line(at, provider, &took(minute, least, payments, &mut rng)));
            }
        }
    }
    out
}

/// Milliseconds that each payment of a minute took.
fn took(minute: i64, least: i64, payments: usize, rng: &mut Rng) -> Vec<i64> {
    let mut one = || match minute {
        // Nobody waits longer for the ledger.
        TERMINATED.. => 5_000 + rng.range(2, 40),
        _ if (DUMPED..PACKED).contains(&minute) => least * 9 + rng.range(0, least * 12),
        _ if rng.per_mille(30) => least * 4 + rng.range(0, least * 4),
        _ => least + rng.range(0, least),
    };
    (0..payments).map(|_| one()).collect()
}

fn line(at: i64, provider: &str, took: &[i64]) -> Line {
    // Of several values an array is written, of a single one the value.
    let times: Value = if let [one] = took { json!(one) } else { json!(took) };
    let gone = at > TERMINATED * 1000 + 60_000;
    let mut metrics = json!({
        "_aws": {
            "Timestamp": at / 60_000 * 60_000 - 60_000,
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Service"], ["Service", "Provider"]],
                "Metrics": [
                    { "Name": "PaymentTime", "Unit": "Milliseconds" },
                    { "Name": "Payments", "Unit": "Count" },
                    { "Name": "Declined", "Unit": "Count" },
                ],
            }],
        },
        "Service": "payments-worker",
        "Provider": provider,
        "PaymentTime": times,
        "Payments": took.len(),
        "Declined": if gone { took.len() } else { 0 },
    });
    if gone {
        metrics["reason"] = "ledger is unreachable".into();
    }
    Line { at, stream: format!("payments-worker/app/{TASK}"), message: metrics.to_string() }
}
