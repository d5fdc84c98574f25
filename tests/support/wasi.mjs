// node wasi.mjs FOLDER PROGRAM: runs a WebAssembly program, for which FOLDER is /proc/self.
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [folder, program] = process.argv.slice(2);
const wasi = new WASI({
    version: 'preview1',
    args: [program],
    preopens: { '/proc/self': folder },
    returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
