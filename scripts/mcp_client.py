#!/usr/bin/env python3
"""PyPI's mcp or fastmcp as a client: `mcp_client.py mcp|fastmcp URL legacy|auto < plan.json`, in a Python that has it.

Every structured answer is checked against its tool's schema. Says one line for each thing done.
"""

import asyncio
import contextlib
import json
import sys

import jsonschema


class Mcp:
    """PyPI mcp."""

    def __init__(self, url, token, era):
        self.url, self.token, self.era = url, token, era

    async def __aenter__(self):
        import httpx2
        from mcp.client.client import Client
        from mcp.client.streamable_http import streamable_http_client

        self.stack = contextlib.AsyncExitStack()
        headers = {"authorization": f"Bearer {self.token}"}
        http = await self.stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=60))
        transport = streamable_http_client(self.url, http_client=http)
        self.client = await self.stack.enter_async_context(Client(transport, mode=self.era))
        return self

    async def __aexit__(self, *_):
        await self.stack.aclose()

    async def tools(self):
        return [(tool.name, tool.output_schema) for tool in (await self.client.list_tools()).tools]

    async def call(self, name, arguments):
        answer = await self.client.call_tool(name, arguments)
        return answer.is_error, answer.structured_content, words(answer.content)

    async def read(self, uri):
        resources = (await self.client.list_resources()).resources
        templates = (await self.client.list_resource_templates()).resource_templates
        read = await self.client.read_resource(uri)
        return len(resources), len(templates), words(read.contents)

    async def prompt(self, name, arguments):
        return len((await self.client.get_prompt(name, arguments)).messages)

    async def complete(self, prompt, argument, value):
        from mcp_types import PromptReference

        reference = PromptReference(type="ref/prompt", name=prompt)
        answer = await self.client.complete(reference, {"name": argument, "value": value})
        return answer.completion.values


class FastMcp(Mcp):
    """PyPI fastmcp."""

    async def __aenter__(self):
        from fastmcp import Client
        from fastmcp.client.transports import StreamableHttpTransport

        self.stack = contextlib.AsyncExitStack()
        transport = StreamableHttpTransport(self.url, headers={"authorization": f"Bearer {self.token}"})
        self.client = await self.stack.enter_async_context(Client(transport))
        return self

    async def tools(self):
        listed = await self.client.list_tools()
        return [(tool.name, getattr(tool, "output_schema", None) or getattr(tool, "outputSchema", None)) for tool in listed]

    async def call(self, name, arguments):
        answer = await self.client.call_tool(name, arguments, raise_on_error=False)
        return answer.is_error, answer.structured_content, words(answer.content)

    async def read(self, uri):
        resources, templates = await self.client.list_resources(), await self.client.list_resource_templates()
        return len(resources), len(templates), words(await self.client.read_resource(uri))

    async def complete(self, prompt, argument, value):
        from mcp_types import PromptReference

        reference = PromptReference(type="ref/prompt", name=prompt)
        return (await self.client.complete(reference, {"name": argument, "value": value})).values


def words(blocks):
    return "".join(getattr(block, "text", None) or "" for block in blocks)


@contextlib.asynccontextmanager
async def step(what):
    """One line for what is done in the block, which appends what it found."""
    found = []
    try:
        yield found
        print(f"ok {what}: {', '.join(map(str, found))}", flush=True)
    except Exception as error:  # noqa: BLE001
        print(f"FAILED {what}: {type(error).__name__}: {str(error)[:400]}", flush=True)


def demand(holds, otherwise):
    if not holds:
        raise ValueError(otherwise)


async def judge(client, plan):
    schemas = {}
    async with step("lists tools") as found:
        schemas.update(await client.tools())
        unknown = set(schemas) - {call["name"] for call in plan["calls"]}
        demand(not unknown, f"the judge has no arguments for {unknown}")
        found.append(len(schemas))
    for call in plan["calls"]:
        async with step(f"calls {call['name']}") as found:
            is_error, structured, text = await client.call(call["name"], call["arguments"])
            if is_error:
                demand(call["may_refuse"] and text, text)
                found.append("refused in words")
                continue
            schema = schemas[call["name"]]
            demand(schema is None or structured is not None, "no structured answer")
            if schema is not None:
                jsonschema.validate(structured, schema, cls=jsonschema.Draft202012Validator)
            found.append(f"{len(text)} characters")
    if plan["resource"]:
        async with step("lists and reads resources") as found:
            resources, templates, text = await client.read(plan["resource"])
            demand(text, "the resource is empty")
            found += [resources, f"{templates} templates", f"{len(text)} characters"]
    if plan["prompt"]:
        async with step(f"gets the prompt {plan['prompt']['name']}") as found:
            messages = await client.prompt(plan["prompt"]["name"], plan["prompt"]["arguments"])
            demand(messages, "the prompt is empty")
            found.append(f"{messages} messages")
    if plan["completion"]:
        async with step("completes an argument") as found:
            values = await client.complete(**plan["completion"])
            demand(values, "nothing fits")
            found.append(f"{len(values)} values")


async def main():
    kind, url, era = sys.argv[1:]
    plan = json.load(sys.stdin)
    async with {"mcp": Mcp, "fastmcp": FastMcp}[kind](url, plan["token"], era) as client:
        await judge(client, plan)


if __name__ == "__main__":
    asyncio.run(main())
