// A tag for the few tasks, among thousands, that always have a row in the table.
export const IN_VIEW = 'in view';
