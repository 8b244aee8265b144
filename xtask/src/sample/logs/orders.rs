//! The orders API: one JSON object a line, and every request with the id that the web servers gave it.

use serde_json::{Value, json};

use super::function::Invocation;
use super::web::Request;
use super::{Line, stamp};
use crate::corpus::rng::Rng;
use crate::sample::SEED;

/// Its two tasks, as the trail knows them.
const TASKS: [&str; 2] = ["3f0c9e61b7d24a58a1c4e2f79b60d385", "91ab57d0c3e84f62b95d0a7e164fc28b"];

/// The route of a request that gets here.
pub fn route(request: &Request) -> Option<String> {
    let path = request.path.split('?').next().unwrap_or_default().strip_prefix("/api/")?;
    let known = match path.split('/').collect::<Vec<_>>()[..] {
        ["orders"] => "/api/orders",
        ["orders", _] => "/api/orders/{id}",
        ["products"] => "/api/products",
        ["login"] => "/api/login",
        ["admin", "customers"] => "/api/admin/customers",
        ["admin", "export"] => "/api/admin/export",
        ["admin", "audit"] => "/api/admin/audit",
        ["admin", "ledger", "status"] => "/api/admin/ledger/status",
        _ => "unknown",
    };
    Some(format!("{} {known}", request.method))
}

/// What it logs.
pub fn lines(requests: &[Request], invocations: &[Invocation]) -> Vec<Line> {
    let mut rng = Rng::stream(SEED, 0x420);
    let orders: Vec<_> = invocations.iter().flat_map(|run| &run.orders).collect();
    let mut out = Vec::new();
    for request in requests {
        let Some(route) = route(request) else { continue };
        let stream = format!("orders-api/app/{}", rng.pick(&TASKS));
        let mut line = |at: i64, level: &str, logger: &str, message: &str, more: Value| {
            let mut line = json!({
                "time": stamp(at),
                "level": level,
                "logger": logger,
                "message": message,
                "requestId": request.id,
            });
            if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
                line.extend(more);
            }
            out.push(Line { at, stream: stream.clone(), message: line.to_string() });
        };
        let before = request.at - 1;
        if let Some(order) = orders.iter().find(|order| order.request == request.id) {
            let total = format!("{}.{:02}", order.cents / 100, order.cents % 100);
            let order = json!({ "id": format!("ord-{}", order.number), "items": order.items, "total": total, "currency": "EUR" });
            line(before, "INFO", "orders.intake", "order accepted", json!({ "order": order }));
        }
        match request.status {
            401 => line(before, "WARN", "orders.auth", "sign-in refused", json!({ "client": request.from })),
            403 => line(before, "WARN", "orders.auth", "not allowed", json!({ "principal": request.user })),
            500 => line(
                before,
                "ERROR",
                "orders.http",
                "unhandled",
                json!({ "error": error(
                "QueryError",
                "invalid input syntax for type bigint",
                &["Parser.fail (/srv/orders/dist/query.js:41:11)", "byId (/srv/orders/dist/orders.js:112:20)"],
            ) }),
            ),
            503 => line(
                before,
                "ERROR",
                "orders.ledger",
                "ledger is unreachable",
                json!({ "error": error(
                "LedgerUnavailable",
                "connect ETIMEDOUT 10.20.4.17:5432",
                &["Ledger.connect (/srv/orders/dist/ledger.js:88:19)", "Ledger.total (/srv/orders/dist/ledger.js:131:5)"],
            ) }),
            ),
            200 if request.user != "-" && rng.per_mille(400) => {
                line(before, "INFO", "orders.admin", "customers read", json!({ "principal": request.user }));
            }
            _ => {}
        }
        let handled = json!({
            "route": route,
            "http": { "method": request.method, "path": request.path, "status": request.status, "client": request.from },
            "latency": f64::from(request.tenths) / 10.0,
        });
        line(request.at, "INFO", "orders.http", "request handled", handled);
    }
    out
}

/// An error as the runtime tells it, with its stack.
fn error(kind: &str, message: &str, stack: &[&str]) -> Value {
    let at: String = stack.iter().map(|frame| format!("\n    at {frame}")).collect();
    json!({ "type": kind, "message": message, "stack": format!("{kind}: {message}{at}") })
}
