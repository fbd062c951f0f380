// Runs code in another CPython, the one inside an npm package of pyodide.
// Arguments: folder of the package, folder to import from, code. The code reads stdin as INPUT and
// leaves its answer in OUTPUT.
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, folder, code] = process.argv.slice(2);
const input = readFileSync(0, "utf-8");
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide();
python.FS.mkdirTree("/code");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/code");
python.globals.set("INPUT", input);
python.runPython("import sys; sys.path.insert(0, '/code'); sys.dont_write_bytecode = True");
python.runPython(code);
const output = Buffer.from(python.globals.get("OUTPUT"), "utf-8");
for (let at = 0; at < output.length; ) at += writeSync(1, output, at);
