//! Rows to structs, by column name.
//!
//! A cell becomes a JSON value, from which serde makes whatever the field wants: options, newtypes, words of an enum, lists,
//! and, where the query builds JSON, whole structs.

use std::slice;

use postgres::Row;
use postgres::types::{FromSql, Type};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

use crate::db::error::DbError;

/// A row as a struct whose fields are named like its columns. Columns that the struct does not have are not looked at.
///
/// # Errors
/// `Decode` when a column is missing, or is of a type that the field cannot take; it names the column and its type.
pub fn decode<T: DeserializeOwned>(row: &Row) -> Result<T, DbError> {
    T::deserialize(Whole { row }).map_err(|error| DbError::Decode { what: error.to_string() })
}

/// A row of one column, which is JSON, as what that describes.
///
/// # Errors
/// `Decode` when it is no JSON, or describes something else.
pub fn document<T: DeserializeOwned>(row: &Row) -> Result<T, DbError> {
    let value: Value = row.try_get(0)?;
    serde_json::from_value(value).map_err(|error| DbError::Decode { what: error.to_string() })
}

struct Whole<'a> {
    row: &'a Row,
}

impl<'de> Deserializer<'de> for Whole<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("a row can only be read as a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { row: self.row, fields: fields.iter(), next: 0, found: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields that the row has a column for, in the struct's order.
struct Fields<'a> {
    row: &'a Row,
    fields: slice::Iter<'static, &'static str>,
    /// Columns mostly come in the order of the fields, so the search begins after the last one.
    next: usize,
    found: Option<usize>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let columns = self.row.columns();
        for field in self.fields.by_ref() {
            let mut order = (self.next..columns.len()).chain(0..self.next);
            if let Some(at) = order.find(|at| columns.get(*at).is_some_and(|column| column.name() == *field)) {
                (self.found, self.next) = (Some(at), at + 1);
                return seed.deserialize((*field).into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let at = self.found.take().ok_or_else(|| Error::custom("a value without its name"))?;
        cell(self.row, at).and_then(|value| seed.deserialize(value)).map_err(|error| {
            let column = &self.row.columns()[at];
            Error::custom(format!("column `{}` of type `{}`: {error}", column.name(), column.type_()))
        })
    }
}

/// What a cell holds. NULL is `Value::Null`.
fn cell(row: &Row, at: usize) -> Result<Value, Error> {
    match *row.columns()[at].type_() {
        Type::BOOL => one::<bool>(row, at, Value::from),
        Type::INT2 => one::<i16>(row, at, Value::from),
        Type::INT4 => one::<i32>(row, at, Value::from),
        Type::INT8 => one::<i64>(row, at, Value::from),
        Type::OID => one::<u32>(row, at, Value::from),
        Type::FLOAT4 => one::<f32>(row, at, Value::from),
        Type::FLOAT8 => one::<f64>(row, at, Value::from),
        Type::CHAR => one::<i8>(row, at, char_value),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR | Type::UNKNOWN => one::<String>(row, at, Value::from),
        Type::JSON | Type::JSONB => one::<Value>(row, at, |value| value),
        Type::BOOL_ARRAY => many::<bool>(row, at, Value::from),
        Type::INT2_ARRAY | Type::INT2_VECTOR => many::<i16>(row, at, Value::from),
        Type::INT4_ARRAY => many::<i32>(row, at, Value::from),
        Type::INT8_ARRAY => many::<i64>(row, at, Value::from),
        Type::OID_ARRAY | Type::OID_VECTOR => many::<u32>(row, at, Value::from),
        Type::FLOAT4_ARRAY => many::<f32>(row, at, Value::from),
        Type::CHAR_ARRAY => many::<i8>(row, at, char_value),
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::NAME_ARRAY => many::<String>(row, at, Value::from),
        _ => Err(Error::custom("there is no way to read this type; cast it in the query")),
    }
}

fn one<'a, T: FromSql<'a>>(row: &'a Row, at: usize, value: impl Fn(T) -> Value) -> Result<Value, Error> {
    let found: Option<T> = row.try_get(at).map_err(Error::custom)?;
    Ok(found.map_or(Value::Null, value))
}

fn many<'a, T: FromSql<'a>>(row: &'a Row, at: usize, value: impl Fn(T) -> Value) -> Result<Value, Error> {
    let found: Option<Vec<Option<T>>> = row.try_get(at).map_err(Error::custom)?;
    let list = |found: Vec<Option<T>>| found.into_iter().map(|one| one.map_or(Value::Null, &value)).collect();
    Ok(found.map_or(Value::Null, list))
}

/// `"char"` is one byte; zero stands for the empty string.
fn char_value(byte: i8) -> Value {
    Value::from(if byte == 0 { String::new() } else { char::from(byte.cast_unsigned()).to_string() })
}
