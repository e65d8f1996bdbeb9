// Runs the official AsyncAPI parser over a document: prints what it objects to, and fails on errors.
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const path = process.argv[2];
const { document, diagnostics } = await new Parser().parse(await readFile(path, 'utf8'));
for (const { severity, code, message, path: where } of diagnostics) {
  console.log(`${['error', 'warning', 'information', 'hint'][severity]} ${code} at ${where.join('.')}: ${message}`);
}
if (document) console.log(`parsed ${document.version()}: ${document.channels().length} channels, ` +
  `${document.operations().length} operations, ${document.messages().length} messages`);
process.exitCode = !document || diagnostics.some(({ severity }) => severity === 0) ? 1 : 0;
