// Builds src/ into a folder (default: ../static). The same sources give the same bytes on every machine.
import { copyFile, mkdir } from "node:fs/promises";
import { build } from "esbuild";

const folder = process.argv[2] ?? "../static";
await mkdir(folder, { recursive: true });
await build({
  entryPoints: ["src/board.ts", "src/board.css"],
  outdir: folder,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "esm",
  target: "es2022",
  legalComments: "none",
});
for (const name of ["index.html", "icon.svg"]) await copyFile(`src/${name}`, `${folder}/${name}`);
