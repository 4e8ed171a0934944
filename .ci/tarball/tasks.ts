// What `npx carillon run` runs.
import { after, defineTask, every } from 'carillon';

const greet = (name: string): string => `Hello, ${name}!`;

export const hello = defineTask(greet, every('20ms'), { args: ['Alice'], maxRuns: 2 });
export const bye = defineTask(() => 'Bye!', after('50ms'), { name: 'say goodbye' });

// @ts-expect-error: the name is missing
export const nobody = (): unknown => defineTask(greet, after(1));
