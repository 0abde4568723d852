// Copies the browser libraries from node_modules into static/vendor, each with its licence and a gzip twin.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const target = join(here, "vendor");

const files = [
  ["leaflet/dist/leaflet.js", "leaflet.js"],
  ["leaflet/dist/leaflet.css", "leaflet.css"],
  ["htmx.org/dist/htmx.min.js", "htmx.min.js"],
  ["echarts/dist/echarts.simple.min.js", "echarts.simple.min.js"],
];
const licences = ["leaflet", "htmx.org", "echarts"];

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [from, to] of files) {
  // Source maps are not shipped, so the pointers to them would only answer 404.
  const text = readFileSync(join(modules, from), "utf8").replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n");
  const packed = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
  writeFileSync(join(target, to), text);
  writeFileSync(join(target, `${to}.gz`), packed);
  console.log(`${to}: ${Buffer.byteLength(text)} bytes, ${packed.length} gzipped`);
}
for (const name of licences) copyFileSync(join(modules, name, "LICENSE"), join(target, `${name}.LICENSE.txt`));
