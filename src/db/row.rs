//! Rows to structs, by column name.

use std::slice;

use postgres::Row;
use postgres::types::{FromSql, Type};
use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::db::error::DbError;

/// A row as a struct whose fields are named like its columns. Columns that the struct does not have are not looked at.
///
/// # Errors
/// `DbError::Decode` when a column is missing or of a type that the field cannot take.
pub fn decode<T: DeserializeOwned>(row: &Row) -> Result<T, DbError> {
    T::deserialize(RowDeserializer { row })
        .map_err(|error| DbError::Unexpected { what: format!("a catalog row cannot be read: {error}") })
}

type Error = serde::de::value::Error;

struct RowDeserializer<'a> {
    row: &'a Row,
}

impl<'de> serde::Deserializer<'de> for RowDeserializer<'_> {
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
        visitor.visit_map(Fields { row: self.row, fields: fields.iter(), at: None })
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
    at: Option<usize>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        for field in self.fields.by_ref() {
            if let Some(index) = self.row.columns().iter().position(|column| column.name() == *field) {
                self.at = Some(index);
                return seed.deserialize((*field).into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let index = self.at.take().ok_or_else(|| Error::custom("a value without its name"))?;
        let name = self.row.columns()[index].name();
        seed.deserialize(Cell { row: self.row, index })
            .map_err(|error| Error::custom(format!("column `{name}`: {error}")))
    }
}

struct Cell<'a> {
    row: &'a Row,
    index: usize,
}

impl<'a> Cell<'a> {
    fn get<T: FromSql<'a>>(&self) -> Result<Option<T>, Error> {
        self.row.try_get(self.index).map_err(Error::custom)
    }

    fn list<T: FromSql<'a>>(&self) -> Result<Option<Vec<T>>, Error> {
        self.get()
    }

    fn value(&self) -> Result<Value, Error> {
        let column = self.row.columns()[self.index].type_();
        let found = match *column {
            Type::BOOL => self.get()?.map(Value::Bool),
            Type::INT2 => self.get::<i16>()?.map(|n| Value::Int(n.into())),
            Type::INT4 => self.get::<i32>()?.map(|n| Value::Int(n.into())),
            Type::INT8 => self.get()?.map(Value::Int),
            Type::OID => self.get::<u32>()?.map(|n| Value::Int(n.into())),
            Type::FLOAT4 => self.get::<f32>()?.map(|n| Value::Float(n.into())),
            Type::FLOAT8 => self.get()?.map(Value::Float),
            Type::CHAR => self.get::<i8>()?.map(char_text),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR | Type::UNKNOWN => self.get()?.map(Value::Text),
            Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::NAME_ARRAY => {
                self.list::<String>()?.map(|list| Value::List(list.into_iter().map(Value::Text).collect()))
            }
            Type::BOOL_ARRAY => {
                self.list::<bool>()?.map(|list| Value::List(list.into_iter().map(Value::Bool).collect()))
            }
            Type::INT2_ARRAY => ints(self.list::<i16>()?),
            Type::INT4_ARRAY => ints(self.list::<i32>()?),
            Type::INT8_ARRAY => ints(self.list::<i64>()?),
            Type::OID_ARRAY => ints(self.list::<u32>()?),
            Type::CHAR_ARRAY => self.list::<i8>()?.map(|list| Value::List(list.into_iter().map(char_text).collect())),
            ref other => return Err(Error::custom(format!("no way to read type `{other}`"))),
        };
        Ok(found.unwrap_or(Value::Null))
    }

    fn is_json(&self) -> bool {
        matches!(*self.row.columns()[self.index].type_(), Type::JSON | Type::JSONB)
    }
}

/// `"char"` is one byte; zero stands for the empty string.
fn char_text(byte: i8) -> Value {
    Value::Text(if byte == 0 { String::new() } else { char::from(byte.unsigned_abs()).to_string() })
}

fn ints<N: Into<i64>>(list: Option<Vec<N>>) -> Option<Value> {
    list.map(|list| Value::List(list.into_iter().map(|n| Value::Int(n.into())).collect()))
}

/// What a cell holds.
#[derive(Debug)]
enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
}

impl<'de> serde::Deserializer<'de> for Cell<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_json() {
            return Json(self.row.try_get(self.index).map_err(Error::custom)?).deserialize_any(visitor);
        }
        self.value()?.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_json() {
            return Json(self.row.try_get(self.index).map_err(Error::custom)?).deserialize_option(visitor);
        }
        self.value()?.deserialize_option(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value()?.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> serde::Deserializer<'de> for Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(b) => visitor.visit_bool(b),
            Self::Int(n) => visitor.visit_i64(n),
            Self::Float(n) => visitor.visit_f64(n),
            Self::Text(text) => visitor.visit_string(text),
            Self::List(list) => visitor.visit_seq(SeqDeserializer::new(list.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self, Self::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_enum(text.into_deserializer()),
            other => Err(Error::custom(format!("{other:?} where a word was expected"))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A JSON cell; its errors become ours.
struct Json(Option<postgres::types::Json<serde_json::Value>>);

impl<'de> serde::Deserializer<'de> for Json {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.0.map_or(serde_json::Value::Null, |json| json.0);
        serde::Deserializer::deserialize_any(value, visitor).map_err(Error::custom)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.0.map_or(serde_json::Value::Null, |json| json.0);
        serde::Deserializer::deserialize_option(value, visitor).map_err(Error::custom)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
