#!/usr/bin/env node
// What `npx carillon` runs: the command, with the arguments and the streams of this process.
import process from 'node:process';
import { command } from './command.js';
import { EXIT } from './outcome.js';

// Whoever read along may have left.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// What is loaded may put another in its place.
const flush = process.stdout.write.bind(process.stdout);

const code = await command(process.argv.slice(2), {
  out: (line) => { process.stdout.write(`${line}\n`); },
  err: (line) => { process.stderr.write(`${line}\n`); },
});
// A module may have an exit code of its own to set.
if (code !== EXIT.well || process.exitCode === undefined) process.exitCode = code;
// What was loaded may hold connections open; but first, what was written has to go out.
flush('', (error) => {
  if (error) process.exitCode = EXIT.sigpipe;
  process.stderr.write('', () => { process.exit(); });
});
