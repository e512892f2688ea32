use super::*;
use crate::catalog::Catalog;
use crate::catalog::sample::{column, enumeration, index, table};
use crate::kind::statement::{Hazard, Statement};
use crate::plan::action::{Part, Verb};
use crate::plan::plan;

fn shop() -> Catalog {
    Catalog::default().with_table("orders", &["id bigint not null", "note text"])
}

fn text(live: &Catalog, desired: &Catalog, plan: &Plan, settings: &Settings) -> String {
    let places =
        |key: &Key| (*key.root() == table("orders")).then(|| Place { file: "schema/orders.sql".to_owned(), line: 9 });
    let header = Header {
        slug: "add-orders-status",
        direction: Direction::Up,
        from: State { fingerprint: "3f2a91c0aaaa", facts: &live.facts },
        to: State { fingerprint: "9c1d77e4bbbb", facts: &desired.facts },
        major: 15,
        claims: &["proven up and down".to_owned(), "down lossless".to_owned()],
        notes: &[],
        settings,
        sizes: &Sizes::default(),
        places: &places,
    };
    render(plan, &header)
}

fn step(verb: Verb, key: Key, sql: &str, group: usize) -> Step {
    let outside = sql.contains("CONCURRENTLY");
    let Statement { sql, hazards, .. } = Statement::new(sql);
    Step {
        verb,
        with: vec![key.clone()],
        key,
        sql,
        hazards,
        reason: None,
        group,
        outside,
        effects: None,
        part: Part::Whole,
    }
}

#[test]
fn reads_like_a_hand_written_migration() {
    let live = shop();
    let desired = shop()
        .with_enum("order_status", &["new", "paid"])
        .with_column("orders", "status public.order_status not null")
        .with_default("orders", "status", "'new'::public.order_status")
        .with_comment(column("orders", "status"), "it's where it is")
        .needing(&column("orders", "status"), &enumeration("order_status"));
    let plan = plan(&live, &desired, &|_, _, _| None).unwrap();
    let expected = "\
-- add-orders-status (up)
-- from 3f2a91c0 to 9c1d77e4, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new enum order_status
CREATE TYPE public.order_status AS ENUM ('new', 'paid');

-- new column orders.status (schema/orders.sql:9)
ALTER TABLE public.orders
    ADD COLUMN status public.order_status DEFAULT 'new'::public.order_status NOT NULL;
COMMENT ON COLUMN public.orders.status IS 'it''s where it is';

COMMIT;

RESET search_path;
";
    assert_eq!(text(&live, &desired, &plan, &Settings::default()), expected);
}

#[test]
fn every_transaction_is_told_and_settings_do_not_leak() {
    let catalog = shop().with_index("orders_idx", "orders", "id");
    let key = index("orders_idx");
    let check = column("orders", "note");
    let steps = vec![
        step(
            Verb::Create,
            key.clone(),
            "CREATE INDEX CONCURRENTLY orders_idx_new ON public.orders USING btree (id)",
            0,
        ),
        step(Verb::Create, key.clone(), "DROP INDEX public.orders_idx", 1),
        step(Verb::Create, key, "ALTER INDEX public.orders_idx_new RENAME TO orders_idx", 1),
        step(
            Verb::Alter,
            check.clone(),
            "ALTER TABLE public.orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID",
            1,
        ),
        step(Verb::Alter, check, "ALTER TABLE public.orders VALIDATE CONSTRAINT c", 2),
    ];
    let settings = Settings { statement_timeout: Some("1min".to_owned()), ..Settings::default() };
    let text = text(&catalog, &catalog, &Plan { steps }, &settings);
    let expected = "\
-- 1 of 3: outside a transaction
SET lock_timeout = 0;
SET statement_timeout = 0;

-- new index orders_idx; built beside, reads and writes go on
CREATE INDEX CONCURRENTLY orders_idx_new ON public.orders USING btree (id);

RESET lock_timeout;
RESET statement_timeout;

-- 2 of 3: one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '1min';

-- index orders_idx: the new one takes the place of the old
DROP INDEX public.orders_idx;
ALTER INDEX public.orders_idx_new RENAME TO orders_idx;

-- changed column orders.note (schema/orders.sql:9); holds for new rows, the others are checked below
ALTER TABLE public.orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID;

COMMIT;

-- 3 of 3: one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = 0;

-- column orders.note: the rows are checked while reads and writes go on
ALTER TABLE public.orders VALIDATE CONSTRAINT c;

COMMIT;
";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_name_cannot_end_its_comment() {
    let key = table("a\n; DROP DATABASE shop; --\r\u{2028}x");
    let plan = Plan { steps: vec![step(Verb::Drop, key, "DROP TABLE x", 0)] };
    let text = text(&Catalog::default(), &Catalog::default(), &plan, &Settings::default());
    assert!(text.contains("-- dropped table \"a ; DROP DATABASE shop; --  x\"\n"), "{text}");
}

#[test]
fn bodies_are_not_looked_into_and_letters_keep_their_encoding() {
    let sql = "CREATE OR REPLACE FUNCTION public.f()\n RETURNS text\nAS $$ SELECT 'ü;' $$\n";
    let plan = Plan { steps: vec![step(Verb::Alter, table("orders"), sql, 0)] };
    let text = text(&shop(), &shop(), &plan, &Settings::default());
    assert!(text.contains("SET check_function_bodies = off;\nSET client_encoding = 'UTF8';\n"), "{text}");
    assert!(text.contains("AS $$ SELECT 'ü;' $$;\n"), "{text}");
}

#[test]
fn a_hazard_is_told_but_not_for_what_is_new() {
    let scan = Hazard::Scans("the index is built while writers wait".to_owned());
    let create = |on: &str| Step {
        hazards: vec![scan.clone()],
        ..step(Verb::Create, index("i"), &format!("CREATE INDEX i ON public.{on} USING btree (id)"), 0)
    };
    let desired = shop().with_index("i", "orders", "id");
    let told = "-- new index i\n-- reads the whole table: the index is built while writers wait\nCREATE INDEX";
    let plan = Plan { steps: vec![create("orders")] };
    assert!(text(&shop(), &desired, &plan, &Settings::default()).contains(told));
    let plan =
        Plan { steps: vec![step(Verb::Create, table("orders"), "CREATE TABLE public.orders ()", 0), create("orders")] };
    assert!(!text(&Catalog::default(), &desired, &plan, &Settings::default()).contains("reads the whole"));
}

#[test]
fn what_only_comes_back_says_why() {
    let reason = Some("it stands on view public.a, which is replaced".to_owned());
    let create = Step { reason: reason.clone(), ..step(Verb::Create, table("b"), "CREATE TABLE b ()", 0) };
    let drop = Step { reason, ..step(Verb::Drop, table("b"), "DROP TABLE b", 0) };
    let plan = Plan { steps: vec![drop, create] };
    let text = text(&shop(), &shop(), &plan, &Settings::default());
    assert!(
        text.contains("-- table b makes room and comes back below: it stands on view a, which is replaced\n"),
        "{text}"
    );
    assert!(text.contains("-- restored table b: it stands on view a, which is replaced\n"), "{text}");
}
