use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;

use super::edge::{Edge, nanoseconds};
use crate::model::{Event, Id};

impl Edge {
    /// Every log record is kept: one with ids that are no ids belongs to no trace.
    pub(crate) fn logs(&mut self, request: ExportLogsServiceRequest) -> Vec<Event> {
        let mut events = Vec::new();
        for of_resource in request.resource_logs {
            let service = self.service(of_resource.resource);
            let records = of_resource.scope_logs.into_iter().flat_map(|scope| scope.log_records);
            events.extend(records.map(|record| self.log(record, &service)));
        }
        events
    }

    fn log(&mut self, record: LogRecord, service: &str) -> Event {
        let trace_id = Id::new(&record.trace_id);
        let time = match record.time_unix_nano {
            0 => record.observed_time_unix_nano,
            time => time,
        };
        Event {
            trace_id,
            span_id: trace_id.and_then(|_| Id::new(&record.span_id)),
            time_ns: nanoseconds(time),
            severity: self.name(&record.severity_text),
            name: self.name(&record.event_name),
            body: self.body(record.body),
            service: service.to_owned(),
            attributes: self.attributes(record.attributes),
        }
    }
}
