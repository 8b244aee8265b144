//! Access logs of load balancers: classic ones, application and network ones.

use super::{Put, When, columns, put_plain, put_text};

const CLASSIC: [&str; 15] = [
    "timestamp",
    "elb",
    "client",
    "backend",
    "requestProcessingTime",
    "backendProcessingTime",
    "responseProcessingTime",
    "elbStatusCode",
    "backendStatusCode",
    "receivedBytes",
    "sentBytes",
    "request",
    "userAgent",
    "sslCipher",
    "sslProtocol",
];

const APPLICATION: [&str; 30] = [
    "type",
    "timestamp",
    "elb",
    "client",
    "target",
    "requestProcessingTime",
    "targetProcessingTime",
    "responseProcessingTime",
    "elbStatusCode",
    "targetStatusCode",
    "receivedBytes",
    "sentBytes",
    "request",
    "userAgent",
    "sslCipher",
    "sslProtocol",
    "targetGroupArn",
    "traceId",
    "domainName",
    "chosenCertArn",
    "matchedRulePriority",
    "requestCreationTime",
    "actionsExecuted",
    "redirectUrl",
    "errorReason",
    "targetPortList",
    "targetStatusCodeList",
    "classification",
    "classificationReason",
    "connTraceId",
];

const NETWORK: [&str; 22] = [
    "type",
    "version",
    "timestamp",
    "elb",
    "listener",
    "client",
    "destination",
    "connectionTime",
    "tlsHandshakeTime",
    "receivedBytes",
    "sentBytes",
    "incomingTlsAlert",
    "chosenCertArn",
    "chosenCertSerial",
    "tlsCipher",
    "tlsProtocolVersion",
    "tlsNamedGroup",
    "domainName",
    "alpnFrontEndProtocol",
    "alpnBackEndProtocol",
    "alpnClientPreferenceList",
    "tlsConnectionCreationTime",
];

/// Reads a line of a classic load balancer.
pub(super) fn classic<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    // Listeners of TCP have no request, but the columns of one.
    named(line, &CLASSIC, (0, 12), put)
}

/// Reads a line of an application load balancer.
pub(super) fn application<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    named(line, &APPLICATION, (1, 17), put)
}

/// Reads a line of a network load balancer.
pub(super) fn network<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    named(line, &NETWORK, (2, 16), put)
}

/// Puts the columns under these names, when there are `least` of them and the one with number `time` is a time.
fn named<'a>(line: &'a str, names: &[&str], (time, least): (usize, usize), put: Put<'_>) -> Option<When<'a>> {
    let (mut count, mut when) = (0, None);
    for (at, column) in columns(line).enumerate() {
        let Some(&name) = names.get(at) else { break };
        if at == time {
            let stamp = column.len() >= 19 && column.as_bytes()[10] == b'T' && column.as_bytes()[4] == b'-';
            when = stamp.then_some(column);
            when?;
        }
        match name {
            // Time spans of -1 say that there was none, but they say so.
            "client" if !address(column, name, put) => return None,
            "client" => {}
            "target" | "backend" | "destination" => _ = address(column, name, put),
            "request" => request(column, put),
            "version" | "timestamp" | "traceId" | "chosenCertSerial" => put_text(name, column, put),
            _ => put_plain(name, column, put),
        }
        count += 1;
    }
    when.filter(|_| count >= least).map(When::Iso)
}

/// Puts an address with its port as two fields; whether it was one.
fn address(column: &str, name: &str, put: Put<'_>) -> bool {
    let Some((ip, port)) = column.rsplit_once(':') else {
        put_text(name, column, put);
        return column == "-";
    };
    put_text(&format!("{name}Ip"), ip, put);
    put_plain(&format!("{name}Port"), port, put);
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn request(column: &str, put: Put<'_>) {
    let mut parts = column.trim().splitn(3, ' ');
    if let (Some(method), Some(url), Some(protocol)) = (parts.next(), parts.next(), parts.next()) {
        put_text("method", method, put);
        put_text("url", url, put);
        put_text("protocol", protocol.trim(), put);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use crate::trail::line::Format;

    #[test]
    fn the_three() {
        let classic = r#"2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#;
        let (format, time, told) = fields(classic);
        assert_eq!((format, time), (Some(Format::LoadBalancer), Some(1_431_560_383_945)));
        assert_eq!(
            told,
            r#"timestamp="2015-05-13T23:39:43.945958Z" elb="my-loadbalancer" clientIp="192.168.131.39" clientPort=2817 backendIp="10.0.0.1" backendPort=80 requestProcessingTime=0.000073 backendProcessingTime=0.001048 responseProcessingTime=0.000057 elbStatusCode=200 backendStatusCode=200 receivedBytes=0 sentBytes=29 method="GET" url="http://www.example.com:80/" protocol="HTTP/1.1" userAgent="curl/7.38.0""#
        );
        let alb = r#"http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1"#;
        let (format, time, told) = fields(alb);
        assert_eq!((format, time), (Some(Format::LoadBalancer), Some(1_530_570_180_186)));
        assert!(told.contains(r#"targetPort=80"#) && told.ends_with(r#"connTraceId="TID_1""#), "{told}");
        let nlb = "tls 2.0 2018-12-20T02:59:40 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com - - - 2018-12-20T02:59:30";
        let (format, time, told) = fields(nlb);
        assert_eq!((format, time), (Some(Format::LoadBalancer), Some(1_545_274_780_000)));
        assert!(told.contains("clientIp=\"72.21.218.154\"") && told.contains("receivedBytes=98"), "{told}");
    }
}
