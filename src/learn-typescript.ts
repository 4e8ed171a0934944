// TypeScript, for this thread to load: Node strips the types itself, or else tsx does.
import { createRequire } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/**
 * Sees to it that a module can be loaded, should it be TypeScript. A thread has tsx only if it is told so, whatever its process has.
 *
 * @param module its URL
 * @throws Error when neither Node nor a tsx of the project's can
 */
export async function learnTypeScript(module: string): Promise<void> {
  if (!/\.[cm]?tsx?$/.test(module)) return;
  if ((process.features as { readonly typescript?: unknown }).typescript) return;
  // A package that is CommonJS needs the one, any other the other.
  for (const api of ['tsx/cjs/api', 'tsx/esm/api']) {
    // Of the two that tsx has of each, the one that works in a thread.
    const tsx = pathToFileURL(resolve(api, module)).href.replace(/\.cjs$/, '.mjs');
    const { register } = await import(tsx) as { register: () => unknown };
    register();
  }
}

/** As the module itself would find it. */
function resolve(api: string, module: string): string {
  try {
    return createRequire(module).resolve(api);
  } catch (cause) {
    throw new Error('it is TypeScript, which this Node runs by tsx only. Install that in the project (npm install -D tsx), or build the module first.', { cause });
  }
}
