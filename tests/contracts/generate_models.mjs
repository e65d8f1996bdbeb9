// Lets AsyncAPI's model generator write classes for a document, in two languages; prints them as one line of JSON for
// each document, with what the TypeScript compiler says of the TypeScript ones.
import { readFile } from 'node:fs/promises';
import { PythonGenerator, TypeScriptGenerator } from '@asyncapi/modelina';
import ts from 'typescript';

const complaints = (source) => {
  const host = ts.createCompilerHost({});
  const file = ts.createSourceFile('models.ts', source, ts.ScriptTarget.ES2022, true);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) => name === 'models.ts' ? file : read(name, ...more);
  const program = ts.createProgram(['models.ts'], { noEmit: true, strict: true, types: [], target: ts.ScriptTarget.ES2022 }, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
};

for (const path of process.argv.slice(2)) {
  const document = await readFile(path, 'utf8');
  const models = async (generator) => (await generator.generate(document))
    .filter(({ modelName, result }) => modelName && result).map(({ modelName, result }) => [modelName, result]);
  const python = await models(new PythonGenerator());
  const typescript = await models(new TypeScriptGenerator());
  const source = typescript.map(([, code]) => code).join('\n');
  console.log(JSON.stringify({ path, python, typescript: typescript.map(([name]) => name), complaints: complaints(source) }));
}
