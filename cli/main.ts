#!/usr/bin/env node
// `npm run cli -- <command>`: the command line over the typed client.
import { runCli } from './run-cli.ts';

// A reader that has seen enough, as `head` has, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await runCli(process.argv.slice(2));
