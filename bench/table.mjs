// Tables of results.
import { median } from './measure.mjs';

/**
 * The rows of a scenario: for each case and contender, its cells. A factor is the median, over the rounds, of the value
 * against the plain RxJS build's in the same round (or, in a scenario that says so, against another's, or the first case's).
 */
export function rowsOf(scenario, results) {
  return results.flatMap((result) => Object.entries(result.measured).map(([contender, rounds]) => ({
    case: scenario.label(result.case),
    contender,
    cells: scenario.columns.map((column) => {
      const values = rounds.map((metrics) => metrics[column.key]);
      return { column, median: median(values), min: Math.min(...values), max: Math.max(...values), factor: factorOf(scenario, results, result, contender, column) };
    }),
  })));
}

function factorOf(scenario, results, result, contender, { key, plain }) {
  const base = scenario.against === 'first case' ? results[0].measured[contender] : result.measured[scenario.base ?? 'bare-rxjs'];
  if (plain || !base || base === result.measured[contender]) return undefined;
  return median(result.measured[contender].map((metrics, round) => metrics[key] / base[round][key]));
}

/** As text, in columns. */
export function textTable(scenario, results) {
  const lines = [scenario.title];
  for (const label of new Set(rowsOf(scenario, results).map((row) => row.case))) {
    const rows = rowsOf(scenario, results).filter((row) => row.case === label);
    const grid = [['', ...scenario.columns.map((column) => column.label)], ...rows.map(({ contender, cells }) => [contender, ...cells.map(cellText)])];
    const widths = grid[0].map((_, i) => Math.max(...grid.map((row) => row[i].length)));
    lines.push(`  ${label}`, ...grid.map((row) => `    ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ')}`.trimEnd()));
  }
  for (const [contender, why] of Object.entries(scenario.notApplicable)) lines.push(`    ${contender}: n/a, ${why}`);
  return `${lines.join('\n')}\n`;
}

/** As markdown. */
export function markdownTable(scenario, results) {
  const lines = [
    `**${scenario.title}**`, '',
    `| | | ${scenario.columns.map((column) => column.label).join(' | ')} |`,
    `|---|---|${scenario.columns.map(() => '--:|').join('')}`,
    ...rowsOf(scenario, results).map((row) => `| ${row.case} | ${row.contender} | ${row.cells.map(cellText).join(' | ')} |`),
  ];
  const absent = Object.entries(scenario.notApplicable).map(([contender, why]) => `${contender} ${why}`);
  if (absent.length > 0) lines.push('', `Not here: ${absent.join('; ')}.`);
  return lines.join('\n');
}

function cellText({ column, median: middle, min, max, factor }) {
  if (column.plain && min === max) return show(middle);
  return `${show(middle)} (${show(min)}–${show(max)})${factor === undefined ? '' : ` ${factor.toFixed(2)}×`}`;
}

function show(value) {
  const size = Math.abs(value);
  return value.toLocaleString('en', { maximumFractionDigits: size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2 });
}
