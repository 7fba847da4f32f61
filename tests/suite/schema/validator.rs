//! A small validator of JSON Schema: the keywords that opas's schemas have, and a panic at any other.
//!
//! The crate `jsonschema` would bring 36 others, and a licence that `deny.toml` does not have.

use regex::Regex;
use serde_json::Value;

/// Says what is wrong with a value, each fault with its place; nothing where it is valid.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    validate(schema, value, "", &mut faults);
    faults
}

/// Returns whether a value is valid.
pub fn accepts(schema: &Value, value: &Value) -> bool {
    faults(schema, value).is_empty()
}

fn validate(schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let keywords = schema.as_object().unwrap_or_else(|| panic!("{schema} is no schema"));
    for (keyword, rule) in keywords {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "then" | "else" => true,
            "type" | "enum" | "const" | "minimum" | "maximum" => of_any(keyword, rule, value),
            "pattern" | "format" => value.as_str().is_none_or(|text| of_text(keyword, rule, text)),
            "items" | "contains" | "minItems" | "uniqueItems" => {
                value.as_array().is_none_or(|items| of_list(keyword, rule, items, at, out))
            }
            "properties" | "required" | "additionalProperties" | "propertyNames" | "minProperties" => {
                !value.is_object() || of_mapping(keyword, schema, value, at, out)
            }
            _ => of_schemas(keyword, schema, value, at, out),
        };
        if !holds {
            out.push(format!("{at}: {value} does not fit {keyword} {rule}"));
        }
    }
}

fn of_any(keyword: &str, rule: &Value, value: &Value) -> bool {
    match keyword {
        "type" => match rule {
            Value::Array(types) => types.iter().any(|name| is_a(value, name.as_str().unwrap())),
            name => is_a(value, name.as_str().unwrap()),
        },
        "enum" => rule.as_array().unwrap().contains(value),
        "const" => rule == value,
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
        _ => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("the type {name} is not known here"),
    }
}

fn of_text(keyword: &str, rule: &Value, text: &str) -> bool {
    let rule = rule.as_str().unwrap();
    match keyword {
        "pattern" => Regex::new(rule).unwrap().is_match(text),
        _ if rule == "date" => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        _ => panic!("the format {rule} is not known here"),
    }
}

fn of_list(keyword: &str, rule: &Value, items: &[Value], at: &str, out: &mut Vec<String>) -> bool {
    match keyword {
        "items" => {
            for (number, item) in items.iter().enumerate() {
                validate(rule, item, &format!("{at}[{number}]"), out);
            }
            true
        }
        "contains" => items.iter().any(|item| accepts(rule, item)),
        "minItems" => items.len() as u64 >= rule.as_u64().unwrap(),
        _ => items.iter().enumerate().all(|(number, item)| !items[..number].contains(item)),
    }
}

fn of_mapping(keyword: &str, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) -> bool {
    let (rule, entries) = (&schema[keyword], value.as_object().unwrap());
    match keyword {
        "required" => rule.as_array().unwrap().iter().all(|key| entries.contains_key(key.as_str().unwrap())),
        "minProperties" => entries.len() as u64 >= rule.as_u64().unwrap(),
        "propertyNames" => entries.keys().all(|key| accepts(rule, &Value::from(key.as_str()))),
        "properties" => {
            for (key, entry) in entries.iter().filter(|(key, _)| rule.get(key).is_some()) {
                validate(&rule[key], entry, &format!("{at}/{key}"), out);
            }
            true
        }
        _ => {
            let known = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
            let others = entries.iter().filter(|(key, _)| !known(key));
            if *rule == Value::Bool(false) {
                out.extend(others.map(|(key, _)| format!("{at}: unknown key {key}")));
            } else {
                others.for_each(|(key, entry)| validate(rule, entry, &format!("{at}/{key}"), out));
            }
            true
        }
    }
}

fn of_schemas(keyword: &str, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) -> bool {
    let rule = &schema[keyword];
    let fitting = || rule.as_array().unwrap().iter().filter(|rule| accepts(rule, value)).count();
    match keyword {
        "not" => !accepts(rule, value),
        "anyOf" => fitting() > 0,
        "oneOf" => fitting() == 1,
        "allOf" => {
            rule.as_array().unwrap().iter().for_each(|rule| validate(rule, value, at, out));
            true
        }
        "if" => {
            let branch = if accepts(rule, value) { "then" } else { "else" };
            if let Some(rule) = schema.get(branch) {
                validate(rule, value, at, out);
            }
            true
        }
        _ => panic!("the keyword {keyword} is not known here"),
    }
}
