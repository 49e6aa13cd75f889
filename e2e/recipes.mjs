// The lines of docs/clients.md, which the tests run as they stand there.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const DOCUMENT = new URL("../docs/clients.md", import.meta.url);

/** Runs the first block of JavaScript below the headings with `names`, and gives back what it calls `wanted`. */
export async function run(wanted, headings, names) {
  let text = await readFile(DOCUMENT, "utf8");
  for (const heading of headings) {
    const at = text.indexOf(`# ${heading}\n`);
    if (at < 0) throw new Error(`docs/clients.md has no heading ${heading}`);
    text = text.slice(at + heading.length + 2);
  }
  const lines = /```js\n(.*?)```/s.exec(text)[1].split("\n");
  const isImport = (line) => line.startsWith("import ");
  const imports = lines.filter(isImport).join("\n");
  const rest = lines.filter((line) => !isImport(line)).join("\n");
  // A module of its own, here, where its imports are found.
  const folder = await mkdtemp(join(import.meta.dirname, "out", "recipe-"));
  try {
    const file = join(folder, "recipe.mjs");
    await writeFile(file, `${imports}\nexport default async ({ ${Object.keys(names).join(", ")} }) => {\n${rest}\nreturn ${wanted};\n};\n`);
    return await (await import(file)).default(names);
  } finally {
    await rm(folder, { recursive: true });
  }
}
