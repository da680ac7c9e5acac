// node audit.mjs URL: the server audits of graphql-http against URL, as JSON on stdout.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2], fetchFn: fetch });
const plain = results.map(({ id, name, status, reason }) => ({
  id,
  name,
  status,
  reason: reason ?? "",
}));
process.stdout.write(JSON.stringify(plain));
