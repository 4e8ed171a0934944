// fast-check as the specs use it: the suite plays the same cases each time, and other ones under `FAST_CHECK_SEED=…`.
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) });

export default fc;
