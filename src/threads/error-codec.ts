// The codec of errors between threads: packed by us, made anew by serialize-error.
import { deserializeError } from 'serialize-error';
import { packError, unpacker } from './packed-error.js';
import type { ErrorCodec } from './workers.js';

export const unpackError = unpacker(deserializeError);

export const errorCodec: ErrorCodec = { pack: packError, unpack: unpackError };
