// Runs the official AsyncAPI parser over documents and prints one line of JSON for each; fails when one has errors.
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const parser = new Parser();
const levels = ['error', 'warning', 'information', 'hint'];
for (const path of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(await readFile(path, 'utf8'));
  const objections = diagnostics.map(({ severity, code, message, path: where }) =>
    `${levels[severity]} ${code} at ${where.join('.')}: ${message}`);
  const counts = document && {
    version: document.version(), channels: document.channels().length, messages: document.messages().length,
  };
  if (!document || diagnostics.some(({ severity }) => severity === 0)) process.exitCode = 1;
  console.log(JSON.stringify({ path, valid: Boolean(document), objections, ...counts }));
}
