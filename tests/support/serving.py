"""A loopback server that streams tokens at a known rate, or misbehaves in a known way."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
BAD = ("garbage", "broken-json", "bomb", "drip", "cuts-off", "one-piece", "short", "empty", "rude")


class Server:
    """Streams ``max_tokens`` tokens: the first after ``ttft`` seconds, each further one after ``tpot``.

    With ``slots`` it works on so many requests at once, and the others wait in a queue. ``sent`` are the times of all
    its tokens. A ``usage`` is sent as it is written.
    """

    def __init__(self, ttft: float, tpot: float, manner: str = "well", slots: int = 10_000) -> None:
        self.ttft = ttft
        self.tpot = tpot
        self.manner = manner
        self.slots = asyncio.Semaphore(slots)
        self.sent: list[float] = []
        self.usage = ""
        self.asked: list[dict[str, object]] = []
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = head.decode().lower()
                length = next(
                    (int(line.split(":")[1]) for line in fields.split("\r\n") if line.startswith("content-length")), 0
                )
                payload = json.loads(await reader.readexactly(length))
                self.asked.append({**payload, "headers": fields})
                await self.reply(payload, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def reply(self, payload: dict[str, object], writer: asyncio.StreamWriter) -> None:
        manner = self.manner
        if manner.startswith("fails-from-") and len(self.asked) > int(manner.removeprefix("fails-from-")):
            manner = "error"
        if manner.startswith("hangs-from-") and len(self.asked) > int(manner.removeprefix("hangs-from-")):
            manner = "hang"
        if manner == "hang":
            await asyncio.sleep(3600)
        if manner == "error":
            body = b'{"error": {"message": "model \\u001b[31m not found"}}'
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
            return
        if manner == "redirect":
            writer.write(
                b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://example.com/v1\r\ncontent-length: 0\r\n\r\n"
            )
            await writer.drain()
            return
        writer.write(HEAD)
        if manner == "breaks":
            await chunk(writer, event("a"))
            writer.close()
            return
        if manner in BAD:
            await self.misbehave(manner, int(str(payload["max_tokens"])), writer)
        else:
            await self.stream(int(str(payload["max_tokens"])), writer)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def misbehave(self, manner: str, tokens: int, writer: asyncio.StreamWriter) -> None:
        if manner == "garbage":
            await chunk(writer, b"<html>not a stream</html>\n\n")
        elif manner == "broken-json":
            await chunk(writer, b"data: {\n\n")
        elif manner == "bomb":
            for _ in range(200):
                await chunk(writer, b"data: " + b"x" * 100_000)
        elif manner == "drip":
            for _ in range(1000):
                await chunk(writer, b": keep alive\n")
                await asyncio.sleep(0.02)
        elif manner == "cuts-off":
            await chunk(writer, event("a") * 4)
        elif manner == "one-piece":
            usage = {"prompt_tokens": 100, "completion_tokens": tokens}
            choices = [{"delta": {"content": "a b c"}, "finish_reason": "stop"}]
            await chunk(writer, b"data: " + json.dumps({"choices": choices, "usage": usage}).encode() + b"\n\n")
        elif manner == "short":
            await self.stream(4, writer)
        elif manner == "rude":
            await chunk(
                writer, b"data: " + json.dumps({"error": "\x1b[31m\u202e\ud800\n" + "x" * 5000}).encode() + b"\n\n"
            )
        elif manner == "empty":
            await chunk(writer, b"data: [DONE]\n\n")

    async def stream(self, tokens: int, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        await chunk(writer, b'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n')
        async with self.slots:
            begin = loop.time()
            for number in range(tokens):
                due = begin + self.ttft + number * self.tpot
                await asyncio.sleep(max(0.0, due - loop.time()))
                self.sent.append(loop.time())
                await chunk(writer, event("word "))
        if self.manner != "no-usage":
            usage = self.usage or json.dumps({"prompt_tokens": 1003, "completion_tokens": tokens})
            await chunk(writer, b'data: {"choices": [], "usage": ' + usage.encode() + b"}\n\n")
        await chunk(writer, b"data: [DONE]\n\n")


def event(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode() + b"\n\n"


def steady_rate(sent: list[float]) -> float:
    """Tokens a second that a server sent in the middle of its work, whatever kept it from its nominal rate."""
    first, last = int(0.4 * len(sent)), int(0.75 * len(sent))
    return (last - first) / (sent[last] - sent[first])


async def chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
    await writer.drain()


@contextmanager
def serving(ttft: float = 0.1, tpot: float = 0.01, manner: str = "well", slots: int = 10_000) -> Iterator[Server]:
    """A server on a free port of this machine, in a thread of its own."""
    server = Server(ttft, tpot, manner, slots)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        listening = await asyncio.start_server(server.answer, "127.0.0.1", 0, backlog=512)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        ready.set()
        await stop.wait()
        listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    def work() -> None:
        try:
            loop.run_until_complete(run())
        finally:
            loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
