use super::*;
use crate::catalog::Catalog;
use crate::catalog::sample::{column, table};
use crate::grade::back::lost_on_the_way;
use crate::plan::plan;

fn lost(live: &Catalog, desired: &Catalog) -> Vec<(String, Cause)> {
    let plan = plan(live, desired, &|_, _, _| None).unwrap();
    losses(&plan, &live.facts, &desired.facts).into_iter().map(|loss| (loss.what, loss.cause)).collect()
}

fn shop() -> Catalog {
    Catalog::default().with_table("orders", &["id bigint", "note text"])
}

#[test]
fn a_dropped_table_stands_for_its_columns() {
    assert_eq!(lost(&shop(), &Catalog::default()), [("the rows of orders".to_owned(), Cause::Dropped)]);
}

#[test]
fn a_dropped_column_loses_its_values_and_an_added_one_none() {
    let less = shop().without(&column("orders", "note"));
    assert_eq!(lost(&shop(), &less), [("the values of column orders.note".to_owned(), Cause::Dropped)]);
    assert!(lost(&less, &shop()).is_empty());
    assert!(lost(&shop(), &shop().with_index("i", "orders", "id")).is_empty());
}

#[test]
fn a_narrower_type_and_a_removed_label_lose_values() {
    let narrow = shop().with_column("orders", "id integer").with_enum("mood", &["ok"]);
    let wide = shop().with_enum("mood", &["ok", "sad"]);
    let cause = Cause::Narrowed { from: "bigint".to_owned(), to: "integer".to_owned() };
    assert_eq!(
        lost(&wide, &narrow),
        [
            ("the value 'sad' of enum mood".to_owned(), Cause::Label("sad".to_owned())),
            ("the values of column orders.id that do not fit integer".to_owned(), cause),
        ]
    );
    assert!(lost(&narrow, &wide).is_empty());
}

#[test]
fn a_replaced_table_loses_its_rows_although_it_is_there_again() {
    let mut parted = shop();
    let mut body = serde_json::to_value(parted.facts.get(&table("orders")).unwrap()).unwrap();
    body["table"]["partition_by"] = "RANGE (id)".into();
    parted = parted.with(table("orders"), body);
    let found = lost(&shop(), &parted);
    assert!(
        matches!(found.as_slice(), [(what, Cause::Replaced(why))] if what == "the rows of orders" && !why.is_empty()),
        "{found:?}"
    );
}

#[test]
fn what_was_seen_to_change_counts_as_lost() {
    let loss = Loss {
        key: column("orders", "note"),
        cause: Cause::Dropped,
        what: "the values of column orders.note".to_owned(),
    };
    let seen = ["public.orders.note".to_owned(), "public.orders.at".to_owned()];
    let both = vec![loss.what.clone(), "the values of column orders.at".to_owned()];
    assert_eq!(Grade::of(&[loss], &seen), Grade::Lossy(both));
    assert_eq!(Grade::of(&[], &[]), Grade::Lossless);
}

#[test]
fn a_column_that_only_the_down_makes_anew_is_lost_on_the_way_back() {
    let (before, after) = (shop(), shop().with_column("orders", "note xml"));
    let down = plan(&after, &before, &|_, _, _| None).unwrap();
    assert_eq!(lost_on_the_way(&down, &before.facts, &after.facts), []);
    let mut anew = down.clone();
    let key = column("orders", "note");
    let step = anew.steps.first_mut().unwrap();
    (step.verb, step.key, step.with) = (Verb::Drop, key.clone(), vec![key.clone()]);
    let lost = lost_on_the_way(&anew, &before.facts, &after.facts);
    let what: Vec<&str> = lost.iter().map(|loss| loss.what.as_str()).collect();
    assert_eq!(what, ["the values of column orders.note"]);
    // What only the up made may go.
    assert_eq!(lost_on_the_way(&anew, &shop().without(&key).facts, &after.facts), []);
}
