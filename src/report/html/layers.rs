//! A graph in layers: what needs nothing stands in the first, everything else right of all that it needs.
//!
//! The textbook way (Sugiyama) in its simplest form: edges that close a loop are left out of the layering, the layer is
//! the longest way to something that needs nothing, and within a layer each stands near the middle of what it needs.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::algo::{greedy_feedback_arc_set, toposort};
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::stable_graph::StableDiGraph;
use petgraph::visit::EdgeRef;

/// How often the order within layers is looked over; the picture hardly changes after two.
const SWEEPS: usize = 4;

/// For each node its layer and its place in the layer, both from zero. `needs` are pairs of a user and what it uses.
pub(super) fn layers(count: usize, needs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut graph: StableDiGraph<(), ()> = StableDiGraph::new();
    let nodes: Vec<NodeIndex> = (0..count).map(|_| graph.add_node(())).collect();
    for (user, used) in needs {
        if let (Some(user), Some(used)) = (nodes.get(*user), nodes.get(*used)) {
            graph.add_edge(*user, *used, ());
        }
    }
    let loops: Vec<EdgeIndex> = greedy_feedback_arc_set(&graph).map(|edge| edge.id()).collect();
    for edge in loops {
        graph.remove_edge(edge);
    }
    let layer = longest(&graph, count);
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, layer) in layer.iter().enumerate() {
        columns.entry(*layer).or_default().push(node);
    }
    let mut place = vec![0; count];
    for column in columns.values() {
        put(column, &mut place);
    }
    for sweep in 0..SWEEPS {
        let direction = if sweep % 2 == 0 { Direction::Outgoing } else { Direction::Incoming };
        for column in columns.values_mut() {
            column.sort_by_key(|node| (middle(&graph, *node, direction, &place), *node));
            put(column, &mut place);
        }
    }
    layer.into_iter().zip(place).collect()
}

fn put(column: &[usize], place: &mut [usize]) {
    for (at, node) in column.iter().enumerate() {
        if let Some(place) = place.get_mut(*node) {
            *place = at;
        }
    }
}

fn longest(graph: &StableDiGraph<(), ()>, count: usize) -> Vec<usize> {
    let mut layer = vec![0; count];
    // Without the edges that close loops there is always an order.
    let order = toposort(graph, None).unwrap_or_default();
    for node in order.into_iter().rev() {
        let below = graph.neighbors_directed(node, Direction::Outgoing).filter_map(|used| layer.get(used.index()));
        let own = below.max().map_or(0, |deepest| deepest + 1);
        if let Some(layer) = layer.get_mut(node.index()) {
            *layer = own;
        }
    }
    layer
}

/// The mean place of the neighbours in hundredths, or its own where there are none.
fn middle(graph: &StableDiGraph<(), ()>, node: usize, direction: Direction, place: &[usize]) -> usize {
    let at: Vec<usize> = graph
        .neighbors_directed(NodeIndex::new(node), direction)
        .filter_map(|other| place.get(other.index()).copied())
        .collect();
    let own = place.get(node).copied().unwrap_or_default();
    if at.is_empty() { own * 100 } else { at.iter().sum::<usize>() * 100 / at.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_behind_all_that_it_needs() {
        // 0 needs 1 and 2, 1 needs 2; 3 stands alone.
        let found = layers(4, &[(0, 1), (0, 2), (1, 2)]);
        assert_eq!(found.iter().map(|(layer, _)| *layer).collect::<Vec<_>>(), [2, 1, 0, 0]);
        let places: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!(places.len(), 4, "no two in one place: {found:?}");
    }

    #[test]
    fn a_loop_is_cut_and_crossings_are_untangled() {
        let found = layers(2, &[(0, 1), (1, 0)]);
        assert_eq!(found.iter().map(|(layer, _)| *layer).max(), Some(1));
        // 2 and 3 use 1 and 0 crosswise: one of the layers turns round.
        let found = layers(4, &[(2, 1), (3, 0)]);
        assert_eq!(found[2].1.cmp(&found[3].1), found[1].1.cmp(&found[0].1), "{found:?}");
    }
}
