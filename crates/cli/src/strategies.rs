//! `detente strategies`: the ways to bargain that are built in.

use serde_json::json;
use strategy::{ModelKind, Parameter, acceptance_parameters, builtin};

use crate::output::{Failure, Format, line, print_json};

pub(crate) fn strategies(format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        let listed = builtin().iter().map(|b| {
            json!({
                "name": b.name,
                "summary": b.summary,
                "reference": b.reference,
                "parameters": b.parameters.iter().map(document).collect::<Vec<_>>(),
                "model": b.model.map(ModelKind::name),
            })
        });
        let acceptance = acceptance_parameters().iter().map(document).collect::<Vec<_>>();
        let models = ModelKind::ALL.map(|(name, _)| name);
        print_json(&json!({
            "strategies": listed.collect::<Vec<_>>(),
            "acceptance": acceptance,
            "models": models,
        }));
        return Ok(());
    }
    for strategy in builtin() {
        line(&format!("{:<20} {} ({})", strategy.name, strategy.summary, strategy.reference));
        strategy.parameters.iter().for_each(parameter);
        if let Some(model) = strategy.model {
            let names = ModelKind::ALL.map(|(name, _)| name).join(", ");
            line(&format!(
                "    {:<8} what it makes of the other side: {names}; default {}",
                "model",
                model.name()
            ));
        }
    }
    line("");
    line(
        "Any of them accepts by AC_next (accept=next, the default), AC_combi (accept=combi) or AC_time (accept=time; Baarslag 2013):",
    );
    acceptance_parameters().iter().for_each(parameter);
    line("");
    line("Write name or name:key=value[,key=value], such as micro:rungs=100 or linear:accept=combi,t=0.95;");
    line("FILE.toml puts one together from parts, grpc://HOST:PORT calls an agent (docs/strategies.md);");
    line("`person` is none of them: you take the seat yourself (docs/observing.md).");
    Ok(())
}

fn parameter(p: &Parameter) {
    line(&format!("    {:<8} {}; {} to {}, default {}", p.key, p.summary, p.min, p.max, p.default));
}

fn document(p: &Parameter) -> serde_json::Value {
    json!({ "key": p.key, "summary": p.summary, "default": p.default, "min": p.min, "max": p.max, "whole": p.whole })
}
