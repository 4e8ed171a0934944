// What carillon was to reach, and whether it did.
//
// A column names its goals, as `goals: [{ most: 700 }]` or as a function of the case:
// - { most: 700 }, { least: 100 }          the median of the rounds
// - { most: 2, over: 'reference' }         how much more than another contender's it is
// - { least: 3, of: 'bare-rxjs' }          how many times another contender's it is
// - { most: 2, of: 'first case' }          how many times carillon's own in the first case: whether it is flat
// - { most: 1.25, of: 'first case', beside: 'reference' }   the same, as a share of what another contender grows by (`by`: in which column)
// - { most: 0, always: true }              the worst of the rounds counts, not the median
import { median } from './measure.mjs';

/** Each goal of a scenario's columns in each case, with what was measured, and whether that meets it. */
export function goalsOf(scenario, results) {
  return results.flatMap((result) => scenario.columns.flatMap((column) => {
    const goals = typeof column.goals === 'function' ? column.goals(result.case) : column.goals ?? [];
    return goals.flatMap((goal) => {
      const value = valueOf(goal, column.key, result, results);
      if (value === undefined) return [];
      // What is no number meets no goal.
      const met = goal.most === undefined ? value >= goal.least : value <= goal.most;
      return [{ scenario: result.scenario, case: scenario.label(result.case), column: column.label, ...goal, value, met }];
    });
  }));
}

/** As text, a line each. */
export function goalLines(scenario, results) {
  return goalsOf(scenario, results).map(({ scenario: name, case: label, column, value, met, ...goal }) => {
    const unit = goal.of ? '×' : '';
    const bound = `${goal.most === undefined ? `at least ${show(goal.least)}` : `at most ${show(goal.most)}`}${unit}`;
    return `${met ? 'met   ' : 'MISSED'}  ${name}, ${label}: ${column} ${show(value)}${unit}${against(goal)}, goal ${bound}`;
  });
}

function against({ of, over, beside, always }) {
  if (of) return ` of ${of}${beside ? `, beside what ${beside} grows by` : ''}`;
  return `${over ? ` over ${over}` : ''}${always ? ' in each round' : ''}`;
}

/** The figure that a goal is about; undefined where the first case would be held against itself. */
function valueOf(goal, key, result, results) {
  if (goal.of === 'first case') return result === results[0] ? undefined : growth(goal.beside, [key, goal.by ?? key], result, results[0]);
  const ours = figures(result, 'carillon', key);
  const theirs = figures(result, goal.of ?? goal.over, key);
  if (goal.of) return median(ours.map((value, round) => value / theirs[round]));
  if (goal.over) return median(ours.map((value, round) => value - theirs[round]));
  if (goal.always) return goal.most === undefined ? Math.min(...ours) : Math.max(...ours);
  return median(ours);
}

function growth(beside, [key, besideKey], result, first) {
  const grownBy = (contender, column) => {
    const before = figures(first, contender, column);
    return median(figures(result, contender, column).map((value, round) => value / before[round]));
  };
  // What the bare heap costs more as it grows (its caches miss, its memory takes longer to collect) is the machine's doing.
  return grownBy('carillon', key) / (beside ? Math.max(1, grownBy(beside, besideKey)) : 1);
}

/** Of each round. What JSON has no number for came as null, which would pass for 0; and who is not there has no figures, so that the goal is missed. */
function figures(result, contender, key) {
  return (result.measured[contender] ?? []).map((metrics) => metrics[key] ?? NaN);
}

function show(value) {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 });
}
