//! The pages that `--format html` makes, as a real browser shows them.

use serde_json::{Value, json};

use crate::harness::browser::{Seen, look};
use crate::harness::cluster::Cluster;
use crate::harness::place::Place;

/// What is drawn, each box and bar as the browser has measured it, and where every link leads when it is clicked.
const LOOK: &str = "
    const seen = element => { const box = element.getBoundingClientRect(); return box.width > 5 && box.height > 5; };
    const drawing = svg => ({
        label: svg.getAttribute('aria-label'),
        seen: seen(svg),
        boxes: [...svg.querySelectorAll('g.box')].filter(seen).map(one => one.querySelector('title').textContent),
        edges: [...svg.querySelectorAll('path.edge')].filter(one => one.getTotalLength() > 10).length,
        lanes: [...svg.querySelectorAll('rect.lane')].filter(seen).length,
        bars: [...svg.querySelectorAll('g.bar')].filter(seen).length,
        colours: [...new Set([...svg.querySelectorAll('g.bar rect')].map(one => getComputedStyle(one).fill))].length,
    });
    const overlaps = svg => {
        const boxes = [...svg.querySelectorAll('g.box rect')].map(one => one.getBoundingClientRect());
        return boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
    };
    const links = [...page.querySelectorAll('a[href]')], wrong = [], pairs = new Set();
    for (const link of links) {
        const href = link.getAttribute('href');
        link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: page.defaultView }));
        await moment();
        const target = page.querySelector(':target');
        if (!target || '#' + target.id !== href || !seen(target)) wrong.push(href);
        const from = link.closest('article');
        if (from) pairs.add(from.id + ' ' + href.slice(1));
    }
    const oneWay = [...pairs].filter(pair => !pairs.has(pair.split(' ').reverse().join(' ')));
    const svgs = [...page.querySelectorAll('svg')];
    return {
        title: page.title,
        drawings: svgs.map(drawing),
        overlaps: svgs.some(overlaps),
        links: links.length,
        wrong,
        pairs: pairs.size,
        oneWay,
        styled: getComputedStyle(page.querySelector('article')).borderTopWidth,
        wide: page.documentElement.scrollWidth > page.documentElement.clientWidth,
    };
";

#[track_caller]
fn fine(seen: &Seen) {
    assert!(seen.console.is_empty(), "{:#?}", seen.console);
    let found = &seen.found;
    assert_eq!((&found["wrong"], &found["oneWay"]), (&json!([]), &json!([])), "links: {found:#}");
    assert_eq!((&found["overlaps"], &found["wide"]), (&json!(false), &json!(false)), "{found:#}");
    assert_eq!(found["styled"], "1px", "{found:#}");
}

fn names(drawing: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = drawing["boxes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_page_of_a_plan_is_drawn_and_every_link_leads_there_and_back() {
    let live = "CREATE TABLE shops (id bigint PRIMARY KEY); CREATE TABLE old (a int);
        CREATE TABLE orders (id bigint PRIMARY KEY, shop bigint, note text);
        CREATE VIEW notes AS SELECT note FROM orders;
        INSERT INTO shops SELECT n FROM generate_series(1, 10) AS n;
        INSERT INTO orders SELECT n, n % 10 + 1, 'x' FROM generate_series(1, 50000) AS n; ANALYZE";
    let desired = "CREATE TYPE state AS ENUM ('new', 'paid'); CREATE TABLE shops (id bigint PRIMARY KEY);
        CREATE TABLE orders (id bigint PRIMARY KEY, shop bigint NOT NULL REFERENCES shops, note varchar(20), state state);
        CREATE INDEX orders_shop ON orders (shop, state); CREATE VIEW notes AS SELECT note, state FROM orders;";
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["shop"]).unwrap();
    cluster.query("shop", live).unwrap();
    place.write("schema/all.sql", desired);
    let (db, server) = (cluster.url("shop"), cluster.url("postgres"));
    let plan = ["plan", "--stdout", "--db", &db, "--scratch", &server, "--report", "html=plan.html"];
    place.exits(1, &plan);
    let seen = look(place.path(), "plan.html", LOOK);
    fine(&seen);
    let found = &seen.found;
    let [graph, time] = found["drawings"].as_array().unwrap().as_slice() else { panic!("two drawings: {found:#}") };
    assert_eq!(graph["label"], "dependency graph");
    assert_eq!(names(graph), ["enum state", "table old", "table orders", "view notes"]);
    assert!(graph["edges"].as_u64().unwrap() >= 2, "{graph:#}");
    assert_eq!(time["label"], "steps in time");
    let page = place.read("plan.html");
    let count = |text: &str| page.matches(text).count();
    assert!(count("<article class=\"step\"") > 5 && count("<article class=\"finding ") > 3, "{}", page.len());
    assert_eq!(time["bars"], count("<article class=\"step\""), "a bar for each step");
    assert_eq!(time["lanes"], count("<rect class=\"lane\""), "a lane for each transaction");
    assert!(time["lanes"].as_u64().unwrap() > 2 && time["colours"].as_u64().unwrap() > 1, "{time:#}");
    assert!(found["pairs"].as_u64().unwrap() > 6, "{found:#}");
}

#[test]
fn the_page_of_findings_leads_from_rules_to_lines_and_back() {
    let place = Place::new();
    place.write("migrations/001_first.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp);\n");
    place.write("migrations/002_second.sql", "CREATE INDEX orders_at ON orders (at);\nDROP TABLE orders;\n");
    let page = place.exits(1, &["lint", "--text-only", "--all-rules", "--format", "html", "migrations"]).out;
    place.write("lint.html", &page);
    let seen = look(place.path(), "lint.html", LOOK);
    fine(&seen);
    assert_eq!(seen.found["title"], "pgplumb lint");
    assert!(seen.found["pairs"].as_u64().unwrap() > 10, "{:#}", seen.found);
    assert!(page.contains("<td class=\"about\"><code>DROP TABLE orders;</code>"), "{page}");
}

/// The tests above look for nothing: here is what they would find.
#[test]
fn what_is_wrong_with_a_page_is_seen() {
    let place = Place::new();
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
    let page = format!("<!DOCTYPE html>{policy}<article id=a><a href=\"#nowhere\">a</a></article><script>1</script>");
    place.write("wrong.html", &page);
    let seen = look(place.path(), "wrong.html", LOOK);
    assert_eq!(seen.found["wrong"], json!(["#nowhere"]), "{:#}", seen.found);
    assert!(seen.console.iter().any(|line| line.contains("Content Security Policy")), "{:?}", seen.console);
}
