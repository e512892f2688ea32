//! A schema as files that a person would keep: one for each object, with all that belongs to it, and one that loads them.
//!
//! psql loads a file as a whole, so a statement is in its object's file only when everything it needs is in that file
//! or in one before it. What closes a loop between files is in `after.sql`, in the order of the plan.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::base::wording::plural;
use crate::catalog::Catalog;
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::plan::Plan;
use crate::plan::action::Part;
use crate::plan::dependency::Dependencies;
use crate::plan::step::Step;
use crate::script::home::object;
use crate::script::layout::lay_out;

/// The file that loads all others, for psql. To pgplumb its commands mean nothing: it reads the folder.
const LOAD: &str = "load.sql";

/// What needs objects of several files.
const AFTER: &str = "after.sql";

/// A file that is to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Below the folder of the schema.
    pub path: String,
    pub text: String,
}

/// Everything in one file. A body may name what comes later, so bodies are not looked into.
pub fn one_file(plan: &Plan) -> String {
    let steps: Vec<&Step> = plan.steps.iter().collect();
    format!("SET check_function_bodies = off;\n\n{}", statements(&steps))
}

/// A file for each object that the plan makes; `catalog` is where it leads.
pub fn files(plan: &Plan, catalog: &Catalog) -> Vec<File> {
    let order = order(plan, catalog);
    let paths = paths(&order);
    let turn: BTreeMap<&Key, usize> = order.iter().enumerate().map(|(turn, key)| (key, turn)).collect();
    let building = Dependencies::for_building(catalog, &catalog.facts);
    let mut parts: BTreeMap<usize, Vec<&Step>> = BTreeMap::new();
    let mut after: Vec<&Step> = Vec::new();
    let mut late: BTreeSet<&Key> = BTreeSet::new();
    for step in &plan.steps {
        let own = object(&step.key, &catalog.facts);
        let own = turn.get(&own).copied().unwrap_or(usize::MAX);
        let needs = || step.with.iter().flat_map(|key| building.uses(key));
        let early = |used: &Key| turn.get(&object(used, &catalog.facts)).is_none_or(|turn| *turn <= own);
        // Default privileges change what is granted on everything that is made after them.
        let last = matches!(step.key, Key::DefaultPrivileges(_));
        if step.part == Part::Stub {
            parts.entry(own).or_default().push(step);
        } else if step.part == Part::Rest {
            // Others stand on the stub.
            after.push(step);
        } else if last || needs().any(|used| late.contains(used) || !early(used)) {
            late.extend(&step.with);
            after.push(step);
        } else {
            parts.entry(own).or_default().push(step);
        }
    }
    let mut files: Vec<File> = parts
        .into_iter()
        .filter_map(|(turn, steps)| Some((paths.get(turn)?, statements(&steps))))
        .fold(Vec::new(), |mut files: Vec<File>, (path, text)| {
            // Overloads of a function share a file.
            match files.iter_mut().find(|file| file.path == *path) {
                Some(file) => file.text = format!("{}\n{text}", file.text),
                None => files.push(File { path: path.clone(), text }),
            }
            files
        });
    if !after.is_empty() {
        files.push(File { path: AFTER.to_owned(), text: statements(&after) });
    }
    files.push(load(&files));
    files
}

fn load(files: &[File]) -> File {
    let includes: String = files.iter().map(|file| format!("\\ir '{}'\n", file.path.replace('\'', "''"))).collect();
    let text = format!(
        "-- Loads the schema into an empty database: psql -v ON_ERROR_STOP=1 -f {LOAD}\n\
         -- pgplumb itself reads the folder, in whatever order its files are.\n\n\
         SET check_function_bodies = off;\n\n{includes}"
    );
    File { path: LOAD.to_owned(), text }
}

fn statements(steps: &[&Step]) -> String {
    steps.iter().map(|step| format!("{}\n", lay_out(&step.sql))).collect::<Vec<_>>().join("\n")
}

/// The objects in the order of their files: each after those that it needs, where no loop forbids it, and otherwise in
/// the order of the plan.
fn order(plan: &Plan, catalog: &Catalog) -> Vec<Key> {
    let mut objects: Vec<Key> = Vec::new();
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    for step in &plan.steps {
        let object = object(&step.key, &catalog.facts);
        places.entry(object.clone()).or_insert_with(|| {
            objects.push(object);
            objects.len() - 1
        });
    }
    let (mut waits, mut users) = (vec![BTreeSet::new(); objects.len()], vec![Vec::new(); objects.len()]);
    for (user, used) in needs(catalog) {
        if let (Some(user), Some(used)) = (places.get(&user), places.get(&used))
            && user != used
            && waits[*user].insert(*used)
        {
            users[*used].push(*user);
        }
    }
    sorted(waits, &users).into_iter().map(|place| objects[place].clone()).collect()
}

fn needs(catalog: &Catalog) -> BTreeSet<(Key, Key)> {
    let facts: &Facts = &catalog.facts;
    let building = Dependencies::for_building(catalog, facts);
    let of = |user| building.uses(user).map(move |used| (object(user, facts), object(used, facts)));
    facts.keys().flat_map(of).collect()
}

/// By need, then by place; a loop is entered at its first place.
fn sorted(mut waits: Vec<BTreeSet<usize>>, users: &[Vec<usize>]) -> Vec<usize> {
    let ready = (0..waits.len()).filter(|place| waits[*place].is_empty()).map(Reverse);
    let mut ready: BinaryHeap<Reverse<usize>> = ready.collect();
    let mut left: BTreeSet<usize> = (0..waits.len()).collect();
    let mut sorted = Vec::new();
    while let Some(place) = ready.pop().map(|Reverse(place)| place).or_else(|| left.first().copied()) {
        if left.remove(&place) {
            sorted.push(place);
            for user in &users[place] {
                if waits[*user].remove(&place) && waits[*user].is_empty() {
                    ready.push(Reverse(*user));
                }
            }
        }
    }
    sorted
}

/// Where each object's file is. Two names that some file system takes for one get a number.
fn paths(objects: &[Key]) -> Vec<String> {
    let mut taken: BTreeMap<String, (String, usize)> = BTreeMap::new();
    objects
        .iter()
        .map(|key| {
            let path = path(key);
            let (first, count) = taken.entry(path.to_lowercase()).or_insert_with(|| (path.clone(), 1));
            if *first == path {
                return format!("{path}.sql");
            }
            *count += 1;
            format!("{path}~{count}.sql")
        })
        .collect()
}

fn path(key: &Key) -> String {
    let (folder, name) = (plural(key.label()).replace(' ', "_"), file_name(key.name()));
    match key.schema() {
        Some(schema) => format!("{}/{folder}/{name}", file_name(schema.as_str())),
        None if matches!(key, Key::Schema(_)) => format!("{name}/schema"),
        None => format!("{folder}/{name}"),
    }
}

/// The name with what files cannot be called, or would be hidden by, in hexadecimal.
fn file_name(name: &str) -> String {
    let plain = |at: usize, c: char| {
        (c.is_alphanumeric() || "_- $+=@,".contains(c) || c == '.') && !(at == 0 && "-. ".contains(c))
    };
    let mut spelled = String::new();
    for (at, c) in name.chars().enumerate() {
        if plain(at, c) {
            spelled.push(c);
        } else {
            let mut bytes = [0; 4];
            spelled.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::key::{Global, Scoped};

    #[test]
    fn every_object_has_a_path_of_its_own_that_any_disk_takes() {
        let table = |name: &str| Key::Table(Scoped::new("public", name));
        let objects = [
            table("orders"),
            table("Orders"),
            table("a/b"),
            table(".hidden"),
            Key::Schema(Global { name: "shop".into() }),
            Key::Extension(Global { name: "citext".into() }),
        ];
        assert_eq!(
            paths(&objects),
            [
                "public/tables/orders.sql",
                "public/tables/Orders~2.sql",
                "public/tables/a%2Fb.sql",
                "public/tables/%2Ehidden.sql",
                "shop/schema.sql",
                "extensions/citext.sql",
            ]
        );
    }

    #[test]
    fn a_loop_is_entered_at_its_first_place() {
        let waits = vec![BTreeSet::from([1]), BTreeSet::from([0]), BTreeSet::new(), BTreeSet::from([0])];
        assert_eq!(sorted(waits, &[vec![1, 3], vec![0], vec![], vec![]]), [2, 0, 1, 3]);
    }
}
