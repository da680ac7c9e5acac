// Builds the screen into the Python package, so that whoever runs Piala needs no Node.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

const house = "http://127.0.0.1:8000"; // a running `piala serve --demo`

/** All files below a folder. */
function below(path) {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Writes what the build was made from, so that a test can tell a forgotten build without Node. */
const builtFrom = {
  name: "built-from",
  generateBundle() {
    const inputs = ["index.html", "package-lock.json", "vite.config.js", ...below("public"), ...below("src")];
    const digest = createHash("sha256");
    for (const name of inputs.map((one) => one.replaceAll("\\", "/")).sort()) {
      digest.update(name).update("\0").update(readFileSync(name)).update("\0");
    }
    this.emitFile({ type: "asset", fileName: "built-from.txt", source: `${digest.digest("hex")}\n` });
  },
};

export default defineConfig({
  base: "/screen/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [builtFrom],
  build: {
    outDir: "../api/static/screen",
    emptyOutDir: true,
    target: "es2022",
    assetsDir: ".",
    assetsInlineLimit: 0, // a data: address would need a hole in the content security policy
    modulePreload: { polyfill: false },
    license: { fileName: "licences.md" },
  },
  server: {
    proxy: {
      "/graphql": { target: house, ws: true },
      "/demo": house,
    },
  },
});
