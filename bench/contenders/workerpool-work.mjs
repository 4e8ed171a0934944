// thread-work.mjs as workerpool calls it: by what the worker has registered.
import workerpool from 'workerpool';
import { add, spin } from './thread-work.mjs';

workerpool.worker({ add, spin });
