// Bundles GraphiQL into one page that needs nothing else from anywhere:
//   npm ci && npm run build      writes ../../api/static/graphiql/index.html
// and beside it the licences of what is in there.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const TARGET = new URL("../../api/static/graphiql/", import.meta.url);

const { metafile, outputFiles } = await build({
  entryPoints: ["main.jsx"],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  outdir: "out",
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  // Whatever the folders above say of other pages.
  tsconfigRaw: "{}",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".woff2": "dataurl", ".svg": "dataurl" },
});
const text = (extension) => outputFiles.find(({ path }) => path.endsWith(extension)).text;

// A script ends at the first "</script" it contains, even inside a string.
const script = text(".js").replaceAll("</script", "<\\/script").trim();
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Piala · GraphiQL</title>
<link rel="icon" href="data:,">
<style>body{margin:0}#graphiql{height:100dvh}${text(".css").trim()}</style>
<div id="graphiql"></div>
<script>${script}</script>
`;
await mkdir(TARGET, { recursive: true });
await writeFile(new URL("index.html", TARGET), page);

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/g) ?? []),
);
const licences = await Promise.all([...packages].sort().map(licence));
await writeFile(new URL("LICENSES.txt", TARGET), licences.join("\n\n---\n\n") + "\n");

async function licence(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[sc]e/i.test(entry));
  const words = file ? (await readFile(`${folder}/${file}`, "utf8")).trim() : "";
  return `${name} ${version} (${license})\n\n${words}`.trim();
}

console.log(`${(page.length / 1e6).toFixed(2)} MB`);
