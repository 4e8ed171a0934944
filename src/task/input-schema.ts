// Input schemas: what checks, and makes, the arguments of work: any validator that follows the Standard Schema convention.
import { InvalidArgumentError } from './errors.js';
import { refuse } from './check.js';
import { show } from './show.js';
import { isThenable } from './thenable.js';

/**
 * A schema of the arguments of work, as an array: `z.tuple([z.string()])`, `v.tuple([v.string()])`, `type(['string'])`, or whatever else follows
 * [Standard Schema](https://standardschema.dev), version 1.
 *
 * @typeParam In the arguments that a call gives
 * @typeParam Out what the schema makes of them, with defaults filled in and values converted: what the work gets
 */
export interface InputSchema<In = unknown, Out = In> {
  readonly '~standard': {
    readonly version: 1;
    /** Who made it. */
    readonly vendor: string;
    /** Has to answer at once. */
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
    /** For the compiler only. */
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** What a schema says of a value: what it makes of it, or what is wrong with it. */
type SchemaResult<Out> = { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** @throws InvalidArgumentError */
export function checkInputSchema(value: unknown, field: string): InputSchema {
  // That of arktype is a function.
  const standard = ((typeof value === 'object' || typeof value === 'function') && value !== null ? value : {}) as Partial<InputSchema>;
  const { version, validate } = (standard['~standard'] ?? {}) as Partial<InputSchema['~standard']>;
  if (version !== 1 || typeof validate !== 'function') refuse(field, value, 'a Standard Schema, as of zod, valibot or arktype');
  return value as InputSchema;
}

/**
 * The arguments as the schema makes them.
 *
 * @throws InvalidArgumentError when they don't fit, or the schema is none of arguments
 */
export function validArgs(schema: InputSchema, args: readonly unknown[], field = 'args'): readonly unknown[] {
  const result = validated(schema, args, field);
  if (isThenable(result)) {
    // What becomes of it interests nobody.
    void Promise.resolve(result).catch(() => undefined);
    throw new InvalidArgumentError('inputSchema', schema, 'inputSchema has to answer at once, and this one answers with a promise. Check what takes time in the work itself.');
  }
  if (typeof result !== 'object' || (result as unknown) === null) {
    throw new InvalidArgumentError('inputSchema', schema, `inputSchema has to answer with a value or with issues; this one answers ${show(result)}.`);
  }
  if (result.issues) throw new InvalidArgumentError(field, args, `${field} don't fit inputSchema: ${result.issues.map(said).join('; ')}.`);
  if (!Array.isArray(result.value)) {
    throw new InvalidArgumentError('inputSchema', schema, `inputSchema has to be one of all arguments, as an array (a tuple); this one makes ${show(result.value)} of them.`);
  }
  return result.value as readonly unknown[];
}

function validated(schema: InputSchema, args: readonly unknown[], field: string): ReturnType<InputSchema['~standard']['validate']> {
  try {
    return schema['~standard'].validate(args);
  } catch (cause) {
    throw new InvalidArgumentError(field, args, `${field} can't be checked, for inputSchema throws: ${cause instanceof Error ? cause.message : show(cause)}.`, { cause });
  }
}

/** `[0].to: Invalid email` */
function said({ path = [], message }: SchemaIssue): string {
  const where = path.map((step) => (typeof step === 'object' ? step.key : step))
    .map((key) => (typeof key === 'number' || /^\d+$/.test(String(key)) ? `[${String(key)}]` : `.${String(key)}`)).join('');
  // A message ends without a full stop, for it stands in a row of others.
  return `${where === '' ? '' : `${where}: `}${message.replace(/\.$/, '')}`;
}
