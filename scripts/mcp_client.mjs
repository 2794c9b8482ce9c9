// The TypeScript SDK as a client: `node mcp_client.mjs URL < plan.json`, from a folder where the SDK is installed. It checks
// structured answers against their schemas by itself. Says one line for each thing done.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { readFileSync } from "node:fs";

const plan = JSON.parse(readFileSync(0, "utf8"));
const client = new Client({ name: "judge", version: "1.0.0" });
const transport = new StreamableHTTPClientTransport(new URL(process.argv[2]), {
  requestInit: { headers: { authorization: `Bearer ${plan.token}` } },
});

async function step(what, work) {
  try {
    console.log(`ok ${what}: ${await work()}`);
  } catch (error) {
    console.log(`FAILED ${what}: ${error.message ?? error}`);
  }
}

function demand(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

await client.connect(transport);
const listed = new Map();
await step("lists tools", async () => {
  for (const tool of (await client.listTools()).tools) listed.set(tool.name, tool);
  const unknown = [...listed.keys()].filter((name) => !plan.calls.some((call) => call.name === name));
  demand(unknown.length === 0, `the judge has no arguments for ${unknown}`);
  return `${listed.size}`;
});
for (const call of plan.calls) {
  await step(`calls ${call.name}`, async () => {
    const answer = await client.callTool({ name: call.name, arguments: call.arguments });
    const words = answer.content.map((block) => block.text ?? "").join("");
    if (answer.isError) {
      demand(call.may_refuse && words, words);
      return "refused in words";
    }
    demand(!listed.get(call.name).outputSchema || answer.structuredContent, "no structured answer");
    return `${words.length} characters`;
  });
}
if (plan.resource) {
  await step("lists and reads resources", async () => {
    const { resources } = await client.listResources();
    const { resourceTemplates } = await client.listResourceTemplates();
    const { contents } = await client.readResource({ uri: plan.resource });
    demand(contents[0]?.text, "the resource is empty");
    return `${resources.length}, ${resourceTemplates.length} templates, ${contents[0].text.length} characters`;
  });
}
if (plan.prompt) {
  await step(`gets the prompt ${plan.prompt.name}`, async () => {
    const { messages } = await client.getPrompt(plan.prompt);
    demand(messages.length > 0, "the prompt is empty");
    return `${messages.length} messages`;
  });
}
if (plan.completion) {
  await step("completes an argument", async () => {
    const { prompt, argument, value } = plan.completion;
    const ref = { type: "ref/prompt", name: prompt };
    const { completion } = await client.complete({ ref, argument: { name: argument, value } });
    demand(completion.values.length > 0, `nothing fits ${argument}`);
    return `${completion.values.length} values`;
  });
}
await client.close();
