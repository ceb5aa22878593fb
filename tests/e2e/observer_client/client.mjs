// Reads a network through `tillmesh observe` with the real automerge-repo client, then tries to write.
// node client.mjs WS_URL ROOT_URL: one JSON object a line; commands are lines on standard input.
import { createInterface } from "node:readline"
import { Repo } from "@automerge/automerge-repo"
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket"

const [address, root] = process.argv.slice(2)
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n")
const adapter = new WebSocketClientAdapter(address, 60_000)
const repo = new Repo({ network: [adapter] })
const find = async (url) => await repo.find(url, { signal: AbortSignal.timeout(15_000) })

const handle = await find(root)
const texts = (doc) => Object.fromEntries(Object.entries(doc).map(([key, text]) => [key, String(text)]))
say({ root: texts(handle.doc()) })
handle.on("change", ({ doc }) => say({ changed: root, texts: texts(doc) }))

for await (const line of createInterface({ input: process.stdin })) {
  const { does, url, key } = JSON.parse(line)
  try {
    if (does === "read") {
      const segment = await find(url)
      segment.on("change", ({ doc }) => say({ changed: url, texts: texts(doc) }))
      say({ url, texts: texts(segment.doc()) })
    } else if (does === "write") {
      const segment = await find(url)
      segment.change((doc) => { doc[key] = "forged" })
      say({ wrote: url })
    }
  } catch (error) {
    say({ failed: url, message: String(error.message ?? error) })
  }
}
process.exit(0)
