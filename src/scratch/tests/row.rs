//! Rows to structs, from a real server: every type that a catalog query may return.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::db::row::decode;
use crate::scratch::tests::scratch;

#[derive(Debug, PartialEq, Deserialize)]
struct Name(String);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    FirstOne,
    Second,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Nested {
    word: Word,
    number: Option<u64>,
    list: Vec<Name>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Everything {
    truth: bool,
    small: i16,
    number: i32,
    large: i64,
    oid: u32,
    real: f32,
    double: f64,
    text: String,
    varying: Name,
    name: Option<Name>,
    byte: char,
    empty_byte: String,
    padded: String,
    nothing: Option<i32>,
    word: Word,
    no_word: Option<Word>,
    texts: Vec<String>,
    names: Vec<Name>,
    smalls: Vec<i16>,
    numbers: Vec<i32>,
    oids: Vec<u32>,
    truths: Vec<bool>,
    bytes: Vec<Word2>,
    holes: Vec<Option<String>>,
    no_list: Option<Vec<String>>,
    vector: Vec<i16>,
    json: Nested,
    jsonb: Vec<Nested>,
    no_json: Option<Nested>,
    map: BTreeMap<String, i64>,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Word2 {
    #[serde(rename = "a")]
    A,
    #[serde(rename = "n")]
    N,
}

const EVERYTHING: &str = r#"SELECT '{"x": -1}'::jsonb AS map, true AS truth, -2::int2 AS small, 3 AS number,
    9007199254740993 AS large, 4294967295::oid AS oid, 0.1::float4 AS real, 0.1::float8 AS double, 'text' AS text,
    'varying'::varchar AS varying, 'name'::name AS name, 'r'::"char" AS byte, ''::"char" AS empty_byte,
    'x '::char(3) AS padded, NULL::int AS nothing, 'first_one' AS word, NULL::text AS no_word,
    '{a,"b c"}'::text[] AS texts, '{n}'::name[] AS names, '{1,-2}'::int2[] AS smalls, '{}'::int[] AS numbers,
    '{26}'::oid[] AS oids, '{t,f}'::bool[] AS truths, '{a,n}'::"char"[] AS bytes, '{a,NULL}'::text[] AS holes,
    NULL::text[] AS no_list, '3 4'::int2vector AS vector,
    '{"word": "second", "number": null, "list": ["n"]}'::json AS json,
    '[{"word": "first_one", "number": 7, "list": []}]'::jsonb AS jsonb, NULL::jsonb AS no_json,
    now() AS not_asked_for"#;

#[test]
fn every_type_is_read() {
    let (_scratch, _database, mut connection) = scratch();
    let row = connection.client().query_one(EVERYTHING, &[]).unwrap();
    let expected = Everything {
        truth: true,
        small: -2,
        number: 3,
        large: 9_007_199_254_740_993,
        oid: u32::MAX,
        real: 0.1,
        double: 0.1,
        text: "text".to_owned(),
        varying: Name("varying".to_owned()),
        name: Some(Name("name".to_owned())),
        byte: 'r',
        empty_byte: String::new(),
        padded: "x  ".to_owned(),
        nothing: None,
        word: Word::FirstOne,
        no_word: None,
        texts: vec!["a".to_owned(), "b c".to_owned()],
        names: vec![Name("n".to_owned())],
        smalls: vec![1, -2],
        numbers: Vec::new(),
        oids: vec![26],
        truths: vec![true, false],
        bytes: vec![Word2::A, Word2::N],
        holes: vec![Some("a".to_owned()), None],
        no_list: None,
        vector: vec![3, 4],
        json: Nested { word: Word::Second, number: None, list: vec![Name("n".to_owned())] },
        jsonb: vec![Nested { word: Word::FirstOne, number: Some(7), list: Vec::new() }],
        no_json: None,
        map: BTreeMap::from([("x".to_owned(), -1)]),
    };
    assert_eq!(decode::<Everything>(&row).unwrap(), expected);
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its errors are looked at")]
struct Small {
    word: Word,
    number: u8,
}

#[test]
fn what_cannot_be_read_names_the_column_and_its_type() {
    let (_scratch, _database, mut connection) = scratch();
    let cases = [
        ("SELECT 'third' AS word, 1 AS number", "column `word` of type `text`: unknown variant `third`"),
        ("SELECT 'second' AS word, 256 AS number", "column `number` of type `int4`: invalid value: integer `256`"),
        ("SELECT 'second' AS word, NULL::int AS number", "column `number` of type `int4`: invalid type: null"),
        ("SELECT 'second' AS word, now() AS number", "column `number` of type `timestamptz`: there is no way"),
        ("SELECT 'second' AS word", "missing field `number`"),
    ];
    for (sql, expected) in cases {
        let row = connection.client().query_one(sql, &[]).unwrap();
        let error = decode::<Small>(&row).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
