use super::*;
use crate::catalog::Catalog;
use crate::catalog::sample::{column, index, table, view};
use crate::grade::losses;
use crate::kind::statement::Hazard;
use crate::lint::allow::Allow;
use crate::lint::policy::Policy;
use crate::lint::script::Threshold;
use crate::lint::{Input, check};
use crate::plan::action::Verb;
use crate::plan::plan;
use crate::prove::data::Rows;
use crate::strategy;
use serde_json::{Value, json};

pub(super) fn shop() -> Catalog {
    Catalog::default()
        .with_table("orders", &["id integer", "note text"])
        .with_index("orders_idx", "orders", "id")
        .with_table("old_report", &["a text", "b text"])
        .with(view("v"), view_body("SELECT id\n   FROM orders\n  WHERE id > 1"))
}

fn view_body(definition: &str) -> Value {
    json!({"view": {"definition": definition, "options": [], "columns": []}})
}

pub(super) fn wanted() -> Catalog {
    shop()
        .with_enum("order_status", &["new", "paid"])
        .with_column("orders", "status public.order_status not null")
        .with_default("orders", "status", "'new'::public.order_status")
        .with_column("orders", "id bigint")
        .with_index("orders_idx", "orders", "id, status")
        .without(&table("old_report"))
        .with_table("customers", &["id bigint", "name text"])
        .with_index("customers_idx", "customers", "name")
        .with(view("v"), view_body("SELECT id\n   FROM orders\n  WHERE id > 2"))
}

/// Reports on the way between two states.
pub(super) fn said(from: &Catalog, to: &Catalog, allows: &[&str], render: impl Fn(&Report) -> String) -> String {
    let (up, down) = (plan(from, to, &strategy::plain).unwrap(), plan(to, from, &strategy::plain).unwrap());
    let losses = losses(&up, &from.facts, &to.facts);
    let grade = Grade::of(&losses, &[]);
    let places =
        |key: &Key| (*key.root() == table("orders")).then(|| Place { file: "schema/orders.sql".to_owned(), line: 9 });
    let (live, desired) = (&from.facts, &to.facts);
    let input = Input {
        up: &up,
        live,
        desired,
        losses: &losses,
        grade: &grade,
        grants_declared: true,
        sizes: &Sizes::default(),
        threshold: Threshold::default(),
        version: None,
        not_managed: &BTreeMap::new(),
        asked: &[],
        places: &places,
    };
    let allows: Vec<Allow> = allows.iter().map(|allow| allow.parse().unwrap()).collect();
    let findings = check(&input, &Policy::default(), &allows);
    let rows = Rows { seeded: vec!["public.orders".to_owned()], ..Rows::default() };
    let excluded = BTreeMap::from([("of an unsupported kind".to_owned(), vec!["x".to_owned(), "y".to_owned()])]);
    render(&Report {
        tool: "0.1.0",
        server_major: 15,
        slug: "add-orders-status",
        live: "shop on localhost (PostgreSQL 15.18)",
        desired: "schema (12 files)",
        scratch: "a throw-away cluster",
        from: &from.fingerprint(),
        to: &to.fingerprint(),
        live_facts: live,
        desired_facts: desired,
        edges: [&from.edges, &to.edges],
        up: &up,
        down: &down,
        grade: &grade,
        proof: Some(&Proof { rows, ..Proof::default() }),
        findings: &findings,
        excluded: &excluded,
        sizes: &Sizes::default(),
        notes: &["2 statements of `dump.sql` are not loaded: they are data".to_owned()],
        up_sql: "ALTER TABLE orders ADD a int;\n",
        down_sql: "ALTER TABLE orders DROP a;\n",
        written: Some("generated/20261121031500_add-orders-status/{up.sql,down.sql,plan.json}".to_owned()),
        places: &places,
    })
}

fn text(from: &Catalog, to: &Catalog, width: usize) -> String {
    let coloured = said(from, to, &["drop-table:old_report"], |report| text::render(report, width));
    anstream::adapter::strip_str(&coloured).to_string()
}

#[test]
fn reads_like_a_review() {
    let expected = "\
live  shop on localhost (PostgreSQL 15.18)      desired  schema (12 files)      scratch  a throw-away cluster

  + enum  order_status   (new, paid)
  + table customers      2 columns, 1 index
  - table old_report     2 columns
  ~ table orders
      ~ column id           integer -> bigint
      + column status       order_status DEFAULT 'new'::order_status NOT NULL
      ~ index  orders_idx   (id) -> (id, status); replaced: the definition of an index cannot be changed
  ~ view  v
        SELECT id
           FROM orders
      -   WHERE id > 1
      +   WHERE id > 2
";
    let text = text(&shop(), &wanted(), 120);
    assert!(text.contains("  9 steps in 1 transaction, proven up and down; the down is lossy\n"), "{text}");
    assert!(text.starts_with(expected), "{text}");
    assert!(
        text.contains("allowed     drop-table: table old_report is dropped: the rows of old_report are lost"),
        "{text}"
    );
    assert!(text.contains("not managed  2 objects: 2 of an unsupported kind"), "{text}");
    assert!(text.ends_with("wrote generated/20261121031500_add-orders-status/{up.sql,down.sql,plan.json}\n"), "{text}");
}

#[test]
fn what_blocks_says_how_to_let_it_through() {
    let less = shop().without(&column("orders", "note"));
    let text = text(&shop(), &less, 100);
    assert!(text.contains("allow with --allow drop-column:orders.note\n"), "{text}");
    assert!(text.contains("blocked by  drop-column: column orders.note is dropped"), "{text}");
    assert!(
        text.contains("note        allowance-unused: `--allow drop-table:old_report` lets nothing through"),
        "{text}"
    );
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [60, 80, 100] {
        let text = text(&shop(), &wanted(), width);
        let wide = text.lines().find(|line| line.chars().count() > width && !line.starts_with("wrote"));
        assert_eq!(wide, None, "at {width}");
    }
}

#[test]
fn colours_are_only_escape_sequences() {
    let coloured = said(&shop(), &wanted(), &[], |report| text::render(report, 100));
    assert!(coloured.contains("\u{1b}["));
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn marks_are_for_what_was_there_before() {
    let scan = Hazard::Scans("every row is read".to_owned());
    let step = |key: Key, sql: &str| crate::plan::step::Step {
        verb: Verb::Create,
        with: vec![key.clone()],
        key,
        sql: sql.to_owned(),
        hazards: vec![scan.clone()],
        reason: None,
        group: 0,
        outside: false,
        effects: None,
        part: crate::plan::action::Part::Whole,
    };
    let desired = shop().with_table("new", &["a text"]).with_index("new_idx", "new", "a");
    let steps = vec![
        step(table("new"), "CREATE TABLE public.new ()"),
        step(index("new_idx"), "CREATE INDEX new_idx ON public.new USING btree (a)"),
        step(index("orders_idx"), "CREATE INDEX orders_idx ON public.orders USING btree (id)"),
    ];
    let plan = Plan { steps };
    let from = shop();
    let marker = mark::Marker::new(&plan, &from.facts, &desired.facts);
    let marks: Vec<Vec<mark::Mark>> = plan.steps.iter().map(|step| marker.marks(step).into_iter().collect()).collect();
    assert_eq!(marks, [vec![], vec![], vec![mark::Mark::Scans, mark::Mark::WriteLock]]);
}

#[test]
fn the_document_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/schema/plan.v1.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let narrow = shop().with_column("orders", "note integer").without(&view("v"));
    for (from, to) in [(shop(), wanted()), (wanted(), shop()), (shop(), narrow), (shop(), shop())] {
        let written = said(&from, &to, &["drop-table"], json::render);
        let document: Value = serde_json::from_str(&written).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{written}");
        assert_eq!(written, said(&from, &to, &["drop-table"], json::render), "the same bytes");
    }
}

#[test]
fn the_document_says_what_each_step_is_about() {
    let document: Value = serde_json::from_str(&said(&shop(), &wanted(), &[], json::render)).unwrap();
    let steps = document["up"]["steps"].as_array().unwrap();
    let added = steps.iter().find(|step| step["fact"]["name"] == "public.orders.status").unwrap();
    assert_eq!(added["fact"]["kind"], "column");
    assert_eq!(added["verb"], "create");
    assert_eq!(added["source"], json!({"file": "schema/orders.sql", "line": 9}));
    assert_eq!(added["marks"], json!(["strong-lock"]));
    assert_eq!(document["down_grade"], json!({"grade": "lossy", "because": ["the rows of old_report"]}));
    assert_eq!(document["blocked"], true);
}

#[test]
fn the_comment_has_every_step_and_finding_and_the_sql() {
    let said = said(&shop(), &wanted(), &["drop-table:old_report"], markdown::render);
    assert!(said.starts_with("<!-- pgplumb -->\n### pgplumb plan: add-orders-status\n"), "{said}");
    assert!(said.contains("**9 steps** in 1 transaction, proven up and down; the down is **lossy**"), "{said}");
    assert!(said.contains("| 2 | 1 | drop table old\\_report | not run |  |  | `drop-table` |"), "{said}");
    assert!(said.contains("| allowed | `drop-table` table old\\_report is dropped"), "{said}");
    assert!(said.contains("<summary><code>up.sql</code></summary>\n\n```sql\nALTER TABLE orders ADD a int;\n```\n"));
    assert_eq!(said.lines().filter(|line| line.starts_with("| ") && line.contains("not run")).count(), 9, "{said}");
}

#[test]
fn what_stands_in_no_file_is_shown_where_the_files_declare_it() {
    use crate::report::findings::{Findings, github};
    let narrow = shop().with_column("orders", "note integer");
    let said = said(&shop(), &narrow, &[], |report| github::render(&Findings::of_plan(report)));
    let first = said.lines().find(|line| line.contains("title=type-narrowing")).unwrap();
    assert!(first.starts_with("::error file=schema/orders.sql,line=9,endLine=9,title="), "{first}");
}
