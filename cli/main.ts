#!/usr/bin/env node
// `npm run cli -- <command>`: the command line over the typed client.
import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2));
