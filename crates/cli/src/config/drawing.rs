//! Workflows as one SVG: jobs in columns by how many come before them, lines from what is required.
//! Stands alone: no script, no font or style from elsewhere.

use std::collections::HashMap;
use std::fmt::Write;

use rondo_plan::{Graph, GraphJob};
use unicode_width::UnicodeWidthStr;

use super::graph::{condition, kind, plain};

const BOX_HEIGHT: usize = 32;
const ROW: usize = 48;
const GAP: usize = 72;
const MARGIN: usize = 24;
const TITLE: usize = 32;
/// Width of one cell of text at the size that is used here, rounded up.
const CELL: usize = 8;

const STYLE: &str = "text{font:13px ui-monospace,monospace;fill:#1f2328}\
.title{font-weight:bold}.on{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px;fill:#59636e}\
rect.job{fill:#f6f8fa;stroke:#57606a}rect.wait{fill:#fff8c5;stroke:#9a6700}\
path{fill:none;stroke:#57606a}.filtered{opacity:.5;stroke-dasharray:4 4}";

/// Where a job's box stands.
#[derive(Clone, Copy)]
struct Place {
    x: usize,
    y: usize,
    width: usize,
}

/// The drawing of all graphs, one below the other.
pub(crate) fn svg(graphs: &[Graph]) -> String {
    let mut body = String::new();
    let (mut width, mut y) = (2 * MARGIN, MARGIN);
    for graph in graphs {
        let (right, bottom) = draw(graph, y, &mut body);
        width = width.max(right + MARGIN);
        y = bottom + MARGIN;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{y}\" \
         viewBox=\"0 0 {width} {y}\" role=\"img\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
    )
}

/// Draws one graph below `top`; its right and its lower end.
fn draw(graph: &Graph, top: usize, out: &mut String) -> (usize, usize) {
    let title = plain(&graph.workflow);
    let _ = writeln!(
        out,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
        top + 16,
        escaped(&title)
    );
    let places = places(graph, top + TITLE);
    for (job, to) in graph.jobs.iter().zip(&places) {
        for (name, outcomes) in &job.requires {
            let from = graph.jobs.iter().zip(&places).find(|(other, _)| other.name == *name);
            if let Some((_, from)) = from {
                line(*from, *to, condition(outcomes).as_deref(), out);
            }
        }
    }
    for (job, place) in graph.jobs.iter().zip(&places) {
        boxed(job, *place, out);
    }
    let right = places.iter().map(|place| place.x + place.width).max().unwrap_or_default();
    let bottom = places.iter().map(|place| place.y + BOX_HEIGHT).max();
    (right.max(MARGIN + CELL * title.width()), bottom.unwrap_or(top + TITLE))
}

fn places(graph: &Graph, top: usize) -> Vec<Place> {
    let columns = columns(graph);
    let count = columns.iter().max().map_or(0, |last| last + 1);
    let mut widths = vec![0; count];
    for (job, column) in graph.jobs.iter().zip(&columns) {
        widths[*column] = widths[*column].max(width(job));
    }
    let mut rows = vec![0; count];
    let place = |(job, column): (&GraphJob, &usize)| {
        let before: usize = widths[..*column].iter().map(|width| width + GAP).sum();
        let row = rows[*column];
        rows[*column] += 1;
        Place { x: MARGIN + before, y: top + row * ROW, width: width(job) }
    };
    graph.jobs.iter().zip(&columns).map(place).collect()
}

fn width(job: &GraphJob) -> usize {
    CELL * shown(job).width() + 24
}

fn shown(job: &GraphJob) -> String {
    match kind(job) {
        Some(kind) => format!("{} ({kind})", plain(&job.name)),
        None => plain(&job.name),
    }
}

/// For each job the length of the longest way to it.
fn columns(graph: &Graph) -> Vec<usize> {
    let index: HashMap<&str, usize> =
        graph.jobs.iter().enumerate().map(|(at, job)| (job.name.as_str(), at)).collect();
    let mut columns = vec![0; graph.jobs.len()];
    // A way is no longer than there are jobs, and each round makes all ways one step longer.
    for _ in 0..graph.jobs.len() {
        let mut moved = false;
        for (at, job) in graph.jobs.iter().enumerate() {
            let before = job.requires.iter().filter_map(|(name, _)| index.get(name.as_str()));
            let least = before.map(|other| columns[*other] + 1).max().unwrap_or_default();
            moved |= least > columns[at];
            columns[at] = columns[at].max(least);
        }
        if !moved {
            break;
        }
    }
    columns
}

fn line(from: Place, to: Place, on: Option<&str>, out: &mut String) {
    let (x1, y1) = (from.x + from.width, from.y + BOX_HEIGHT / 2);
    let (x2, y2) = (to.x, to.y + BOX_HEIGHT / 2);
    let bend = GAP / 2;
    let _ = writeln!(
        out,
        "<path d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}m-6 -4l6 4l-6 4\"/>",
        x1 + bend,
        x2.saturating_sub(bend),
    );
    if let Some(on) = on {
        let (x, y) = (x1.midpoint(x2), y1.midpoint(y2));
        let _ = writeln!(
            out,
            "<text class=\"on\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            y.saturating_sub(6),
            escaped(on)
        );
    }
}

fn boxed(job: &GraphJob, place: Place, out: &mut String) {
    let Place { x, y, width } = place;
    let class = if kind(job).is_some() { "wait" } else { "job" };
    let filtered = if job.runs { "" } else { " filtered" };
    let _ = writeln!(
        out,
        "<rect class=\"{class}{filtered}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" \
         height=\"{BOX_HEIGHT}\" rx=\"6\"/>\n<text x=\"{}\" y=\"{}\">{}</text>",
        x + 12,
        y + BOX_HEIGHT / 2 + 4,
        escaped(&shown(job)),
    );
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML has no way to write these.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::graph::tests::sample;

    #[test]
    fn jobs_stand_in_the_column_behind_all_that_they_require() {
        assert_eq!(columns(&sample()), [0, 1, 2, 3, 1]);
    }

    #[test]
    fn a_drawing_is_xml_in_which_names_are_text() {
        let drawing = svg(&[sample(), Graph { workflow: "<x>".to_owned(), jobs: Vec::new() }]);
        assert!(drawing.contains("say &quot;&lt;b&gt;&quot;") && drawing.contains("&lt;x&gt;"));
        assert!(!drawing.contains("<b>") && !drawing.contains("<x>"));
        assert_eq!(drawing.matches("<rect class").count(), 5);
        assert_eq!(drawing.matches("<path").count(), 5);
        assert!(drawing.contains("class=\"wait\"") && drawing.contains("class=\"job filtered\""));
    }

    #[test]
    fn boxes_of_one_graph_do_not_lie_on_each_other() {
        let places = places(&sample(), 0);
        for (at, one) in places.iter().enumerate() {
            for other in &places[at + 1..] {
                let beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
                assert!(beside || one.y.abs_diff(other.y) >= BOX_HEIGHT);
            }
        }
    }
}
