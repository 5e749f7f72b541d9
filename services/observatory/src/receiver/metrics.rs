use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric, NumberDataPoint};

use super::edge::{Edge, nanoseconds};
use crate::model::{Figure, Point};

const MOST_BUCKETS: usize = 256;

/// Points of a request, and how many are of a kind that is not kept.
#[derive(Debug, Default)]
pub(crate) struct Points {
    pub(crate) points: Vec<Point>,
    pub(crate) unsupported: u64,
}

impl Edge {
    pub(crate) fn points(&mut self, request: ExportMetricsServiceRequest) -> Points {
        let mut found = Points::default();
        for of_resource in request.resource_metrics {
            let service = self.service(of_resource.resource);
            for metric in of_resource.scope_metrics.into_iter().flat_map(|scope| scope.metrics) {
                self.metric(metric, &service, &mut found);
            }
        }
        found
    }

    fn metric(&mut self, metric: Metric, service: &str, found: &mut Points) {
        let named = (self.name(&metric.name), self.name(&metric.unit), service);
        match metric.data {
            Some(Data::Gauge(gauge)) => self.numbers(gauge.data_points, named, found),
            Some(Data::Sum(sum)) => self.numbers(sum.data_points, named, found),
            Some(Data::Histogram(histogram)) => {
                for point in histogram.data_points {
                    let point = self.histogram(point, &named);
                    found.points.push(point);
                }
            }
            Some(Data::ExponentialHistogram(other)) => found.unsupported += other.data_points.len() as u64,
            Some(Data::Summary(other)) => found.unsupported += other.data_points.len() as u64,
            None => {}
        }
    }

    fn numbers(&mut self, points: Vec<NumberDataPoint>, named: (String, String, &str), found: &mut Points) {
        for point in points {
            let value = match point.value {
                Some(Value::AsDouble(value)) => value,
                Some(Value::AsInt(value)) => value as f64,
                None => continue,
            };
            let attributes = self.attributes(point.attributes);
            let time_ns = nanoseconds(point.time_unix_nano);
            found.points.push(named_point(&named, attributes, time_ns, Figure::Number(value)));
        }
    }

    fn histogram(&mut self, point: HistogramDataPoint, named: &(String, String, &str)) -> Point {
        let figure = Figure::Histogram {
            count: point.count,
            sum: point.sum.unwrap_or(0.0),
            bounds: self.first(point.explicit_bounds, MOST_BUCKETS),
            counts: self.first(point.bucket_counts, MOST_BUCKETS + 1),
        };
        let attributes = self.attributes(point.attributes);
        named_point(named, attributes, nanoseconds(point.time_unix_nano), figure)
    }
}

fn named_point(
    (name, unit, service): &(String, String, &str),
    attributes: crate::model::Attributes,
    time_ns: i64,
    value: Figure,
) -> Point {
    Point {
        name: name.clone(),
        unit: unit.clone(),
        service: (*service).to_owned(),
        attributes,
        time_ns,
        value,
    }
}
