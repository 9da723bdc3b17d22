// The committed machine takes every way as it should.
import { committedMachine } from './machine.ts';
import { onOurEngine } from './on-our-engine.ts';
import { testRoutes } from './routes.ts';

testRoutes(committedMachine(), test, onOurEngine);
