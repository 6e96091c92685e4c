//! The graph of a workflow: an order in which every job comes after those it requires, the cycles
//! if there is none, and what filters leave of it. Jobs are numbers here; names are elsewhere.

/// For each job, the jobs that it requires.
pub(crate) type Requires = [Vec<usize>];

/// The jobs in an order where each comes after those it requires. If that is impossible: the
/// cycles, each as the jobs along it.
pub(crate) fn order(requires: &Requires) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let mut waiting: Vec<usize> = requires.iter().map(Vec::len).collect();
    let mut unlocks = vec![Vec::new(); requires.len()];
    for (job, required) in requires.iter().enumerate() {
        required.iter().for_each(|&other| unlocks[other].push(job));
    }
    let mut order: Vec<usize> = (0..requires.len()).filter(|&job| waiting[job] == 0).collect();
    let mut next = 0;
    while let Some(&done) = order.get(next) {
        next += 1;
        for &job in &unlocks[done] {
            waiting[job] -= 1;
            if waiting[job] == 0 {
                order.push(job);
            }
        }
    }
    if order.len() == requires.len() { Ok(order) } else { Err(cycles(requires, &waiting)) }
}

/// Every job that still waits requires one that waits, so following these ends in a cycle.
fn cycles(requires: &Requires, waiting: &[usize]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut seen_in_walk = vec![UNSEEN; requires.len()];
    let mut cycles = Vec::new();
    for start in (0..requires.len()).filter(|&job| waiting[job] > 0) {
        let mut walk = Vec::new();
        let mut at = start;
        while seen_in_walk[at] == UNSEEN {
            seen_in_walk[at] = start;
            walk.push(at);
            match requires[at].iter().find(|&&other| waiting[other] > 0) {
                Some(&other) => at = other,
                None => break,
            }
        }
        if seen_in_walk[at] == start {
            cycles.extend(walk.iter().position(|&job| job == at).map(|from| walk[from..].to_vec()));
        }
    }
    cycles
}

/// Which jobs are left, when `admitted` says which ones their own filters admit: a job is also
/// gone when it requires jobs and all of those are gone.
pub(crate) fn left(requires: &Requires, order: &[usize], admitted: &[bool]) -> Vec<bool> {
    let mut left = admitted.to_vec();
    for &job in order {
        let required = &requires[job];
        left[job] &= required.is_empty() || required.iter().any(|&other| left[other]);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(requires: &[&[usize]], expected: Result<&[usize], &[&[usize]]>) {
        let requires: Vec<Vec<usize>> = requires.iter().map(|list| list.to_vec()).collect();
        let expected = expected
            .map(<[usize]>::to_vec)
            .map_err(|cycles| cycles.iter().map(|cycle| cycle.to_vec()).collect::<Vec<_>>());
        assert_eq!(order(&requires), expected);
    }

    #[test]
    fn each_job_comes_after_those_it_requires() {
        check(&[], Ok(&[]));
        check(&[&[1], &[2], &[]], Ok(&[2, 1, 0]));
        check(&[&[], &[0], &[0], &[1, 2]], Ok(&[0, 1, 2, 3]));
    }

    #[test]
    fn each_cycle_is_named_once() {
        check(&[&[1], &[0]], Err(&[&[0, 1]]));
        check(&[&[0]], Err(&[&[0]]));
        check(&[&[1], &[2], &[1], &[2]], Err(&[&[1, 2]]));
        check(&[&[1], &[0], &[3], &[2], &[]], Err(&[&[0, 1], &[2, 3]]));
    }

    #[test]
    fn a_job_goes_when_all_that_it_requires_are_gone() {
        let requires = [vec![], vec![0], vec![0, 1], vec![2]];
        let order = order(&requires).expect("no cycle");
        let left_when = |admitted: [bool; 4]| left(&requires, &order, &admitted);
        assert_eq!(left_when([true, true, true, true]), [true, true, true, true]);
        assert_eq!(left_when([true, false, true, true]), [true, false, true, true]);
        assert_eq!(left_when([false, true, true, true]), [false, false, false, false]);
    }
}
