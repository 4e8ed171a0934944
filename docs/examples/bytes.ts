// Sizes as people read them.

/** `850 B`, `12.3 kB`, `4.5 GB` */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit] ?? ''}`;
}
