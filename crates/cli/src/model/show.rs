//! The outputs of a case as people read them: numbers in a line, matrices as blocks.

use serde_json::{Map, Value};

/// Every output under its name.
pub(crate) fn outputs(outputs: &Map<String, Value>) -> String {
    outputs.iter().map(|(name, value)| output(name, value)).collect()
}

fn output(name: &str, value: &Value) -> String {
    match value {
        Value::Object(inner) => outputs(inner),
        Value::Array(items) if items.iter().any(Value::is_array) => format!("{name}\n{}\n", block(items, 1)),
        other => format!("{name}  {}\n", flat(other)),
    }
}

/// Nested lists, a line for each innermost one.
fn block(items: &[Value], depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let part = |(place, item): (usize, &Value)| match item {
        Value::Array(inner) if inner.iter().any(Value::is_array) => {
            format!("{indent}[{place}]\n{}", block(inner, depth + 1))
        }
        other => format!("{indent}{}\n", flat(other)),
    };
    items.iter().enumerate().map(part).collect()
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join("  "),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), figure),
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

/// Eight significant digits, as the published tables have at most.
fn figure(value: f64) -> String {
    let size = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let decimals = (7 - size).clamp(0, 10) as usize;
    format!("{value:>14.decimals$}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::outputs;

    #[test]
    fn numbers_vectors_and_matrices() {
        let given = json!({
            "welfare_hat": [1.0011455097, 0.995],
            "output": { "price": 12.5, "flag": null },
            "trade": [[[500.0, 40.0]], [[1.0, 2.0]]],
        });
        let shown = outputs(given.as_object().unwrap());
        assert!(shown.contains("welfare_hat       1.0011455      0.99500000\n"), "{shown}");
        assert!(shown.contains("price       12.500000\n"), "{shown}");
        assert!(shown.contains("flag  -\n"), "{shown}");
        assert!(shown.contains("trade\n  [0]\n         500.00000"), "{shown}");
    }
}
